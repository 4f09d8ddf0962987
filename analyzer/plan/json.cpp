// The plan as a document for programs. Nothing in it depends on the moment or the machine.
#include "analyzer/base/json.h"

#include "analyzer/parse/identifier.h"
#include "analyzer/plan/manual_page.h"
#include "analyzer/plan/writers.h"
#include "generated/version.h"

namespace pglatch {
namespace {

constexpr int kPlanVersion = 1;

constexpr StepClass kClasses[] = {StepClass::brief, StepClass::concurrent, StepClass::validate,
                                  StepClass::batch, StepClass::check,      StepClass::setting};

void write_origin(JsonWriter& json, const PlanOrigin& origin) {
  json.key("origin");
  json.begin_object();
  json.member("path", origin.path);
  json.member("line", origin.line);
  json.member("start", origin.range.start);
  json.member("end", origin.range.end);
  if (!origin.rule.empty()) json.member("rule", origin.rule);
  json.end_object();
}

void write_locks(JsonWriter& json, const std::vector<StepLock>& locks) {
  json.key("locks");
  json.begin_array();
  for (const StepLock& lock : locks) {
    json.begin_object();
    json.member("relation", lock.relation);
    json.member("mode", to_string(lock.mode));
    json.member("held_until", to_string(lock.held_until));
    json.member("reason", to_string(lock.reason));
    json.member("blocks", blocks(lock.mode));
    json.end_object();
  }
  json.end_array();
}

void write_work(JsonWriter& json, const std::vector<StepWork>& work) {
  json.key("work");
  json.begin_array();
  for (const StepWork& item : work) {
    json.begin_object();
    json.member("relation", item.relation);
    json.member("kind", to_string(item.kind));
    json.end_object();
  }
  json.end_array();
}

// The text, or null where there is none.
void optional_text(JsonWriter& json, std::string_view key, std::string_view value) {
  json.key(key);
  value.empty() ? json.null() : json.string(value);
}

void optional_count(JsonWriter& json, std::string_view key, const std::optional<std::uint64_t>& count) {
  json.key(key);
  count ? json.value(*count) : json.null();
}

std::string_view transaction_mode(const Step& step) {
  switch (step.step_class) {
    case StepClass::concurrent:
    case StepClass::setting:
    case StepClass::check:
      return "autocommit";
    case StepClass::batch:
      return "each-range";
    default:
      return "own";
  }
}

void write_batch(JsonWriter& json, const Batch& batch) {
  json.key("batch");
  json.begin_object();
  json.member("table", batch.table);
  json.strings("keys", batch.keys);
  json.member("rows", batch.rows);
  json.member("pause_ms", batch.pause_ms);
  json.member("max_lag_s", batch.max_lag_s);
  json.end_object();
}

void write_step(JsonWriter& json, const Step& step) {
  const StepPolicy policy = policy_of(step);
  json.begin_object();
  json.member("id", step.id);
  json.member("title", step.title);
  json.member("class", to_string(step.step_class));
  json.member("disposition", to_string(step.disposition));
  json.member("generator", step.generator);
  json.strings("sql", step.sql);
  if (step.generator) json.member("sample", step.sample);
  if (step.step_class == StepClass::batch) write_batch(json, step.batch);
  json.member("transaction", transaction_mode(step));
  json.member("alone_in_message", policy.autocommit);
  json.member("lock_timeout_ms", policy.lock_timeout_ms);
  json.member("statement_timeout_ms", policy.statement_timeout_ms);
  json.member("attempts", policy.attempts);
  write_locks(json, step.locks);
  write_work(json, step.work);
  optional_text(json, "already_done", step.already_done);
  optional_text(json, "ledger_key", step.ledger_key);
  json.key("leftovers");
  json.begin_array();
  for (const Leftover& leftover : step.leftovers) {
    json.begin_object();
    json.member("what", leftover.what);
    json.member("check", leftover.check);
    json.member("cleanup", leftover.cleanup);
    json.end_object();
  }
  json.end_array();
  optional_text(json, "verify", step.verify);
  optional_text(json, "watch", step.watch);
  optional_text(json, "on_failure", step.on_failure);
  json.key("rollback");
  json.begin_array();
  for (const Rollback& rollback : step.rollback) {
    json.begin_object();
    json.member("class", to_string(rollback.step_class));
    json.member("sql", rollback.sql);
    write_locks(json, rollback.locks);
    write_work(json, rollback.work);
    json.end_object();
  }
  json.end_array();
  json.member("irreversible", step.irreversible);
  write_origin(json, step.origin);
  json.end_object();
}

void write_statements(JsonWriter& json, const Plan& plan) {
  json.key("statements");
  json.begin_array();
  for (const OriginalStatement& statement : plan.statements) {
    json.begin_object();
    json.member("sql", statement.sql);
    json.member("disposition", to_string(statement.disposition));
    json.strings("steps", statement.steps);
    json.key("hazards");
    json.begin_array();
    for (const Hazard& hazard : statement.hazards) {
      json.begin_object();
      json.member("rule", hazard.rule);
      json.member("message", hazard.message);
      json.member("running_code", hazard.running_code);
      json.end_object();
    }
    json.end_array();
    optional_text(json, "command", statement.command);
    optional_text(json, "documentation",
                  statement.command.empty() ? "" : command_url(statement.command, plan.pg_version));
    write_locks(json, statement.locks);
    write_work(json, statement.work);
    write_origin(json, statement.origin);
    json.end_object();
  }
  json.end_array();
}

void write_tables(JsonWriter& json, const Plan& plan) {
  json.key("tables");
  json.begin_array();
  for (const PlanTable& table : plan.tables) {
    json.begin_object();
    json.member("name", table.name);
    json.member("known", table.is_known);
    json.member("partitioned", table.is_partitioned);
    json.member("partitions", table.partitions);
    json.member("altered", table.is_altered);
    optional_count(json, "rows", table.size.rows);
    optional_count(json, "bytes", table.size.bytes);
    optional_text(json, "size_source", table.size.source);
    json.end_object();
  }
  json.end_array();
}

void write_summary(JsonWriter& json, const Plan& plan) {
  std::int64_t rewritten = 0;
  std::int64_t not_covered = 0;
  std::int64_t left_out = 0;
  for (const OriginalStatement& statement : plan.statements) {
    if (statement.disposition == Disposition::rewritten) ++rewritten;
    if (statement.disposition == Disposition::not_covered) ++not_covered;
    if (statement.disposition == Disposition::left_out) ++left_out;
  }
  bool reversible = true;
  bool direct = false;
  for (const Step* step : plan.steps()) {
    reversible = reversible && !step->irreversible;
    direct = direct || policy_of(step->step_class).autocommit;
  }
  json.key("summary");
  json.begin_object();
  json.member("phases", plan.phases.size());
  json.member("steps", plan.steps().size());
  json.member("statements", plan.statements.size());
  json.member("rewritten", rewritten);
  json.member("not_covered", not_covered);
  json.member("left_out", left_out);
  json.member("reversible", reversible);
  json.member("needs_direct_connection", direct);
  json.member("keeps_ledger", plan.keeps_ledger());
  json.end_object();
}

void write_policies(JsonWriter& json) {
  json.key("policies");
  json.begin_object();
  for (const StepClass step_class : kClasses) {
    const StepPolicy policy = policy_of(step_class);
    json.key(to_string(step_class));
    json.begin_object();
    json.member("lock_timeout_ms", policy.lock_timeout_ms);
    json.member("statement_timeout_ms", policy.statement_timeout_ms);
    json.member("attempts", policy.attempts);
    json.end_object();
  }
  json.key("retry");
  json.begin_object();
  json.strings("sqlstates", std::vector<std::string_view>{"55P03", "40P01"});
  json.member("base_ms", kRetryPause.base_ms);
  json.member("factor_percent", static_cast<int>(kRetryPause.factor * 100 + 0.5));
  json.member("cap_ms", kRetryPause.cap_ms);
  json.member("jitter_percent", static_cast<int>(kRetryPause.jitter * 100 + 0.5));
  json.end_object();
  json.end_object();
}

void write_conditions(JsonWriter& json, const Plan& plan) {
  json.key("assumptions");
  json.begin_array();
  int number = 0;
  for (const Assumption& assumption : plan.assumptions) {
    json.begin_object();
    json.member("id", "A" + std::to_string(++number));
    json.member("text", assumption.text);
    optional_text(json, "check", assumption.check);
    json.member("if_false", assumption.if_false);
    json.end_object();
  }
  json.end_array();
  json.key("preflight");
  json.begin_array();
  for (const Preflight& preflight : plan.preflight) {
    json.begin_object();
    json.member("title", preflight.title);
    json.member("sql", preflight.sql);
    json.member("expect", preflight.expect);
    json.member("blocking", preflight.blocking);
    json.member("space", preflight.is_space);
    json.end_object();
  }
  json.end_array();
}

}  // namespace

std::string write_plan_json(const Plan& plan) {
  JsonWriter json;
  json.begin_object();
  json.member("plan_version", kPlanVersion);
  json.key("tool");
  json.begin_object();
  json.member("name", "pglatch");
  json.member("version", kVersion);
  json.member("grammar", grammar_version());
  json.end_object();
  json.key("target");
  json.begin_object();
  json.member("pg_min", plan.pg_version);
  json.end_object();
  json.strings("sources", plan.sources);
  json.member("fingerprint", plan.fingerprint);
  write_summary(json, plan);
  write_conditions(json, plan);
  write_policies(json);
  json.key("phases");
  json.begin_array();
  for (const Phase& phase : plan.phases) {
    json.begin_object();
    json.member("kind", to_string(phase.kind));
    json.member("title", phase.title);
    json.key("steps");
    json.begin_array();
    for (const Step& step : phase.steps) write_step(json, step);
    json.end_array();
    json.end_object();
  }
  json.end_array();
  write_statements(json, plan);
  write_tables(json, plan);
  json.key("not_rewritten");
  json.begin_array();
  for (const NotRewritten& left : plan.not_rewritten) {
    json.begin_object();
    json.member("step", left.step);
    json.member("sql", left.sql);
    json.member("reason", left.reason);
    json.member("manual", left.manual);
    write_origin(json, left.origin);
    json.end_object();
  }
  json.end_array();
  json.strings("notes", plan.notes);
  if (!plan.reordered.empty()) json.strings("reordered_tables", plan.reordered);
  json.end_object();
  return json.finish();
}

}  // namespace pglatch
