#include "rules/support/detach.h"

#include <fmt/core.h>

#include <algorithm>

#include "analyzer/parse/access.h"

namespace pglatch {
namespace {

constexpr int kFirstWithConcurrently = 14;

constexpr std::string_view kRetry =
    "Set a short lock_timeout, try again until it succeeds, and keep the transaction short.";

}  // namespace

// ATExecDetachPartition() in tablecmds.c.
std::string detach_help(const StatementContext& context, const Relation& parent, const std::string& partition,
                        const std::string& then) {
  if (context.pg_version < kFirstWithConcurrently) {
    return fmt::format("Before PostgreSQL 14 there is no DETACH PARTITION … CONCURRENTLY. {}", kRetry);
  }
  if (const RelationId other = context.catalog.default_partition(parent); other != kNoRelation) {
    return fmt::format(
        "DETACH PARTITION … CONCURRENTLY is refused as long as there is a default partition, here {}. {}",
        context.name(other), kRetry);
  }
  return fmt::format(
      "Detach it alone and outside of a transaction, while reads and writes go on: ALTER TABLE {} DETACH "
      "PARTITION {} CONCURRENTLY;{}",
      context.name(parent.id), partition, then);
}

bool was_detached(const StatementContext& context, const Relation& relation) {
  return std::any_of(context.preceding.begin(), context.preceding.end(), [&](const Statement& statement) {
    const auto* alter = as<AlterTableStmt>(statement.node);
    if (alter == nullptr) return false;
    for (const AlterTableCmd* command : each<AlterTableCmd>(alter->cmds)) {
      if (command->subtype != AT_DetachPartition && command->subtype != AT_DetachPartitionFinalize) continue;
      const auto* partition = as<PartitionCmd>(command->def);
      if (partition == nullptr) continue;
      const Relation* detached = context.catalog.find(name_of(partition->name), context.session.search_path());
      if (detached != nullptr && detached->id == relation.id) return true;
    }
    return false;
  });
}

}  // namespace pglatch
