// What becomes of the migration's transactions: what is cut, what stays together, and what is locked first.
#include <gmock/gmock.h>

#include "tests/plans/planning.h"

namespace pglatch::testing {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr const char* kSchema =
    "CREATE TABLE a (id int PRIMARY KEY, x int); CREATE TABLE b (id int PRIMARY KEY, a_id int REFERENCES a, x int);"
    "CREATE TYPE mood AS ENUM ('fine'); CREATE TABLE m (id int, mood mood);";

Plan plan_for(const std::string& sql, ExecutionMode mode = ExecutionMode::unknown, int pg_version = 15) {
  Planning planning;
  planning.schema = kSchema;
  planning.mode = mode;
  planning.pg_version = pg_version;
  return plan_of(sql, planning);
}

// What each step sends, its statements joined by " / ".
std::vector<std::string> steps_for(const std::string& sql, ExecutionMode mode = ExecutionMode::unknown,
                                   int pg_version = 15) {
  const Plan plan = plan_for(sql, mode, pg_version);
  std::vector<std::string> all;
  for (const Step* step : plan.steps()) {
    std::string joined;
    for (const std::string& statement : step->sql) joined += (joined.empty() ? "" : " / ") + statement;
    all.push_back(joined);
  }
  return all;
}

TEST(TransactionPlanTest, ChangesOfSeveralTablesAreCommittedTableByTable) {
  EXPECT_THAT(steps_for("BEGIN; ALTER TABLE b ADD COLUMN n int; COMMENT ON TABLE b IS 'x';"
                        "CREATE TABLE fresh (id int); ALTER TABLE a ADD COLUMN n int; COMMIT;"),
              ElementsAre("ALTER TABLE b ADD COLUMN n int / COMMENT ON TABLE b IS 'x' / CREATE TABLE fresh (id int)",
                          "ALTER TABLE a ADD COLUMN n int"));
}

TEST(TransactionPlanTest, OneTableIsOneTransaction) {
  const Plan plan = plan_for("BEGIN; ALTER TABLE a ADD COLUMN n int; INSERT INTO a VALUES (1); COMMIT;");
  EXPECT_THAT(sent(plan), ElementsAre("ALTER TABLE a ADD COLUMN n int", "INSERT INTO a VALUES (1)"));
  EXPECT_THAT(plan.steps().size(), 1U);
  EXPECT_THAT(plan.notes, Not(Contains(HasSubstr("all or nothing"))));
}

TEST(TransactionPlanTest, RowsWrittenTogetherStayTogether) {
  EXPECT_THAT(steps_for("BEGIN; ALTER TABLE a ADD COLUMN n int; ALTER TABLE b ADD COLUMN n int;"
                        "INSERT INTO a VALUES (1); INSERT INTO b VALUES (1, 1); COMMIT;"),
              ElementsAre("ALTER TABLE a ADD COLUMN n int", "ALTER TABLE b ADD COLUMN n int",
                          "INSERT INTO a VALUES (1) / INSERT INTO b VALUES (1, 1)"));
}

TEST(TransactionPlanTest, ATableThatTakesAnothersPlaceIsLockedWithItReferencedTablesFirst) {
  EXPECT_THAT(
      steps_for("BEGIN; ALTER TABLE b RENAME TO old_b; ALTER TABLE a RENAME TO old_a; COMMIT;"),
      ElementsAre("LOCK TABLE public.a IN ACCESS EXCLUSIVE MODE / LOCK TABLE public.b IN ACCESS EXCLUSIVE MODE / "
                  "ALTER TABLE b RENAME TO old_b / ALTER TABLE a RENAME TO old_a"));
}

TEST(TransactionPlanTest, WhatMustStayTogetherDoesBesideWhatIsRewritten) {
  EXPECT_THAT(steps_for("BEGIN; CREATE INDEX i ON a (x); ALTER TABLE b RENAME TO c; ALTER TABLE a RENAME TO b; COMMIT"),
              ElementsAre(HasSubstr("CONCURRENTLY"),
                          AllOf(HasSubstr("LOCK TABLE public.a"), HasSubstr("ALTER TABLE b RENAME TO c / ALTER TABLE a "
                                                                            "RENAME TO b"))));
}

TEST(TransactionPlanTest, WhatIsTakenAwayStaysWithWhatTakesItsPlace) {
  EXPECT_THAT(steps_for("BEGIN; ALTER TABLE a DISABLE TRIGGER ALL; INSERT INTO b VALUES (1); ALTER TABLE a ENABLE "
                        "TRIGGER ALL; ALTER TABLE b ADD COLUMN n int; COMMIT;"),
              ElementsAre("ALTER TABLE a DISABLE TRIGGER ALL / INSERT INTO b VALUES (1) / ALTER TABLE a ENABLE TRIGGER "
                          "ALL",
                          "ALTER TABLE b ADD COLUMN n int"));
}

TEST(TransactionPlanTest, TablesLockedOnPurposeStayLocked) {
  EXPECT_THAT(steps_for("BEGIN; LOCK TABLE a, b; ALTER TABLE b ADD COLUMN n int; ALTER TABLE a ADD COLUMN n int; "
                        "COMMIT;"),
              ElementsAre("LOCK TABLE a, b / ALTER TABLE b ADD COLUMN n int / ALTER TABLE a ADD COLUMN n int"));
  // Alone it would lock for nothing.
  const Plan plan = plan_for("BEGIN; LOCK TABLE a; CREATE INDEX i ON a (x); COMMIT;");
  EXPECT_THAT(sent(plan), ElementsAre(HasSubstr("CONCURRENTLY")));
  EXPECT_THAT(plan.notes, Contains("LOCK TABLE a is left out: each step locks what it needs."));
}

TEST(TransactionPlanTest, PartitionsCountWithTheirTable) {
  Planning planning;
  planning.schema =
      "CREATE TABLE p (a int) PARTITION BY LIST (a); CREATE TABLE p_1 PARTITION OF p FOR VALUES IN (1);"
      "CREATE TABLE p_2 PARTITION OF p FOR VALUES IN (2);";
  const Plan plan = plan_of(
      "BEGIN; ALTER TABLE p_1 SET (fillfactor = 90); ALTER TABLE p_1 RENAME TO p_one;"
      "ALTER TABLE p_2 RENAME TO p_two; COMMIT;",
      planning);
  EXPECT_THAT(plan.steps().size(), 1U);
  EXPECT_THAT(sent(plan), Not(Contains(HasSubstr("LOCK TABLE"))));
}

TEST(TransactionPlanTest, ARunnersTransactionIsOneToo) {
  EXPECT_THAT(steps_for("ALTER TABLE b RENAME TO old_b; ALTER TABLE a RENAME TO b;", ExecutionMode::transaction),
              ElementsAre(HasSubstr("ALTER TABLE b RENAME TO old_b / ALTER TABLE a RENAME TO b")));
  EXPECT_THAT(plan_for("ALTER TABLE b ADD COLUMN n int; CREATE INDEX i ON b (x);", ExecutionMode::transaction).notes,
              Contains("The transaction of 1.sql becomes several: it is not all or nothing any more."));
  // Nobody knows of one.
  EXPECT_THAT(steps_for("ALTER TABLE b ADD COLUMN n int; ALTER TABLE b ADD COLUMN k int;").size(), 2U);
}

TEST(TransactionPlanTest, SettingsOfACutTransactionAreTakenBack) {
  EXPECT_THAT(steps_for("BEGIN; SET LOCAL search_path = public; ALTER TABLE a ADD COLUMN n int; ALTER TABLE b ADD "
                        "COLUMN n int; COMMIT;"),
              ElementsAre("SET search_path = public", "ALTER TABLE a ADD COLUMN n int",
                          "ALTER TABLE b ADD COLUMN n int", "RESET search_path"));
}

TEST(TransactionPlanTest, AnEnumValueIsCommittedBeforeItIsUsed) {
  for (const ExecutionMode mode : {ExecutionMode::unknown, ExecutionMode::transaction}) {
    const std::string body = "ALTER TYPE mood ADD VALUE 'bad'; INSERT INTO m VALUES (1, 'bad');";
    const Plan plan = plan_for(mode == ExecutionMode::unknown ? "BEGIN; " + body + " COMMIT;" : body, mode);
    EXPECT_THAT(sent(plan),
                ElementsAre("ALTER TYPE public.mood ADD VALUE IF NOT EXISTS 'bad'", "INSERT INTO m VALUES (1, 'bad')"));
    EXPECT_THAT(plan.steps().size(), 2U);
    EXPECT_THAT(plan.steps()[0]->already_done, HasSubstr("pg_enum"));
    EXPECT_EQ(plan.steps()[0]->origin.rule, "enum-value-used-in-same-transaction");
    EXPECT_THAT(plan.not_rewritten, IsEmpty());
  }
}

TEST(TransactionPlanTest, AnEnumValueThatNothingUsesStays) {
  EXPECT_THAT(steps_for("BEGIN; ALTER TYPE mood ADD VALUE 'bad'; INSERT INTO m VALUES (1, 'fine'); COMMIT;"),
              ElementsAre("ALTER TYPE mood ADD VALUE 'bad' / INSERT INTO m VALUES (1, 'fine')"));
  EXPECT_THAT(steps_for("ALTER TYPE mood ADD VALUE 'bad'; INSERT INTO m VALUES (1, 'bad');"),
              ElementsAre("ALTER TYPE mood ADD VALUE 'bad'", "INSERT INTO m VALUES (1, 'bad')"));
  // 17 lets a new type's values be used at once.
  const std::string fresh =
      "BEGIN; CREATE TYPE t AS ENUM (); ALTER TYPE t ADD VALUE 'x'; CREATE TABLE n (t t DEFAULT 'x'); COMMIT;";
  EXPECT_THAT(steps_for(fresh, ExecutionMode::unknown, 17).size(), 1U);
  EXPECT_THAT(steps_for(fresh, ExecutionMode::unknown, 16).size(), 3U);
}

TEST(TransactionPlanTest, RowsWhoseChecksArePendingAreCommittedBeforeTheirTableIsChanged) {
  Planning planning;
  planning.schema =
      "CREATE TABLE p (id int PRIMARY KEY);"
      "CREATE TABLE c (id int REFERENCES p DEFERRABLE INITIALLY DEFERRED);";
  const Plan plan = plan_of("BEGIN; INSERT INTO c VALUES (1); ALTER TABLE c ADD COLUMN n int; COMMIT;", planning);
  EXPECT_THAT(plan.not_rewritten, IsEmpty());
  EXPECT_EQ(plan.steps().size(), 2U);
}

TEST(TransactionPlanTest, ConcurrentlyOutOfItsTransactionHasItsLocks) {
  const Plan plan = plan_for("BEGIN; REINDEX TABLE CONCURRENTLY a; COMMIT;");
  EXPECT_THAT(plan.not_rewritten, IsEmpty());
  EXPECT_THAT(plan.steps().front()->locks, Not(IsEmpty()));
}

}  // namespace
}  // namespace pglatch::testing
