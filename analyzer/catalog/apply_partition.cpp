// ATTACH and DETACH PARTITION, INHERIT and NO INHERIT.
#include <algorithm>

#include "analyzer/catalog/apply_families.h"
#include "analyzer/catalog/partition.h"

namespace pglatch::applying {
namespace {

void remove_id(std::vector<RelationId>& ids, RelationId id) {
  ids.erase(std::remove(ids.begin(), ids.end(), id), ids.end());
}

// The child's columns and CHECKs that its parent has too are inherited from now on.
void merge_into_child(const Context& context, RelationId parent, RelationId child, bool stay_local) {
  const Relation& above = context.relation(parent);
  Relation& below = context.catalog.change(child);
  for (const Column& column : above.columns) {
    if (Column* same = below.column(column.name)) {
      same->inherited = true;
      same->local = stay_local;
    }
  }
  for (const TableConstraint& constraint : above.constraints) {
    if (constraint.kind != ConstraintKind::check && constraint.kind != ConstraintKind::not_null) continue;
    TableConstraint* same = constraint.no_inherit ? nullptr : below.constraint(constraint.name);
    if (same == nullptr) continue;
    same->inherited = true;
    same->local = stay_local;
  }
}

// What was inherited is the child's own from now on.
void separate_child(const Context& context, RelationId child) {
  Relation& below = context.catalog.change(child);
  for (Column& column : below.columns) {
    if (column.inherited) column.local = true;
    column.inherited = false;
  }
  for (TableConstraint& constraint : below.constraints) {
    if (constraint.inherited) constraint.local = true;
    constraint.inherited = false;
  }
}

bool is_below(const Context& context, RelationId root, RelationId id) {
  const std::vector<RelationId> all = context.tree(root, true);
  return std::find(all.begin(), all.end(), id) != all.end();
}

}  // namespace

RelationId partition_parent(const Context& context, const RangeVar* name) {
  const RelationId id = context.resolve(name, RelationKind::partitioned_table);
  const Relation& parent = context.relation(id);
  if (parent.kind == RelationKind::partitioned_table) return id;
  if (parent.origin != Origin::unknown || parent.kind != RelationKind::table) return kNoRelation;
  context.catalog.change(id).kind = RelationKind::partitioned_table;
  return id;
}

// DefineRelation() and ATExecAttachPartition() in tablecmds.c: indexes, row triggers, foreign keys.
void complete_partition(const Context& context, RelationId parent, RelationId partition) {
  create_partition_indexes(context, parent, partition);
  const Relation above = context.relation(parent);
  if (!above.triggers.empty()) {
    Relation& below = context.catalog.change(partition);
    for (const std::string& trigger : above.triggers) {
      if (!contains(below.triggers, trigger)) below.triggers.push_back(trigger);
    }
  }
  for (const TableConstraint& constraint : above.constraints) {
    if (constraint.kind == ConstraintKind::foreign_key) inherit_foreign_key(context, partition, constraint);
  }
}

void attach_partition(const Context& context, RelationId parent, const PartitionCmd& command) {
  const RelationId partition = context.resolve(command.name);
  const Relation& below = context.relation(partition);
  const Relation& above = context.relation(parent);
  const bool is_table = below.kind == RelationKind::table || below.kind == RelationKind::partitioned_table ||
                        below.kind == RelationKind::foreign_table;
  if (!is_table || below.partition_of != kNoRelation || is_below(context, partition, parent)) return;
  if (above.kind != RelationKind::partitioned_table) {
    if (above.origin != Origin::unknown) return;
    context.catalog.change(parent).kind = RelationKind::partitioned_table;
  }
  context.catalog.change(parent).partitions.push_back(partition);
  Relation& attached = context.catalog.change(partition);
  attached.partition_of = parent;
  if (command.bound != nullptr) attached.bound = partition_bound(*command.bound);
  merge_into_child(context, parent, partition, false);
  complete_partition(context, parent, partition);
}

void detach_partition(const Context& context, RelationId parent, const PartitionCmd& command) {
  const Relation* found = context.find(command.name);
  if (found == nullptr || found->partition_of != parent) return;
  const RelationId partition = found->id;
  remove_id(context.catalog.change(parent).partitions, partition);
  Relation& detached = context.catalog.change(partition);
  detached.partition_of = kNoRelation;
  detached.bound = PartitionBound();
  const Relation& above = context.relation(parent);
  // Row triggers were the parent's; indexes and foreign keys stay.
  for (const std::string& trigger : above.triggers) {
    auto& triggers = detached.triggers;
    triggers.erase(std::remove(triggers.begin(), triggers.end(), trigger), triggers.end());
  }
  separate_child(context, partition);
  // An identity is that of the topmost table (ATExecDetachPartition() in tablecmds.c).
  for (const RelationId id : context.tree(partition, true)) {
    for (Column& column : context.catalog.change(id).columns) column.identity = 0;
  }
  const std::vector<RelationId> indexes = context.relation(partition).indexes;
  for (const RelationId index : indexes) context.catalog.set_parent_index(index, kNoRelation);
}

void add_inheritance(const Context& context, RelationId child, RelationId parent) {
  const std::vector<RelationId>& parents = context.relation(child).inherits;
  if (std::find(parents.begin(), parents.end(), parent) != parents.end() || is_below(context, child, parent)) return;
  context.catalog.change(child).inherits.push_back(parent);
  context.catalog.change(parent).inherited_by.push_back(child);
  merge_into_child(context, parent, child, true);
}

void remove_inheritance(const Context& context, RelationId child, RelationId parent) {
  remove_id(context.catalog.change(child).inherits, parent);
  remove_id(context.catalog.change(parent).inherited_by, child);
  const std::vector<RelationId> others = context.relation(child).inherits;
  separate_child(context, child);
  for (const RelationId other : others) merge_into_child(context, other, child, true);
}

}  // namespace pglatch::applying
