#include <fmt/core.h>

#include "rules/support/create_partition.h"

namespace pglatch {
namespace {

void check(const StatementContext& context, const Rule& rule, Reporter& reporter) {
  const auto creation = partition_creation(context);
  if (!creation) return;
  // A new partition has no rows: what is read is the default partition, or what is below it.
  const auto hit = blocked_during(context, WorkKind::scan);
  if (hit.empty()) return;
  const RelationId other = context.catalog.default_partition(*creation->parent);
  Finding finding = make_finding(context, rule, creation->range, other, hit);
  finding.message = fmt::format(
      "A new partition of {} {} while it is searched for rows of the new one. {} {} is locked as well, and the "
      "statement fails if there are such rows.",
      context.name(creation->parent->id), blocking(context, other, hit),
      lock_sentence(strongest_lock(context, other, hit)), context.name(creation->parent->id));
  finding.help = fmt::format(
      "Prove that it has none: move such rows away, then add a CHECK to {} that rules out the new bound, NOT VALID, "
      "and VALIDATE it in a transaction of its own, before the partition is created.",
      context.name(other));
  reporter.report(std::move(finding));
}

constexpr NodeTag kNodes[] = {T_CreateStmt, T_CreateForeignTableStmt};

}  // namespace

extern const Rule kCreatePartitionScansDefault;
const Rule kCreatePartitionScansDefault{
    "create-partition-scans-default",
    "partitions",
    Severity::error,
    "A new partition makes PostgreSQL scan the default partition while reads and writes are blocked.",
    kNodes,
    check};

}  // namespace pglatch
