// Conversions that give the new table to pg_partman, with the extension itself: Debian's 5.2 and 4.7, as partman.sh
// puts them into the servers (their SQL is all of them but the background worker).
#include <gmock/gmock.h>

#include <algorithm>
#include <tuple>

#include "analyzer/plan/writers.h"
#include "tests/plans/plan_fixture.h"
#include "tests/plans/server_plan.h"

namespace pglatch::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

// The parameter is the server's major and pg_partman's.
class PartmanServerTest : public ::testing::TestWithParam<std::tuple<int, int>> {
 protected:
  void SetUp() override {
    const std::string version =
        ask("SELECT max(version) FROM pg_available_extension_versions WHERE name = 'pg_partman' AND version LIKE '" +
            std::to_string(partman()) + ".%'");
    if (version == "null") GTEST_SKIP() << "no pg_partman " << partman() << " here: tests/support/partman.sh fetch";
    // pg_partman cuts days as the session has them.
    connection_.exec("ALTER DATABASE " + database_.name() + " SET timezone = 'UTC'");
    connection_.exec("SET timezone = 'UTC'");
    connection_.exec("CREATE SCHEMA partman");
    connection_.exec("CREATE EXTENSION pg_partman SCHEMA partman VERSION '" + version + "'");
    connection_.exec(fixture_.schema);
    connection_.exec("INSERT INTO aircraft VALUES (1)");
    connection_.exec(
        "INSERT INTO fixes (aircraft, received_at, latitude, longitude)\n"
        "SELECT 1, now() - g * interval '1 hour', 1, 1 FROM generate_series(0, 999) g");
    plan(ask("SELECT (date_trunc('day', now()) + interval '1 day')::text"));
  }

  static int partman() { return std::get<1>(GetParam()); }

  void plan(const std::string& cut, int version = partman()) {
    Planning planning;
    planning.schema = fixture_.schema;
    planning.pg_version = std::get<0>(GetParam());
    planning.decisions = fixture_.decisions;
    planning.decisions.parameters["cut"] = cut;
    if (version == 4) planning.decisions.parameters["partman"] = "4";
    plan_ = plan_of(fixture_.input, planning);
    EXPECT_THAT(plan_.not_rewritten, IsEmpty()) << plan_.not_rewritten.front().reason;
    script_ = write_plan_sql(plan_);
  }

  std::string ask(const std::string& query) {
    const auto rows = connection_.query(query);
    return rows.empty() ? std::string() : rows.front().front().value_or("null");
  }

  // Until people are to say something.
  void run_to_wait() {
    const ProcessResult result = run_psql(database_.conninfo(), script_);
    EXPECT_THAT(result.err, HasSubstr("Wait until no row of public.fixes_old is needed any more"));
    EXPECT_EQ(result.exit_code, 3) << result.out << result.err;
  }

  std::string wait() const {
    for (const Step* step : plan_.steps()) {
      if (step->by_hand) return "accept_" + step->id + "=1";
    }
    return {};
  }

  void run_to_end() {
    const ProcessResult result = run_psql(database_.conninfo(), script_, {"-v", wait()});
    EXPECT_EQ(result.exit_code, 0) << result.out << result.err;
  }

  void run_step_by_step() const {
    for (std::size_t steps = 1; steps < plan_.steps().size(); ++steps) {
      const std::size_t next = script_.find("\n-- ── S" + std::to_string(steps + 1) + " [");
      if (run_psql(database_.conninfo(), script_.substr(0, next)).exit_code != 0) return;
    }
  }

  void expect_refused(const std::string& check) {
    const ProcessResult result = run_psql(database_.conninfo(), script_);
    EXPECT_EQ(result.exit_code, 3);
    EXPECT_THAT(result.err, HasSubstr("Not so: " + check));
    EXPECT_EQ(ask("SELECT to_regclass('fixes_pglatch_new') IS NULL"), "t");
  }

  // Partitions but the default one and the old table.
  int made() {
    return std::stoi(
        ask("SELECT count(*) FROM pg_inherits JOIN pg_class ON oid = inhrelid WHERE inhparent = 'fixes'::regclass\n"
            "AND pg_get_expr(relpartbound, oid) <> 'DEFAULT' AND relname <> 'fixes_old'"));
  }

  void expect_handed_over() {
    EXPECT_EQ(ask("SELECT count(*) FROM fixes"), "1000");
    EXPECT_EQ(ask("SELECT retention IS NULL AND NOT retention_keep_table AND infinite_time_partitions AND premake = 3\n"
                  "FROM partman.part_config WHERE parent_table = 'public.fixes'"),
              "t");
    const int before = made();
    EXPECT_GE(before, 3);
    EXPECT_EQ(ask("SELECT obj_description('fixes'::regclass)"), "By day, made and dropped by pg_partman.");
    // The rows to come have their place, the next of them too once maintenance was there.
    connection_.exec("UPDATE partman.part_config SET premake = 6");
    connection_.exec("CALL partman.run_maintenance_proc()");
    EXPECT_GT(made(), before);
    EXPECT_EQ(ask("INSERT INTO fixes (aircraft, received_at, latitude, longitude)\n"
                  "VALUES (1, now() + interval '3 days', 1, 1) RETURNING tableoid::regclass::text ~ '^fixes_p2'"),
              "t");
    EXPECT_EQ(ask("SELECT count(*) FROM fixes_old"), "1000");
  }

  Database database_ = Server::shared(std::get<0>(GetParam())).scratch();
  Connection connection_ = database_.connect();
  PlanFixture fixture_ = plan_fixture("convert-partman");
  Plan plan_;
  std::string script_;
};

TEST_P(PartmanServerTest, TakesTheTableAndMakesTheNextPartitions) {
  run_step_by_step();
  run_to_wait();
  expect_handed_over();
  run_to_end();
  EXPECT_EQ(ask("SELECT retention FROM partman.part_config WHERE parent_table = 'public.fixes'"), "8 days");
  const std::string config = "SELECT md5(c::text) FROM partman.part_config c";
  const std::string before = ask(config);
  run_to_end();
  EXPECT_EQ(ask(config), before);
  // Why people are asked: a partition is as old as its lower bound, whatever is in it.
  connection_.exec("CALL partman.run_maintenance_proc()");
  EXPECT_EQ(ask("SELECT to_regclass('fixes_old') IS NULL"), "t");
}

TEST_P(PartmanServerTest, StopsAtTheBeginningWherePgPartmanWouldRefuse) {
  const int other = partman() == 4 ? 5 : 4;
  plan("2040-01-02 00:00:00+00", other);
  expect_refused("pg_partman is of version " + std::to_string(other));
  plan("2040-01-02 12:00:00+00");
  expect_refused("pg_partman begins a partition of ");
  // What the other version's call ends with.
  const char* call = partman() == 4 ? "'1 day', 'range'" : "'native', 'daily'";
  const auto error = connection_.try_exec(
      "CREATE TABLE days (day date NOT NULL) PARTITION BY RANGE (day);"
      "SELECT partman.create_parent('public.days', 'day', " +
      std::string(call) + ")");
  EXPECT_TRUE(error);
}

// Version 5 is for all of them; 4 is what Debian 12 has, for its PostgreSQL 15.
std::vector<std::tuple<int, int>> servers() {
  std::vector<std::tuple<int, int>> all;
  const std::vector<int> majors = Server::available_majors();
  for (const int major : oldest_and_newest(majors)) all.emplace_back(major, 5);
  if (std::find(majors.begin(), majors.end(), 15) != majors.end()) all.emplace_back(15, 4);
  return all;
}

INSTANTIATE_TEST_SUITE_P(Servers, PartmanServerTest, ::testing::ValuesIn(servers()), [](const auto& param_info) {
  return std::to_string(std::get<0>(param_info.param)) + "_partman_" + std::to_string(std::get<1>(param_info.param));
});

}  // namespace
}  // namespace pglatch::testing
