// Subcommands of ALTER TABLE that work on constraints.
#include <fmt/format.h>

#include "analyzer/locks/alter_table.h"

namespace pglatch::locks {
namespace {

// A PRIMARY KEY makes its columns NOT NULL: nullable ones are checked by a scan unless proved.
bool key_needs_not_null_scan(const Subcommand& sub, const std::vector<std::string>& columns) {
  for (const std::string& name : columns) {
    const Column* column = sub.relation().column(name);
    if (column != nullptr && column->not_null) continue;
    if (!not_null_proved(sub, name)) return true;
  }
  return false;
}

void add_key(const Subcommand& sub, const Constraint& constraint) {
  const Model& model = sub.model;
  if (constraint.indexname != nullptr) {
    if (sub.relation().kind == RelationKind::partitioned_table) {
      return model.effects.fail("ALTER TABLE / ADD CONSTRAINT USING INDEX is not supported on partitioned tables");
    }
    const RelationId index = model.find({sub.relation().schema, text(constraint.indexname)});
    model.lock(index, model.version() >= 12 ? LockMode::share_update_exclusive : LockMode::access_exclusive,
               LockReason::index);
    if (constraint.contype != CONSTR_PRIMARY) return;
    const std::vector<std::string> columns =
        index == kNoRelation ? std::vector<std::string>{std::string()} : model.relation(index).index.columns;
    if (key_needs_not_null_scan(sub, columns)) sub.scan();
    return;
  }
  if (sub.table == sub.root && constraint.contype == CONSTR_PRIMARY) {
    if (const TableConstraint* existing = sub.relation().primary_key();
        existing != nullptr && !dropped_by_same_statement(sub.statement, existing->name)) {
      return model.effects.fail(
          fmt::format("multiple primary keys for table \"{}\" are not allowed", sub.relation().name));
    }
  }
  if (!sub.relation().has_storage()) return;
  sub.work(sub.table, WorkKind::index_build);
}

void lock_other_side(const Model& model, const TableConstraint& constraint, LockMode mode) {
  if (constraint.kind == ConstraintKind::foreign_key) model.lock(constraint.referenced, mode, LockReason::referenced);
}

}  // namespace

void add_constraint(const Subcommand& sub) {
  const auto* constraint = as<Constraint>(sub.command.def);
  if (constraint == nullptr) return;
  switch (constraint->contype) {
    case CONSTR_CHECK:
      if (!constraint->skip_validation && is_enforced(*constraint)) sub.scan();
      return;
    case CONSTR_NOTNULL: {
      // 18: ADD CONSTRAINT … NOT NULL column
      if (constraint->skip_validation) return;
      const auto keys = each(constraint->keys);
      const std::string_view column = keys.empty() ? std::string_view() : string_value(keys[0]);
      const Column* known = sub.relation().column(column);
      if (known != nullptr && known->not_null) return;
      if (!not_null_proved(sub, column)) sub.scan();
      return;
    }
    case CONSTR_PRIMARY:
    case CONSTR_UNIQUE:
    case CONSTR_EXCLUSION:
      return add_key(sub, *constraint);
    case CONSTR_FOREIGN: {
      if (sub.table != sub.root) return;  // add_foreign_key() goes down itself
      const bool partitioned = sub.relation().kind == RelationKind::partitioned_table;
      if (partitioned && constraint->skip_validation && sub.model.version() < 18) {
        return sub.model.effects.fail(
            fmt::format("cannot add NOT VALID foreign key on partitioned table \"{}\" referencing relation \"{}\"",
                        sub.relation().name, text(constraint->pktable->relname)));
      }
      return add_foreign_key(sub.model, sub.table, *constraint, sub.index, false);
    }
    default:
      return;
  }
}

// Dropping a foreign key drops triggers on both tables (AccessExclusiveLock on both).
void drop_constraint(const Subcommand& sub) {
  const TableConstraint* constraint = sub.relation().constraint(text(sub.command.name));
  if (constraint == nullptr) return;
  lock_other_side(sub.model, *constraint, LockMode::access_exclusive);
  sub.model.lock(constraint->index, LockMode::access_exclusive, LockReason::index);
  if (sub.command.behavior != DROP_CASCADE || constraint->index == kNoRelation) return;
  for (const RelationId referencing : sub.relation().referenced_by) {
    sub.model.lock(referencing, LockMode::access_exclusive, LockReason::referencing);
  }
}

// tablecmds.c, ATExecValidateConstraint: ShareUpdateExclusiveLock, RowShareLock on what a foreign key
// references; nothing to do where it is valid already.
void validate_constraint(const Subcommand& sub) {
  const TableConstraint* constraint = sub.relation().constraint(text(sub.command.name));
  if (constraint == nullptr) {
    // Not known: it may be any constraint, and validating is what takes time.
    return sub.scan();
  }
  if (constraint->validated) return;
  if (constraint->kind != ConstraintKind::foreign_key) return sub.scan();
  const RelationId referenced = constraint->referenced;
  if (sub.relation().has_storage()) {
    sub.work(sub.table, WorkKind::validate_fk);
    sub.model.lock_indexes(sub.table, LockMode::access_share);
  }
  for (const RelationId id : sub.model.tree(referenced, false)) {
    sub.model.lock(id, LockMode::row_share, LockReason::referenced);
    sub.model.lock_indexes(id, LockMode::access_share);
    if (sub.model.relation(id).has_storage()) sub.work(id, WorkKind::validate_fk);
  }
}

void alter_constraint([[maybe_unused]] const Subcommand& sub) {
#if PG_VERSION_NUM >= 180000
  const auto* change = as<ATAlterConstraint>(sub.command.def);
  if (change == nullptr || !change->alterEnforceability) return;
  const TableConstraint* constraint = sub.relation().constraint(text(change->conname));
  if (constraint == nullptr || constraint->kind != ConstraintKind::foreign_key) return;
  const RelationId referenced = constraint->referenced;
  if (!change->is_enforced) return lock_other_side(sub.model, *constraint, LockMode::access_exclusive);
  if (constraint->enforced) return;
  lock_other_side(sub.model, *constraint, LockMode::share_row_exclusive);
  sub.work(sub.table, WorkKind::validate_fk);
  sub.work(referenced, WorkKind::validate_fk);
  sub.model.lock_indexes(referenced, LockMode::access_share);
#endif
}

}  // namespace pglatch::locks
