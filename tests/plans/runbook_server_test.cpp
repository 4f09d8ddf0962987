// The queries of the runbooks of fixtures/plans, on a server: whoever follows the page must not meet an error in it.
#include <gmock/gmock.h>

#include <tuple>

#include "analyzer/plan/plan_status.h"
#include "analyzer/plan/writers.h"
#include "analyzer/server/schema_state.h"
#include "tests/plans/plan_fixture.h"
#include "tests/plans/runbook_fences.h"
#include "tests/plans/server_plan.h"

namespace pglatch::testing {
namespace {

class RunbookServerTest : public ::testing::TestWithParam<std::tuple<std::string, int>> {
 protected:
  void SetUp() override {
    fixture_ = plan_fixture(std::get<0>(GetParam()));
    const int major = std::get<1>(GetParam());
    if (major < fixture_.pg_version) GTEST_SKIP() << "it is for newer servers";
    const std::string available = "SELECT FROM pg_available_extensions WHERE name = '" + fixture_.extension + "'";
    if (!fixture_.extension.empty() && connection_.query(available).empty()) {
      GTEST_SKIP() << "the server has no extension " << fixture_.extension;
    }
    plan_ = fixture_.plan(major);
    runbook_ = write_plan_markdown(plan_);
    // A role is the server's, not the database's.
    connection_.exec("DO $$ BEGIN CREATE ROLE app; EXCEPTION WHEN duplicate_object THEN NULL; END $$");
    connection_.exec(fixture_.server_schema);
  }

  // What the page asks for: in the session of the plan's settings.
  void expect_runs(std::string_view heading) {
    Connection session = database_.connect();
    for (const Step* step : plan_.steps()) {
      if (step->step_class != StepClass::setting) continue;
      for (const std::string& sql : step->sql) session.exec(sql);
    }
    for (const std::string& sql : sql_fences(section_of(runbook_, heading))) {
      const auto error = session.try_exec(sql);
      EXPECT_FALSE(error) << heading << ": " << sql << '\n' << (error ? error->message : "");
    }
  }

  // With a yes to all that it asks people.
  ProcessResult run_script() const {
    std::vector<std::string> arguments;
    for (const Step* step : plan_.steps()) arguments.insert(arguments.end(), {"-v", "accept_" + step->id + "=1"});
    return run_psql(database_.conninfo(), write_plan_sql(plan_), arguments);
  }

  Database database_ = Server::shared(std::get<1>(GetParam())).scratch();
  Connection connection_ = database_.connect();
  PlanFixture fixture_;
  Plan plan_;
  std::string runbook_;
};

// The progress table is there as soon as the script has begun.
std::string progress_table(const Plan& plan) {
  const std::string script = write_plan_sql(plan);
  const std::size_t start = script.find("CREATE TABLE public.pglatch_progress");
  return script.substr(start, script.find(';', start) - start);
}

TEST_P(RunbookServerTest, EveryQueryRuns) {
  EXPECT_FALSE(sql_fences(section_of(runbook_, "## Before")).empty());
  expect_runs("## Before");
  if (plan_.keeps_ledger()) connection_.exec(progress_table(plan_));
  for (const char* heading : {"### Watch", "## Verification"}) expect_runs(heading);
}

// The ledger remembers also what a later step has removed.
TEST_P(RunbookServerTest, StatusFollowsThePlan) {
  const std::string status = write_plan_status(plan_);
  if (status.empty() || !plan_.not_rewritten.empty()) GTEST_SKIP() << "there are steps that are not the plan's";
  Connection session = database_.connect();
  const ProcessResult run = run_script();
  ASSERT_EQ(run.exit_code, 0) << run.out << run.err;
  const auto rows = session.query(status);
  ASSERT_FALSE(rows.empty());
  if (plan_.keeps_ledger()) {
    for (const Row& row : rows) {
      EXPECT_EQ(row[2].value_or("t"), "t") << *row[0] << ' ' << *row[1];
    }
  }
}

// Where the page says a way back for all of it, that way leads to the schema from before.
TEST_P(RunbookServerTest, TheWayBackLeadsBack) {
  const std::string way_back = section_of(runbook_, "## Rollback");
  const bool is_whole = !sql_fences(way_back).empty() && plan_.not_rewritten.empty() &&
                        way_back.find("by hand") == std::string::npos &&
                        way_back.find("point of no return") == std::string::npos;
  if (!is_whole) GTEST_SKIP() << "there is no way back for all of it";
  const auto before = read_schema(connection_);
  const ProcessResult run = run_script();
  ASSERT_EQ(run.exit_code, 0) << run.out << run.err;
  expect_runs("## Verification");
  expect_runs("## Rollback");
  expect_runs("## Afterwards");
  for (const SchemaDifference& difference : compare_schemas(before, read_schema(connection_))) {
    // DETACH CONCURRENTLY leaves the partition's bound as a CHECK, as the original does; it does no harm.
    if (difference.original.empty() && difference.plan.front().starts_with("CHECK")) continue;
    ADD_FAILURE() << difference.object << ": " << ::testing::PrintToString(difference.original) << " became "
                  << ::testing::PrintToString(difference.plan);
  }
}

std::vector<std::string> names() {
  std::vector<std::string> names;
  for (const PlanFixture& fixture : plan_fixtures()) names.push_back(fixture.name);
  return names;
}

INSTANTIATE_TEST_SUITE_P(Fixtures, RunbookServerTest,
                         ::testing::Combine(::testing::ValuesIn(names()), ::testing::Values(plan_majors().back())),
                         [](const auto& param_info) {
                           std::string name = std::get<0>(param_info.param);
                           for (char& c : name) {
                             if (c == '-') c = '_';
                           }
                           return name + "_" + std::to_string(std::get<1>(param_info.param));
                         });

}  // namespace
}  // namespace pglatch::testing
