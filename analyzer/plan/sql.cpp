// The plan as a psql script. It may be stopped at any point and run again: every step first asks the
// server whether it is done.
#include <fmt/format.h>

#include <charconv>

#include "analyzer/parse/identifier.h"
#include "analyzer/plan/psql_text.h"
#include "analyzer/plan/writers.h"

namespace pglatch {
namespace {

using psql::kLedger;

// A key for pg_try_advisory_lock(): two runs of one plan at a time would get in each other's way.
std::int64_t lock_key(const Plan& plan) {
  const std::string_view digits = std::string_view(plan.fingerprint).substr(0, 15);
  std::int64_t key = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), key, 16);
  return key;
}

std::string comment_of(std::string_view text) {
  std::string out = "--";
  if (!text.empty()) out += ' ';
  for (const char c : text) {
    if (c == '\n') {
      out += "\n-- ";
    } else if (c != '\r') {
      out += c;
    }
  }
  return out + '\n';
}

std::string header(const Plan& plan) {
  std::string out = "-- A safe online form of";
  for (const std::string& source : plan.sources) out += fmt::format(" {}", source);
  out = comment_of(out.substr(3));
  out += fmt::format(
      "-- Plan {}, for PostgreSQL {} or newer, written by pglatch.\n"
      "--\n"
      "--   psql -X -f THIS_FILE DATABASE\n"
      "--\n"
      "-- over a direct connection (no transaction-pooling proxy), not with -1. Stop it whenever you want and run it\n"
      "-- again: what is done is skipped, what an interrupted step left is cleaned up.\n",
      plan.fingerprint, plan.pg_version);
  for (const NotRewritten& left : plan.not_rewritten) {
    out += comment_of(fmt::format("{} is not made safe ({}:{}): {} It runs only with -v accept_{}=1.", left.step,
                                  left.origin.path, left.origin.line, left.reason, left.step));
  }
  for (const std::string& note : plan.notes) out += comment_of("Note: " + note);
  return out;
}

std::string set_timeouts(std::int64_t lock_ms, std::int64_t statement_ms) {
  return fmt::format("  SET lock_timeout = {};\n  SET statement_timeout = {};\n", lock_ms, statement_ms);
}

std::string prologue(const Plan& plan) {
  std::string out = "\n\\set ON_ERROR_STOP on\n\\set AUTOCOMMIT on\n\\set QUIET on\n";
  // A transaction opened before this statement began earlier than it.
  out += psql::require("SELECT now() = statement_timestamp()",
                       "This script cannot run inside a transaction: start psql without -1, and no BEGIN before it.");
  out +=
      psql::require(fmt::format("SELECT current_setting('server_version_num')::int >= {}", plan.pg_version * 10000),
                    fmt::format("This plan is for PostgreSQL {0} or newer: make it again with --pg-version set to the "
                                "server's major version.",
                                plan.pg_version));
  out +=
      psql::require(fmt::format("SELECT pg_try_advisory_lock({})", lock_key(plan)),
                    "Another session is running this plan (or its server process has not noticed yet that its client "
                    "is gone).");
  out += psql::set_boolean("pglatch_ok",
                           "SELECT count(set_config(name, '0', false)) >= 0 FROM pg_settings WHERE name IN "
                           "('transaction_timeout', 'idle_session_timeout')") +
         "\n";
  // A role's or database's own are none of the plan's.
  out += set_timeouts(0, 0);
  return out;
}

std::string checks(const Plan& plan) {
  std::string out;
  int number = 0;
  for (const Assumption& assumption : plan.assumptions) {
    ++number;
    out += fmt::format("\n{}", comment_of(fmt::format("A{}: {}", number, assumption.text)));
    if (assumption.check.empty()) continue;
    out += psql::require(assumption.check,
                         fmt::format("Not so: A{}: {} {}", number, assumption.text, assumption.if_false));
  }
  for (const Preflight& preflight : plan.preflight) {
    if (!preflight.blocking) continue;
    out += fmt::format("\n{}", comment_of(preflight.title));
    out += psql::require(preflight.sql, fmt::format("Not so: {}", preflight.title));
  }
  return out;
}

std::string create_ledger() {
  return fmt::format(
      "\n-- Remembers the steps that leave nothing to recognise them by, and how far batches came.\n{}\n\\if "
      ":pglatch_ok\n\\else\n"
      "  CREATE TABLE {} {};\n"
      "\\endif\n",
      psql::set_boolean("pglatch_ok", fmt::format("SELECT to_regclass('{}') IS NOT NULL", kLedger)), kLedger,
      psql::kLedgerColumns);
}

std::string remember(const Step& step) {
  return fmt::format(
      "INSERT INTO {} (step, title, done_at) VALUES ({}, {}, now()) ON CONFLICT (step) DO UPDATE SET done_at = now()",
      kLedger, quote_literal_sql(step.ledger_key), quote_literal_sql(step.title));
}

std::string own_transaction(const std::vector<std::string>& statements, const StepPolicy& policy) {
  std::string out = fmt::format("  BEGIN;\n  SET LOCAL lock_timeout = {};\n  SET LOCAL statement_timeout = {};\n",
                                policy.lock_timeout_ms, policy.statement_timeout_ms);
  for (const std::string& statement : statements) out += fmt::format("  {}\n", psql::terminated(statement));
  return out + "  COMMIT;\n";
}

// The statements of a step, by its class. `with_ledger`: its transaction writes the ledger as well.
std::string run(const Step& step, bool with_ledger) {
  const StepPolicy policy = policy_of(step);
  std::vector<std::string> statements = step.sql;
  if (with_ledger) statements.push_back(remember(step));
  switch (step.step_class) {
    case StepClass::brief: {
      const std::string timeouts =
          set_timeouts(0, policy.statement_timeout_ms == 0 ? 0 : psql::longest_retry_ms(policy));
      return timeouts + (step.generator ? psql::retry_each(step.sql.front(), step.id, policy)
                                        : psql::retry_block(statements, step.id, policy));
    }
    case StepClass::concurrent: {
      std::string out = set_timeouts(policy.lock_timeout_ms, policy.statement_timeout_ms);
      for (const Leftover& leftover : step.leftovers) {
        out += psql::set_boolean("pglatch_leftover", leftover.check);
        out += fmt::format("\n  \\if :pglatch_leftover\n    \\echo {}\n    {}\n  \\endif\n",
                           psql::argument("  removing " + leftover.what), psql::terminated(leftover.cleanup));
      }
      if (step.generator) return out + step.sql.front() + " \\gexec\n";
      for (const std::string& statement : statements) out += fmt::format("  {}\n", psql::terminated(statement));
      return out;
    }
    case StepClass::validate:
      return own_transaction(statements, policy);
    case StepClass::batch:
      // One statement sends all batches: a limit for one of them would end the whole.
      return set_timeouts(policy.lock_timeout_ms, 0) + psql::batch_block(step, kLedger, step.ledger_key);
    case StepClass::check:
    case StepClass::setting:
      break;
  }
  std::string out;
  for (const std::string& statement : statements) out += psql::terminated(statement) + '\n';
  return out;
}

std::string verify(const Step& step) {
  if (step.verify.empty()) return {};
  return psql::require(step.verify,
                       fmt::format("{} did not have its effect: {}. {}", step.id, step.title, step.on_failure));
}

// What nobody vouches for runs only where the user says so; what cannot be sent was done by hand then.
std::string attempt(const Step& step, bool with_ledger) {
  if (step.by_hand && step.disposition == Disposition::rewritten) {
    return fmt::format("\\if :{{?accept_{0}}}\n  {1};\n\\else\n  {2}\n\\endif\n", step.id, remember(step),
                       psql::fail(fmt::format("The plan goes on from {0} when people say so: {1}. {2} Then run the "
                                              "script again with -v accept_{0}=1.",
                                              step.id, step.title, step.on_failure)));
  }
  if (step.disposition != Disposition::not_covered) return run(step, with_ledger) + verify(step);
  const std::string how = step.by_hand ? "Carry it out by hand, then run" : "If it is to run as it is, run";
  return fmt::format(
      "\\if :{{?accept_{0}}}\n{1}\\else\n  {2}\n\\endif\n", step.id,
      step.by_hand ? fmt::format("  {};\n", remember(step)) : run(step, with_ledger),
      psql::fail(fmt::format("{0} is not made safe by this plan: {1} {2} the script again with -v accept_{0}=1.",
                             step.id, step.on_failure, how)));
}

// Skips the step where its effect is there. The state of the database tells, or the ledger: it also
// remembers what another step of the plan may have undone since.
std::string run_unless_done(const Step& step) {
  const bool ledger = !step.ledger_key.empty();
  std::string done = step.already_done;
  if (ledger) {
    const std::string remembered = fmt::format("EXISTS (SELECT FROM {} WHERE step = {} AND done_at IS NOT NULL)",
                                               kLedger, quote_literal_sql(step.ledger_key));
    done = done.empty() ? "SELECT " + remembered : fmt::format("SELECT {} OR (\n{})", remembered, done);
  }
  if (done.empty()) return attempt(step, false);
  // Without a trace in the database, the ledger's row belongs to the transaction of the step.
  const bool traceless = step.already_done.empty();
  return fmt::format("{}\n\\if :pglatch_done\n  \\echo '  done already'\n\\else\n{}\\endif\n{}",
                     psql::set_boolean("pglatch_done", done), attempt(step, traceless),
                     ledger && !traceless ? remember(step) + ";\n" : std::string());
}

std::string locks_of(const Step& step) {
  std::string out;
  for (const StepLock& lock : step.locks) {
    out += fmt::format("--   {} on {}, until the end of the {}\n", to_string(lock.mode), lock.relation,
                       to_string(lock.held_until));
  }
  return out;
}

std::string write_step(const Step& step) {
  std::string out = fmt::format(
      "\n{}{}\\echo {}\n", comment_of(fmt::format("── {} [{}] {}", step.id, to_string(step.step_class), step.title)),
      locks_of(step), psql::argument(fmt::format("{} {}", step.id, step.title)));
  if (step.step_class == StepClass::check) {
    const StepPolicy policy = policy_of(step);
    return out + set_timeouts(policy.lock_timeout_ms, policy.statement_timeout_ms) +
           psql::require(step.sql.front(), fmt::format("{} failed: {}. {}", step.id, step.title, step.on_failure));
  }
  if (step.by_hand) {
    for (const std::string& sql : step.sql) out += comment_of("By hand: " + sql);
  }
  return out + run_unless_done(step);
}

}  // namespace

std::string write_plan_sql(const Plan& plan) {
  std::string out = header(plan) + prologue(plan);
  if (plan.keeps_ledger()) out += create_ledger();
  out += checks(plan);
  for (const Phase& phase : plan.phases) {
    out += fmt::format("\n{}", comment_of(fmt::format("════ {}: {}", to_string(phase.kind), phase.title)));
    for (const Step& step : phase.steps) out += write_step(step);
  }
  out += fmt::format(
      "\nRESET lock_timeout;\nRESET statement_timeout;\nSELECT pg_advisory_unlock({}) AS pglatch_ok \\gset\n"
      "\\echo 'The plan is done.'\n\\set QUIET off\n",
      lock_key(plan));
  return out;
}

}  // namespace pglatch
