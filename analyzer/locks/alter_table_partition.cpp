// ATTACH PARTITION and DETACH PARTITION, of tables and of indexes.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "analyzer/locks/alter_table.h"
#include "analyzer/locks/by_version.h"
#include "analyzer/locks/foreign_key.h"
#include "analyzer/locks/partition_family.h"

namespace pglatch::locks {
namespace {

constexpr LockMode kExclusive = LockMode::access_exclusive;

// ATTACH lets the parent's rows be written.
constexpr ByVersion kAttachIndexLock{
    std::array{Since<LockMode>{10, kExclusive, "AlterTableGetLockLevel()"},
               Since<LockMode>{12, LockMode::share_update_exclusive, "release notes of 12"}}};

// DETACH of one partition; CONCURRENTLY takes the same at its end.
constexpr ByVersion kDetachLock{
    std::array{Since<LockMode>{10, LockMode::share_update_exclusive, "ATExecDetachPartition() in tablecmds.c"},
               Since<LockMode>{14, kExclusive, "ATExecDetachPartition() in tablecmds.c, commit 71f4c8c6f74b"}}};

// A detached partition's foreign key to a partitioned table gets triggers on that table's partitions.
constexpr ByVersion kDetachLocksPartitioned{
    std::array{Since<bool>{10, false, "DetachPartitionFinalize() in tablecmds.c; measured"},
               Since<bool>{15, true, "DetachPartitionFinalize() in tablecmds.c; measured"}}};

bool same_index(const IndexDetails& a, const IndexDetails& b) {
  return a.unique == b.unique && a.method == b.method && a.columns == b.columns && a.included == b.included &&
         a.partial == b.partial && a.mentioned == b.mentioned;
}

// The constraint that the index serves, or null.
const TableConstraint* constraint_of_index(const Relation& table, RelationId index) {
  const auto found = std::find_if(table.constraints.begin(), table.constraints.end(),
                                  [&](const TableConstraint& constraint) { return constraint.index == index; });
  return found == table.constraints.end() ? nullptr : &*found;
}

// AttachPartitionEnsureIndexes(): each index of the parent takes over an equal, valid one of the
// partition, or is built.
void ensure_indexes(const Subcommand& sub, RelationId partition) {
  const Model& model = sub.model;
  std::vector<RelationId> taken;
  for (const RelationId parent_index : sub.relation().indexes) {
    model.lock(parent_index, LockMode::share_update_exclusive, LockReason::index);
    const TableConstraint* wanted = constraint_of_index(sub.relation(), parent_index);
    bool found = false;
    for (const RelationId id : model.relation(partition).indexes) {
      const IndexDetails& index = *model.relation(id).index;
      if (!index.valid || std::find(taken.begin(), taken.end(), id) != taken.end()) continue;
      if (!same_index(index, *model.relation(parent_index).index)) continue;
      // The index of a constraint has to have one of the same kind.
      const TableConstraint* own = constraint_of_index(model.relation(partition), id);
      if (wanted != nullptr && (own == nullptr || own->kind != wanted->kind)) continue;
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

// What ATExecAttachPartition() looks at before the bound.
bool refuse_attach(const Subcommand& sub, RelationId id) {
  const Model& model = sub.model;
  const Relation& partition = model.relation(id);
  const Relation& parent = sub.relation();
  const auto refuse = [&](std::string message) {
    model.effects.fail(std::move(message));
    return true;
  };
  if (refuse_relation_kind(model, id, AT_AddInherit, AT_AttachPartition)) return true;
  if (partition.partition_of != kNoRelation)
    return refuse(fmt::format("\"{}\" is already a partition", partition.name));
  if (partition.of_type != kNoRelation) return refuse("cannot attach a typed table as partition");
  if (!partition.inherits.empty()) return refuse("cannot attach inheritance child as partition");
  if (!partition.inherited_by.empty()) return refuse("cannot attach inheritance parent as partition");
  const std::vector<RelationId> below = model.tree(id, false);
  if (std::find(below.begin(), below.end(), sub.table) != below.end())
    return refuse("circular inheritance not allowed");
  if (!parent.columns_known || !partition.columns_known) return false;
  for (const Column& column : partition.columns) {
    if (parent.column(column.name) != nullptr) continue;
    return refuse(fmt::format("table \"{}\" contains column \"{}\" not found in parent \"{}\"", partition.name,
                              column.name, parent.name));
  }
  return false;
}

// transformPartitionCmd() in parse_utilcmd.c.
bool refuse_not_partitioned(const Subcommand& sub) {
  const Relation& parent = sub.relation();
  if (parent.origin == Origin::unknown || sub.is_partitioned()) return false;
  sub.model.effects.fail(fmt::format("table \"{}\" is not partitioned", parent.name));
  return true;
}

// QueuePartitionConstraintValidation(): a partitioned table that proves its bound spares its partitions.
void check_partition_rows(const Subcommand& sub, RelationId id, const PartitionBound& bound) {
  const Model& model = sub.model;
  if (proves_partition(model.catalog(), model.relation(id), sub.relation(), bound)) return;
  if (model.relation(id).has_storage()) return sub.work(id, WorkKind::scan);
  const std::vector<RelationId> partitions = model.relation(id).partitions;
  for (const RelationId partition : partitions) check_partition_rows(sub, partition, bound);
}

// Rows that reference the partition are looked for (ATDetachCheckNoForeignKeyRefs()), then what made the
// references checked goes.
void detach_references(const Subcommand& sub, RelationId partition) {
  const Model& model = sub.model;
  each_foreign_key_to(model, sub.table, [&](RelationId referencing, const TableConstraint&) {
    if (referencing == partition) return;
    const bool partitioned = model.relation(referencing).kind == RelationKind::partitioned_table;
    model.lock(referencing, kExclusive, LockReason::referencing);
    for (const RelationId id : model.tree(referencing, !partitioned)) {
      model.lock(id, LockMode::access_share, LockReason::referencing);
      model.lock_indexes(id, LockMode::access_share);
      if (model.relation(id).has_storage()) sub.work(id, WorkKind::scan);
    }
    for (const RelationId id : model.tree(partition, false)) {
      model.lock_indexes(id, LockMode::access_share);
      if (model.relation(id).has_storage()) sub.work(id, WorkKind::scan);
    }
  });
}

// The partition's part of its parent's foreign keys becomes a key of its own, with triggers of its own.
void detach_foreign_keys(const Subcommand& sub, RelationId partition) {
  const Model& model = sub.model;
  const std::vector<TableConstraint> constraints = model.relation(partition).constraints;
  for (const TableConstraint& key : constraints) {
    if (key.kind != ConstraintKind::foreign_key || !key.inherited) continue;
    const bool partitioned = model.relation(key.referenced).kind == RelationKind::partitioned_table;
    if (partitioned && !kDetachLocksPartitioned.at(model.version())) continue;
    for (const RelationId id : model.tree(key.referenced, !partitioned)) {
      model.lock(id, LockMode::share_row_exclusive, LockReason::referenced);
    }
  }
}

}  // namespace

// tablecmds.c, ATExecAttachPartition and QueuePartitionConstraintValidation.
void attach_partition(const Subcommand& sub) {
  const auto* command = as<PartitionCmd>(sub.command.def);
  if (command == nullptr || command->bound == nullptr || refuse_not_partitioned(sub)) return;
  const Model& model = sub.model;
  const RelationId partition = model.resolve(command->name);
  if (model.effects.refused() || refuse_attach(sub, partition)) return;
  const PartitionBound bound = partition_bound(*command->bound);
  if (refuse_bound(model, model.relation(partition).name, sub.table, bound)) return;
  if (refuse_merge(model, partition, sub.table)) return;
  for (const RelationId id : model.tree(partition, false)) model.lock(id, kExclusive, LockReason::partition);
  // A default partition alone may have anything.
  const bool alone = sub.relation().partitions.empty() && sub.relation().partition_of == kNoRelation;
  if (!bound.is_default || !alone || sub.relation().origin == Origin::unknown) {
    check_partition_rows(sub, partition, bound);
  }
  ensure_indexes(sub, partition);
  clone_foreign_keys(model, sub.table, partition, sub.index);
  check_default_partition(model, sub.table, bound, sub.index);
}

// tablecmds.c, ATExecDetachPartition and DetachPartitionFinalize.
void detach_partition(const Subcommand& sub) {
  const auto* command = as<PartitionCmd>(sub.command.def);
  const bool finalize = sub.command.subtype == AT_DetachPartitionFinalize;
  if (command == nullptr || (!finalize && refuse_not_partitioned(sub))) return;
  const Model& model = sub.model;
  const RelationId other = finalize ? kNoRelation : model.catalog().default_partition(sub.relation());
  if (command->concurrent && other != kNoRelation) {
    return model.effects.fail("cannot detach partitions concurrently when a default partition exists");
  }
  const RelationId partition = model.resolve(command->name);
  const Relation& detached = model.relation(partition);
  if (detached.origin != Origin::unknown && detached.partition_of != sub.table) {
    return model.effects.fail(
        fmt::format("relation \"{}\" is not a partition of relation \"{}\"", detached.name, sub.relation().name));
  }
  const HeldUntil until = command->concurrent ? HeldUntil::statement : HeldUntil::transaction;
  const std::vector<RelationId> below = model.tree(partition, false);
  for (const RelationId id : below) {
    model.effects.lock(id, kDetachLock.at(model.version()), LockReason::partition, until);
  }
  model.lock(other, kExclusive, LockReason::default_partition);
  for (const RelationId index : model.relation(partition).indexes) {
    if (model.relation(index).index->parent == kNoRelation) continue;
    model.effects.lock(index, kExclusive, LockReason::index, until);
  }
  detach_foreign_keys(sub, partition);
  if (!finalize) detach_references(sub, partition);
}

// ALTER INDEX … ATTACH PARTITION (tablecmds.c, ATExecAttachPartitionIdx).
void attach_index(const Model& model, const AlterTableStmt& statement, const AlterTableCmd& command) {
  const RelationId parent = model.resolve(statement.relation, RelationKind::partitioned_index);
  const auto* partition = as<PartitionCmd>(command.def);
  const RelationId child = model.resolve(partition->name, RelationKind::index);
  if (model.effects.refused() || refuse_other_kind(model, model.relation(parent), OBJECT_INDEX)) return;
  const Relation& above = model.relation(parent);
  const Relation& below = model.relation(child);
  if (above.kind == RelationKind::index && above.origin != Origin::unknown) {
    return model.effects.fail(fmt::format("index \"{}\" is not partitioned", above.name));
  }
  if (refuse_other_kind(model, below, OBJECT_INDEX)) return;
  const bool known = above.origin != Origin::unknown && below.origin != Origin::unknown;
  const RelationId above_table = above.index->table;
  const RelationId below_table = below.index->table;
  if (known && below.index->parent != parent) {
    const auto& siblings = model.relation(below_table).indexes;
    const bool taken = std::any_of(siblings.begin(), siblings.end(),
                                   [&](RelationId id) { return model.relation(id).index->parent == parent; });
    if (below.index->parent != kNoRelation || taken || model.relation(below_table).partition_of != above_table ||
        !same_index(*above.index, *below.index)) {
      return model.effects.fail(
          fmt::format("cannot attach index \"{}\" as a partition of index \"{}\"", below.name, above.name));
    }
  }
  model.lock(parent, kAttachIndexLock.at(model.version()), LockReason::target);
  model.lock(child, kExclusive, LockReason::partition);
  model.lock(above_table, LockMode::access_share, LockReason::parent);
  model.lock(below_table, LockMode::access_share, LockReason::partition);
}

}  // namespace pglatch::locks
