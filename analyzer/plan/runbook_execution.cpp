// The part of the runbook about running it: the script, the classes of steps, what to watch and when to stop.
#include <fmt/format.h>

#include <algorithm>

#include "analyzer/plan/preflight.h"
#include "analyzer/plan/runbook.h"
#include "analyzer/plan/runbook_text.h"

namespace pglatch::runbook {
namespace {

constexpr StepClass kClasses[] = {StepClass::setting, StepClass::check,    StepClass::brief,
                                  StepClass::batch,   StepClass::validate, StepClass::concurrent};

std::string_view transaction_of(StepClass step_class) {
  switch (step_class) {
    case StepClass::setting:
      return "the session's";
    case StepClass::check:
      return "reads only";
    case StepClass::brief:
      return "one of its own";
    case StepClass::batch:
      return "one for each batch";
    case StepClass::validate:
      return "one of its own";
    case StepClass::concurrent:
      break;
  }
  return "none: alone in its message";
}

std::string_view when_to_stop(StepClass step_class) {
  switch (step_class) {
    case StepClass::setting:
      return "–";
    case StepClass::check:
      return "it is not true: the script stops by itself";
    case StepClass::brief:
      return "it gives up by itself after the last attempt, and has changed nothing. A statement_timeout says that it "
             "found work to do: find out why before the next try";
    case StepClass::batch:
      return "any limit below is reached: what is committed stays, it goes on from there";
    case StepClass::validate:
      return "any limit below is reached: what it did is undone, nothing is left";
    case StepClass::concurrent:
      break;
  }
  return "any limit below is reached: the step says what it leaves";
}

std::string limit(std::int64_t ms) { return ms == 0 ? "none" : fmt::format("{} s", ms / 1000); }

std::string classes(const Plan& plan) {
  std::string out = table_head({"Class", "Transaction", "lock_timeout", "statement_timeout", "Attempts", "Stop when"});
  const auto steps = plan.steps();
  for (const StepClass step_class : kClasses) {
    if (std::none_of(steps.begin(), steps.end(), [&](const Step* step) { return step->step_class == step_class; })) {
      continue;
    }
    const StepPolicy policy = policy_of(step_class);
    const bool set = step_class != StepClass::setting;
    out += table_row({std::string(to_string(step_class)), std::string(transaction_of(step_class)),
                      set ? limit(policy.lock_timeout_ms) : "–", set ? limit(policy.statement_timeout_ms) : "–",
                      fmt::format("{}", policy.attempts), std::string(when_to_stop(step_class))});
  }
  return out;
}

std::string watching(const Plan& plan) {
  const auto queries = watch_queries(plan);
  if (queries.empty()) return {};
  std::string out =
      "\n### Watch\n\nFrom a second session, every few seconds (`\\watch 5`). Stop the step by Ctrl-C in psql, or by "
      "`SELECT pg_cancel_backend(pid)` with the pid of its session, when\n\n"
      "- sessions of the application wait behind it for longer than ____ (a brief step: 2 s),\n"
      "- a standby lags more than ____, or WAL and data leave less than ____ of disk space,\n"
      "- response times of the application rise above ____.\n";
  int number = 0;
  for (const SharedQuery& query : queries) {
    out += fmt::format("\n**W{}**, for {}:\n\n{}", ++number, enumerated(query.steps), sql_block(query.sql));
  }
  const bool writes = std::any_of(plan.preflight.begin(), plan.preflight.end(),
                                  [](const Preflight& check) { return check.sql == standby_lag(); });
  if (writes) out += "\nHow far the standbys are behind:\n\n" + sql_block(standby_lag());
  return out;
}

std::string accepted(const Plan& plan) {
  if (plan.not_rewritten.empty()) return {};
  std::vector<std::string> ids;
  for (const NotRewritten& left : plan.not_rewritten) ids.push_back(left.step);
  return fmt::format(
      "\nIt stops at {}, which {} not made safe, unless it is told to go on: `-v accept_{}=1` runs {} as it is, and of "
      "what is to be done by hand says that it is done.\n",
      enumerated(ids), ids.size() == 1 ? "is" : "are", ids.front(), ids.front());
}

std::string by_hand(const Plan& plan) {
  const auto settings = steps_of(plan, StepClass::setting);
  std::string out =
      "\nStep by step instead: in one session, in the order of the steps below, each under the timeouts of its class "
      "and "
      "only where what says that it is done is not true yet.";
  if (!settings.empty()) {
    out += fmt::format(" {} hold for all that follows, also for the queries that verify.", enumerated(settings));
  }
  return out + '\n';
}

}  // namespace

std::string execution(const Plan& plan) {
  if (plan.phases.empty()) return {};
  std::string out =
      "\n## Run\n\nWrite the script by the command that wrote this page, with `--format sql=plan.sql`. Then:\n\n";
  out += code_block("psql -X -f plan.sql DATABASE", "sh");
  out +=
      "\nIt names each step as it comes to it, stops at the first surprise, and ends with `The plan is done.` Stop it "
      "whenever you want and run it again: what is done is skipped, what an interrupted step left is cleaned up.\n";
  out += accepted(plan) + by_hand(plan) + '\n' + classes(plan) + watching(plan);
  return out;
}

}  // namespace pglatch::runbook
