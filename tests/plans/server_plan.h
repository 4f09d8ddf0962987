#pragma once

#include <gtest/gtest.h>

#include <future>
#include <string>
#include <string_view>
#include <vector>

#include "tests/plans/planning.h"
#include "tests/support/server.h"

namespace pglatch::testing {

// A database in which a migration's plan is run by psql, on each PostgreSQL that is there.
class PlanServerTest : public ::testing::TestWithParam<int> {
 protected:
  // Creates the schema, which the planner is shown as well (unless told something else).
  void create(const std::string& schema) {
    schema_ = schema;
    connection_.exec(schema);
  }
  // Makes the script for a migration.
  void plan(const std::string& migration, Planning planning = {});
  void plan_knowing(const std::string& migration, const std::string& schema);

  ProcessResult run(const std::vector<std::string>& arguments = {}) const {
    return run_psql(database_.conninfo(), script_, arguments);
  }
  // Runs the script, which must succeed.
  void run_well(const std::vector<std::string>& arguments = {}) const;
  // Waits until a build of the run is in that phase, one in which something holds it up; its session's process. Throws
  // std::runtime_error, with what psql said, where the run ends without.
  std::string session_building(std::future<ProcessResult>& psql, std::string_view phase);
  // Starts the script, waits for that, and ends the session on the server; psql's exit status.
  int kill_while_building(std::string_view phase, const std::vector<std::string>& arguments = {});

  // Every relation, index and inheritance, as the catalogs hold them: equal only if nothing was touched.
  std::vector<Row> state() { return state_of(connection_); }
  static std::vector<Row> state_of(Connection& connection);
  // Indexes without their names: table, definition, validity, and whether they are attached.
  static std::vector<Row> indexes_of(Connection& connection);
  std::vector<Row> invalid_indexes();

  Database database_ = Server::shared(GetParam()).scratch();
  Connection connection_ = database_.connect();
  std::string schema_;
  Plan plan_;
  std::string script_;
};

// Majors that the plans are proved on: the oldest that is there, and the newest two.
std::vector<int> plan_majors();

#define PGLATCH_ON_SERVERS(suite) \
  INSTANTIATE_TEST_SUITE_P(Servers, suite, ::testing::ValuesIn(plan_majors()), ::testing::PrintToStringParamName())

}  // namespace pglatch::testing
