// Subcommands of ALTER TABLE that work on constraints; keys that have an index are elsewhere.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "analyzer/catalog/object_names.h"
#include "analyzer/locks/alter_table.h"
#include "analyzer/locks/by_version.h"
#include "analyzer/locks/foreign_key.h"

namespace pglatch::locks {
namespace {

// ADD CONSTRAINT locks everything below the table, whether the constraint goes there or not.
constexpr ByVersion kAddLocksDescendants{
    std::array{Since<bool>{10, false, "ATPrepCmd() in tablecmds.c"},
               Since<bool>{18, true, "ATPrepCmd() in tablecmds.c, commit 14e87ffa5c54; measured"}}};

// NOT NULL constraints are in pg_constraint.
constexpr ByVersion kKeepsNotNull{
    std::array{Since<bool>{10, false, "pg_constraint"}, Since<bool>{18, true, "release notes of 18"}}};

constexpr ByVersion kNotValidOnPartitioned{
    std::array{Since<bool>{10, false, "ATAddForeignKeyConstraint()"}, Since<bool>{18, true, "release notes of 18"}}};

// A CHECK or NOT NULL of partitions may outlive that of their parent.
constexpr ByVersion kDropsFromParentOnly{
    std::array{Since<bool>{10, false, "dropconstraint_internal() in tablecmds.c"},
               Since<bool>{18, true, "dropconstraint_internal() in tablecmds.c, commit 4dea33ce765d; measured"}}};

// The message about a constraint that cannot be validated.
constexpr ByVersion kValidatesNotNull{std::array{Since<bool>{10, false, "ATExecValidateConstraint()"},
                                                 Since<bool>{18, true, "ATExecValidateConstraint()"}}};

// The constraint of that name, if this version has it: a NOT NULL may have none.
const TableConstraint* find_constraint(const Subcommand& sub, std::string_view name) {
  const TableConstraint* found = sub.relation().constraint(name);
  if (found == nullptr || found->kind != ConstraintKind::not_null) return found;
  return kKeepsNotNull.at(sub.model.version()) ? found : nullptr;
}

// 18 names every NOT NULL: "t_c_not_null" where nobody gave it another name.
bool is_unnamed_not_null(const Subcommand& sub, std::string_view name) {
  if (!kKeepsNotNull.at(sub.model.version())) return false;
  const Relation& table = sub.relation();
  return std::any_of(table.columns.begin(), table.columns.end(), [&](const Column& column) {
    return column.not_null && name == make_object_name(table.name, column.name, "not_null");
  });
}

// Every constraint of the table is known, and none has that name.
bool is_missing(const Subcommand& sub, std::string_view name) {
  return sub.relation().columns_known && find_constraint(sub, name) == nullptr && !is_unnamed_not_null(sub, name) &&
         added_by_same_statement(sub.statement, name) == nullptr;
}

bool refuse_missing(const Subcommand& sub, std::string_view name) {
  if (!is_missing(sub, name)) return false;
  sub.model.effects.fail(fmt::format("constraint \"{}\" of relation \"{}\" does not exist", name, sub.relation().name));
  return true;
}

// ConstraintNameIsUsed()
bool refuse_used_name(const Subcommand& sub, const Constraint& constraint) {
  const std::string_view name = text(constraint.conname);
  if (name.empty() || find_constraint(sub, name) == nullptr || dropped_by_same_statement(sub.statement, name)) {
    return false;
  }
  sub.model.effects.fail(
      fmt::format("constraint \"{}\" for relation \"{}\" already exists", name, sub.relation().name));
  return true;
}

bool is_system_column(std::string_view name) {
  constexpr std::array<std::string_view, 6> kNames{"tableoid", "ctid", "xmin", "xmax", "cmin", "cmax"};
  return name.empty() || std::find(kNames.begin(), kNames.end(), name) != kNames.end();
}

// The columns of an expression, which ADD COLUMN of the same statement may make. The table's own name stands
// for the whole row.
bool refuse_missing_columns(const Subcommand& sub, const Node* expression) {
  const Relation& table = sub.relation();
  if (!table.columns_known) return false;
  for (const std::string& name : columns_of(expression)) {
    const bool dropped = column_dropped_by_same_statement(sub.statement, name);
    if ((table.column(name) != nullptr && !dropped) || name == table.name || is_system_column(name)) continue;
    if (column_added_by_same_statement(sub.statement, name)) continue;
    sub.model.effects.fail(fmt::format("column \"{}\" does not exist", name));
    return true;
  }
  return false;
}

// A child's CHECK that its parent's new one is merged with (MergeWithExistingConstraint()); what it says is
// compared as far as it is kept.
const TableConstraint* same_check(const Relation& child, std::string_view name, const Node* expression) {
  const TableConstraint* existing = name.empty() ? nullptr : child.constraint(name);
  if (existing == nullptr || existing->kind != ConstraintKind::check) return nullptr;
  return existing->columns == columns_of(expression) && existing->proof == conjuncts_of(expression) ? existing
                                                                                                    : nullptr;
}

// ATAddCheckNNConstraint(): down the tree, one level at a time, until a child has the constraint already.
void add_check_below(const Subcommand& sub, const Constraint& constraint) {
  for (const RelationId child : sub.children()) {
    sub.lock_child(child, sub.mode);
    const Subcommand below = sub.on(child);
    if (const TableConstraint* same = same_check(below.relation(), text(constraint.conname), constraint.raw_expr)) {
      if (!same->validated && !constraint.skip_validation) {
        return sub.model.effects.fail(
            fmt::format("constraint \"{}\" conflicts with NOT VALID constraint on relation \"{}\"", same->name,
                        below.relation().name));
      }
      continue;
    }
    if (refuse_used_name(below, constraint)) return;
    if (!constraint.skip_validation && is_enforced(constraint)) below.scan();
    add_check_below(below, constraint);
  }
}

void add_check(const Subcommand& sub, const Constraint& constraint) {
  if (refuse_used_name(sub, constraint) || refuse_missing_columns(sub, constraint.raw_expr)) return;
  if (sub.is_partitioned() && constraint.is_no_inherit) {
    return sub.model.effects.fail(
        fmt::format("cannot add NO INHERIT constraint to partitioned table \"{}\"", sub.relation().name));
  }
  if (!constraint.skip_validation && is_enforced(constraint)) sub.scan();
  if (constraint.is_no_inherit) return;
  if (sub.recurse()) return add_check_below(sub, constraint);
  if (!sub.children().empty()) sub.model.effects.fail("constraint must be added to child tables too");
}

// 18: ADD CONSTRAINT … NOT NULL column.
void add_not_null_here(const Subcommand& sub, std::string_view column, bool validate) {
  const Column* known = sub.relation().column(column);
  if (!validate || (known != nullptr && known->not_null)) return;
  if (!not_null_proved(sub, column)) sub.scan();
}

void add_not_null(const Subcommand& sub, const Constraint& constraint) {
  const auto keys = each(constraint.keys);
  const std::string_view column = keys.empty() ? std::string_view() : string_value(keys[0]);
  const std::string_view name = text(constraint.conname);
  if (!column_added_by_same_statement(sub.statement, column) && sub.model.refuse_missing_column(sub.table, column)) {
    return;
  }
  // AdjustNotNullInheritance() in pg_constraint.c: a column has one NOT NULL.
  if (const Column* known = sub.relation().column(column); known != nullptr && known->not_null) {
    const auto& all = sub.relation().constraints;
    const bool same_name = std::any_of(all.begin(), all.end(), [&](const TableConstraint& other) {
      return other.kind == ConstraintKind::not_null && other.columns.front() == column && other.name == name;
    });
    if (!name.empty() && !same_name && name != make_object_name(sub.relation().name, column, "not_null")) {
      return sub.model.effects.fail(
          fmt::format("cannot create not-null constraint \"{}\" on column \"{}\" of table \"{}\"", name, column,
                      sub.relation().name));
    }
  } else if (refuse_used_name(sub, constraint)) {
    return;
  }
  add_not_null_here(sub, column, !constraint.skip_validation);
  if (constraint.is_no_inherit) return;
  if (!sub.recurse()) {
    if (!sub.children().empty()) sub.model.effects.fail("constraint must be added to child tables too");
    return;
  }
  for (const RelationId id : sub.model.tree(sub.table, false)) {
    if (id != sub.table) add_not_null_here(sub.on(id), column, !constraint.skip_validation);
  }
}

// One null is enough for a key that is not MATCH FULL: it references nothing.
KeyRows rows_of_key(const Subcommand& sub, const Constraint& constraint) {
  const auto columns = each(constraint.fk_attrs);
  if (constraint.fk_matchtype == FKCONSTR_MATCH_FULL && columns.size() > 1) return KeyRows::any;
  const bool null = std::any_of(columns.begin(), columns.end(), [&](const Node* column) {
    return column_added_without_values(sub, string_value(column));
  });
  return null ? KeyRows::nulls : KeyRows::any;
}

void add_foreign_key_constraint(const Subcommand& sub, const Constraint& constraint) {
  const Model& model = sub.model;
  const Relation& table = sub.relation();
  if (table.kind == RelationKind::foreign_table) {
    return model.effects.fail("foreign key constraints are not supported on foreign tables");
  }
  const RelationId referenced = model.resolve(constraint.pktable);
  if (model.effects.refused() || refuse_used_name(sub, constraint)) return;
  if (sub.is_partitioned()) {
    const char* refused = nullptr;
    if (!sub.recurse()) {
      refused = "use ONLY for";
    } else if (constraint.skip_validation && is_enforced(constraint) && !kNotValidOnPartitioned.at(model.version())) {
      refused = "add NOT VALID";
    }
    if (refused != nullptr) {
      return model.effects.fail(
          fmt::format("cannot {} foreign key on partitioned table \"{}\" referencing relation \"{}\"", refused,
                      sub.relation().name, model.relation(referenced).name));
    }
    // The key goes to every partition; sub.mode where other subcommands need more.
    sub.lock_descendants(sub.mode);
  }
  if (sub.relation().columns_known) {
    for (const Node* node : each(constraint.fk_attrs)) {
      const std::string_view column = string_value(node);
      if (sub.relation().column(column) != nullptr || column_added_by_same_statement(sub.statement, column)) continue;
      return model.effects.fail(
          fmt::format("column \"{}\" referenced in foreign key constraint does not exist", column));
    }
  }
  add_foreign_key(model, sub.table, constraint, sub.index, rows_of_key(sub, constraint));
}

// Constraints of the tables below that came from one of a table: those of the same name, and of a partition's
// foreign keys and NOT NULLs those on the same columns.
const TableConstraint* derived(const Relation& below, const TableConstraint& constraint) {
  for (const TableConstraint& other : below.constraints) {
    if (!other.inherited || other.kind != constraint.kind) continue;
    if (constraint.kind == ConstraintKind::check
            ? other.name == constraint.name
            : other.columns == constraint.columns && other.referenced == constraint.referenced) {
      return &other;
    }
  }
  return nullptr;
}

void validate_here(const Subcommand& sub, const TableConstraint& constraint) {
  if (constraint.validated) return;
  if (constraint.kind == ConstraintKind::foreign_key) {
    sub.model.lock(constraint.referenced, LockMode::row_share, LockReason::referenced);
    return check_foreign_key_rows(sub.model, sub.table, constraint.referenced, false, sub.index);
  }
  sub.scan();
}

}  // namespace

void add_constraint(const Subcommand& sub) {
  const auto* constraint = as<Constraint>(sub.command.def);
  if (constraint == nullptr) return;
  if (sub.recurse() && kAddLocksDescendants.at(sub.model.version())) sub.lock_descendants(sub.mode);
  switch (constraint->contype) {
    case CONSTR_CHECK:
      return add_check(sub, *constraint);
    case CONSTR_NOTNULL:
      return add_not_null(sub, *constraint);
    case CONSTR_PRIMARY:
    case CONSTR_UNIQUE:
    case CONSTR_EXCLUSION:
      return add_key(sub, *constraint);
    case CONSTR_FOREIGN:
      return add_foreign_key_constraint(sub, *constraint);
    default:
      return;
  }
}

// ATExecDropConstraint() and dropconstraint_internal(): the constraint goes with what depends on it; CHECK and
// NOT NULL go from the children too, whose lock is taken even for ONLY.
void drop_constraint(const Subcommand& sub) {
  const Model& model = sub.model;
  const std::string_view name = text(sub.command.name);
  const TableConstraint* found = find_constraint(sub, name);
  // ATCheckPartitionsNotInUse()
  if (sub.is_partitioned()) sub.lock_descendants(sub.mode);
  if (found == nullptr) {
    if (!sub.command.missing_ok && refuse_missing(sub, name)) return;
    if (is_unnamed_not_null(sub, name)) sub.lock_descendants(sub.mode);
    return;
  }
  const TableConstraint constraint = *found;
  if (constraint.inherited && sub.table == sub.root) {
    return model.effects.fail(
        fmt::format("cannot drop inherited constraint \"{}\" of relation \"{}\"", name, sub.relation().name));
  }
  if (constraint.kind == ConstraintKind::foreign_key) {
    model.lock(constraint.referenced, LockMode::access_exclusive, LockReason::referenced);
  }
  delete_objects(model, {ObjectAddress::of_constraint(sub.table, name)}, sub.command.behavior);
  const bool goes_down = constraint.kind == ConstraintKind::check || constraint.kind == ConstraintKind::not_null;
  if (!goes_down || constraint.no_inherit || model.effects.refused()) return;
  const std::vector<RelationId> children = sub.children();
  if (!sub.recurse() && sub.is_partitioned() && !children.empty() && !kDropsFromParentOnly.at(model.version())) {
    return model.effects.fail("cannot remove constraint from only the partitioned table when partitions exist");
  }
  for (const RelationId child : children) sub.lock_child(child, sub.mode);
  if (sub.recurse()) sub.lock_descendants(sub.mode);
}

// tablecmds.c, ATExecValidateConstraint: ShareUpdateExclusiveLock, RowShareLock on what a foreign key
// references; nothing to do where it is valid already.
void validate_constraint(const Subcommand& sub) {
  const Model& model = sub.model;
  const std::string_view name = text(sub.command.name);
  if (refuse_missing(sub, name)) return;
  const TableConstraint* found = find_constraint(sub, name);
  if (found == nullptr) {
    if (is_unnamed_not_null(sub, name)) return;
    if (const Constraint* added = added_by_same_statement(sub.statement, name)) {
      // NOT VALID, or there is nothing to do.
      if (added->contype == CONSTR_FOREIGN && added->skip_validation) {
        return check_foreign_key_rows(model, sub.table, model.resolve(added->pktable), false, sub.index);
      }
      if (!added->skip_validation) return;
    }
    // Not known: it may be any constraint, and validating is what takes time.
    for (const RelationId id : model.tree(sub.table, !sub.recurse())) {
      if (id != sub.table) sub.lock_child(id, sub.mode);
      sub.on(id).scan();
    }
    return;
  }
  const TableConstraint constraint = *found;
  const bool foreign = constraint.kind == ConstraintKind::foreign_key;
  const bool expression = constraint.kind == ConstraintKind::check || constraint.kind == ConstraintKind::not_null;
  if (!foreign && !expression) {
    return model.effects.fail(
        kValidatesNotNull.at(model.version())
            ? fmt::format("cannot validate constraint \"{}\" of relation \"{}\"", name, sub.relation().name)
            : fmt::format("constraint \"{}\" of relation \"{}\" is not a foreign key or check constraint", name,
                          sub.relation().name));
  }
  if (!constraint.enforced) return model.effects.fail("cannot validate NOT ENFORCED constraint");
  if (constraint.validated) return;
  const std::vector<RelationId> all =
      model.tree(sub.table, constraint.no_inherit || (foreign && !sub.is_partitioned()));
  if (!sub.recurse() && !foreign && all.size() > 1) {
    return model.effects.fail("constraint must be validated on child tables too");
  }
  for (const RelationId id : all) {
    if (id != sub.table) sub.lock_child(id, sub.mode);
    const Subcommand here = sub.on(id);
    const TableConstraint* own = id == sub.table ? &constraint : derived(here.relation(), constraint);
    if (own == nullptr || here.is_partitioned()) continue;
    validate_here(here, TableConstraint(*own));
  }
}

#if PG_VERSION_NUM >= 180000
namespace {

// ATExecAlterConstrEnforceability(): NOT ENFORCED drops the triggers of both sides, ENFORCED makes them and
// looks at the rows.
void alter_enforceability(const Subcommand& sub, const TableConstraint& constraint, bool enforced) {
  const Model& model = sub.model;
  const bool partitioned = model.relation(constraint.referenced).kind == RelationKind::partitioned_table;
  if (sub.is_partitioned()) sub.lock_descendants(sub.mode);
  if (enforced && constraint.enforced) return;
  const LockMode mode = enforced ? LockMode::share_row_exclusive : LockMode::access_exclusive;
  for (const RelationId id : model.tree(constraint.referenced, !partitioned)) {
    model.lock(id, mode, LockReason::referenced);
  }
  if (enforced) check_foreign_key_rows(model, sub.table, constraint.referenced, false, sub.index);
}

// ATExecAlterConstrInheritability(): a NOT NULL that is to be inherited is set on the children.
void alter_inheritability(const Subcommand& sub, const TableConstraint& constraint, bool no_inherit) {
  if (no_inherit == constraint.no_inherit) return;
  const std::vector<RelationId> all = sub.model.tree(sub.table, false);
  if (no_inherit) {
    for (const RelationId child : sub.children()) sub.lock_child(child, sub.mode);
    return;
  }
  for (const RelationId id : all) {
    if (id == sub.table) continue;
    sub.lock_child(id, sub.mode);
    add_not_null_here(sub.on(id), constraint.columns.front(), constraint.validated);
  }
}

}  // namespace
#endif

// ATExecAlterConstraint() in tablecmds.c.
void alter_constraint(const Subcommand& sub) {
  const Model& model = sub.model;
#if PG_VERSION_NUM >= 180000
  const auto* change = as<ATAlterConstraint>(sub.command.def);
  if (change == nullptr) return;
  const bool deferrability = change->alterDeferrability;
  const bool enforceability = change->alterEnforceability;
  const bool inheritability = change->alterInheritability;
#else
  const auto* change = as<Constraint>(sub.command.def);
  if (change == nullptr) return;
  const bool deferrability = true;
  const bool enforceability = false;
  const bool inheritability = false;
#endif
  const std::string_view name = text(change->conname);
  if (refuse_missing(sub, name)) return;
  const TableConstraint* found = find_constraint(sub, name);
  if (found == nullptr) {
#if PG_VERSION_NUM >= 180000
    // Not known: who makes it ENFORCED will have a foreign key that is not.
    if (enforceability && change->is_enforced) sub.work(sub.table, WorkKind::validate_fk);
#endif
    return;
  }
  const TableConstraint constraint = *found;
  const auto refuse = [&](std::string_view format) {
    model.effects.fail(fmt::format(fmt::runtime(format), name, sub.relation().name));
  };
  const bool foreign = constraint.kind == ConstraintKind::foreign_key;
  if (deferrability && !foreign) return refuse("constraint \"{}\" of relation \"{}\" is not a foreign key constraint");
  if (enforceability && !foreign) return refuse("cannot alter enforceability of constraint \"{}\" of relation \"{}\"");
  if (inheritability && constraint.kind != ConstraintKind::not_null) {
    return refuse("constraint \"{}\" of relation \"{}\" is not a not-null constraint");
  }
  if (foreign && constraint.inherited && sub.relation().partition_of != kNoRelation) {
    return refuse("cannot alter constraint \"{}\" on relation \"{}\"");
  }
  if (deferrability && sub.is_partitioned()) sub.lock_descendants(sub.mode);
#if PG_VERSION_NUM >= 180000
  if (inheritability && change->noinherit && constraint.inherited) {
    return refuse("cannot alter inherited constraint \"{}\" on relation \"{}\"");
  }
  if (enforceability) alter_enforceability(sub, constraint, change->is_enforced);
  if (inheritability) alter_inheritability(sub, constraint, change->noinherit);
#endif
}

}  // namespace pglatch::locks
