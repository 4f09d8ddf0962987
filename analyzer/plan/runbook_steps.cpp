// The steps of the runbook, one by one.
#include <fmt/format.h>

#include <algorithm>

#include "analyzer/plan/runbook.h"
#include "analyzer/plan/runbook_text.h"

namespace pglatch::runbook {
namespace {

// How phases and deployments of the code that uses the database follow each other.
std::string_view when(PhaseKind kind) {
  switch (kind) {
    case PhaseKind::expand:
      return "The running code can stay as it is. New code that needs the change comes after it.";
    case PhaseKind::migrate:
      return "It may take long and can be interrupted. The running code can stay as it is.";
    case PhaseKind::switch_:
      return "Brief. From here on queries see the new form.";
    case PhaseKind::contract:
      break;
  }
  return "Only when no running code needs any more what it removes.";
}

std::string what_it_does(const Step& step) {
  std::string out;
  for (const StepLock& lock : step.locks) {
    out += fmt::format("- {} on {} until the end of the {}; blocks {}\n", to_string(lock.mode), code(lock.relation),
                       to_string(lock.held_until), blocks(lock.mode));
  }
  for (const StepWork& work : step.work) out += fmt::format("- {} {}\n", verb(work.kind), code(work.relation));
  return out.empty() ? out : '\n' + out;
}

std::string ranges(const Step& step) {
  if (step.step_class != StepClass::batch) return {};
  const Batch& batch = step.batch;
  return fmt::format(
      "\nThe script sends it for each range of {} rows of {}, in the order of {}; the parameters are the range's "
      "bounds. It "
      "commits after each, pauses for {} ms, waits while a standby is more than {} s behind, and notes in the progress "
      "table how far it came.\n",
      batch.rows, code(batch.table), code(fmt::format("{}", fmt::join(batch.keys, ", "))), batch.pause_ms,
      batch.max_lag_s);
}

std::string expected(const Step& step, std::size_t verification) {
  if (step.step_class == StepClass::setting) return {};
  if (step.step_class == StepClass::check) return "\nExpected: `t`.\n";
  std::string out = "\nExpected: ";
  out += step.generator ? "a row for each statement to run, or none" : "no error";
  if (verification != 0) out += fmt::format("; afterwards V{} gives `t`", verification);
  return out + ".\n";
}

// What is sent; of a step that waits for people, nothing.
std::string what_is_sent(const Step& step) {
  if (!step.sql.empty()) return folded_sql(joined(step.sql));
  return fmt::format("Nothing is sent. {} `-v accept_{}=1` tells the script that it is so.\n", prose(step.on_failure),
                     step.id);
}

std::string failure(const Step& step) {
  if (step.disposition == Disposition::not_covered || step.sql.empty()) return {};
  std::string out;
  if (!step.on_failure.empty()) {
    out += fmt::format("\n{} {}\n",
                       step.step_class == StepClass::check ? "If it is not:" : "If it fails:", prose(step.on_failure));
  }
  for (const Leftover& leftover : step.leftovers) {
    out +=
        fmt::format("\nWhere an attempt finds {}, it begins with {}.\n", prose(leftover.what), code(leftover.cleanup));
  }
  return out;
}

std::string not_covered(const Step& step) {
  if (step.disposition != Disposition::not_covered) return {};
  return fmt::format("\n**Not made safe:** {} {}\n", prose(step.on_failure),
                     step.by_hand ? fmt::format("Carry it out by hand; `-v accept_{}=1` tells the script so.", step.id)
                                  : fmt::format("It runs only with `-v accept_{}=1`.", step.id));
}

std::string section(const Step& step, const std::vector<SharedQuery>& watches,
                    const std::vector<SharedQuery>& verifications) {
  const std::string& check = step.step_class == StepClass::check ? step.sql.front() : step.verify;
  std::string out = fmt::format("\n#### {} {}\n\n{}", step.id, prose(step.title), to_string(step.step_class));
  if (step.generator) out += "; the query's rows are the statements to run";
  if (const std::size_t watch = number_of(step.watch, watches); watch != 0) out += fmt::format("; watch by W{}", watch);
  if (step.irreversible) out += "; **there is no way back from here**";
  out += ".\n" + not_covered(step) + '\n' + what_is_sent(step) + ranges(step) + what_it_does(step);
  if (!step.by_hand) out += expected(step, number_of(check, verifications));
  return out + failure(step);
}

}  // namespace

std::string steps(const Plan& plan) {
  if (plan.phases.empty()) return {};
  const auto watches = watch_queries(plan);
  const auto verifications = verify_queries(plan);
  std::string out = "\n## Steps\n";
  for (const Phase& phase : plan.phases) {
    out += fmt::format("\n### {}: {}\n", to_string(phase.kind), prose(phase.title));
    // Nobody vouches for what the migration itself has written.
    const bool is_ours = std::all_of(phase.steps.begin(), phase.steps.end(),
                                     [](const Step& step) { return step.disposition == Disposition::rewritten; });
    if (is_ours) out += fmt::format("\n{}\n", when(phase.kind));
    for (const Step& step : phase.steps) out += section(step, watches, verifications);
  }
  return out;
}

}  // namespace pglatch::runbook
