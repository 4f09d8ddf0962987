#include "analyzer/plan/danger.h"

#include <fmt/format.h>

#include <algorithm>

#include "analyzer/plan/no_safe_form.h"

namespace pglatch {
namespace {

// In the plan every statement that these rules look at is a step of its own, in a transaction of its own or in none,
// under the timeouts of its class.
constexpr std::string_view kAnsweredByThePlan[] = {
    "backfill-in-ddl-transaction", "concurrent-index-with-short-lock-timeout",
    "concurrently-in-transaction", "pending-trigger-events",
    "validate-while-holding-lock",
};

bool is_answered(std::string_view rule) {
  return std::find(std::begin(kAnsweredByThePlan), std::end(kAnsweredByThePlan), rule) != std::end(kAnsweredByThePlan);
}

Danger danger_of(const Finding& finding) {
  Danger danger{finding.message, finding.help};
  if (const NoSafeForm* form = find_no_safe_form(finding.rule)) {
    danger.reason += fmt::format(" {}", form->why);
    if (!form->manual.empty()) danger.manual += fmt::format(" {}", form->manual);
  }
  return danger;
}

std::optional<Danger> find_work_under_lock(const StatementContext& context) {
  for (const Work& work : context.effects.work) {
    if (!context.is_live(work.relation)) continue;
    const LockMode mode = context.effects.mode_on(work.relation);
    if (work.kind == WorkKind::row_write) {
      // Where an index leads to the rows, they are few.
      if (!changes_rows(context.statement.node) || !context.effects.has_work(WorkKind::scan, work.relation)) continue;
      return Danger{
          fmt::format("It changes rows of {} in one transaction: each stays locked until the last is done, and "
                      "dead row versions cannot be cleaned up meanwhile.",
                      context.name(work.relation)),
          "Change the rows in batches with a commit after each, outside of the migration."};
    }
    // TRUNCATE has no work to do: new, empty files.
    if (work.kind == WorkKind::truncate || !blocks_writes(mode) || !context.takes_time(work)) continue;
    // Nobody writes to it but REFRESH.
    const bool read_only = context.catalog.find(work.relation)->kind == RelationKind::materialized_view;
    if (read_only && mode < LockMode::access_exclusive) continue;
    const LongWork long_work = describe(work.kind);
    return Danger{fmt::format("It holds {} on {} and blocks {} for as long as it works there: {}. No recipe has a safe "
                              "form of it.",
                              to_string(mode), context.name(work.relation), blocks(mode), long_work.what),
                  std::string(long_work.manual)};
  }
  return std::nullopt;
}

}  // namespace

std::optional<Danger> find_danger(const StatementContext& context, std::span<const Finding> findings) {
  for (const Finding& finding : findings) {
    if (finding.severity != Severity::info && !is_answered(finding.rule)) return danger_of(finding);
  }
  if (context.effects.fails) {
    return Danger{fmt::format("PostgreSQL refuses it: {}.", *context.effects.fails), "Correct the statement."};
  }
  if (auto opaque = why_opaque(context.statement.node)) {
    return Danger{std::move(*opaque), "Read what it runs, or write its statements into the migration."};
  }
  return find_work_under_lock(context);
}

bool passes_after_commit(std::span<const Finding> findings) {
  return std::any_of(findings.begin(), findings.end(), [](const Finding& finding) {
    return finding.severity != Severity::info && is_answered(finding.rule);
  });
}

StepClass class_of(const StatementContext& context) {
  const Node* node = context.statement.node;
  if (must_be_alone(node)) return StepClass::concurrent;
  if (may_take_long(node)) return StepClass::validate;
  // Work on relations that nobody uses yet may take its time.
  const bool works = std::any_of(context.effects.work.begin(), context.effects.work.end(), [](const Work& work) {
    return work.kind != WorkKind::row_write && work.kind != WorkKind::truncate;
  });
  return works ? StepClass::validate : StepClass::brief;
}

StepClass class_of_dangerous(const StatementContext& context) {
  const Node* node = context.statement.node;
  // A procedure may commit, which only a call at the top can.
  if (must_be_alone(node) || node->type == T_DoStmt || node->type == T_CallStmt) return StepClass::concurrent;
  // Whatever it does once it has its lock: nobody shall have to wait behind it while it waits.
  const bool strong = std::any_of(context.effects.locks.begin(), context.effects.locks.end(),
                                  [](const TakenLock& lock) { return blocks_writes(lock.mode); });
  return strong ? StepClass::brief : StepClass::validate;
}

}  // namespace pglatch
