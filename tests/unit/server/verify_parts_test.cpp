// The parts of verify that need no server.
#include <gmock/gmock.h>

#include "analyzer/server/binaries.h"
#include "analyzer/server/script_runner.h"
#include "analyzer/server/verdict.h"
#include "analyzer/server/verify.h"
#include "analyzer/server/verify_formats.h"

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
  const Plan check = watched(plan_with(StepClass::check, {"SELECT true"}));
  EXPECT_THAT(check.steps(), SizeIs(1));
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

// A plan of a statement that is rewritten to S1 and of one that stays as it is, S2; each takes a second, and one read
// stalls in each run.
class VerdictTest : public ::testing::Test {
 protected:
  using Time = std::chrono::steady_clock::time_point;

  static Time at(int milliseconds) { return Time() + std::chrono::milliseconds(milliseconds); }
  static Stall stall(int begun, int length) { return {at(begun), std::chrono::milliseconds(length)}; }

  std::vector<std::string> refutations() {
    Plan plan;
    plan.statements.resize(2);
    plan.statements[0].disposition = Disposition::rewritten;
    plan.statements[1].disposition = Disposition::unchanged;
    auto& steps = plan.phases.emplace_back().steps;
    steps.resize(2);
    steps[0].id = "S1";
    steps[1].id = "S2";
    steps[1].disposition = Disposition::unchanged;
    verification_.original.steps = {{"statement 1", at(0)}, {"statement 2", at(1000)}};
    verification_.plan.steps = {{"S1", at(0)}, {"S2", at(1000)}};
    verification_.original.traffic.push_back({"public.t", original_, {}});
    verification_.plan.traffic.push_back({"public.t", plan_, {}});
    judge(verification_, plan, std::chrono::milliseconds(200));
    return verification_.refutations;
  }

  Verification verification_;
  ClientRecord original_;
  ClientRecord plan_;
};

TEST_F(VerdictTest, AStallOfAStepRefutes) {
  plan_.stalls = {stall(100, 150), stall(300, 250)};
  EXPECT_THAT(refutations(),
              ElementsAre("a read of public.t stalled for 250 ms under the plan, in S1; at most 200 ms are allowed"));
}

TEST_F(VerdictTest, WhatTheOriginalCostsNeverExcusesWhatReplacesIt) {
  original_.stalls = {stall(100, 900)};
  plan_.stalls = {stall(300, 250)};
  EXPECT_THAT(refutations(), SizeIs(1));
}

TEST_F(VerdictTest, AStatementThatStaysMayCostWhatItCosts) {
  original_.stalls = {stall(1100, 400)};
  plan_.stalls = {stall(1100, 550)};
  EXPECT_THAT(refutations(), IsEmpty());
}

TEST_F(VerdictTest, ButNotMore) {
  original_.stalls = {stall(1100, 400)};
  plan_.stalls = {stall(1100, 650)};
  EXPECT_THAT(refutations(), ElementsAre(HasSubstr("for 650 ms under the plan, in S2; at most 600 ms are allowed")));
}

TEST_F(VerdictTest, WhatTheMachineIsSlowByIsTakenOff) {
  plan_.stalls = {stall(100, 500)};
  verification_.plan.machine.stalls = {stall(50, 250), stall(450, 400)};  // 200 and 150 of it
  verification_.plan.machine.longest = std::chrono::milliseconds(400);
  EXPECT_THAT(refutations(), IsEmpty());
  EXPECT_THAT(verification_.notes, ElementsAre(HasSubstr("slow for up to 400 ms")));
}

TEST_F(VerdictTest, AtAnotherMomentItIsNoExcuse) {
  plan_.stalls = {stall(100, 500)};
  verification_.plan.machine.stalls = {stall(700, 500)};
  EXPECT_THAT(refutations(), SizeIs(1));
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
  verification.plan.machine = {std::chrono::microseconds(3500), 9, 0, ""};
  verification.interruptions = {{"S1", InterruptMoment::at_commit, true}, {"S2", InterruptMoment::at_writers, false}};
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
            "                                    Original  Plan\n"
            "  time                              1500 ms   3.0 ms\n"
            "  longest read of public.t          1.2 ms    0.9 ms, 1 of 8 failed\n"
            "  longest write of public.t         -         2.5 ms\n"
            "  slowness of the machine           -         3.5 ms\n"
            "  locks seen                        0         2\n"
            "  locks that the model did not say  0         1\n"
            "\n"
            "Rows:\n"
            "  public.t: 100\n"
            "  public.u: 0 (not filled: no | value)\n"
            "\n"
            "Interrupted and run again:\n"
            "  Step  Session ended\n"
            "  S1    before its commit\n"
            "  S2    while it waited for writers  did not wait there\n"
            "\n"
            "Locks of the plan that the model did not say:\n"
            "  S1 took ShareLock on public.t\n"
            "\n"
            "Differences of the final schemas:\n"
            "  index i\n"
            "    Original: valid\n"
            "    Plan: not there\n");
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
