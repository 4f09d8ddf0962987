// The part of the runbook that argues: why not as it is written, and what is to be decided.
#include <fmt/format.h>

#include <algorithm>

#include "analyzer/plan/manual_page.h"
#include "analyzer/plan/runbook.h"
#include "analyzer/plan/runbook_text.h"

namespace pglatch::runbook {
namespace {

bool needs_reason(const OriginalStatement& statement) {
  if (statement.disposition == Disposition::left_out) return false;
  return statement.disposition != Disposition::unchanged || !statement.hazards.empty();
}

std::string effects_of(const OriginalStatement& statement) {
  std::string out;
  if (const StepLock* worst = strongest(statement.locks)) {
    out += fmt::format("\nAs written it takes {}, and blocks {} until the end of the {}",
                       lock_list(statement.locks, ", "), blocks(worst->mode), to_string(worst->held_until));
  }
  std::vector<std::string> work;
  for (const StepWork& item : statement.work) {
    if (work.size() == 3) {
      work.emplace_back("more");
      break;
    }
    work.push_back(fmt::format("{} {}", verb(item.kind), code(item.relation)));
  }
  if (!work.empty()) out += (out.empty() ? "\nAs written it " : "; meanwhile it ") + enumerated(work);
  return out.empty() ? out : out + ".\n";
}

std::string reason(const OriginalStatement& statement, int pg_version) {
  std::string out = fmt::format("\n{}", place(statement.origin));
  if (!statement.steps.empty()) out += fmt::format(", in the plan {}", span_of(statement.steps));
  out += ":\n\n" + folded_sql(joined({statement.sql})) + '\n';
  for (const Hazard& hazard : statement.hazards)
    out += fmt::format("- **{}**: {}\n", hazard.rule, prose(hazard.message));
  if (statement.hazards.empty() && statement.disposition == Disposition::rewritten) {
    out += "- No rule objects to it. The plan's form is safe whatever the database holds, and can be repeated.\n";
  }
  if (statement.hazards.empty() && statement.disposition == Disposition::not_covered) {
    out += "- Nobody can vouch for it: see below.\n";
  }
  out += effects_of(statement);
  if (!statement.command.empty()) {
    out +=
        fmt::format("\nPostgreSQL's manual: [{}]({})\n", statement.command, command_url(statement.command, pg_version));
  }
  return out;
}

std::string not_made_safe(const NotRewritten& left) {
  return fmt::format("\n- [ ] **{} ({}) is not made safe.** {} {}\n", left.step, place(left.origin), prose(left.reason),
                     prose(left.manual));
}

}  // namespace

std::string reasons(const Plan& plan) {
  std::string out;
  for (const OriginalStatement& statement : plan.statements) {
    if (needs_reason(statement)) out += reason(statement, plan.pg_version);
  }
  if (out.empty()) return out;
  return fmt::format(
      "\n## Why not as it is written\n\n`pglatch rules NAME` explains a rule; the lock modes and what they conflict "
      "with "
      "are in [Explicit Locking]({}).\n{}",
      manual_url("explicit-locking", plan.pg_version), out);
}

std::string decisions(const Plan& plan) {
  std::string out;
  for (const NotRewritten& left : plan.not_rewritten) out += not_made_safe(left);
  for (const OriginalStatement& statement : plan.statements) {
    if (statement.disposition == Disposition::left_out) continue;
    for (const Hazard& hazard : statement.hazards) {
      if (!hazard.running_code) continue;
      out += fmt::format("\n- [ ] **Running code ({}, {}):** {}\n", place(statement.origin), span_of(statement.steps),
                         prose(hazard.message));
    }
  }
  int number = 0;
  for (const Assumption& assumption : plan.assumptions) {
    out +=
        fmt::format("\n- [ ] **A{}:** {} If not: {}\n", ++number, prose(assumption.text), prose(assumption.if_false));
    if (assumption.check.empty()) {
      out += "  Nobody but you can know; the script does not ask.\n";
    } else {
      out += fmt::format("  The script asks before its first step, and stops unless this gives true:\n\n{}",
                         sql_block(assumption.check, 2));
    }
  }
  if (!out.empty()) out = "\n## Decisions and assumptions\n" + out;
  if (plan.notes.empty()) return out;
  out += "\n## Notes\n\n";
  for (const std::string& note : plan.notes) out += fmt::format("- {}\n", prose(note));
  return out;
}

}  // namespace pglatch::runbook
