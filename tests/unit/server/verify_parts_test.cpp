// The parts of verify that need no server.
#include <gmock/gmock.h>

#include "analyzer/server/binaries.h"
#include "analyzer/server/script_runner.h"
#include "analyzer/server/verify.h"
#include "analyzer/server/verify_formats.h"
#include "analyzer/server/verify_rows.h"

namespace pglatch::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST(Binaries, TellTheirMajor) {
  EXPECT_EQ(major_in("postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)\n"), 15);
  EXPECT_EQ(major_in("postgres (PostgreSQL) 19devel\n"), 19);
  EXPECT_EQ(major_in("psql (PostgreSQL) 15.18\n"), std::nullopt);
  EXPECT_EQ(major_in(""), std::nullopt);
}

TEST(SchemaState, DifferencesAreByObject) {
  const std::vector<SchemaFact> original{{"column t.a", "int"}, {"index i", "valid"}, {"table t", "x"}};
  EXPECT_THAT(compare_schemas(original, original), IsEmpty());
  const std::vector<SchemaFact> plan{
      {"column t.a", "bigint"}, {"index i", "valid"}, {"index j", "valid"}, {"index j", "valid"}};
  const auto differences = compare_schemas(original, plan);
  ASSERT_THAT(differences, SizeIs(3));
  EXPECT_EQ(differences[0].object, "column t.a");
  EXPECT_THAT(differences[0].original, ElementsAre("int"));
  EXPECT_THAT(differences[0].plan, ElementsAre("bigint"));
  EXPECT_EQ(differences[1].object, "index j");
  EXPECT_THAT(differences[1].plan, SizeIs(2)) << "one for each of two objects";
  EXPECT_EQ(differences[2].object, "table t");
  EXPECT_THAT(differences[2].plan, IsEmpty());
}

Plan plan_with(StepClass step_class, std::vector<std::string> sql) {
  Plan plan;
  Step& step = plan.phases.emplace_back().steps.emplace_back();
  step.id = "S1";
  step.step_class = step_class;
  step.sql = std::move(sql);
  return plan;
}

TEST(LockWatch, StepsInATransactionNoteTheirLocks) {
  const Plan plan = watched(plan_with(StepClass::brief, {"ALTER TABLE t ADD c int"}));
  ASSERT_THAT(plan.steps(), SizeIs(2));
  EXPECT_EQ(plan.steps()[0]->step_class, StepClass::setting);
  EXPECT_EQ(plan.steps()[0]->sql.front(), "SET application_name = 'pglatch S1'");
  EXPECT_THAT(plan.steps()[1]->sql, ElementsAre("ALTER TABLE t ADD c int", HasSubstr("pg_locks")));
}

TEST(LockWatch, ThoseThatHaveNoneAreLookedAt) {
  const Plan plan = watched(plan_with(StepClass::concurrent, {"CREATE INDEX CONCURRENTLY i ON t (a)"}));
  EXPECT_EQ(plan.steps()[0]->sql.front(), "SET application_name = 'pglatch sampled S1'");
  EXPECT_THAT(plan.steps()[1]->sql, SizeIs(1));
  EXPECT_THAT(watched(plan_with(StepClass::check, {"SELECT true"})).steps(), SizeIs(1));
}

TEST(LockWatch, AStrongerLockOfTheModelCoversAWeakerOne) {
  std::vector<ObservedLock> taken{{"S1", "public.t", "ShareLock", false},
                                  {"S1", "public.u", "ShareLock", false},
                                  {"S2", "public.t", "ShareLock", false}};
  StepLock lock;
  lock.relation = "public.t";
  lock.mode = LockMode::access_exclusive;
  compare_locks(taken, "S1", {lock});
  EXPECT_TRUE(taken[0].predicted);
  EXPECT_FALSE(taken[1].predicted);
  EXPECT_FALSE(taken[2].predicted);
  lock.mode = LockMode::access_share;
  compare_locks(taken, "S2", {lock});
  EXPECT_FALSE(taken[2].predicted);
}

TEST(ScriptRunner, KnowsWhatTouchesTheWholeCluster) {
  const auto line_of = [](std::string sql) {
    Script script;
    script.file = std::make_shared<SourceFile>("a.sql", std::move(sql));
    return cluster_wide_line(script);
  };
  EXPECT_EQ(line_of("CREATE TABLE t (a int);\nALTER ROLE u SET lock_timeout = '2s';"), 2U);
  EXPECT_EQ(line_of("ALTER DATABASE d SET work_mem = 1;"), 1U);
  EXPECT_EQ(line_of("GRANT SELECT ON t TO u; SET ROLE u;"), std::nullopt);
}

Verification refuted() {
  Verification verification;
  verification.server = "PostgreSQL 18.4, a cluster of its own";
  verification.tables = {{"public.t", 100, ""}, {"public.u", 0, "no | value"}};
  verification.original.time = std::chrono::milliseconds(1500);
  verification.original.traffic.push_back({"public.t", {std::chrono::microseconds(1200), 7, 0, ""}, {}});
  verification.plan.time = std::chrono::milliseconds(3);
  verification.plan.traffic.push_back(
      {"public.t", {std::chrono::microseconds(900), 8, 1, "gone"}, {std::chrono::microseconds(2500), 9, 0, ""}});
  verification.plan.locks = {{"S1", "public.t", "ShareLock", false}, {"S2", "public.t", "ShareLock", true}};
  verification.differences.push_back({"index i", {"valid"}, {}});
  verification.refutations = {"the final schemas differ in 1 object, first: index i"};
  return verification;
}

TEST(VerifyFormats, Text) {
  EXPECT_EQ(write_verification_text(refuted()),
            "The proof fails:\n"
            "  the final schemas differ in 1 object, first: index i\n"
            "\n"
            "PostgreSQL 18.4, a cluster of its own\n"
            "\n"
            "                                    original  plan\n"
            "  time                              1500 ms   3.0 ms\n"
            "  longest read of public.t          1.2 ms    0.9 ms, 1 of 8 failed\n"
            "  longest write of public.t         -         2.5 ms\n"
            "  locks seen                        0         2\n"
            "  locks that the model did not say  0         1\n"
            "\n"
            "Rows:\n"
            "  public.t: 100\n"
            "  public.u: 0 (not filled: no | value)\n"
            "\n"
            "Locks of the plan that the model did not say:\n"
            "  S1 took ShareLock on public.t\n"
            "\n"
            "Differences of the final schemas:\n"
            "  index i\n"
            "    original: valid\n"
            "    plan: not there\n");
  EXPECT_THAT(write_verification_text({}), HasSubstr("The proof holds"));
}

TEST(VerifyFormats, Markdown) {
  const std::string text = write_verification_markdown(refuted());
  EXPECT_THAT(text, HasSubstr("## pglatch verify: the proof fails\n\n- the final schemas differ"));
  EXPECT_THAT(text, HasSubstr("| longest write of public.t | - | 2.5 ms |\n"));
  EXPECT_THAT(text, HasSubstr("- public.u: 0 (not filled: no \\| value)\n"));
  EXPECT_THAT(text, HasSubstr("| index i | valid | not there |\n"));
}

TEST(VerifyFormats, Json) {
  const std::string text = write_verification_json(refuted());
  EXPECT_THAT(text, HasSubstr("\"holds\": false"));
  EXPECT_THAT(text, HasSubstr("\"longest_us\": 2500"));
  EXPECT_THAT(text, HasSubstr("\"predicted\": false"));
  EXPECT_THAT(write_verification_json({}), HasSubstr("\"holds\": true"));
}

}  // namespace
}  // namespace pglatch::testing
