#include <fmt/core.h>

#include <algorithm>

#include "rules/support/impact.h"
#include "rules/support/lock_queue.h"
#include "rules/support/pending_events.h"
#include "rules/support/source_text.h"

namespace pglatch {
namespace {

void check(const StatementContext& context, const Rule& rule, Reporter& reporter) {
  if (context.effects.locks.empty() || context.held.empty() || context.code != nullptr) return;
  const auto is_upgrade = [&](const TakenLock& lock) {
    return lock.mode >= LockMode::share && context.held.holds(lock.relation, LockMode::row_exclusive) &&
           context.catalog.find(lock.relation) != nullptr && !context.catalog.find(lock.relation)->is_index();
  };
  const auto& taken = context.effects.locks;
  if (std::none_of(taken.begin(), taken.end(), is_upgrade)) return;
  const auto held = context.held.list();
  for (const TakenLock& lock : locks_to_wait_for(context)) {
    // pending-trigger-events speaks of a statement that is refused anyway.
    if (!is_upgrade(lock) || pending_events(context, lock.relation)) continue;
    // Rows were written and nothing else was done: a stronger lock from before would have kept the others out.
    const auto written = std::find_if(held.begin(), held.end(), [&](const HeldLock& one) {
      return one.relation == lock.relation && one.mode == LockMode::row_exclusive && !one.conditional;
    });
    if (written == held.end() || written->statement >= context.preceding.size()) continue;

    Finding finding = make_finding(context, rule, command_range(context), lock.relation);
    finding.message = fmt::format(
        "This asks for the {} lock on {}, where the transaction holds a weaker one since it wrote rows. Whoever wrote "
        "to "
        "the table meanwhile and wants the same waits for this transaction, as it waits for them: a deadlock.",
        sql_name(lock.mode), context.name(lock.relation));
    finding.help = fmt::format(
        "Commit between the two, or take the strong lock first: LOCK TABLE {} IN {} MODE; before the rows are written.",
        context.name(lock.relation), sql_name(lock.mode));
    finding.related.push_back(
        {first_line(context.sql, context.preceding[written->statement].range), "rows are written here"});
    return reporter.report(std::move(finding));
  }
}

}  // namespace

extern const Rule kLockUpgradeInTransaction;
const Rule kLockUpgradeInTransaction{
    "lock-upgrade-in-transaction",
    "transactions",
    Severity::warning,
    "A transaction that wrote rows asks for a stronger lock on the same table, which invites deadlocks.",
    kEveryStatement,
    check};

}  // namespace pglatch
