#include "tests/plans/server_plan.h"

#include <algorithm>
#include <chrono>
#include <stdexcept>
#include <thread>

#include "analyzer/plan/writers.h"

namespace pglatch::testing {

void PlanServerTest::plan(const std::string& migration, Planning planning) {
  if (planning.schema.empty()) planning.schema = schema_;
  plan_ = plan_of(migration, planning);
  script_ = write_plan_sql(plan_);
}

void PlanServerTest::plan_knowing(const std::string& migration, const std::string& schema) {
  Planning planning;
  planning.schema = schema;
  plan(migration, planning);
}

void PlanServerTest::run_well(const std::vector<std::string>& arguments) const {
  const ProcessResult result = run(arguments);
  ASSERT_EQ(result.exit_code, 0) << result.out << result.err;
}

std::string PlanServerTest::session_building(std::future<ProcessResult>& psql, std::string_view phase) {
  const std::string waiting =
      "SELECT pid FROM pg_stat_progress_create_index WHERE datname = current_database() AND phase = '" +
      std::string(phase) + "'";
  for (;;) {
    const auto rows = connection_.query(waiting);
    if (!rows.empty()) return *rows.front().front();
    // psql itself has a time limit.
    if (psql.wait_for(std::chrono::milliseconds(50)) != std::future_status::ready) continue;
    const ProcessResult result = psql.get();
    throw std::runtime_error("the build never came to this phase: " + result.out + result.err);
  }
}

int PlanServerTest::kill_while_building(std::string_view phase, const std::vector<std::string>& arguments) {
  std::future<ProcessResult> psql = std::async(std::launch::async, [&] { return run(arguments); });
  connection_.exec("SELECT pg_terminate_backend(" + session_building(psql, phase) + ")");
  return psql.get().exit_code;
}

std::vector<Row> PlanServerTest::state_of(Connection& connection) {
  return connection.query(
      "SELECT c.oid, c.relname, c.relfilenode, c.xmin, i.xmin, i.indisvalid, h.inhparent, h.xmin\n"
      "FROM pg_class c LEFT JOIN pg_index i ON i.indexrelid = c.oid LEFT JOIN pg_inherits h ON h.inhrelid = c.oid\n"
      "WHERE c.relnamespace NOT IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)\n"
      "  AND c.relname <> 'pglatch_progress' ORDER BY c.oid");
}

std::vector<Row> PlanServerTest::indexes_of(Connection& connection) {
  return connection.query(
      "SELECT i.indrelid::regclass, i.indisunique, regexp_replace(pg_get_indexdef(i.indexrelid), '^.*? USING ', ''),\n"
      "  i.indisvalid AND i.indisready AND i.indislive, p.indrelid::regclass\n"
      "FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid LEFT JOIN pg_inherits h ON h.inhrelid = c.oid\n"
      "  LEFT JOIN pg_index p ON p.indexrelid = h.inhparent\n"
      "WHERE c.relnamespace NOT IN ('pg_catalog'::regnamespace, 'pg_toast'::regnamespace)\n"
      "  AND i.indrelid::regclass::text <> 'pglatch_progress' ORDER BY 1, 2, 3");
}

std::vector<Row> PlanServerTest::invalid_indexes() {
  return connection_.query("SELECT indexrelid::regclass FROM pg_index WHERE NOT indisvalid");
}

std::vector<int> plan_majors() {
  std::vector<int> all = Server::available_majors();
  // Plans are made for PostgreSQL 15 where nobody says otherwise.
  all.erase(std::remove_if(all.begin(), all.end(), [](int major) { return major < Planning().pg_version; }), all.end());
  if (all.size() > 3) all.erase(all.begin() + 1, all.end() - 2);
  return all;
}

}  // namespace pglatch::testing
