// Making and dropping constraints, for CREATE TABLE and ALTER TABLE alike.
#include <algorithm>
#include <utility>

#include "analyzer/catalog/apply_families.h"
#include "analyzer/catalog/column_expressions.h"
#include "analyzer/catalog/object_names.h"
#include "analyzer/parse/identifier.h"

namespace pglatch::applying {
namespace {

std::vector<std::string> key_columns(const List* keys, std::string_view column) {
  if (!column.empty()) return {std::string(column)};
  return names_in(keys);
}

TableConstraint constraint_from(ConstraintKind kind, const ConstraintClause& clause, bool new_table) {
  TableConstraint constraint;
  constraint.kind = kind;
  constraint.name = clause.name();
  constraint.enforced = clause.enforced;
  // NOT VALID means nothing for a table that is being created: it has no rows.
  constraint.validated = clause.enforced && (new_table || !clause.node->skip_validation);
  constraint.no_inherit = clause.node->is_no_inherit;
  constraint.deferrable = clause.deferrable;
  constraint.initially_deferred = clause.initially_deferred;
  return constraint;
}

// "(a, b) INCLUDE (c)": the definition of the index of a constraint.
std::string index_definition(const std::vector<std::string>& columns, const std::vector<std::string>& included) {
  std::string result = "(";
  for (const std::string& column : columns) {
    if (result.size() > 1) result += ", ";
    result += quote_identifier_sql(column);
  }
  result += ')';
  if (included.empty()) return result;
  result += " INCLUDE ";
  return result + index_definition(included, {});
}

// UNIQUE or PRIMARY KEY USING INDEX: the index takes the constraint's name.
void adopt_index(const Context& context, RelationId table, const ConstraintClause& clause) {
  const std::string schema = context.relation(table).schema;
  const RelationId index = context.catalog.resolve({schema, text(clause.node->indexname)}, {}, RelationKind::index).id;
  const Relation& found = context.relation(index);
  if (!found.is_index() || (found.index->table != kNoRelation && found.index->table != table)) return;
  if (found.index->table == kNoRelation) context.catalog.change(table).indexes.push_back(index);

  const bool primary = clause.node->contype == CONSTR_PRIMARY;
  IndexDetails& details = context.catalog.change(index).index.change();
  details.table = table;
  details.unique = true;
  details.primary = primary;
  TableConstraint constraint =
      constraint_from(primary ? ConstraintKind::primary_key : ConstraintKind::unique, clause, false);
  constraint.columns = details.columns;
  constraint.index = index;
  if (constraint.name.empty()) constraint.name = context.relation(index).name;
  if (primary) set_not_null(context, table, constraint.columns);
  context.catalog.rename(index, schema, constraint.name);
  context.catalog.add_constraint(table, std::move(constraint));
}

}  // namespace

namespace {

// The grammar fills in the flag for the two kinds only that can be NOT ENFORCED.
bool enforced(const Constraint& node) {
  const bool can_be_off = node.contype == CONSTR_CHECK || node.contype == CONSTR_FOREIGN;
  return !can_be_off || is_enforced(node);
}

}  // namespace

ConstraintClause table_constraint(const Constraint& node) {
  return {&node, {}, node.deferrable, enforced(node), node.initdeferred};
}

Column column_from(const ColumnDef& definition, std::vector<ConstraintClause>& clauses) {
  Column column;
  column.name = text(definition.colname);
  if (definition.typeName != nullptr) column.type = type_ref(definition.typeName);
  if (definition.collClause != nullptr) column.collation = name_of(definition.collClause->collname).name;
  if (column.type.serial) column.not_null = column.has_default = true;
  if (definition.raw_default != nullptr) column.has_default = !is_null_constant(definition.raw_default);
  // DEFERRABLE and NOT ENFORCED follow as nodes of their own (transformConstraintAttrs()).
  ConstraintClause* last = nullptr;
  for (const Constraint* constraint : each<Constraint>(definition.constraints)) {
    switch (constraint->contype) {
      case CONSTR_NOTNULL:
        column.not_null = true;
        if (constraint->conname == nullptr) break;
        last = &clauses.emplace_back(ConstraintClause{constraint, text(definition.colname), false, true});
        break;
      case CONSTR_DEFAULT:
        column.has_default = !is_null_constant(constraint->raw_expr);
        break;
      case CONSTR_IDENTITY:
        column.identity = constraint->generated_when;
        column.not_null = true;
        break;
      case CONSTR_GENERATED:
#if PG_VERSION_NUM >= 180000
        column.generated = constraint->generated_kind;
#else
        column.generated = 's';
#endif
        break;
      case CONSTR_PRIMARY:
        column.not_null = true;
        [[fallthrough]];
      case CONSTR_CHECK:
      case CONSTR_UNIQUE:
      case CONSTR_EXCLUSION:
      case CONSTR_FOREIGN:
        last = &clauses.emplace_back(ConstraintClause{constraint, text(definition.colname), constraint->deferrable,
                                                      enforced(*constraint), constraint->initdeferred});
        break;
      case CONSTR_ATTR_DEFERRABLE:
      case CONSTR_ATTR_DEFERRED:
        if (last != nullptr) last->deferrable = true;
        if (last != nullptr && constraint->contype == CONSTR_ATTR_DEFERRED) last->initially_deferred = true;
        break;
#if PG_VERSION_NUM >= 180000
      case CONSTR_ATTR_NOT_ENFORCED:
        if (last != nullptr) last->enforced = false;
        break;
      case CONSTR_ATTR_ENFORCED:
#endif
      case CONSTR_ATTR_NOT_DEFERRABLE:
      case CONSTR_ATTR_IMMEDIATE:
      case CONSTR_NULL:
        break;
    }
  }
  return column;
}

// AddRelationNewConstraints() in heap.c: a CHECK of one column has the column in its name, wherever it
// was written.
TableConstraint check_from(const Context& context, const Relation& table, const ConstraintClause& clause,
                           bool new_table) {
  TableConstraint check = constraint_from(ConstraintKind::check, clause, new_table);
  check.columns = columns_of(clause.node->raw_expr);
  check.proof = conjuncts_of(clause.node->raw_expr);
  check.functions = functions_in(context, clause.node->raw_expr);
  if (check.name.empty()) {
    const std::string_view column = check.columns.size() == 1 ? std::string_view(check.columns.front()) : "";
    check.name = choose_constraint_name(context.catalog, table, column, "check");
  }
  return check;
}

TableConstraint not_null_from(const Context& context, const Relation& table, const ConstraintClause& clause,
                              bool new_table) {
  TableConstraint constraint = constraint_from(ConstraintKind::not_null, clause, new_table);
  constraint.columns = key_columns(clause.node->keys, clause.column);
  if (constraint.columns.empty()) constraint.columns.emplace_back();
  if (constraint.name.empty()) {
    constraint.name = choose_constraint_name(context.catalog, table, constraint.columns.front(), "not_null");
  }
  return constraint;
}

void add_index_constraint(const Context& context, RelationId table, const ConstraintClause& clause, bool recurse) {
  const Constraint& node = *clause.node;
  if (node.indexname != nullptr) return adopt_index(context, table, clause);
  ConstraintKind kind = ConstraintKind::unique;
  if (node.contype == CONSTR_PRIMARY) kind = ConstraintKind::primary_key;
  if (node.contype == CONSTR_EXCLUSION) kind = ConstraintKind::exclusion;

  NewIndex index;
  index.name = clause.name();
  IndexDetails& details = index.details;
  details.unique = kind != ConstraintKind::exclusion;
  details.primary = kind == ConstraintKind::primary_key;
  details.included = names_in(node.including);
  if (kind == ConstraintKind::exclusion) {
    if (node.access_method != nullptr) details.method = text(node.access_method);
    details.plain = false;
    details.partial = node.where_clause != nullptr;
    details.mentioned = columns_of(node.where_clause);
    // Each exclusion is a pair of an IndexElem and an operator.
    for (const List* pair : each<List>(node.exclusions)) {
      const auto* element = as<IndexElem>(each(pair)[0]);
      details.columns.emplace_back(text(element->name));
      for (std::string& column : columns_of(element->expr)) details.mentioned.push_back(std::move(column));
      std::string_view name = element->name != nullptr ? text(element->name) : figure_column_name(element->expr);
      index.column_names.emplace_back(name.empty() ? "expr" : name);
    }
  } else {
    details.columns = key_columns(node.keys, clause.column);
    details.definition = index_definition(details.columns, details.included);
#if PG_VERSION_NUM >= 180000
    if (node.without_overlaps) details.method = "gist";
#endif
    index.column_names = details.columns;
  }
  index.column_names.insert(index.column_names.end(), details.included.begin(), details.included.end());
  if (details.primary) set_not_null(context, table, details.columns);

  index.constraint = constraint_from(kind, clause, true);
  index.constraint->columns = details.columns;
  create_index_tree(context, table, std::move(index), recurse);
}

void add_foreign_key(const Context& context, RelationId table, const ConstraintClause& clause, bool new_table) {
  const Constraint& node = *clause.node;
  if (node.pktable == nullptr) return;
  TableConstraint key = constraint_from(ConstraintKind::foreign_key, clause, new_table);
  key.columns = key_columns(node.fk_attrs, clause.column);
  key.referenced = context.resolve(node.pktable);
  key.referenced_columns = names_in(node.pk_attrs);
  if (node.fk_upd_action != 0) key.on_update = node.fk_upd_action;
  if (node.fk_del_action != 0) key.on_delete = node.fk_del_action;
  if (key.referenced_columns.empty()) {
    if (const TableConstraint* primary = context.relation(key.referenced).primary_key()) {
      key.referenced_columns = primary->columns;
    }
  }
  if (key.name.empty()) {
    key.name = choose_constraint_name(context.catalog, context.relation(table), join_column_names(key.columns), "fkey");
  }
  if (context.relation(table).constraint(key.name) != nullptr) return;
  context.catalog.add_constraint(table, key);
  const std::vector<RelationId> partitions = context.relation(table).partitions;
  for (const RelationId partition : partitions) inherit_foreign_key(context, partition, key);
}

void inherit_foreign_key(const Context& context, RelationId partition, const TableConstraint& constraint) {
  Relation& relation = context.catalog.change(partition);
  if (relation.kind == RelationKind::foreign_table) return;
  const auto same = std::find_if(relation.constraints.begin(), relation.constraints.end(), [&](const auto& other) {
    return other.kind == ConstraintKind::foreign_key && other.referenced == constraint.referenced &&
           other.columns == constraint.columns && other.referenced_columns == constraint.referenced_columns &&
           !other.inherited;
  });
  if (same != relation.constraints.end()) {
    // ConstraintSetParentConstraint() in pg_constraint.c; the partitions below have theirs from it.
    same->inherited = true;
    same->local = false;
    return;
  }
  TableConstraint copy = constraint;
  copy.local = false;
  copy.inherited = true;
  if (relation.constraint(copy.name) != nullptr) {
    copy.name = choose_constraint_name(context.catalog, relation, join_column_names(copy.columns), "fkey");
  }
  context.catalog.add_constraint(partition, copy);
  const std::vector<RelationId> below = context.relation(partition).partitions;
  for (const RelationId inner : below) inherit_foreign_key(context, inner, copy);
}

bool comes_from(const TableConstraint& child, const TableConstraint& parent) noexcept {
  if (!child.inherited || child.kind != parent.kind) return false;
  if (parent.kind != ConstraintKind::foreign_key) return child.name == parent.name;
  return child.referenced == parent.referenced && child.columns == parent.columns &&
         child.referenced_columns == parent.referenced_columns;
}

void inherit_constraint(const Context& context, RelationId child, const TableConstraint& constraint) {
  if (TableConstraint* same = context.catalog.change(child).constraint(constraint.name)) {
    same->inherited = true;
    return;
  }
  TableConstraint copy = constraint;
  copy.local = false;
  copy.inherited = true;
  context.catalog.add_constraint(child, std::move(copy));
}

void set_not_null(const Context& context, RelationId table, const std::vector<std::string>& columns) {
  for (const RelationId id : context.tree(table, true)) {
    Relation& relation = context.catalog.change(id);
    for (const std::string& name : columns) {
      if (name.empty()) continue;
      if (Column* column = column_for(relation, name)) column->not_null = true;
    }
  }
}

}  // namespace pglatch::applying
