// ATTACH PARTITION and DETACH PARTITION.
#include <fmt/format.h>

#include <algorithm>

#include "analyzer/catalog/partition.h"
#include "analyzer/locks/alter_table.h"

namespace pglatch::locks {
namespace {

bool same_index(const IndexDetails& a, const IndexDetails& b) {
  return a.unique == b.unique && a.method == b.method && a.columns == b.columns && a.included == b.included &&
         a.partial == b.partial && a.mentioned == b.mentioned;
}

// AttachPartitionEnsureIndexes(): each index of the parent takes over an equal, valid one of the
// partition, or is built.
void ensure_indexes(const Subcommand& sub, RelationId partition) {
  const Model& model = sub.model;
  std::vector<RelationId> taken;
  for (const RelationId parent_index : sub.relation().indexes) {
    model.lock(parent_index, LockMode::share_update_exclusive, LockReason::index);
    bool found = false;
    for (const RelationId id : model.relation(partition).indexes) {
      const IndexDetails& index = model.relation(id).index;
      if (!index.valid || std::find(taken.begin(), taken.end(), id) != taken.end()) continue;
      if (!same_index(index, model.relation(parent_index).index)) continue;
      taken.push_back(id);
      found = true;
      break;
    }
    if (found) continue;
    for (const RelationId leaf : model.tree(partition, false)) {
      if (model.relation(leaf).has_storage()) sub.work(leaf, WorkKind::index_build);
    }
  }
}

// CloneForeignKeyConstraints(): the parent's foreign keys are taken over from equal ones of the
// partition, or validated.
void ensure_foreign_keys(const Subcommand& sub, RelationId partition) {
  const Model& model = sub.model;
  for (const TableConstraint& wanted : sub.relation().constraints) {
    if (wanted.kind != ConstraintKind::foreign_key) continue;
    const auto& existing = model.relation(partition).constraints;
    const bool matched = std::any_of(existing.begin(), existing.end(), [&](const TableConstraint& other) {
      return other.kind == wanted.kind && other.validated && other.referenced == wanted.referenced &&
             other.columns == wanted.columns;
    });
    if (matched) {
      model.lock(wanted.referenced, LockMode::access_exclusive, LockReason::referenced);
      continue;
    }
    model.lock(wanted.referenced, LockMode::share_row_exclusive, LockReason::referenced);
    model.lock_indexes(wanted.referenced, LockMode::access_share);
    if (model.relation(partition).has_storage()) sub.work(partition, WorkKind::validate_fk);
    if (model.relation(wanted.referenced).has_storage()) sub.work(wanted.referenced, WorkKind::validate_fk);
  }
}

}  // namespace

// tablecmds.c, ATExecAttachPartition and QueuePartitionConstraintValidation.
void attach_partition(const Subcommand& sub) {
  const auto* command = as<PartitionCmd>(sub.command.def);
  if (command == nullptr || command->bound == nullptr) return;
  const Model& model = sub.model;
  const RelationId partition = model.resolve(command->name);
  const PartitionBound bound = partition_bound(*command->bound);
  const PartitionKey key = sub.relation().partition_key;
  for (const RelationId id : model.tree(partition, false)) {
    model.lock(id, LockMode::access_exclusive, LockReason::partition);
    if (!model.relation(id).has_storage()) continue;
    if (!proves_partition(model.catalog(), model.relation(id), sub.relation(), bound)) sub.work(id, WorkKind::scan);
  }
  ensure_indexes(sub, partition);
  ensure_foreign_keys(sub, partition);

  const RelationId other = model.catalog().default_partition(sub.relation());
  if (other == kNoRelation || bound.is_default) return;
  const bool outside = proves_outside(model.relation(other), key, bound);
  for (const RelationId id : model.tree(other, false)) {
    model.lock(id, LockMode::access_exclusive, LockReason::default_partition);
    if (!outside && model.relation(id).has_storage()) sub.work(id, WorkKind::scan);
  }
}

// tablecmds.c, ATExecDetachPartition.
void detach_partition(const Subcommand& sub) {
  const auto* command = as<PartitionCmd>(sub.command.def);
  if (command == nullptr) return;
  const Model& model = sub.model;
  const RelationId partition = model.resolve(command->name);
  const RelationId other = model.catalog().default_partition(sub.relation());
  if (sub.command.subtype == AT_DetachPartitionFinalize) {
    return model.lock(partition, LockMode::access_exclusive, LockReason::partition);
  }
  if (command->concurrent) {
    if (other != kNoRelation) {
      return model.effects.fail("cannot detach partitions concurrently when a default partition exists");
    }
    return model.effects.lock(partition, LockMode::access_exclusive, LockReason::partition, HeldUntil::statement);
  }
  model.lock(partition, model.version() >= 14 ? LockMode::access_exclusive : LockMode::share_update_exclusive,
             LockReason::partition);
  model.lock(other, LockMode::access_exclusive, LockReason::default_partition);
  // Rows that still reference the partition are looked for.
  for (const RelationId referencing : sub.relation().referenced_by) {
    model.lock(referencing, LockMode::access_exclusive, LockReason::referencing);
    if (model.relation(referencing).has_storage()) sub.work(referencing, WorkKind::validate_fk);
    if (model.relation(partition).has_storage()) sub.work(partition, WorkKind::validate_fk);
    model.lock_indexes(partition, LockMode::access_exclusive);
  }
}

}  // namespace pglatch::locks
