// The plan as a reviewer's runbook: what happens, what it locks, what has to be looked at before and
// while it runs, and the way back.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "analyzer/plan/writers.h"

namespace pglatch {
namespace {

// A code block that its content cannot close.
std::string code_block(std::string_view text, std::string_view language = "sql") {
  std::string fence = "```";
  while (text.find(fence) != std::string_view::npos) fence += '`';
  return fmt::format("{0}{1}\n{2}\n{0}\n", fence, language, text);
}

std::string joined_sql(const Step& step) {
  std::string out;
  for (const std::string& sql : step.sql) out += fmt::format("{}{};", out.empty() ? "" : "\n", sql);
  return out;
}

// Inside a table cell or a line: no line breaks, no column separators.
std::string cell(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '|') out += '\\';
    out += c == '\n' || c == '\r' ? ' ' : c;
  }
  return out;
}

std::string plural(std::size_t count, std::string_view one, std::string_view many) {
  return fmt::format("{} {}", count, count == 1 ? one : many);
}

std::string_view purpose(StepClass step_class) {
  switch (step_class) {
    case StepClass::brief:
      return "brief: own transaction, short lock_timeout, tried again";
    case StepClass::concurrent:
      return "concurrent: outside of a transaction, no timeouts";
    case StepClass::validate:
      return "may take long: own transaction, no timeouts";
    case StepClass::batch:
      return "data in committed batches";
    case StepClass::check:
      return "check, reads only";
    case StepClass::setting:
      break;
  }
  return "setting of the session";
}

const StepLock* strongest(const Step& step) {
  const auto lock = std::max_element(step.locks.begin(), step.locks.end(),
                                     [](const StepLock& a, const StepLock& b) { return a.mode < b.mode; });
  return lock == step.locks.end() ? nullptr : &*lock;
}

std::string verdict(const Plan& plan) {
  std::size_t rewritten = 0;
  std::size_t unchanged = 0;
  std::size_t left_out = 0;
  for (const OriginalStatement& statement : plan.statements) {
    if (statement.disposition == Disposition::rewritten) ++rewritten;
    if (statement.disposition == Disposition::unchanged) ++unchanged;
    if (statement.disposition == Disposition::left_out) ++left_out;
  }
  std::string out = fmt::format("**{} rewritten, {} unchanged, {} not made safe{}.** ",
                                plural(rewritten, "statement", "statements"), unchanged, plan.not_rewritten.size(),
                                left_out == 0 ? std::string() : fmt::format(", {} left out", left_out));
  out += fmt::format("{} in {}. ", plural(plan.steps().size(), "step", "steps"),
                     plural(plan.phases.size(), "phase", "phases"));
  const StepLock* worst = nullptr;
  const Step* worst_step = nullptr;
  for (const Step* step : plan.steps()) {
    const StepLock* lock = strongest(*step);
    if (lock == nullptr || (worst != nullptr && worst->mode >= lock->mode)) continue;
    worst = lock;
    worst_step = step;
  }
  if (worst != nullptr) {
    out += fmt::format("The strongest lock is `{}` on `{}` in {}: it blocks {}{}.", to_string(worst->mode),
                       worst->relation, worst_step->id, blocks(worst->mode),
                       worst_step->step_class == StepClass::brief ? ", briefly" : "");
  }
  return out + "\n";
}

std::string lock_list(const std::vector<StepLock>& locks, std::string_view separator) {
  constexpr std::size_t kShown = 3;
  std::string out;
  for (std::size_t i = 0; i < locks.size() && i < kShown; ++i) {
    out += fmt::format("{}{} on `{}`", i == 0 ? "" : separator, to_string(locks[i].mode), cell(locks[i].relation));
  }
  if (locks.size() > kShown) out += fmt::format("{}and {} more", separator, locks.size() - kShown);
  return out.empty() ? "none" : out;
}

std::string step_table(const Plan& plan) {
  std::string out = "| Step | What | How | Locks | Blocks | Way back |\n|---|---|---|---|---|---|\n";
  for (const Step* step : plan.steps()) {
    const StepLock* worst = strongest(*step);
    const bool bold = worst != nullptr && worst->mode == LockMode::access_exclusive;
    const std::string blocked = worst == nullptr ? "nothing" : std::string(blocks(worst->mode));
    const bool passive = step->step_class == StepClass::check || step->step_class == StepClass::setting;
    out += fmt::format("| {} | {}{} | {}{} | {} | {} | {} |\n", step->id,
                       step->disposition == Disposition::not_covered ? "**Not made safe:** " : "", cell(step->title),
                       to_string(step->step_class), step->generator ? ", for each" : "", lock_list(step->locks, "<br>"),
                       bold ? fmt::format("**{}**", blocked) : blocked,
                       passive                  ? "–"
                       : step->irreversible     ? "none"
                       : step->rollback.empty() ? "by hand"
                                                : "yes");
  }
  return out;
}

std::string originals(const Plan& plan) {
  std::string out;
  for (const OriginalStatement& statement : plan.statements) {
    if (statement.disposition == Disposition::left_out) continue;
    if (statement.hazards.empty() && statement.disposition == Disposition::unchanged) continue;
    out += fmt::format("\n`{}:{}`", statement.origin.path, statement.origin.line);
    if (!statement.steps.empty()) {
      out += fmt::format(", in the plan {}", statement.steps.front());
      if (statement.steps.size() > 1) out += fmt::format(" to {}", statement.steps.back());
    }
    out += ":\n\n" + code_block(statement.sql + ";");
    for (const std::string& hazard : statement.hazards) out += fmt::format("\n- {}", hazard);
    if (statement.hazards.empty() && statement.disposition == Disposition::rewritten) {
      out += "\n- No rule objects to it. The plan's form is safe whatever the database holds, and can be repeated.";
    }
    if (!statement.hazards.empty() || statement.disposition == Disposition::rewritten) out += '\n';
    if (!statement.locks.empty()) {
      out += fmt::format("\nAs written it takes: {}.\n", lock_list(statement.locks, ", "));
    }
  }
  return out.empty() ? "\nNothing in it is known to be unsafe.\n" : out;
}

std::string decisions(const Plan& plan) {
  std::string out;
  for (const NotRewritten& left : plan.not_rewritten) {
    out += fmt::format("\n- [ ] **{} (`{}:{}`) is not made safe.** {} {}\n", left.step, left.origin.path,
                       left.origin.line, left.reason, left.manual);
  }
  int number = 0;
  for (const Assumption& assumption : plan.assumptions) {
    out += fmt::format("\n- [ ] A{}: {} If not: {}\n", ++number, assumption.text, assumption.if_false);
    if (!assumption.check.empty()) out += "\n" + code_block(assumption.check + ";");
  }
  for (const std::string& note : plan.notes) out += fmt::format("\n- {}\n", note);
  return out.empty() ? "\nNone.\n" : out;
}

std::string preflight(const Plan& plan) {
  std::string out = fmt::format(
      "\n- [ ] The server is PostgreSQL {} or newer, the connection a direct one (no transaction-pooling proxy), its "
      "role "
      "owns the tables and may create objects in their schemas.\n",
      plan.pg_version);
  for (const Preflight& check : plan.preflight) {
    out += fmt::format("- [ ] {}. Expected: {}.{}\n\n{}", check.title, check.expect,
                       check.blocking ? " The script does not start otherwise." : "", code_block(check.sql + ";"));
  }
  return out;
}

std::string step_section(const Step& step) {
  std::string out = fmt::format("\n#### {} {}\n\n{}", step.id, step.title, purpose(step.step_class));
  if (step.generator) out += "; the query's rows are the statements to run";
  out += ".\n\n";
  if (step.disposition == Disposition::not_covered) {
    out +=
        fmt::format("**Not made safe:** {} {}\n\n", step.on_failure,
                    step.by_hand ? fmt::format("Carry it out by hand; `-v accept_{}=1` tells the script so.", step.id)
                                 : fmt::format("It runs only with `-v accept_{}=1`.", step.id));
  }
  out += code_block(joined_sql(step));
  for (const StepLock& lock : step.locks) {
    out += fmt::format("\n- `{}` on `{}` until the end of the {}; blocks {}", to_string(lock.mode), lock.relation,
                       to_string(lock.held_until), blocks(lock.mode));
  }
  for (const StepWork& work : step.work)
    out += fmt::format("\n- work: {} on `{}`", to_string(work.kind), work.relation);
  if (!step.locks.empty() || !step.work.empty()) out += '\n';
  if (!step.watch.empty()) out += "\nTo watch it from another session:\n\n" + code_block(step.watch + ";");
  if (step.step_class == StepClass::check) {
    out += fmt::format("\nMust be true. If it is not: {}\n", step.on_failure);
    return out;
  }
  for (const Leftover& leftover : step.leftovers) {
    out += fmt::format("\nWhere an attempt finds {}, it begins with `{}`.\n", leftover.what, leftover.cleanup);
  }
  if (!step.on_failure.empty() && step.disposition != Disposition::not_covered) {
    out += fmt::format("\nIf it fails: {}\n", step.on_failure);
  }
  return out;
}

std::string verification(const Plan& plan) {
  std::string out;
  std::set<std::string> seen;
  for (const Step* step : plan.steps()) {
    const std::string& query = step->step_class == StepClass::check ? step->sql.front() : step->verify;
    if (query.empty() || !seen.insert(query).second) continue;
    out += fmt::format("\n{}, must be true:\n\n{}", step->id, code_block(query + ";"));
  }
  return out.empty() ? "\nThe script stops where a statement fails; there is nothing else to ask.\n" : out;
}

std::string rollback(const Plan& plan) {
  std::string out;
  std::set<std::string> seen;
  const auto steps = plan.steps();
  std::string irreversible;
  std::string by_hand;
  for (auto step = steps.rbegin(); step != steps.rend(); ++step) {
    const bool passive = (*step)->step_class == StepClass::check || (*step)->step_class == StepClass::setting;
    if ((*step)->irreversible && irreversible.empty()) irreversible = (*step)->id;
    if (!passive && (*step)->rollback.empty() && (*step)->disposition != Disposition::rewritten) {
      by_hand = (*step)->id + (by_hand.empty() ? "" : ", ") + by_hand;
    }
    for (const Rollback& undo : (*step)->rollback) {
      if (!seen.insert(undo.sql).second) continue;
      out += fmt::format("\n{} ({}):\n\n{}", (*step)->id, purpose(undo.step_class), code_block(undo.sql + ";"));
    }
  }
  if (!irreversible.empty()) out = fmt::format("\n**{} is the point of no return.**\n{}", irreversible, out);
  if (!by_hand.empty()) out += fmt::format("\nWhat undoes {} has to be written by hand.\n", by_hand);
  return out.empty() ? "\nNothing to undo.\n" : "\nThe last step first; only for steps that were done.\n" + out;
}

}  // namespace

std::string write_plan_markdown(const Plan& plan) {
  std::string out = "# Runbook:";
  for (const std::string& source : plan.sources)
    out += fmt::format("{} `{}`", &source == &plan.sources.front() ? "" : ",", source);
  out += fmt::format("\n\n{}\nPlan {}, for PostgreSQL {} or newer.\n\n{}", verdict(plan), plan.fingerprint,
                     plan.pg_version, step_table(plan));
  out += "\n## Why not as it is written\n" + originals(plan);
  out += "\n## Decisions and assumptions\n" + decisions(plan);
  out += "\n## Before\n" + preflight(plan);
  out += "\n## Steps\n";
  out +=
      "\nThe psql script of this plan (`pglatch plan --format sql`) does all of this, stops at the first surprise and "
      "can be run again at any time.\n";
  for (const Phase& phase : plan.phases) {
    out += fmt::format("\n### {}: {}\n", to_string(phase.kind), phase.title);
    for (const Step& step : phase.steps) out += step_section(step);
  }
  out += "\n## Verification\n" + verification(plan);
  out += "\n## Rollback\n" + rollback(plan);
  return out;
}

}  // namespace pglatch
