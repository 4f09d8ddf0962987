// The first page of the runbook: the verdict and the table of steps.
#include <fmt/format.h>

#include <algorithm>

#include "analyzer/plan/runbook.h"
#include "analyzer/plan/runbook_text.h"

namespace pglatch::runbook {
namespace {

struct Counts {
  std::size_t rewritten = 0;
  std::size_t unchanged = 0;
  std::size_t not_covered = 0;
  std::size_t left_out = 0;
};

Counts count(const Plan& plan) {
  Counts counts;
  for (const OriginalStatement& statement : plan.statements) {
    switch (statement.disposition) {
      case Disposition::rewritten:
        ++counts.rewritten;
        break;
      case Disposition::unchanged:
        ++counts.unchanged;
        break;
      case Disposition::not_covered:
        ++counts.not_covered;
        break;
      case Disposition::left_out:
        ++counts.left_out;
        break;
    }
  }
  return counts;
}

bool works_long(const Step& step) {
  return std::any_of(step.work.begin(), step.work.end(), [](const StepWork& work) { return is_long(work.kind); });
}

// Nobody vouches that what it does under its locks is brief.
bool holds_long(const Step& step) { return step.disposition == Disposition::not_covered && works_long(step); }

std::string size_of(const Step& step, const Plan& plan) {
  for (const StepWork& work : step.work) {
    if (!is_long(work.kind)) continue;
    for (const PlanTable& table : plan.tables) {
      if (table.name == work.relation && table.size.is_known()) return fmt::format(" ({})", to_string(table.size));
    }
  }
  return {};
}

std::string duration(const Step& step, const Plan& plan) {
  if (step.by_hand) return "by hand";
  const std::string each = step.generator ? ", for each" : "";
  switch (step.step_class) {
    case StepClass::setting:
      return "a moment";
    case StepClass::check:
      return "seconds";
    case StepClass::batch:
      return "grows with the rows" + size_of(step, plan);
    case StepClass::brief:
      if (holds_long(step)) return fmt::format("**grows with the table, under its lock**{}", size_of(step, plan));
      if (step.disposition == Disposition::not_covered && step.locks.empty()) return "unknown";
      return "milliseconds" + each;
    case StepClass::concurrent:
    case StepClass::validate:
      if (works_long(step)) return fmt::format("grows with the table{}{}", size_of(step, plan), each);
      if (step.disposition == Disposition::not_covered) return "unknown";
      if (step.step_class == StepClass::concurrent) return "milliseconds, after older transactions" + each;
      break;
  }
  return "grows with what it reads";
}

std::string way_back(const Step& step, const Plan& plan) {
  if (is_passive(step) || only_takes_back(step, plan)) return "–";
  if (step.irreversible) return "**none**";
  return step.rollback.empty() ? "by hand" : "yes";
}

std::string step_table(const Plan& plan) {
  std::string out = table_head({"Step", "What", "Class", "Locks", "Blocks", "How long", "Way back"});
  for (const Step* step : plan.steps()) {
    const StepLock* worst = strongest(*step);
    const bool opaque = step->disposition == Disposition::not_covered && step->locks.empty();
    std::string blocked = worst == nullptr ? "nothing" : std::string(blocks(worst->mode));
    if (worst != nullptr && worst->mode == LockMode::access_exclusive) blocked = fmt::format("**{}**", blocked);
    out += table_row({step->id,
                      (step->disposition == Disposition::not_covered ? "**Not made safe:** " : "") + prose(step->title),
                      std::string(to_string(step->step_class)),
                      opaque                ? "unknown"
                      : step->locks.empty() ? "none"
                                            : lock_list(step->locks, "<br>"),
                      opaque ? "unknown" : blocked, duration(*step, plan), way_back(*step, plan)});
  }
  return out;
}

std::string strongest_lock(const Plan& plan) {
  const StepLock* worst = nullptr;
  const Step* worst_step = nullptr;
  for (const Step* step : plan.steps()) {
    const StepLock* lock = strongest(*step);
    if (lock == nullptr) continue;
    const bool is_worse = worst == nullptr || lock->mode > worst->mode ||
                          (lock->mode == worst->mode && !holds_long(*worst_step) && holds_long(*step));
    if (!is_worse) continue;
    worst = lock;
    worst_step = step;
  }
  if (worst == nullptr) return {};
  std::string out = fmt::format(" The strongest lock is {} on {} in {}: it blocks {}", to_string(worst->mode),
                                code(worst->relation), worst_step->id, blocks(worst->mode));
  if (holds_long(*worst_step)) return out + " **for as long as the step works**.";
  return out + (worst_step->step_class == StepClass::brief ? ", for milliseconds." : ".");
}

std::string verdict(const Plan& plan) {
  const Counts counts = count(plan);
  const auto steps = plan.steps();
  if (steps.empty()) {
    return counts.left_out == 0 ? "**Nothing to do:** there is no statement in it.\n"
                                : "**Nothing to do:** all of it is left out, as the notes say.\n";
  }
  const bool by_hand = std::all_of(steps.begin(), steps.end(), [](const Step* step) { return step->by_hand; });
  std::string out;
  if (by_hand) {
    out = "**All of it has to be done by hand.**";
  } else if (counts.rewritten + counts.not_covered == 0) {
    out = "**Nothing in it is dangerous:** it runs as it is written, step by step.";
  } else if (counts.not_covered > 0) {
    out = fmt::format("**{} to be decided on: {} not made safe.**", counted(counts.not_covered, "statement"),
                      counts.not_covered == 1 ? "it is" : "they are");
  } else {
    out = "**Safe to run on a busy database, once the checks below hold.**";
  }
  std::vector<std::string> parts;
  if (counts.rewritten > 0) parts.push_back(fmt::format("{} rewritten", counts.rewritten));
  if (counts.unchanged > 0) parts.push_back(fmt::format("{} as written", counts.unchanged));
  if (counts.not_covered > 0) parts.push_back(fmt::format("{} not made safe", counts.not_covered));
  if (counts.left_out > 0) parts.push_back(fmt::format("{} left out", counts.left_out));
  out += fmt::format(" {}: {}; {} in {}.", counted(plan.statements.size(), "statement"), enumerated(parts),
                     counted(steps.size(), "step"), counted(plan.phases.size(), "phase"));
  out += strongest_lock(plan);
  for (const Step* step : steps) {
    if (!step->irreversible) continue;
    out += fmt::format(" **{} is the point of no return.**", step->id);
    break;
  }
  return out + '\n';
}

}  // namespace

std::string overview(const Plan& plan) {
  std::vector<std::string> sources;
  for (const std::string& source : plan.sources) sources.push_back(code(source));
  std::string out =
      fmt::format("# Runbook: {}\n\n{}\nPlan {}, for PostgreSQL {} or newer.\n",
                  sources.empty() ? "no files" : enumerated(sources), verdict(plan), plan.fingerprint, plan.pg_version);
  if (plan.phases.empty()) return out;
  out += '\n' + step_table(plan);
  const StepPolicy brief = policy_of(StepClass::brief);
  out += fmt::format(
      "\nHow long: once the step has its locks. A brief step waits {} s for them at most, so that nobody queues behind "
      "it "
      "for longer, and tries again up to {} times.\n",
      brief.lock_timeout_ms / 1000, brief.attempts);
  return out;
}

}  // namespace pglatch::runbook
