#include "analyzer/plan/danger.h"

#include <fmt/format.h>

#include <algorithm>

namespace pglatch {
namespace {

// In the plan every statement that these rules look at is a step of its own, in a transaction of its own or in none,
// under the timeouts of its class.
constexpr std::string_view kAnsweredByThePlan[] = {
    "backfill-in-ddl-transaction",
    "concurrent-index-with-short-lock-timeout",
    "concurrently-in-transaction",
    "enum-value-used-in-same-transaction",
    "lock-order-inversion",
    "lock-timeout-leak",
    "lock-timeout-too-long",
    "lock-upgrade-in-transaction",
    "missing-lock-timeout",
    "multiple-tables-locked-in-one-transaction",
    "nested-transaction",
    "pending-trigger-events",
    "set-local-outside-transaction",
    "unclosed-transaction",
    "validate-while-holding-lock",
    "work-while-holding-lock",
};

bool is_answered(std::string_view rule) {
  return std::find(std::begin(kAnsweredByThePlan), std::end(kAnsweredByThePlan), rule) != std::end(kAnsweredByThePlan);
}

std::optional<Danger> find_work_under_lock(const StatementContext& context) {
  for (const Work& work : context.effects.work) {
    if (!context.is_live(work.relation)) continue;
    const LockMode mode = context.effects.mode_on(work.relation);
    if (work.kind == WorkKind::row_write) {
      if (!changes_rows(context.statement.node)) continue;
      return Danger{
          fmt::format("It changes rows of {} in one transaction: each stays locked until the last is done, and "
                      "dead row versions cannot be cleaned up meanwhile.",
                      context.name(work.relation)),
          "Change the rows in batches with a commit after each, outside of the migration."};
    }
    // TRUNCATE has no work to do: new, empty files.
    if (work.kind == WorkKind::truncate || !blocks_writes(mode) || !context.takes_time(work)) continue;
    return Danger{fmt::format("It holds {} on {} and blocks {} for as long as it works there ({}).", to_string(mode),
                              context.name(work.relation), blocks(mode), to_string(work.kind)),
                  "Run it when nobody needs the table, or find a form in steps: no recipe has one yet."};
  }
  return std::nullopt;
}

}  // namespace

std::optional<Danger> find_danger(const StatementContext& context, std::span<const Finding> findings) {
  for (const Finding& finding : findings) {
    if (finding.severity != Severity::info && !is_answered(finding.rule)) return Danger{finding.message, finding.help};
  }
  // A refusal that only the transaction is to blame for goes away with it.
  if (context.effects.fails && !must_be_alone(context.statement.node)) {
    return Danger{fmt::format("PostgreSQL refuses it: {}.", *context.effects.fails), "Correct the statement."};
  }
  if (auto opaque = why_opaque(context.statement.node)) {
    return Danger{std::move(*opaque), "Read what it runs, or write its statements into the migration."};
  }
  return find_work_under_lock(context);
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
