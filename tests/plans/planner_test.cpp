// What the planner does around recipes: order, transactions, settings, what it refuses to vouch for.
#include "analyzer/plan/planner.h"

#include <gmock/gmock.h>

#include "analyzer/plan/writers.h"
#include "rules/registry.h"
#include "tests/plans/planning.h"

namespace pglatch::testing {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

constexpr const char* kTable = "CREATE TABLE t (a int, b text);";

Plan plan_for(const std::string& sql, ExecutionMode mode = ExecutionMode::unknown) {
  Planning planning;
  planning.schema = kTable;
  planning.mode = mode;
  return plan_of(sql, planning);
}

TEST(PlannerTest, HarmlessStatementsPassInOrder) {
  const Plan plan = plan_for("ALTER TABLE t ADD COLUMN c int; CREATE INDEX i ON t (a); COMMENT ON TABLE t IS 'x'");
  EXPECT_THAT(sent(plan),
              ElementsAre("ALTER TABLE t ADD COLUMN c int", HasSubstr("CONCURRENTLY"), "COMMENT ON TABLE t IS 'x'"));
  const auto steps = plan.steps();
  EXPECT_EQ(steps[0]->disposition, Disposition::unchanged);
  EXPECT_EQ(steps[0]->step_class, StepClass::brief);
  EXPECT_THAT(steps[0]->locks, ElementsAre(Field(&StepLock::mode, LockMode::access_exclusive)));
  EXPECT_EQ(steps[1]->disposition, Disposition::rewritten);
  EXPECT_EQ(steps[1]->origin.rule, "create-index-non-concurrent");
  EXPECT_THAT(plan.not_rewritten, IsEmpty());
}

TEST(PlannerTest, StepsAreNumberedThroughAndKnowTheirStatement) {
  const Plan plan = plan_for("CREATE INDEX i ON t (a);\nCREATE INDEX j ON t (b);");
  ASSERT_THAT(plan.steps(), SizeIs(2));
  EXPECT_EQ(plan.steps()[1]->id, "S2");
  EXPECT_EQ(plan.steps()[1]->origin.line, 2U);
  EXPECT_THAT(plan.statements[1].steps, ElementsAre("S2"));
}

TEST(PlannerTest, DangerousStatementsAreMarkedNotCopied) {
  for (const std::string sql : {
           "ALTER TABLE t ALTER COLUMN a TYPE bigint",    // a rule
           "UPDATE t SET a = 1",                          // rows of a live table
           "DO $$ BEGIN EXECUTE 'DROP TABLE t'; END $$",  // nobody knows
           "SELECT app.do_something()",
           "CALL something()",
           "CLUSTER t USING i",
           "CREATE TABEL t",
       }) {
    SCOPED_TRACE(sql);
    const Plan plan = plan_for(sql);
    ASSERT_THAT(plan.not_rewritten, SizeIs(1));
    EXPECT_EQ(plan.not_rewritten.front().step, "S1");
    EXPECT_FALSE(plan.not_rewritten.front().reason.empty());
    ASSERT_THAT(plan.steps(), SizeIs(1));
    EXPECT_EQ(plan.steps().front()->disposition, Disposition::not_covered);
    EXPECT_THAT(write_plan_sql(plan), HasSubstr("\\if :{?accept_S1}"));
  }
}

TEST(PlannerTest, WhatPostgresRefusesIsNotRewritten) {
  for (const std::string sql : {"CREATE INDEX i ON t (nope)", "CREATE INDEX CONCURRENTLY i ON t (nope)"}) {
    const Plan plan = plan_for(sql);
    ASSERT_THAT(plan.not_rewritten, SizeIs(1));
    EXPECT_THAT(sent(plan), ElementsAre(sql));
  }
}

TEST(PlannerTest, WhatDoesNotParseStaysInItsPlace) {
  const Plan plan = plan_for("COMMENT ON TABLE t IS 'a'; CREATE TABEL x; COMMENT ON TABLE t IS 'b';");
  ASSERT_THAT(plan.steps(), SizeIs(3));
  EXPECT_EQ(plan.steps()[1]->disposition, Disposition::not_covered);
  EXPECT_TRUE(plan.steps()[1]->by_hand);
}

TEST(PlannerTest, ATransactionOfHarmlessStatementsStaysTogether) {
  const Plan plan = plan_for(
      "BEGIN; SET LOCAL search_path = public; ALTER TABLE t ADD COLUMN c int; COMMENT ON TABLE t IS 'x'; COMMIT;");
  ASSERT_THAT(plan.steps(), SizeIs(1));
  EXPECT_THAT(plan.steps().front()->sql, ElementsAre("SET LOCAL search_path = public", "ALTER TABLE t ADD COLUMN c int",
                                                     "COMMENT ON TABLE t IS 'x'"));
  EXPECT_EQ(plan.steps().front()->step_class, StepClass::brief);
  EXPECT_THAT(plan.statements[2].steps, ElementsAre("S1"));
}

TEST(PlannerTest, ATransactionWithARewriteIsSplit) {
  const Plan plan = plan_for(
      "BEGIN; SET LOCAL search_path = public; ALTER TABLE t ADD COLUMN c int; CREATE INDEX i ON t (a); COMMIT;");
  EXPECT_THAT(sent(plan), ElementsAre("SET search_path = public", "ALTER TABLE t ADD COLUMN c int",
                                      HasSubstr("CONCURRENTLY"), "RESET search_path"));
  EXPECT_THAT(plan.notes, Contains(HasSubstr("not all or nothing")));
}

TEST(PlannerTest, WhatTheMigrationRollsBackIsNotInThePlan) {
  EXPECT_THAT(sent(plan_for("BEGIN; CREATE INDEX i ON t (a); ROLLBACK; COMMENT ON TABLE t IS 'x';")),
              ElementsAre("COMMENT ON TABLE t IS 'x'"));
  EXPECT_THAT(
      sent(plan_for("BEGIN; COMMENT ON TABLE t IS 'a'; SAVEPOINT s; UPDATE t SET a = 1; ROLLBACK TO s; COMMIT;")),
      ElementsAre("COMMENT ON TABLE t IS 'a'"));
  EXPECT_THAT(plan_for("BEGIN; UPDATE t SET a = 1; ROLLBACK;").not_rewritten, IsEmpty());
}

TEST(PlannerTest, TwoPhaseTransactionsAndConditionalsAreRefused) {
  EXPECT_FALSE(try_plan({"BEGIN; PREPARE TRANSACTION 'x';"}).ok());
  Planning psql;
  psql.psql = true;
  const auto plan = try_plan({"\\if :x\nCREATE TABLE t (a int);\n\\endif\n"}, psql);
  ASSERT_FALSE(plan.ok());
  EXPECT_THAT(plan.error().message, HasSubstr("1.sql:1:"));
}

TEST(PlannerTest, TimeoutsOfTheMigrationAreLeftOut) {
  const Plan plan =
      plan_for("SET lock_timeout = '1s'; SET search_path = public; CREATE INDEX i ON t (a); RESET statement_timeout;");
  EXPECT_THAT(sent(plan), ElementsAre("SET search_path = public", HasSubstr("CONCURRENTLY")));
  EXPECT_THAT(plan.notes, Contains(HasSubstr("lock_timeout")));
}

TEST(PlannerTest, SettingsEndWithTheirScript) {
  Planning planning;
  planning.schema = "CREATE SCHEMA app; CREATE TABLE app.t (a int);";
  const auto plan =
      try_plan({"SET search_path = app; CREATE INDEX i ON t (a);", "COMMENT ON TABLE app.t IS 'x'"}, planning);
  ASSERT_TRUE(plan.ok()) << plan.error().message;
  EXPECT_THAT(sent(*plan), ElementsAre("SET search_path = app", HasSubstr(" ON app.t "), "RESET search_path",
                                       "COMMENT ON TABLE app.t IS 'x'"));
}

TEST(PlannerTest, SetLocalForARunnersTransactionBecomesSet) {
  EXPECT_THAT(sent(plan_for("SET LOCAL search_path = public; COMMENT ON TABLE t IS 'x'", ExecutionMode::transaction)),
              ElementsAre("SET search_path = public", "COMMENT ON TABLE t IS 'x'", "RESET search_path"));
  EXPECT_THAT(sent(plan_for("SELECT set_config('search_path', 'public', true); COMMENT ON TABLE t IS 'x'",
                            ExecutionMode::transaction)),
              ElementsAre("SELECT set_config('search_path', 'public', false)", "COMMENT ON TABLE t IS 'x'",
                          "RESET search_path"));
}

TEST(PlannerTest, ConcurrentlyInATransactionIsTakenOutOfIt) {
  const Plan plan = plan_for("BEGIN; REINDEX TABLE CONCURRENTLY t; COMMIT;");
  EXPECT_THAT(plan.not_rewritten, IsEmpty());
  EXPECT_EQ(plan.steps().front()->step_class, StepClass::concurrent);
}

TEST(PlannerTest, WhatIsPsqlsIsLeftToHumans) {
  Planning planning;
  planning.schema = kTable;
  planning.psql = true;
  const Plan plan = plan_of(
      "\\echo hello\n\\set n 1\n\\i other.sql\nALTER TABLE t ADD COLUMN :col int;\nCOPY t FROM "
      "stdin;\n1\tx\n\\\\i\n\\.\n"
      "SELECT 'DROP TABLE t' \\gexec\nCOMMENT ON TABLE t IS 'x';\n",
      planning);
  EXPECT_THAT(titles(plan), ElementsAre("\\i other.sql", "ALTER TABLE t ADD COLUMN :col int", "COPY t FROM stdin",
                                        "SELECT 'DROP TABLE t'", "COMMENT ON TABLE t IS 'x'"));
  EXPECT_THAT(plan.not_rewritten, SizeIs(4));
  const std::string script = write_plan_sql(plan);
  EXPECT_THAT(script, Not(HasSubstr("\n\\i other.sql")));
  EXPECT_THAT(script, Not(HasSubstr("\nCOPY t FROM stdin")));
}

TEST(PlannerTest, ALedgerOnlyWhereTheDatabaseDoesNotTell) {
  EXPECT_FALSE(plan_for("CREATE INDEX i ON t (a); CREATE INDEX j ON t (b);").keeps_ledger());
  EXPECT_TRUE(plan_for("CREATE INDEX i ON t (a); INSERT INTO t VALUES (1, 'x');").keeps_ledger());
  // Run again, the first step would drop the new index.
  Planning planning;
  planning.schema = std::string(kTable) + "CREATE INDEX i ON t (a);";
  EXPECT_TRUE(plan_of("DROP INDEX i; CREATE INDEX i ON t (b);", planning).keeps_ledger());
}

TEST(PlannerTest, LedgerKeysOutliveANewPlan) {
  const std::string sql = "CREATE INDEX i ON t (a); INSERT INTO t VALUES (1);";
  Planning before;
  before.schema = "CREATE TABLE t (a int) PARTITION BY LIST (a); CREATE TABLE t_1 PARTITION OF t FOR VALUES IN (1);";
  Planning after = before;
  after.schema += "CREATE TABLE t_2 PARTITION OF t FOR VALUES IN (2);";
  const Plan plan_before = plan_of(sql, before);
  const Plan plan_after = plan_of(sql, after);
  const Step& first = step_with(plan_before, "INSERT");
  const Step& second = step_with(plan_after, "INSERT");
  EXPECT_NE(first.id, second.id);
  EXPECT_EQ(first.ledger_key, second.ledger_key);
  EXPECT_NE(first.ledger_key, step_with(plan_before, "ON ONLY").ledger_key);
}

TEST(PlannerTest, ThePlanFollowsTheMigration) {
  // The column and the table of the second statement come from the first ones.
  const auto plan =
      try_plan({"CREATE TABLE fresh (a int);", "CREATE INDEX fresh_a_idx ON fresh (a); DROP INDEX fresh_a_idx;"});
  ASSERT_TRUE(plan.ok()) << plan.error().message;
  EXPECT_THAT(sent(*plan), ElementsAre("CREATE TABLE fresh (a int)", HasSubstr("CREATE INDEX CONCURRENTLY"),
                                       "DROP INDEX CONCURRENTLY IF EXISTS public.fresh_a_idx"));
}

TEST(PlannerTest, TheSameInputGivesTheSameBytes) {
  const std::string sql = "CREATE INDEX i ON t (a); UPDATE t SET a = 1;";
  EXPECT_EQ(write_plan_json(plan_for(sql)), write_plan_json(plan_for(sql)));
}

// The planner's check of its own steps, with recipes that get it wrong ------------------------------

std::optional<Step> wrong_step;
bool is_to_end_alike = false;

std::optional<Rewrite> rewrite_wrongly(const StatementContext&) {
  Rewrite rewrite;
  rewrite.ends_otherwise = !is_to_end_alike;
  rewrite.phases.emplace_back();
  rewrite.phases.back().steps.push_back(*wrong_step);
  return rewrite;
}

constexpr NodeTag kMigrations[] = {T_CommentStmt, T_IndexStmt, T_AlterTableStmt};
const Recipe kWrongRecipe{"wrong", "Wrong", kMigrations, {}, rewrite_wrongly};

std::string refusal(StepClass step_class, std::vector<std::string> sql,
                    const std::string& migration = "COMMENT ON TABLE t IS 'x'") {
  wrong_step = Step();
  wrong_step->title = "x";
  wrong_step->step_class = step_class;
  wrong_step->sql = std::move(sql);
  Planning planning;
  planning.schema = std::string(kTable) + "CREATE TABLE taken (a int);";
  planning.recipes = std::vector<const Recipe*>{&kWrongRecipe};
  const auto plan = try_plan({migration}, planning);
  return plan.ok() ? std::string() : plan.error().message;
}

TEST(PlannerCheckTest, BriefStepsDoNoLongWork) {
  EXPECT_THAT(refusal(StepClass::brief, {"CREATE INDEX i ON t (a)"}),
              HasSubstr("meant to be brief: index-build on public.t"));
  EXPECT_THAT(refusal(StepClass::brief, {"ALTER TABLE t ALTER COLUMN a TYPE bigint"}), HasSubstr("rewrite"));
  EXPECT_THAT(refusal(StepClass::brief, {"ALTER TABLE t ADD CHECK (a > 0)"}), HasSubstr("scan"));
  EXPECT_EQ(refusal(StepClass::brief, {"ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0) NOT VALID"}), "");
}

TEST(PlannerCheckTest, ConcurrentStepsAreAlone) {
  EXPECT_EQ(refusal(StepClass::concurrent, {"CREATE INDEX CONCURRENTLY i ON t (a)"}), "");
  EXPECT_THAT(refusal(StepClass::concurrent, {"CREATE INDEX CONCURRENTLY i ON t (a)", "ANALYZE t"}),
              HasSubstr("not alone"));
  EXPECT_THAT(refusal(StepClass::concurrent, {"CREATE INDEX CONCURRENTLY i ON t (a); ANALYZE t"}),
              HasSubstr("not one statement"));
  EXPECT_THAT(refusal(StepClass::brief, {"CREATE INDEX CONCURRENTLY i ON t (a)"}),
              HasSubstr("outside of a transaction"));
  EXPECT_THAT(refusal(StepClass::validate, {"DROP INDEX CONCURRENTLY i"}), HasSubstr("outside of a transaction"));
}

TEST(PlannerCheckTest, NamesAreShortAndFree) {
  EXPECT_THAT(refusal(StepClass::concurrent, {"CREATE INDEX CONCURRENTLY " + std::string(64, 'i') + " ON t (a)"}),
              HasSubstr("more than 63 bytes"));
  EXPECT_THAT(refusal(StepClass::concurrent,
                      {"CREATE INDEX CONCURRENTLY \"" + std::string(31, 'i') + "éééééééééééééééééé\" ON t (a)"}),
              HasSubstr("more than 63 bytes"));
  EXPECT_EQ(refusal(StepClass::concurrent, {"CREATE INDEX CONCURRENTLY " + std::string(63, 'i') + " ON t (a)"}), "");
  EXPECT_THAT(refusal(StepClass::concurrent, {"CREATE INDEX CONCURRENTLY taken ON t (a)"}),
              HasSubstr("relation \"taken\" already exists"));
  EXPECT_THAT(refusal(StepClass::concurrent, {"CREATE INDEX CONCURRENTLY IF NOT EXISTS taken ON t (a)"}),
              HasSubstr("another relation has"));
}

TEST(PlannerCheckTest, TheStepsEndAsTheOriginalDoes) {
  is_to_end_alike = true;
  const auto difference = [](const std::string& sql, const std::string& migration) {
    const bool concurrent = sql.find("CONCURRENTLY") != std::string::npos;
    return refusal(concurrent ? StepClass::concurrent : StepClass::brief, {sql}, migration);
  };
  EXPECT_EQ(difference("CREATE INDEX CONCURRENTLY i ON t (a)", "CREATE INDEX i ON t (a)"), "");
  EXPECT_THAT(difference("CREATE INDEX CONCURRENTLY i ON t (b)", "CREATE INDEX i ON t (a)"),
              HasSubstr("index public.i: columns is a after the original, b after the steps"));
  EXPECT_THAT(difference("CREATE UNIQUE INDEX CONCURRENTLY i ON t (a)", "CREATE INDEX i ON t (a)"),
              HasSubstr("unique is no after the original, yes after the steps"));
  EXPECT_THAT(difference("CREATE INDEX CONCURRENTLY j ON t (a)", "CREATE INDEX i ON t (a)"), HasSubstr("only"));
  EXPECT_THAT(difference("ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0) NOT VALID",
                         "ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0)"),
              HasSubstr("validity is valid after the original, NOT VALID after the steps"));
  EXPECT_THAT(difference("ALTER TABLE t ADD COLUMN c int", "ALTER TABLE t ADD COLUMN c bigint"),
              HasSubstr("column public.t.c: type is bigint after the original, integer after the steps"));
  is_to_end_alike = false;
}

TEST(PlannerCheckTest, StepsParse) {
  EXPECT_THAT(refusal(StepClass::brief, {"ALTER TABEL t"}), HasSubstr("does not parse"));
}

}  // namespace
}  // namespace pglatch::testing
