// Subcommands of ALTER TABLE that work on columns.
#include <fmt/format.h>

#include <algorithm>

#include "analyzer/locks/alter_table.h"
#include "analyzer/locks/type_change.h"
#include "analyzer/locks/volatility.h"
#include "analyzer/parse/identifier.h"

namespace pglatch::locks {
namespace {

// What a column definition says, its constraints sorted out.
struct ColumnClauses {
  const Node* default_expression = nullptr;
  bool identity = false;
  bool stored = false;
  bool is_virtual = false;
  bool not_null = false;
  bool unique = false;
  bool primary_key = false;
  bool check = false;
  const Constraint* foreign_key = nullptr;
};

ColumnClauses clauses_of(const ColumnDef& column) {
  ColumnClauses clauses;
  clauses.default_expression = column.raw_default;
  const Constraint* last_check = nullptr;
  for (const Constraint* constraint : each<Constraint>(column.constraints)) {
    switch (constraint->contype) {
      case CONSTR_DEFAULT:
        clauses.default_expression = constraint->raw_expr;
        break;
      case CONSTR_IDENTITY:
        clauses.identity = true;
        break;
      case CONSTR_GENERATED:
#if PG_VERSION_NUM >= 180000
        clauses.is_virtual = constraint->generated_kind == 'v';
#endif
        clauses.stored = !clauses.is_virtual;
        break;
      case CONSTR_NOTNULL:
        clauses.not_null = true;
        break;
      case CONSTR_UNIQUE:
        clauses.unique = true;
        break;
      case CONSTR_PRIMARY:
        clauses.primary_key = true;
        break;
      case CONSTR_CHECK:
        last_check = constraint;
        clauses.check = clauses.check || is_enforced(*constraint);
        break;
      case CONSTR_FOREIGN:
        clauses.foreign_key = constraint;
        break;
#if PG_VERSION_NUM >= 180000
      case CONSTR_ATTR_NOT_ENFORCED:
        if (last_check != nullptr) clauses.check = false;
        break;
#endif
      default:
        break;
    }
  }
  return clauses;
}

bool is_null_constant(const Node* node) {
  while (const auto* cast = as<TypeCast>(node)) node = cast->arg;
  const auto* constant = as<A_Const>(node);
  return constant != nullptr && constant->isnull;
}

// The default that the column gets from its type, if it is a domain.
const TypeObject* domain_of(const Model& model, const TypeRef& type) {
  if (type.array) return nullptr;
  const TypeObject* object = model.catalog().find_type({type.schema, type.name}, model.path());
  return object != nullptr && object->kind == TypeKind::domain ? object : nullptr;
}

bool mentions(const std::vector<std::string>& columns, std::string_view column) {
  return std::find(columns.begin(), columns.end(), column) != columns.end();
}

// Views and rules pin the type of the columns that they read.
bool refuse_if_used(const Subcommand& sub, std::string_view column) {
  for (const RelationId view : sub.relation().used_by) {
    const Relation* user = sub.model.catalog().find(view);
    if (user == nullptr) continue;
    for (const ColumnUse& use : user->uses) {
      if (use.relation != sub.table || use.column != column) continue;
      sub.model.effects.fail("cannot alter type of a column used by a view or rule");
      return true;
    }
  }
  if (mentions(sub.relation().partition_key.columns, column)) {
    sub.model.effects.fail(
        fmt::format("cannot alter column \"{}\" because it is part of the partition key of relation \"{}\"", column,
                    sub.relation().name));
    return true;
  }
  return false;
}

// USING that is the column itself, or the column cast to the new type, is what no USING does.
bool is_plain_cast(const Node* using_expression, std::string_view column, const TypeRef& to) {
  if (using_expression == nullptr) return true;
  if (const auto* cast = as<TypeCast>(using_expression)) {
    if (type_ref(cast->typeName) != to) return false;
    using_expression = cast->arg;
  }
  const auto* reference = as<ColumnRef>(using_expression);
  return reference != nullptr && string_value(each(reference->fields).back()) == column;
}

TypeChange change_of(const Subcommand& sub, const ColumnDef& definition, const Column* column) {
  const TypeRef to = type_ref(definition.typeName);
  const Node* using_expression = definition.raw_default;
  const std::string_view name = text(sub.command.name);
  if (!is_plain_cast(using_expression, name, to) || column == nullptr) return TypeChange::rewrite;
  const TypeChange change = compare_types(column->type, to, sub.model.catalog(), sub.model.path(), sub.model.version(),
                                          sub.model.context.session.settings().utc());
  const std::string_view collation =
      definition.collClause == nullptr ? std::string_view() : name_of(definition.collClause->collname).name;
  if (change == TypeChange::metadata && collation != column->collation) return TypeChange::index_rebuild;
  return change;
}

}  // namespace

// tablecmds.c, ATExecAddColumn: a new default is stored once in the catalog unless it has to be
// computed for each row.
void add_column(const Subcommand& sub) {
  const auto* column = as<ColumnDef>(sub.command.def);
  if (column == nullptr) return;
  const Model& model = sub.model;
  if (sub.command.missing_ok && sub.relation().column(text(column->colname)) != nullptr) return;
  const TypeRef type = type_ref(column->typeName);
  const ColumnClauses clauses = clauses_of(*column);
  const TypeObject* domain = domain_of(model, type);

  const bool has_default = (clauses.default_expression != nullptr && !is_null_constant(clauses.default_expression)) ||
                           (clauses.default_expression == nullptr && domain != nullptr && domain->has_default);
  bool rewrites =
      type.serial || clauses.identity || clauses.stored || is_constrained_domain(type, model.catalog(), model.path());
  if (has_default && !rewrites) {
    rewrites = model.version() < 11 || (clauses.default_expression != nullptr
                                            ? is_volatile(clauses.default_expression, model.catalog(), model.path())
                                            : domain->volatile_default && model.version() >= 13);
  }
  if (rewrites) {
    model.rewrite(sub.table, sub.index);
  } else if (clauses.check || (clauses.is_virtual && clauses.not_null)) {
    sub.scan();
  }
  if ((clauses.unique || clauses.primary_key) && sub.relation().has_storage()) {
    sub.work(sub.table, WorkKind::index_build);
  }
  if (clauses.foreign_key != nullptr && sub.table == sub.root) {
    Constraint constraint = *clauses.foreign_key;
    // A column of NULLs satisfies every foreign key.
    constraint.skip_validation = constraint.skip_validation || !has_default;
    add_foreign_key(model, sub.table, constraint, sub.index, false);
  }
  if (clauses.not_null && !has_default && !type.serial && !clauses.identity && !clauses.stored && !clauses.is_virtual &&
      sub.table == sub.root && is_live(sub.relation(), model.catalog(), model.context.session)) {
    model.effects.may_fail(fmt::format("column \"{}\" of relation \"{}\" contains null values (if the table has rows)",
                                       text(column->colname), sub.relation().name));
  }
}

// tablecmds.c, ATExecAlterColumnType and ATPostAlterTypeCleanup: indexes and constraints on the column
// are made again, from what is there where nothing but the catalog changed.
void alter_column_type(const Subcommand& sub) {
  const auto* definition = as<ColumnDef>(sub.command.def);
  if (definition == nullptr) return;
  const Model& model = sub.model;
  const std::string_view name = text(sub.command.name);
  if (sub.table == sub.root && refuse_if_used(sub, name)) return;

  const TypeChange change = change_of(sub, *definition, sub.relation().column(name));
  if (change == TypeChange::rewrite) model.rewrite(sub.table, sub.index);
  const bool is_partition = sub.relation().partition_of != kNoRelation;
  const std::vector<RelationId> indexes = sub.relation().indexes;
  for (const RelationId id : indexes) {
    const IndexDetails& index = model.relation(id).index;
    const bool in_expression = mentions(index.mentioned, name);
    if (!in_expression && !mentions(index.columns, name) && !mentions(index.included, name)) continue;
    model.lock(id, LockMode::access_exclusive, LockReason::index);
    const bool builds = change == TypeChange::index_rebuild || in_expression || is_partition;
    if (builds && change != TypeChange::rewrite && sub.relation().has_storage()) {
      sub.work(sub.table, WorkKind::index_build);
    }
  }
  const std::vector<TableConstraint> constraints = sub.relation().constraints;
  for (const TableConstraint& constraint : constraints) {
    if (!mentions(constraint.columns, name)) continue;
    if (constraint.kind == ConstraintKind::check) {
      if (constraint.validated && constraint.enforced && change != TypeChange::rewrite) sub.scan();
    } else if (constraint.kind == ConstraintKind::foreign_key) {
      model.lock(constraint.referenced, LockMode::access_exclusive, LockReason::referenced);
      if (change == TypeChange::rewrite && constraint.validated) {
        sub.work(sub.table, WorkKind::validate_fk);
        sub.work(constraint.referenced, WorkKind::validate_fk);
        model.lock_indexes(constraint.referenced, LockMode::access_share);
      }
    }
  }
  for (const RelationId referencing : sub.relation().referenced_by) {
    for (const TableConstraint& constraint : model.relation(referencing).constraints) {
      if (constraint.referenced != sub.table || !mentions(constraint.referenced_columns, name)) continue;
      model.lock(referencing, LockMode::access_exclusive, LockReason::referencing);
      if (change != TypeChange::rewrite) continue;
      sub.work(referencing, WorkKind::validate_fk);
      sub.work(sub.table, WorkKind::validate_fk);
    }
  }
}

// The indexes and constraints on the column go with it, and with a foreign key the triggers on the
// other table.
void drop_column(const Subcommand& sub) {
  const std::string_view name = text(sub.command.name);
  const bool cascade = sub.command.behavior == DROP_CASCADE;
  const Model& model = sub.model;
  for (const RelationId id : sub.relation().indexes) {
    const IndexDetails& index = model.relation(id).index;
    if (mentions(index.columns, name) || mentions(index.included, name) || mentions(index.mentioned, name)) {
      model.lock(id, LockMode::access_exclusive, LockReason::index);
    }
  }
  for (const TableConstraint& constraint : sub.relation().constraints) {
    if (constraint.kind == ConstraintKind::foreign_key && mentions(constraint.columns, name)) {
      model.lock(constraint.referenced, LockMode::access_exclusive, LockReason::referenced);
    }
  }
  if (!cascade) return;
  for (const RelationId referencing : sub.relation().referenced_by) {
    for (const TableConstraint& constraint : model.relation(referencing).constraints) {
      if (constraint.referenced == sub.table && mentions(constraint.referenced_columns, name)) {
        model.lock(referencing, LockMode::access_exclusive, LockReason::referencing);
      }
    }
  }
  for (const RelationId view : sub.relation().used_by) {
    const Relation* user = model.catalog().find(view);
    if (user == nullptr) continue;
    for (const ColumnUse& use : user->uses) {
      if (use.relation == sub.table && use.column == name) {
        model.lock(view, LockMode::access_exclusive, LockReason::dependent);
      }
    }
  }
}

// tablecmds.c, ATExecSetNotNull: no scan where the column is not null already, or where a validated
// CHECK proves it (12 and later).
void set_not_null(const Subcommand& sub) {
  const std::string_view name = text(sub.command.name);
  const Column* column = sub.relation().column(name);
  if (column != nullptr && column->not_null) return;
  if (not_null_proved(sub, name)) return;
  sub.scan();
}

}  // namespace pglatch::locks
