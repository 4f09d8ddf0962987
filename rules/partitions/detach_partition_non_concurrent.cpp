#include <fmt/core.h>

#include <algorithm>

#include "rules/support/alter_table.h"
#include "rules/support/detach.h"

namespace pglatch {
namespace {

// Live tables that reference the partitioned table: their rows are searched for references to the partition.
std::vector<RelationId> referencing(const StatementContext& context) {
  std::vector<RelationId> tables;
  for (const TakenLock& lock : context.effects.locks) {
    const bool blocked = lock.reason == LockReason::referencing && blocks_writes(lock.mode);
    if (blocked && context.is_live(lock.relation)) tables.push_back(lock.relation);
  }
  return tables;
}

void look_at(const Subcommand& subcommand, const Rule& rule, Reporter& reporter) {
  const auto* command = as<PartitionCmd>(subcommand.command.def);
  if (command == nullptr || command->concurrent) return;
  const StatementContext& context = subcommand.context;
  const Relation& parent = subcommand.target;
  if (!context.is_live(parent.id) || !blocks_writes(context.effects.mode_on(parent.id))) return;
  const Relation* partition = find_relation(context, command->name);
  if (partition == nullptr) return;

  const auto tables = referencing(context);
  const auto searched = subcommand.blocked_during(WorkKind::scan);
  const TakenLock lock = strongest_lock(context, parent.id, {});
  const bool reads = !searched.empty() && !tables.empty();
  // The transaction has the lock already: this keeps nobody out who was not kept out before.
  if (!reads && !context.held.waits_for(parent.id, lock.mode)) return;
  Finding finding = make_finding(context, rule, subcommand.range(), parent.id, tables);
  finding.worked_on = searched;
  if (!reads) {
    finding.message = fmt::format("DETACH PARTITION blocks {} on {}, whichever partition they need. {}",
                                  blocks(lock.mode), context.name(parent.id), lock_sentence(lock));
  } else {
    finding.severity = Severity::error;
    finding.message = fmt::format(
        "DETACH PARTITION blocks {} on {} and {} while rows that reference the partition are looked for. {}",
        blocks(lock.mode), context.name(parent.id), name_list(context, tables), lock_sentence(lock));
  }
  finding.help = detach_help(context, parent, context.name(partition->id));
  reporter.report(std::move(finding));
}

void check(const StatementContext& context, const Rule& rule, Reporter& reporter) {
  each_command(context, {AT_DetachPartition},
               [&](const Subcommand& subcommand) { look_at(subcommand, rule, reporter); });
}

constexpr NodeTag kNodes[] = {T_AlterTableStmt};

}  // namespace

extern const Rule kDetachPartitionNonConcurrent;
const Rule kDetachPartitionNonConcurrent{
    "detach-partition-non-concurrent",
    "partitions",
    Severity::warning,
    "DETACH PARTITION without CONCURRENTLY locks the whole partitioned table against reads and writes.",
    kNodes,
    check};

}  // namespace pglatch
