// Plans of changes of many rows and of columns that have to be filled: what they send, and what they refuse.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/plans/planning.h"

namespace pglatch::testing {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr const char* kTables =
    "CREATE TABLE t (id int PRIMARY KEY, a int, b text, up int REFERENCES t (id), pos int UNIQUE DEFERRABLE);"
    "CREATE TABLE o (id int PRIMARY KEY, t_id int, x text); CREATE TABLE copy (a int, b text);"
    "CREATE TABLE keyless (a int); CREATE TABLE parent (id int PRIMARY KEY); CREATE TABLE child () INHERITS (parent);"
    "CREATE VIEW all_t AS SELECT * FROM t; CREATE TABLE arrays (a int[] PRIMARY KEY, b int);"
    "CREATE TABLE p (id int PRIMARY KEY) PARTITION BY LIST (id);"
    "CREATE DOMAIN positive AS int CHECK (VALUE > 0); CREATE DOMAIN token AS uuid DEFAULT gen_random_uuid();"
    "CREATE FUNCTION plain(int) RETURNS int IMMUTABLE LANGUAGE sql AS 'SELECT $1';"
    "CREATE FUNCTION looks() RETURNS int STABLE LANGUAGE sql AS 'SELECT count(*)::int FROM t';";

Plan plan_for(const std::string& migration, int version = 15) {
  Planning planning;
  planning.schema = kTables;
  planning.pg_version = version;
  return plan_of(migration, planning);
}

std::string refusal_of(const std::string& migration, int version = 15) {
  const Plan plan = plan_for(migration, version);
  EXPECT_THAT(plan.not_rewritten, SizeIs(1)) << migration;
  return plan.not_rewritten.empty() ? std::string() : plan.not_rewritten.front().reason;
}

void is_batched(const std::string& migration) {
  const Plan plan = plan_for(migration);
  EXPECT_THAT(plan.not_rewritten, IsEmpty()) << migration << ": " << plan.not_rewritten.front().reason;
  EXPECT_EQ(plan.steps().front()->step_class, StepClass::batch) << migration;
}

TEST(BatchRecipes, TheRangeIsOneMoreCondition) {
  EXPECT_THAT(sent(plan_for("UPDATE t SET a = 1 WHERE b = 'where' OR a IS NULL -- all\n;")),
              ElementsAre("UPDATE t SET a = 1 WHERE (b = 'where' OR a IS NULL)\n"
                          "  AND ($1 IS NULL OR (t.id) > ($1)) AND (t.id) <= ($2)"));
  EXPECT_THAT(sent(plan_for("DELETE FROM ONLY public.o AS \"X\"")),
              ElementsAre("DELETE FROM ONLY public.o AS \"X\"\n"
                          "WHERE ($1 IS NULL OR (\"X\".id) > ($1)) AND (\"X\".id) <= ($2)"));
  EXPECT_THAT(sent(plan_for("INSERT INTO copy (a, b) SELECT o.id, (SELECT b FROM t WHERE t.id = o.t_id) FROM o")),
              ElementsAre("INSERT INTO copy (a, b) SELECT o.id, (SELECT b FROM t WHERE t.id = o.t_id) FROM o\n"
                          "WHERE ($1 IS NULL OR (o.id) > ($1)) AND (o.id) <= ($2)"));
}

TEST(BatchRecipes, WhatDependsOnTheRowAloneIsDoneInBatches) {
  is_batched("UPDATE t SET a = a + 1");
  is_batched("UPDATE t SET b = gen_random_uuid()::text, a = plain(a)");
  is_batched("UPDATE t SET b = o.x FROM o WHERE t.up = o.id");
  is_batched("UPDATE t SET b = (SELECT string_agg(x, ',') FROM o WHERE o.t_id = t.id)");
  is_batched("DELETE FROM o WHERE NOT EXISTS (SELECT FROM t WHERE t.id = o.t_id)");
  is_batched("INSERT INTO copy SELECT t.id, o.x FROM t JOIN o ON o.t_id = t.id");
}

TEST(BatchRecipes, TheTimeIsSaidToBeTheRanges) {
  EXPECT_THAT(plan_for("DELETE FROM o WHERE x < now()::text").notes, Contains(HasSubstr("each range's transaction")));
  EXPECT_THAT(plan_for("UPDATE o SET x = CURRENT_DATE::text").notes, Contains(HasSubstr("each range's transaction")));
}

TEST(BatchRecipes, FewRowsAndNewTablesAreLeft) {
  EXPECT_THAT(plan_for("UPDATE t SET a = 1 WHERE id = 5").not_rewritten, IsEmpty());
  for (const char* migration : {"UPDATE t SET a = 1 WHERE id = 5", "CREATE TABLE n (a int); UPDATE n SET a = 1",
                                "INSERT INTO copy VALUES (1, 'x')", "INSERT INTO copy SELECT id, b FROM t LIMIT 3"}) {
    const Plan plan = plan_for(migration);
    for (const Step* step : plan.steps()) EXPECT_NE(step->step_class, StepClass::batch) << migration;
  }
}

TEST(BatchRecipes, WhatDependsOnOtherRowsIsRefused) {
  EXPECT_THAT(refusal_of("UPDATE t SET a = (SELECT max(a) FROM t)"), HasSubstr("reads public.t"));
  EXPECT_THAT(refusal_of("UPDATE t SET a = (SELECT max(a) FROM all_t)"), HasSubstr("reads public.t"));
  EXPECT_THAT(refusal_of("UPDATE t SET a = o2.a FROM t o2 WHERE o2.id = t.up"), HasSubstr("reads public.t"));
  EXPECT_THAT(refusal_of("UPDATE t SET a = looks()"), HasSubstr("looks()"));
  EXPECT_THAT(refusal_of("UPDATE t SET a = nobody_knows(a)"), HasSubstr("nobody_knows()"));
  EXPECT_THAT(refusal_of("UPDATE t SET a = (SELECT id FROM elsewhere)"), HasSubstr("not known here"));
  EXPECT_THAT(refusal_of("INSERT INTO copy SELECT count(*), b FROM t GROUP BY b"), HasSubstr("several rows"));
  EXPECT_THAT(refusal_of("INSERT INTO copy SELECT a, b FROM t ORDER BY a"), HasSubstr("ORDER BY"));
  EXPECT_THAT(refusal_of("INSERT INTO copy SELECT DISTINCT a, b FROM t"), HasSubstr("several rows"));
  EXPECT_THAT(refusal_of("INSERT INTO copy SELECT row_number() OVER (), b FROM t"), HasSubstr("several rows"));
}

TEST(BatchRecipes, WhatIsForOneTransactionIsRefused) {
  EXPECT_THAT(refusal_of("UPDATE t SET a = 1 RETURNING id"), HasSubstr("RETURNING"));
  EXPECT_THAT(refusal_of("WITH w AS (SELECT 1 AS x) UPDATE t SET a = x FROM w"), HasSubstr("WITH"));
  EXPECT_THAT(refusal_of("INSERT INTO copy SELECT a, b FROM t ON CONFLICT DO NOTHING"), HasSubstr("ON CONFLICT"));
  EXPECT_THAT(refusal_of("UPDATE t SET id = id + 1"), HasSubstr("along which"));
  EXPECT_THAT(refusal_of("UPDATE t SET pos = pos + 1"), HasSubstr("end of the statement"));
  EXPECT_THAT(refusal_of("DELETE FROM t"), HasSubstr("refer to each other"));
  EXPECT_THAT(refusal_of("DELETE FROM o WHERE random() < 0.5"), HasSubstr("random()"));
  EXPECT_THAT(refusal_of("UPDATE o SET x = (SELECT random())"), HasSubstr("random()"));
  EXPECT_THAT(refusal_of("UPDATE o SET x = set_config('a.b', x, false)"), HasSubstr("volatile"));
  EXPECT_THAT(refusal_of("BEGIN; LOCK TABLE t; UPDATE t SET a = 1; COMMIT;"), HasSubstr("LOCK TABLE"));
}

TEST(BatchRecipes, JoinsThatAreNotLookedUpAreRefused) {
  EXPECT_THAT(refusal_of("UPDATE t SET b = o.x FROM o WHERE o.t_id = t.id"), HasSubstr("joins o"));
  EXPECT_THAT(refusal_of("UPDATE t SET b = o.x FROM o"), HasSubstr("joins o"));
  EXPECT_THAT(refusal_of("DELETE FROM o USING generate_series(1, 9) g WHERE o.x = g::text"), HasSubstr("not a table"));
}

TEST(BatchRecipes, AQueryWithoutAPlaceForARangeIsRefused) {
  EXPECT_THAT(refusal_of("INSERT INTO copy (SELECT a, b FROM t)"), HasSubstr("has no place"));
  EXPECT_THAT(refusal_of("INSERT INTO copy SELECT a, b FROM t UNION ALL SELECT id, x FROM o"),
              HasSubstr("has no place"));
  EXPECT_THAT(refusal_of("INSERT INTO copy SELECT * FROM (SELECT a, b FROM t) AS s"), HasSubstr("has no place"));
  EXPECT_THAT(refusal_of("CREATE TABLE new AS SELECT a, b FROM t"), HasSubstr("cannot divide"));
}

TEST(BatchRecipes, ATableWithoutAKeyCannotBeWalked) {
  for (const char* table : {"keyless", "elsewhere", "parent"}) {
    EXPECT_THAT(refusal_of(std::string("DELETE FROM ") + table), HasSubstr("none is known")) << table;
  }
  EXPECT_THAT(refusal_of("UPDATE arrays SET b = 1"), HasSubstr("none is known"));
  EXPECT_THAT(refusal_of("ALTER TABLE keyless ADD COLUMN id bigserial PRIMARY KEY"), HasSubstr("none is known"));
}

TEST(BatchRecipes, AColumnIsAddedEmptyWithItsDefault) {
  EXPECT_THAT(
      sent(plan_for("ALTER TABLE o ADD COLUMN u uuid DEFAULT gen_random_uuid() NOT NULL", 18)),
      ElementsAre("ALTER TABLE public.o ADD COLUMN u uuid, ALTER COLUMN u SET DEFAULT gen_random_uuid()",
                  "UPDATE public.o SET u = DEFAULT WHERE u IS NULL AND ($1 IS NULL OR (o.id) > ($1)) AND (o.id) "
                  "<= ($2)",
                  "ALTER TABLE public.o ADD CONSTRAINT o_u_not_null NOT NULL u NOT VALID",
                  "ALTER TABLE public.o VALIDATE CONSTRAINT o_u_not_null"));
  EXPECT_THAT(sent(plan_for("ALTER TABLE o ADD COLUMN u int CONSTRAINT must NOT NULL DEFAULT random()", 18)),
              Contains("ALTER TABLE public.o ADD CONSTRAINT must NOT NULL u NOT VALID"));
  // Before 11 a constant is written into each row, too.
  EXPECT_THAT(sent(plan_for("ALTER TABLE o ADD COLUMN u int DEFAULT 5", 10)),
              Contains(HasSubstr("ALTER COLUMN u SET DEFAULT 5")));
}

TEST(BatchRecipes, OtherPartsFollowTheFilledColumn) {
  const auto all =
      sent(plan_for("ALTER TABLE o ADD UNIQUE (u), ADD COLUMN u uuid DEFAULT gen_random_uuid(), ALTER u SET "
                    "NOT NULL"));
  ASSERT_THAT(all, SizeIs(8));
  EXPECT_THAT(all[1], HasSubstr("SET u = DEFAULT"));
  EXPECT_THAT(all.back(), HasSubstr("UNIQUE USING INDEX o_u_key"));
}

TEST(BatchRecipes, ColumnsThatCannotBeFilledAreRefused) {
  EXPECT_THAT(refusal_of("ALTER TABLE o ADD COLUMN d positive"), HasSubstr("domain"));
  EXPECT_THAT(refusal_of("ALTER TABLE o ADD COLUMN d text GENERATED ALWAYS AS (x || 'y') STORED"),
              HasSubstr("stored generated"));
  EXPECT_THAT(
      plan_for("ALTER TABLE o ADD COLUMN d text GENERATED ALWAYS AS (x) STORED", 18).not_rewritten.front().manual,
      HasSubstr("VIRTUAL"));
  EXPECT_THAT(refusal_of("ALTER TABLE o ADD COLUMN d int NOT NULL"), HasSubstr("without a default"));
  EXPECT_THAT(refusal_of("ALTER TABLE p ADD COLUMN d int GENERATED ALWAYS AS IDENTITY"), HasSubstr("PostgreSQL 17"));
  EXPECT_THAT(refusal_of("ALTER TABLE o ADD COLUMN u uuid DEFAULT gen_random_uuid(), ALTER u SET DEFAULT NULL"),
              HasSubstr("SET DEFAULT NULL"));
}

}  // namespace
}  // namespace pglatch::testing
