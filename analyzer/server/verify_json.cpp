#include "analyzer/base/json.h"
#include "analyzer/server/verify_formats.h"

namespace pglatch {
namespace {

constexpr int kVerificationVersion = 1;

void write_clients(JsonWriter& json, std::string_view key, const ClientRecord& record) {
  json.key(key);
  json.begin_object();
  json.member("longest_us", record.longest.count());
  json.member("statements", record.statements);
  json.member("failures", record.failures);
  json.key("first_failure");
  record.first_failure.empty() ? json.null() : json.string(record.first_failure);
  json.end_object();
}

void write_run(JsonWriter& json, std::string_view key, const VerifiedRun& run) {
  json.key(key);
  json.begin_object();
  json.member("time_ms", run.time.count());
  json.key("clients");
  json.begin_array();
  for (const TableTraffic& each : run.traffic) {
    json.begin_object();
    json.member("table", each.table);
    write_clients(json, "reads", each.reads);
    write_clients(json, "writes", each.writes);
    json.end_object();
  }
  json.end_array();
  write_clients(json, "machine", run.machine);
  json.key("locks");
  json.begin_array();
  for (const ObservedLock& lock : run.locks) {
    json.begin_object();
    json.member("step", lock.step);
    json.member("relation", lock.relation);
    json.member("mode", lock.mode);
    json.member("predicted", lock.predicted);
    json.end_object();
  }
  json.end_array();
  json.end_object();
}

void write_differences(JsonWriter& json, std::string_view key, const std::vector<SchemaDifference>& differences,
                       std::string_view a, std::string_view b) {
  json.key(key);
  json.begin_array();
  for (const SchemaDifference& difference : differences) {
    json.begin_object();
    json.member("object", difference.object);
    json.strings(a, difference.original);
    json.strings(b, difference.plan);
    json.end_object();
  }
  json.end_array();
}

}  // namespace

std::string write_verification_json(const Verification& verification) {
  JsonWriter json;
  json.begin_object();
  json.member("version", kVerificationVersion);
  json.member("holds", verification.holds());
  json.strings("refutations", verification.refutations);
  json.member("server", verification.server);
  json.key("tables");
  json.begin_array();
  for (const FilledTable& table : verification.tables) {
    json.begin_object();
    json.member("table", table.name);
    json.member("rows", table.rows);
    json.key("problem");
    table.problem.empty() ? json.null() : json.string(table.problem);
    json.end_object();
  }
  json.end_array();
  write_run(json, "original", verification.original);
  write_run(json, "plan", verification.plan);
  write_differences(json, "schema_differences", verification.differences, "original", "plan");
  write_differences(json, "row_differences", verification.row_differences, "original", "plan");
  write_differences(json, "second_run_changes", verification.second_changes, "before", "after");
  json.key("interruptions");
  json.begin_array();
  for (const Interruption& each : verification.interruptions) {
    json.begin_object();
    json.member("step", each.step);
    json.member("moment", to_string(each.moment));
    json.member("came_to_pass", each.came_to_pass);
    json.end_object();
  }
  json.end_array();
  json.strings("notes", verification.notes);
  json.end_object();
  return json.finish();
}

}  // namespace pglatch
