// ALTER TABLE … ADD COLUMN, and ALTER TYPE … ADD ATTRIBUTE.
#include <fmt/format.h>

#include "analyzer/catalog/column_expressions.h"
#include "analyzer/catalog/volatility.h"
#include "analyzer/locks/alter_table.h"
#include "analyzer/locks/by_version.h"
#include "analyzer/locks/type_change.h"
#include "analyzer/locks/type_names.h"

namespace pglatch::locks {
namespace {

// A default that is the same for all rows is kept once, in pg_attribute.attmissingval.
constexpr ByVersion kStoresDefault{std::array{
    Since<bool>{10, false, "ATExecAddColumn() in tablecmds.c"},
    Since<bool>{11, true, "PostgreSQL 11 release notes: ADD COLUMN with a non-null default without a rewrite"}}};

// Whether the default that a domain brings along is looked at as one of the column's own is.
constexpr ByVersion kLooksAtDomainDefault{
    std::array{Since<bool>{10, false, "ATExecAddColumn() in tablecmds.c"}, Since<bool>{13, true, "measured"}}};

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

// The domain that a column type is, or null.
const TypeObject* domain_of(const Model& model, const TypeRef& type) {
  if (type.array) return nullptr;
  const TypeObject* object = model.catalog().find_type({type.schema, type.name}, model.path());
  return object != nullptr && object->kind == TypeKind::domain ? object : nullptr;
}

// What ATPrepAddColumn() and ATExecAddColumn() object to. Returns true where they do.
bool refuse_column(const Subcommand& sub, const ColumnDef& column, const ColumnClauses& clauses) {
  Effects& effects = sub.model.effects;
  const Relation& table = sub.relation();
  const std::string_view name = text(column.colname);
  if (table.of_type != kNoRelation) {
    effects.fail("cannot add column to typed table");
  } else if (table.partition_of != kNoRelation) {
    effects.fail("cannot add column to a partition");
  } else if (table.column(name) != nullptr && !column_dropped_by_same_statement(sub.statement, name)) {
    effects.fail(fmt::format("column \"{}\" of relation \"{}\" already exists", name, table.name));
  } else if (!sub.recurse() && (!table.partitions.empty() || !table.inherited_by.empty())) {
    effects.fail("column must be added to child tables too");
  } else if (clauses.primary_key && primary_key_left(sub) != nullptr) {
    effects.fail(fmt::format("multiple primary keys for table \"{}\" are not allowed", table.name));
  } else if ((clauses.primary_key || clauses.unique) && !table.partition_key.columns.empty()) {
    effects.fail("unique constraint on partitioned table must include all partitioning columns");
  } else {
    return refuse_missing_type(sub.model, column.typeName) ||
           (clauses.identity && refuse_identity_type(sub.model, type_ref(column.typeName)));
  }
  return true;
}

// A child that has the column already keeps it, if it is of that type.
bool merges(const Subcommand& sub, const ColumnDef& definition) {
  if (sub.table == sub.root) return false;
  const Column* same = sub.relation().column(text(definition.colname));
  if (same == nullptr || column_dropped_by_same_statement(sub.statement, text(definition.colname))) return false;
  TypeRef type = type_ref(definition.typeName);
  type.serial = same->type.serial;
  if (type != same->type) {
    sub.model.effects.fail(fmt::format("child table \"{}\" has different type for column \"{}\"", sub.relation().name,
                                       text(definition.colname)));
  }
  return true;
}

// How the rows that there are get their value.
struct NewValues {
  bool has_default = false;
  bool rewrites = false;
};

NewValues new_values(const Model& model, const TypeRef& type, const ColumnClauses& clauses) {
  const Node* expression = clauses.default_expression;
  const TypeObject* domain = domain_of(model, type);
  NewValues values;
  values.has_default = expression != nullptr ? !is_null_constant(expression) : domain != nullptr && domain->has_default;
  values.rewrites =
      type.serial || clauses.identity || clauses.stored || is_constrained_domain(type, model.catalog(), model.path());
  if (!values.has_default || values.rewrites) return values;
  if (!kStoresDefault.at(model.version())) {
    values.rewrites = true;
  } else if (expression != nullptr) {
    values.rewrites = is_volatile(expression, model.catalog(), model.path());
  } else {
    values.rewrites = domain->volatile_default && kLooksAtDomainDefault.at(model.version());
  }
  return values;
}

void add_work(const Subcommand& sub, const ColumnClauses& clauses, const NewValues& values) {
  const Model& model = sub.model;
  const bool not_null = clauses.not_null || clauses.primary_key;
  if (values.rewrites) {
    model.rewrite(sub.table, sub.index);
    // nextval() is called for each row.
    if (clauses.default_expression == nullptr || !sub.relation().has_storage()) return;
    for (const QualifiedName& name : sequences_in(clauses.default_expression)) {
      const RelationId sequence = model.find({name.schema, name.name});
      if (sequence != kNoRelation) model.lock(sequence, LockMode::row_exclusive, LockReason::dependent);
    }
    return;
  }
  // Of rows without a value NOT NULL is checked one by one, if only to find that there are none.
  if (clauses.check || (not_null && !values.has_default)) sub.scan();
  if ((clauses.unique || clauses.primary_key) && sub.relation().has_storage()) {
    sub.work(sub.table, WorkKind::index_build);
  }
}

}  // namespace

bool column_added_without_values(const Subcommand& sub, std::string_view column) {
  const Relation& table = sub.relation();
  for (const AlterTableCmd* command : each<AlterTableCmd>(sub.statement.cmds)) {
    const auto* added = as<ColumnDef>(command->def);
    if (command->subtype != AT_AddColumn || added == nullptr || text(added->colname) != column) continue;
    // IF NOT EXISTS may find one.
    if (command->missing_ok && (!table.columns_known || table.column(column) != nullptr)) return false;
    const ColumnClauses clauses = clauses_of(*added);
    const NewValues values = new_values(sub.model, type_ref(added->typeName), clauses);
    return !values.has_default && !values.rewrites && !clauses.is_virtual;
  }
  return false;
}

// tablecmds.c, ATExecAddColumn(): a new default is stored once in the catalog unless it has to be
// computed for each row.
void add_column(const Subcommand& sub) {
  const auto* column = as<ColumnDef>(sub.command.def);
  if (column == nullptr) return;
  const Model& model = sub.model;
  const std::string_view name = text(column->colname);
  const ColumnClauses clauses = clauses_of(*column);
  if (sub.table == sub.root) {
    if (sub.command.missing_ok && sub.relation().column(name) != nullptr) return;
    if (refuse_column(sub, *column, clauses)) return;
  } else if (merges(sub, *column)) {
    return;
  }
  if (sub.relation().kind == RelationKind::composite_type) {
    lock_typed_tables(model, sub.table, sub.command.behavior == DROP_CASCADE);
    return;
  }

  const NewValues values = new_values(model, type_ref(column->typeName), clauses);
  // ATRewriteTables() does not care whether the new values are stored in the rows or in the catalog.
  if ((values.has_default || values.rewrites) && sub.relation().has_storage() &&
      refuse_row_type_use(model, sub.table)) {
    return;
  }
  add_work(sub, clauses, values);
  if (clauses.foreign_key != nullptr && sub.table == sub.root) {
    Constraint constraint = *clauses.foreign_key;
    // A column of NULLs satisfies every foreign key.
    constraint.skip_validation = constraint.skip_validation || !values.has_default;
    add_foreign_key(model, sub.table, constraint, sub.index, KeyRows::any);
  }
  const bool not_null = clauses.not_null || clauses.primary_key;
  if (not_null && !values.has_default && !values.rewrites && !clauses.is_virtual &&
      is_live(sub.relation(), model.catalog(), model.context.session)) {
    if (!model.effects.conditional) model.effects.without_rows.push_back(sub.table);
    if (sub.table != sub.root) return;
    model.effects.may_fail(fmt::format("column \"{}\" of relation \"{}\" contains null values (if the table has rows)",
                                       name, sub.relation().name));
  }
}

}  // namespace pglatch::locks
