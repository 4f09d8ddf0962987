// The plan as a comment on a pull request shows it: what runs, in which order. The runbook has the rest.
#include <fmt/format.h>

#include "analyzer/report/markdown_text.h"

namespace pglatch {
namespace {

std::string step_of(const Step& step) {
  std::string out =
      fmt::format("\n**{}** {} ({})\n\n", step.id, markdown_prose(step.title), to_string(step.step_class));
  if (step.disposition == Disposition::not_covered) out += "**Not made safe.**\n\n";
  if (step.irreversible) out += "**There is no way back from here.**\n\n";
  if (step.sql.empty()) return out + "By hand: " + markdown_prose(step.on_failure) + "\n";
  return out + markdown_sql(with_semicolons(step.sql));
}

std::string not_safe(const Plan& plan) {
  std::string out;
  for (const NotRewritten& each : plan.not_rewritten) {
    out += fmt::format("- {}: {}", markdown_code(fmt::format("{}:{}", each.origin.path, each.origin.line)),
                       markdown_prose(each.reason));
    if (!each.manual.empty()) out += " " + markdown_prose(each.manual);
    out += '\n';
  }
  return out.empty() ? out : "\n### What the plan does not make safe\n\n" + out;
}

}  // namespace

std::string markdown_plan(const Plan& plan) {
  const std::size_t steps = plan.steps().size();
  std::string out = not_safe(plan);
  if (steps == 0) return out;
  out += fmt::format("\n<details><summary>The safe plan: {} in {}</summary>\n", counted(steps, "step"),
                     counted(plan.phases.size(), "phase"));
  for (const Phase& phase : plan.phases) {
    out += fmt::format("\n#### {}: {}\n", to_string(phase.kind), markdown_prose(phase.title));
    for (const Step& step : phase.steps) out += step_of(step);
  }
  return out + "\n`pglatch plan` writes the script and the runbook.\n\n</details>\n";
}

}  // namespace pglatch
