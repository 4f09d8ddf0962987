// CREATE TABLE: the new table locks nothing that others use, but what it refers to is locked.
#include "analyzer/catalog/partition.h"
#include "analyzer/locks/model.h"

namespace pglatch::locks {
namespace {

void reference(const Model& model, const Constraint* constraint) {
  if (constraint == nullptr || constraint->contype != CONSTR_FOREIGN) return;
  add_foreign_key(model, kNoRelation, *constraint, 0, true);
}

// tablecmds.c, DefineRelation: AccessExclusiveLock on the parent, since adding a partition changes
// the default partition's constraint and the parent's partition descriptor.
void create_partition(const Model& model, const CreateStmt& statement) {
  const auto* parent_name = each<RangeVar>(statement.inhRelations)[0];
  const RelationId parent = model.resolve(parent_name, RelationKind::partitioned_table);
  model.lock(parent, LockMode::access_exclusive, LockReason::parent);

  const RelationId other = model.catalog().default_partition(model.relation(parent));
  if (other != kNoRelation && !statement.partbound->is_default) {
    model.lock(other, LockMode::access_exclusive, LockReason::default_partition);
    const PartitionBound bound = partition_bound(*statement.partbound);
    for (const RelationId id : model.tree(other, false)) {
      if (!model.relation(id).has_storage()) continue;
      if (!proves_outside(model.relation(other), model.relation(parent).partition_key, bound)) {
        model.effects.add_work(id, WorkKind::scan);
      }
    }
  }
  const Relation& above = model.relation(parent);
  for (const RelationId index : above.indexes) model.lock(index, LockMode::share_update_exclusive, LockReason::index);
  for (const TableConstraint& constraint : above.constraints) {
    if (constraint.kind != ConstraintKind::foreign_key) continue;
    model.lock(constraint.referenced, model.version() >= 12 ? LockMode::share_row_exclusive : LockMode::access_share,
               LockReason::referenced);
  }
  // Tables that reference the parent get triggers for the new partition; measured: a stronger lock
  // since 15.
  for (const RelationId referencing : above.referenced_by) {
    model.lock(referencing, model.version() >= 15 ? LockMode::share_row_exclusive : LockMode::access_share,
               LockReason::referencing);
  }
}

}  // namespace

void create_table(const Model& model, const CreateStmt& statement) {
  if (statement.if_not_exists) {
    const Relation* existing = model.catalog().find(name_of(statement.relation), model.path());
    if (existing != nullptr && existing->origin != Origin::unknown) return;
  }
  if (statement.partbound != nullptr && statement.inhRelations != nullptr) {
    create_partition(model, statement);
  } else {
    for (const RangeVar* parent : each<RangeVar>(statement.inhRelations)) {
      model.lock(model.resolve(parent), LockMode::share_update_exclusive, LockReason::parent);
    }
  }
  for (const Node* element : each(statement.tableElts)) {
    if (const auto* column = as<ColumnDef>(element)) {
      for (const Constraint* constraint : each<Constraint>(column->constraints)) reference(model, constraint);
    } else if (const auto* like = as<TableLikeClause>(element)) {
      model.lock(model.resolve(like->relation), LockMode::access_share, LockReason::dependent);
    } else {
      reference(model, as<Constraint>(element));
    }
  }
  for (const Constraint* constraint : each<Constraint>(statement.constraints)) reference(model, constraint);
}

// tablecmds.c, ATAddForeignKeyConstraint: ShareRowExclusiveLock on both sides; the existing rows of
// both are read to validate it.
void add_foreign_key(const Model& model, RelationId table, const Constraint& constraint, std::uint32_t subcommand,
                     bool table_is_new) {
  const RelationId referenced = model.resolve(constraint.pktable);
  const bool self = referenced == table;
  const std::vector<RelationId> targets = model.tree(referenced, false);
  for (const RelationId id : targets) {
    model.lock(id, LockMode::share_row_exclusive, id == referenced ? LockReason::referenced : LockReason::partition);
  }
  if (table_is_new || constraint.skip_validation || !is_enforced(constraint)) return;
  for (const RelationId id : model.tree(table, model.relation(table).kind != RelationKind::partitioned_table)) {
    if (!model.relation(id).has_storage()) continue;
    model.effects.add_work(id, WorkKind::validate_fk, subcommand);
    model.lock_indexes(id, LockMode::access_share);
  }
  for (const RelationId id : targets) {
    if (model.relation(id).has_storage() && !self) model.effects.add_work(id, WorkKind::validate_fk, subcommand);
    model.lock_indexes(id, LockMode::access_share);
  }
}

}  // namespace pglatch::locks
