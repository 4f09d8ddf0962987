#include "analyzer/server/lock_watch.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <map>

#include "analyzer/parse/identifier.h"
#include "analyzer/server/schema_state.h"

namespace pglatch {
namespace {

constexpr std::string_view kSampledPrefix = "pglatch sampled ";
constexpr std::chrono::milliseconds kSamplePause{1};

constexpr const char* kNotes = R"sql(
CREATE SCHEMA pglatch_verify;
GRANT USAGE ON SCHEMA pglatch_verify TO PUBLIC;
CREATE TABLE pglatch_verify.relations (step text, relation oid, name text);
CREATE TABLE pglatch_verify.locks (step text, relation oid, mode text, transaction xid8);
CREATE TABLE pglatch_verify.steps (step text, begun timestamptz);
CREATE TABLE pglatch_verify.machine (n bigint) WITH (fillfactor = 10);
INSERT INTO pglatch_verify.machine VALUES (0);
GRANT SELECT, INSERT ON pglatch_verify.relations, pglatch_verify.locks, pglatch_verify.steps TO PUBLIC;
)sql";

// Toast tables, the system's catalogs and the plan's ledger are no business of a migration.
constexpr const char* kNoteRelations =
    "INSERT INTO pglatch_verify.relations\n"
    "SELECT {}, c.oid, pg_catalog.format('%I.%I', n.nspname, c.relname)\n"
    "FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace\n"
    "WHERE n.nspname NOT LIKE 'pg\\_%' AND n.nspname NOT IN ('information_schema', 'pglatch_verify')\n"
    "  AND c.relname NOT LIKE 'pglatch\\_progress%'";

constexpr const char* kSample =
    "SELECT DISTINCT substr(a.application_name, {}), l.relation, l.mode\n"
    "FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid\n"
    "WHERE a.datname = current_database() AND starts_with(a.application_name, {}) AND l.locktype = 'relation'";

constexpr const char* kReadNotes =
    "SELECT l.step, r.name, l.mode FROM pglatch_verify.locks l JOIN pglatch_verify.relations r USING (step, relation)";

LockMode mode_named(std::string_view name) {
  for (int mode = 0; mode <= static_cast<int>(LockMode::access_exclusive); ++mode) {
    if (to_string(static_cast<LockMode>(mode)) == name) return static_cast<LockMode>(mode);
  }
  return LockMode::none;
}

std::string note_time_sql(const std::string& step) {
  return fmt::format("INSERT INTO pglatch_verify.steps VALUES ({}, clock_timestamp())", quote_literal_sql(step));
}

std::string say_step(const std::string& name) { return "SET application_name = " + quote_literal_sql(name); }

}  // namespace

bool has_transaction(const Step& step) noexcept {
  if (step.generator || step.by_hand) return false;
  return step.step_class == StepClass::brief || step.step_class == StepClass::validate;
}

void create_notes(Connection& connection) { connection.exec(kNotes); }

std::vector<std::string> begin_step_sql(const std::string& step, bool sampled) {
  return {say_step(sampled ? std::string(kSampledPrefix) + step : "pglatch " + step),
          fmt::format(kNoteRelations, quote_literal_sql(step)), note_time_sql(step)};
}

std::vector<std::string> begin_step_inside_sql(const std::string& step, const std::string& previous) {
  return {say_step("pglatch " + step),
          fmt::format("INSERT INTO pglatch_verify.relations SELECT {}, relation, name FROM pglatch_verify.relations "
                      "WHERE step = {}",
                      quote_literal_sql(step), quote_literal_sql(previous)),
          note_time_sql(step)};
}

std::string note_locks_sql(const std::string& step) {
  return fmt::format(
      "INSERT INTO pglatch_verify.locks\n"
      "SELECT {}, l.relation, l.mode, pg_catalog.pg_current_xact_id()\n"
      "FROM pg_catalog.pg_locks l\n"
      "WHERE l.pid = pg_catalog.pg_backend_pid() AND l.locktype = 'relation' AND NOT EXISTS (\n"
      "  SELECT FROM pglatch_verify.locks o\n"
      "  WHERE o.transaction = pg_catalog.pg_current_xact_id() AND o.relation = l.relation AND o.mode = l.mode)",
      quote_literal_sql(step));
}

Plan watched(Plan plan) {
  for (Phase& phase : plan.phases) {
    std::vector<Step> steps;
    for (Step& step : phase.steps) {
      if (step.step_class != StepClass::setting && step.step_class != StepClass::check && !step.by_hand) {
        Step begin;
        begin.step_class = StepClass::setting;
        begin.title = "(pglatch notes the relations)";
        begin.sql = begin_step_sql(step.id, !has_transaction(step));
        steps.push_back(std::move(begin));
        if (has_transaction(step)) step.sql.push_back(note_locks_sql(step.id));
      }
      steps.push_back(std::move(step));
    }
    phase.steps = std::move(steps);
  }
  return plan;
}

LockSampler::LockSampler(const std::string& conninfo) : thread_([this, conninfo] { run(conninfo); }) {
  is_ready_.wait(false);
}

LockSampler::~LockSampler() { static_cast<void>(stop()); }

std::set<std::tuple<std::string, std::string, std::string>> LockSampler::stop() {
  stopping_ = true;
  if (thread_.joinable()) thread_.join();
  return std::move(seen_);
}

void LockSampler::say_ready() {
  is_ready_ = true;
  is_ready_.notify_all();
}

void LockSampler::run(const std::string& conninfo) {
  const std::string sql =
      fmt::format(kSample, kSampledPrefix.size() + 1, quote_literal_sql(std::string(kSampledPrefix)));
  try {
    Connection connection(conninfo);
    say_ready();
    while (!stopping_) {
      for (const Row& row : connection.query(sql)) {
        seen_.emplace(row[0].value_or(""), row[1].value_or(""), row[2].value_or(""));
      }
      std::this_thread::sleep_for(kSamplePause);
    }
  } catch (const std::exception&) {
    // The server is gone; whoever runs the migration hears of it too.
  }
  say_ready();
}

std::vector<ObservedLock> read_locks(Connection& connection,
                                     const std::set<std::tuple<std::string, std::string, std::string>>& seen) {
  std::map<std::pair<std::string, std::string>, std::string> names;
  if (!seen.empty()) {
    for (const Row& row : connection.query("SELECT step, relation, name FROM pglatch_verify.relations")) {
      names[{row[0].value(), row[1].value()}] = row[2].value();
    }
  }
  std::set<ObservedLock> all;
  for (const Row& row : connection.query(kReadNotes)) {
    all.insert(ObservedLock{row[0].value(), row[1].value(), row[2].value(), false});
  }
  for (const auto& [step, relation, mode] : seen) {
    const auto name = names.find({step, relation});
    if (name != names.end()) all.insert(ObservedLock{step, name->second, mode, false});
  }
  return {all.begin(), all.end()};
}

std::vector<StepBeginning> read_beginnings(Connection& connection) {
  const auto rows = connection.query(
      "SELECT step, (extract(epoch FROM clock_timestamp() - begun) * 1000000)::bigint FROM pglatch_verify.steps "
      "ORDER BY begun");
  const auto now = std::chrono::steady_clock::now();
  std::vector<StepBeginning> beginnings;
  for (const Row& row : rows) {
    beginnings.push_back({row[0].value(), now - std::chrono::microseconds(std::stoll(row[1].value()))});
  }
  return beginnings;
}

void compare_locks(std::vector<ObservedLock>& taken, const std::string& step, const std::vector<StepLock>& predicted) {
  for (ObservedLock& lock : taken) {
    if (lock.step != step) continue;
    lock.predicted = std::any_of(predicted.begin(), predicted.end(), [&](const StepLock& each) {
      return each.relation == lock.relation && each.mode >= mode_named(lock.mode);
    });
  }
}

}  // namespace pglatch
