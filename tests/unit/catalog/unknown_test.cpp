// What statements teach about relations that the catalog has never seen, and what it makes of statements
// that contradict it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/catalog/replay.h"

namespace pglatch {
namespace {

using testing::describe;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::Replay;
using ::testing::SizeIs;

std::vector<std::string> column_names(const Relation& relation) {
  std::vector<std::string> names;
  for (const Column& column : relation.columns) names.push_back(column.name);
  return names;
}

TEST(UnknownRelation, IsEnteredWithTheKindThatTheStatementSays) {
  const Replay replay(
      "ALTER TABLE t OWNER TO x; ALTER INDEX i RENAME TO i2; ALTER VIEW v ALTER a SET DEFAULT 1;"
      "ALTER SEQUENCE s OWNED BY NONE; ALTER TABLE p ATTACH PARTITION p1 FOR VALUES IN (1);"
      "CREATE TABLE q1 PARTITION OF q DEFAULT; CREATE INDEX j ON ONLY r (a);");
  EXPECT_EQ(replay.at("t").kind, RelationKind::table);
  EXPECT_EQ(replay.at("i2").kind, RelationKind::index);
  EXPECT_EQ(replay.at("v").kind, RelationKind::view);
  EXPECT_EQ(replay.at("s").kind, RelationKind::sequence);
  EXPECT_EQ(replay.at("p").kind, RelationKind::partitioned_table);
  EXPECT_EQ(replay.at("q").kind, RelationKind::partitioned_table);
  EXPECT_EQ(replay.at("r").kind, RelationKind::partitioned_table);
  EXPECT_EQ(replay.at("j").kind, RelationKind::partitioned_index);
  EXPECT_FALSE(replay.at("j").index->valid);
  for (const char* name : {"t", "i2", "v", "s", "p", "q"}) {
    EXPECT_EQ(replay.at(name).origin, Origin::unknown) << name;
    EXPECT_FALSE(replay.at(name).columns_known) << name;
    EXPECT_TRUE(is_live(replay.at(name), replay.catalog, replay.session)) << name;
  }
  EXPECT_FALSE(replay.at("q1").columns_known);
}

TEST(UnknownRelation, IsLearntPieceByPiece) {
  const Replay replay(
      "ALTER TABLE t ADD COLUMN a int NOT NULL DEFAULT 1; ALTER TABLE t ALTER b SET NOT NULL;"
      "ALTER TABLE t ALTER c TYPE bigint; ALTER TABLE t RENAME d TO dd; ALTER TABLE t DROP COLUMN e;"
      "ALTER TABLE t ADD UNIQUE (a); ALTER TABLE t ADD CONSTRAINT ck CHECK (f > 0) NOT VALID; CREATE INDEX ON t (b);"
      "ALTER TABLE t DROP CONSTRAINT nobody_knows;");
  const Relation& t = replay.at("t");
  EXPECT_THAT(column_names(t), ElementsAre("a", "b", "c", "dd"));
  EXPECT_FALSE(t.columns_known);
  EXPECT_TRUE(t.column("a")->not_null);
  EXPECT_TRUE(t.column("b")->not_null);
  EXPECT_EQ(t.column("c")->type.name, "int8");
  EXPECT_TRUE(replay.has("t_a_key"));
  EXPECT_TRUE(replay.has("t_b_idx"));
  EXPECT_FALSE(t.constraint("ck")->validated);
}

TEST(UnknownRelation, AForeignKeysTargetBecomesKnownWithItsLinks) {
  Replay replay("CREATE TABLE t (r_id int REFERENCES r); CREATE VIEW v AS SELECT x FROM r");
  const RelationId id = replay.at("r").id;
  replay.run("CREATE TABLE r (id int PRIMARY KEY)");
  EXPECT_EQ(replay.at("r").id, id);
  EXPECT_EQ(replay.at("r").origin, Origin::script);
  EXPECT_THAT(replay.at("r").referenced_by, ElementsAre(replay.at("t").id));
  EXPECT_THAT(replay.at("r").used_by, ElementsAre(replay.at("v").id));
}

TEST(UnknownRelation, UsingIndexOfAnUnknownTable) {
  const Replay replay("ALTER TABLE t ADD CONSTRAINT pk PRIMARY KEY USING INDEX i");
  EXPECT_FALSE(replay.has("i"));
  ASSERT_TRUE(replay.has("pk"));
  EXPECT_EQ(replay.at("pk").index->table, replay.at("t").id);
  EXPECT_TRUE(replay.at("pk").index->primary);
  EXPECT_EQ(replay.at("t").primary_key()->index, replay.at("pk").id);
}

TEST(UnknownRelation, AttachingIndexesOfUnknownTablesLeavesTheParentInvalid) {
  const Replay replay(
      "CREATE INDEX i ON ONLY p (a); CREATE INDEX i1 ON p1 (a); ALTER TABLE p ATTACH PARTITION p1 DEFAULT;"
      "ALTER INDEX i ATTACH PARTITION i1; ALTER INDEX x ATTACH PARTITION x1;");
  EXPECT_EQ(replay.at("i1").index->parent, replay.at("i").id);
  EXPECT_FALSE(replay.at("i").index->valid);
  EXPECT_EQ(replay.at("x").kind, RelationKind::partitioned_index);
  EXPECT_EQ(replay.at("x1").index->parent, replay.at("x").id);
}

TEST(UnknownRelation, DropForgetsItAndIfExistsDoesNotEnterIt) {
  const Replay replay(
      "ALTER TABLE t ADD a int; DROP TABLE t; DROP TABLE IF EXISTS u; DROP INDEX IF EXISTS i; DROP INDEX j;"
      "ALTER INDEX k SET TABLESPACE x; DROP INDEX k; ALTER TABLE looks_like_a_table ADD a int; DROP VIEW "
      "looks_like_a_table;");
  EXPECT_THAT(replay.catalog.relations(), IsEmpty());
}

TEST(UnknownRelation, IfNotExistsTakesWhatTheScriptHasUsed) {
  Replay replay("ALTER TABLE t ADD a int; CREATE TABLE IF NOT EXISTS t (b int)");
  EXPECT_EQ(replay.at("t").origin, Origin::unknown);
  replay.run("CREATE TABLE IF NOT EXISTS t (b int)");
  EXPECT_EQ(replay.at("t").origin, Origin::script);
  EXPECT_THAT(column_names(replay.at("t")), ElementsAre("b"));
}

TEST(Names, SearchPathDecidesWhere) {
  const Replay replay(
      "CREATE TABLE t (); SET search_path = app, public; CREATE TABLE u (); ALTER TABLE t ADD a int;"
      "ALTER TABLE never_seen ADD a int; SELECT set_config('search_path', '', false); CREATE TABLE w ();"
      "ALTER TABLE t ADD b int; CREATE VIEW v AS SELECT 1 FROM pg_class;");
  EXPECT_TRUE(replay.has("public.t"));
  EXPECT_TRUE(replay.has("app.u"));
  EXPECT_TRUE(replay.has("app.never_seen"));
  EXPECT_TRUE(replay.has("public.w"));
  EXPECT_TRUE(replay.has("pg_catalog.pg_class"));
  EXPECT_THAT(column_names(replay.at("t")), ElementsAre("a", "b"));
}

// Nothing changes where the server would refuse the statement for certain.
TEST(Contradiction, DoesNothing) {
  const char* setup =
      "CREATE TABLE r (id int PRIMARY KEY, v text); CREATE TABLE t (a int UNIQUE, b int CONSTRAINT ck CHECK (b > 0));"
      "CREATE INDEX i ON t (a, b); CREATE VIEW w AS SELECT v FROM r; CREATE SEQUENCE s;"
      "CREATE TABLE p (k int) PARTITION BY LIST (k); CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1);"
      "CREATE INDEX pi ON p (k); CREATE TYPE mood AS ENUM ('a', 'b');";
  const char* statements[] = {
      "DROP TABLE nothing",
      "DROP VIEW t",
      "DROP TABLE w",
      "DROP INDEX r_pkey",
      "DROP INDEX p1_k_idx",
      "DROP INDEX t",
      "ALTER TABLE t DROP COLUMN nothing",
      "ALTER TABLE t DROP CONSTRAINT nothing",
      "ALTER TABLE t ADD COLUMN a bigint",
      "ALTER TABLE t ADD CONSTRAINT ck CHECK (a > 0)",
      "ALTER TABLE t RENAME a TO b",
      "ALTER TABLE t RENAME nothing TO b",
      "ALTER TABLE t RENAME TO r",
      "ALTER TABLE t RENAME CONSTRAINT ck TO t_a_key",
      "ALTER TABLE t ALTER nothing SET NOT NULL",
      "ALTER TABLE t VALIDATE CONSTRAINT nothing",
      "ALTER TABLE t ATTACH PARTITION r DEFAULT",
      "ALTER TABLE p ATTACH PARTITION p1 FOR VALUES IN (1)",
      "ALTER TABLE p ATTACH PARTITION p DEFAULT",
      "ALTER TABLE p1 ATTACH PARTITION p DEFAULT",
      "ALTER TABLE p DETACH PARTITION t",
      "ALTER TABLE p DETACH PARTITION nothing",
      "ALTER INDEX pi ATTACH PARTITION i",
      "ALTER INDEX pi ATTACH PARTITION p1_k_idx",
      "ALTER TABLE t INHERIT t",
      "CREATE INDEX ON w (v)",
      "CREATE INDEX IF NOT EXISTS i ON t (b)",
      "CREATE TABLE IF NOT EXISTS t (other int)",
      "CREATE SEQUENCE IF NOT EXISTS s",
      "DROP TRIGGER nothing ON t",
      "ALTER TRIGGER nothing ON t RENAME TO x",
      "DROP TYPE nothing; DROP FUNCTION nothing(); DROP SCHEMA nothing",
      "ALTER TYPE nothing ADD VALUE 'x'",
      "ALTER DOMAIN nothing SET NOT NULL",
      "ALTER TYPE mood ADD VALUE IF NOT EXISTS 'a'",
      "INSERT INTO nothing VALUES (1); TRUNCATE nothing; COPY nothing FROM stdin",
      "REINDEX TABLE nothing; REFRESH MATERIALIZED VIEW nothing",
  };
  for (const char* statement : statements) {
    Replay replay(setup);
    const std::vector<std::string> before = describe(replay.catalog);
    replay.run(statement);
    EXPECT_EQ(describe(replay.catalog), before) << statement;
  }
}

TEST(Contradiction, TheSameScriptCreatesOnceAnotherOneAnew) {
  Replay replay("CREATE TABLE t (a int); CREATE TABLE t (b int); CREATE INDEX i ON t (a); CREATE INDEX i ON t (a, a)");
  EXPECT_THAT(column_names(replay.at("t")), ElementsAre("a"));
  EXPECT_THAT(replay.at("i").index->columns, ElementsAre("a"));
  // Files that are not one history: each has its own t.
  replay.run("CREATE TABLE t (c int); CREATE INDEX i ON t (c)");
  EXPECT_THAT(column_names(replay.at("t")), ElementsAre("c"));
  EXPECT_THAT(replay.at("i").index->columns, ElementsAre("c"));
  EXPECT_THAT(replay.catalog.relations(), SizeIs(2));
}

}  // namespace
}  // namespace pglatch
