// Types, functions, schemas, triggers, indexes' details: what the server comparison does not look at.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "analyzer/catalog/object_names.h"
#include "tests/unit/catalog/replay.h"

namespace pglatch {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::Replay;

const TypeObject& type(const Replay& replay, std::string_view name) {
  const TypeObject* found = replay.catalog.find_type({{}, name}, {"public", "s"});
  if (found == nullptr) throw std::runtime_error("no type " + std::string(name));
  return *found;
}

TEST(Types, Enum) {
  Replay replay("CREATE TYPE mood AS ENUM ('sad', 'ok'); ALTER TYPE mood ADD VALUE 'great'");
  replay.run(
      "ALTER TYPE mood ADD VALUE 'fine' BEFORE 'great'; ALTER TYPE mood ADD VALUE 'meh' AFTER 'sad';"
      "ALTER TYPE mood RENAME VALUE 'sad' TO 'blue'");
  EXPECT_THAT(type(replay, "mood").labels, ElementsAre("blue", "meh", "ok", "fine", "great"));
  replay.run("CREATE SCHEMA s; ALTER TYPE mood RENAME TO humour; ALTER TYPE humour SET SCHEMA s");
  EXPECT_EQ(replay.catalog.find_type({"public", "humour"}, {}), nullptr);
  EXPECT_EQ(type(replay, "humour").kind, TypeKind::enumeration);
  replay.run("ALTER SCHEMA s RENAME TO t");
  EXPECT_NE(replay.catalog.find_type({"t", "humour"}, {}), nullptr);
  replay.run("DROP SCHEMA t CASCADE");
  EXPECT_EQ(replay.catalog.find_type({"t", "humour"}, {}), nullptr);
}

TEST(Types, Domain) {
  Replay replay(
      "CREATE DOMAIN email AS varchar(100) NOT NULL DEFAULT 'x' CHECK (value LIKE '%@%') CHECK (length(value) > 3) "
      "CONSTRAINT own CHECK (value <> ''); CREATE DOMAIN token AS uuid DEFAULT gen_random_uuid();"
      "CREATE DOMAIN soon AS timestamptz DEFAULT now() + interval '1 day'");
  const TypeObject& email = type(replay, "email");
  EXPECT_EQ(email.base.name, "varchar");
  EXPECT_TRUE(email.not_null);
  EXPECT_TRUE(email.has_default);
  EXPECT_FALSE(email.volatile_default);
  EXPECT_THAT(email.checks, ElementsAre("email_check", "email_check1", "own"));
  EXPECT_TRUE(type(replay, "token").volatile_default);
  EXPECT_FALSE(type(replay, "soon").volatile_default);
  replay.run(
      "ALTER DOMAIN email DROP NOT NULL; ALTER DOMAIN email DROP DEFAULT; ALTER DOMAIN email DROP CONSTRAINT own;"
      "ALTER DOMAIN email ADD CHECK (value <> 'y'); ALTER DOMAIN email RENAME CONSTRAINT email_check TO at");
  EXPECT_FALSE(type(replay, "email").not_null);
  EXPECT_FALSE(type(replay, "email").has_default);
  EXPECT_THAT(type(replay, "email").checks, ElementsAre("at", "email_check1", "email_check2"));
  replay.run("ALTER DOMAIN email SET NOT NULL; DROP DOMAIN token");
  EXPECT_TRUE(type(replay, "email").not_null);
  EXPECT_EQ(replay.catalog.find_type({{}, "token"}, {}), nullptr);
}

TEST(Types, CompositeAndRange) {
  Replay replay("CREATE TYPE pair AS (a int, b text); CREATE TYPE span AS RANGE (subtype = float8)");
  EXPECT_EQ(type(replay, "pair").kind, TypeKind::composite);
  EXPECT_EQ(replay.at("pair").kind, RelationKind::composite_type);
  EXPECT_EQ(type(replay, "span").kind, TypeKind::range);
  replay.run("ALTER TYPE pair RENAME TO couple; DROP TYPE couple");
  EXPECT_FALSE(replay.has("couple"));
  EXPECT_EQ(replay.catalog.find_type({{}, "couple"}, {"public"}), nullptr);
}

TEST(Functions, VolatilityAndLanguage) {
  Replay replay(
      "CREATE FUNCTION f() RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT 1';"
      "CREATE FUNCTION app.g() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN END';"
      "CREATE FUNCTION h() RETURNS int STABLE RETURN 1");
  const FunctionObject* f = replay.catalog.find_function({{}, "f"}, {"public"});
  ASSERT_NE(f, nullptr);
  EXPECT_EQ(f->volatility, Volatility::immutable);
  EXPECT_EQ(f->language, "sql");
  EXPECT_FALSE(f->returns_trigger);
  EXPECT_TRUE(replay.catalog.find_function({"app", "g"}, {})->returns_trigger);
  EXPECT_EQ(replay.catalog.find_function({"app", "g"}, {})->volatility, Volatility::volatile_);
  EXPECT_EQ(replay.catalog.find_function({{}, "h"}, {})->language, "sql");
  replay.run("ALTER FUNCTION f() VOLATILE; ALTER FUNCTION f() RENAME TO ff; ALTER FUNCTION ff() SET SCHEMA app");
  EXPECT_EQ(replay.catalog.find_function({"app", "ff"}, {})->volatility, Volatility::volatile_);
  replay.run("DROP FUNCTION app.ff()");
  EXPECT_EQ(replay.catalog.find_function({"app", "ff"}, {}), nullptr);
}

TEST(Schemas, AreKnownByCreate) {
  Replay replay("CREATE SCHEMA app; CREATE SCHEMA AUTHORIZATION joe");
  EXPECT_TRUE(replay.catalog.has_schema("public"));
  EXPECT_TRUE(replay.catalog.has_schema("app"));
  EXPECT_TRUE(replay.catalog.has_schema("joe"));
  EXPECT_FALSE(replay.catalog.has_schema("other"));
  replay.run("DROP SCHEMA app; ALTER SCHEMA joe RENAME TO jane");
  EXPECT_FALSE(replay.catalog.has_schema("app"));
  EXPECT_TRUE(replay.catalog.has_schema("jane"));
}

TEST(Indexes, Details) {
  const Replay replay(
      "CREATE TABLE t (a int, b int, c text, d int);"
      "CREATE UNIQUE INDEX i ON t USING btree (a, lower(c) DESC) INCLUDE (d) WHERE b > 0;"
      "CREATE INDEX j ON t\n  -- why\n  (a)  ;"
      "CREATE INDEX k ON public . t (c text_pattern_ops)");
  const IndexDetails& i = *replay.at("i").index;
  EXPECT_TRUE(i.unique);
  EXPECT_TRUE(i.partial);
  EXPECT_FALSE(i.plain);
  EXPECT_THAT(i.columns, ElementsAre("a", ""));
  EXPECT_THAT(i.included, ElementsAre("d"));
  EXPECT_THAT(i.mentioned, ElementsAre("c", "b"));
  EXPECT_THAT(i.column_names, ElementsAre("a", "lower", "d"));
  EXPECT_EQ(i.definition, "USING btree (a, lower(c) DESC) INCLUDE (d) WHERE b > 0");
  EXPECT_EQ(replay.at("j").index->definition, "(a)");
  EXPECT_TRUE(replay.at("j").index->plain);
  EXPECT_FALSE(replay.at("k").index->plain);
}

TEST(Indexes, DefinitionsFollowRenamedColumns) {
  const Replay replay(
      "CREATE TABLE t (a int, b int); CREATE INDEX i ON t (a, (a + b)) WHERE \"a\" > 0; ALTER TABLE t RENAME a TO \"A "
      "b\"");
  EXPECT_EQ(replay.at("i").index->definition, "(\"A b\", (\"A b\" + b)) WHERE \"A b\" > 0");
  EXPECT_THAT(replay.at("i").index->columns, ElementsAre("A b", ""));
}

TEST(Indexes, InvalidOnesAndTheirPartitions) {
  Replay replay(
      "CREATE TABLE p (k int) PARTITION BY LIST (k); CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1);"
      "CREATE INDEX i1 ON p1 (k)");
  replay.catalog.change(replay.at("i1").id).index.change().valid = false;
  // An invalid index of a partition is taken by CREATE INDEX on the parent, which is then invalid too.
  replay.run("CREATE INDEX i ON p (k)");
  EXPECT_EQ(replay.at("i1").index->parent, replay.at("i").id);
  EXPECT_FALSE(replay.at("i").index->valid);
  replay.run("REINDEX INDEX i1");
  EXPECT_TRUE(replay.at("i1").index->valid);
}

TEST(Indexes, ForeignPartitionsKeepAnOnlyIndexInvalid) {
  Replay replay(
      "CREATE TABLE p (k int) PARTITION BY LIST (k); CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1);"
      "CREATE FOREIGN TABLE f PARTITION OF p FOR VALUES IN (2) SERVER s;"
      "CREATE INDEX whole ON p (k); CREATE INDEX only_one ON ONLY p (k); CREATE INDEX one ON p1 (k);"
      "ALTER INDEX only_one ATTACH PARTITION one");
  EXPECT_TRUE(replay.at("whole").index->valid);
  EXPECT_THAT(replay.at("f").indexes, IsEmpty());
  EXPECT_FALSE(replay.at("only_one").index->valid);
}

TEST(NotNullConstraints, OfPostgreSQL18) {
  Replay replay("CREATE TABLE t (a int, b int NOT NULL, c int CONSTRAINT c_nn NOT NULL)");
  replay.run("ALTER TABLE t ADD CONSTRAINT nn NOT NULL a NOT VALID");
  EXPECT_FALSE(replay.at("t").column("a")->not_null);
  EXPECT_FALSE(replay.at("t").constraint("nn")->validated);
  replay.run("ALTER TABLE t VALIDATE CONSTRAINT nn");
  EXPECT_TRUE(replay.at("t").column("a")->not_null);
  replay.run("ALTER TABLE t DROP CONSTRAINT nn, DROP CONSTRAINT t_b_not_null, DROP CONSTRAINT c_nn");
  for (const char* column : {"a", "b", "c"}) EXPECT_FALSE(replay.at("t").column(column)->not_null) << column;
}

TEST(DefaultNames, Pieces) {
  EXPECT_EQ(make_object_name("t", "a", "key"), "t_a_key");
  EXPECT_EQ(make_object_name("t", "", "pkey"), "t_pkey");
  EXPECT_EQ(make_object_name(std::string(63, 'x'), "", "pkey"), std::string(58, 'x') + "_pkey");
  EXPECT_EQ(make_object_name(std::string(40, 'x'), std::string(50, 'y'), "idx").size(), 63U);
  // A character is not cut in two.
  std::string umlauts;
  for (int i = 0; i < 40; ++i) umlauts += "ü";
  EXPECT_EQ(make_object_name(umlauts, "", "pkey").size(), 63U);
  EXPECT_EQ(make_object_name("x" + umlauts, "", "pkey").size(), 62U);
}

TEST(DefaultNames, AreFreeAgainAfterADrop) {
  Replay replay("CREATE TABLE t (a int); CREATE INDEX ON t (a); CREATE INDEX ON t (a); DROP INDEX t_a_idx");
  replay.run(
      "CREATE INDEX ON t (a); ALTER TABLE t ADD CHECK (a > 0), ADD CHECK (a > 1); "
      "ALTER TABLE t DROP CONSTRAINT t_a_check; ALTER TABLE t ADD CHECK (a > 2)");
  EXPECT_TRUE(replay.has("t_a_idx"));
  EXPECT_FALSE(replay.has("t_a_idx2"));
  EXPECT_NE(replay.at("t").constraint("t_a_check"), nullptr);
  EXPECT_EQ(replay.at("t").constraint("t_a_check2"), nullptr);
}

TEST(Rows, OfPartitionedTablesAreInThePartitions) {
  Replay replay(
      "CREATE TABLE p (k int) PARTITION BY LIST (k); CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1);"
      "INSERT INTO p VALUES (1)");
  EXPECT_TRUE(replay.at("p1").has_rows);
  replay.run("TRUNCATE p");
  EXPECT_FALSE(replay.at("p1").has_rows);
}

TEST(Catalog, DropTakesWhatBelongsToTheTable) {
  Replay replay(
      "CREATE TABLE r (id int PRIMARY KEY); CREATE TABLE t (id serial PRIMARY KEY, r_id int REFERENCES r);"
      "CREATE VIEW v AS SELECT id FROM t; DROP TABLE t");
  EXPECT_FALSE(replay.has("t_id_seq"));
  EXPECT_FALSE(replay.has("t_pkey"));
  EXPECT_THAT(replay.at("r").referenced_by, IsEmpty());
  EXPECT_THAT(replay.at("v").uses, IsEmpty());
}

TEST(Catalog, DefaultPartitionAndDescendants) {
  Replay replay(
      "CREATE TABLE p (k int) PARTITION BY LIST (k); CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1) PARTITION BY "
      "LIST (k);"
      "CREATE TABLE p1a PARTITION OF p1 FOR VALUES IN (1); CREATE TABLE pd PARTITION OF p DEFAULT;"
      "CREATE TABLE base (); CREATE TABLE left_one () INHERITS (base); CREATE TABLE right_one () INHERITS (base);"
      "CREATE TABLE bottom () INHERITS (left_one, right_one)");
  EXPECT_EQ(replay.catalog.default_partition(replay.at("p")), replay.at("pd").id);
  EXPECT_EQ(replay.catalog.default_partition(replay.at("p1")), kNoRelation);
  EXPECT_THAT(replay.catalog.with_descendants(replay.at("p").id),
              ElementsAre(replay.at("p").id, replay.at("p1").id, replay.at("pd").id, replay.at("p1a").id));
  EXPECT_THAT(
      replay.catalog.with_descendants(replay.at("base").id),
      ElementsAre(replay.at("base").id, replay.at("left_one").id, replay.at("right_one").id, replay.at("bottom").id));
}

}  // namespace
}  // namespace pglatch
