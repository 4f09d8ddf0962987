// ALTER TABLE … ADD, DROP and ALTER COLUMN.
#include <algorithm>

#include "analyzer/catalog/apply_families.h"
#include "analyzer/catalog/column_expressions.h"

namespace pglatch::applying {
namespace {

bool uses_column(const IndexDetails& index, std::string_view column) {
  return contains(index.columns, column) || contains(index.included, column) || contains(index.mentioned, column);
}

// Foreign keys of other tables that reference the column.
void drop_references(const Context& context, RelationId table, std::string_view column) {
  const std::vector<RelationId> referencing = context.relation(table).referenced_by;
  for (const RelationId id : referencing) {
    context.catalog.remove_constraints(id, [&](const TableConstraint& constraint) {
      return constraint.referenced == table && contains(constraint.referenced_columns, column);
    });
  }
}

void drop_views(const Context& context, RelationId table, std::string_view column) {
  const std::vector<RelationId> views = context.relation(table).used_by;
  for (const RelationId view : views) {
    const Relation* found = context.catalog.find(view);
    if (found == nullptr) continue;
    const bool reads = std::any_of(found->uses.begin(), found->uses.end(), [&](const ColumnUse& use) {
      return use.relation == table && (use.column.empty() || use.column == column);
    });
    if (reads) drop_with_dependents(context, view);
  }
}

// The columns that are generated from this one.
std::vector<std::string> generated_from(const Relation& table, std::string_view column) {
  std::vector<std::string> names;
  for (const DependentExpression& one : table.expressions) {
    if (one.kind == ExpressionKind::generated && one.name != column && contains(one.columns, column)) {
      names.push_back(one.name);
    }
  }
  return names;
}

// The expressions of a column go with it.
void drop_expressions(Relation& table, std::string_view column) {
  auto& all = table.expressions;
  const auto is_own = [&](const DependentExpression& one) {
    return one.name == column && (one.kind == ExpressionKind::default_value || one.kind == ExpressionKind::generated);
  };
  all.erase(std::remove_if(all.begin(), all.end(), is_own), all.end());
}

void drop_here(const Context& context, RelationId table, std::string_view column, bool cascade) {
  if (!context.relation(table).expressions.empty()) {
    // Before those of others, so that this ends even where columns are generated from each other.
    drop_expressions(context.catalog.change(table), column);
  }
  // Without CASCADE too: until 14 they go, since 15 they are in the way.
  for (const std::string& generated : generated_from(context.relation(table), column)) {
    drop_here(context, table, generated, cascade);
  }
  const std::vector<RelationId> indexes = context.relation(table).indexes;
  for (const RelationId index : indexes) {
    if (const Relation* found = context.catalog.find(index); found != nullptr && uses_column(*found->index, column)) {
      context.catalog.drop(index);
    }
  }
  drop_references(context, table, column);
  context.catalog.remove_constraints(
      table, [&](const TableConstraint& constraint) { return contains(constraint.columns, column); });
  drop_owned_sequences(context, table, column);
  if (cascade) drop_views(context, table, column);
  auto& columns = context.catalog.change(table).columns;
  columns.erase(std::remove_if(columns.begin(), columns.end(), [&](const Column& one) { return one.name == column; }),
                columns.end());
}

// The generation that SET GENERATED gives, or 0.
char new_identity(const Node* definition) {
  if (definition == nullptr || definition->type != T_List) return 0;
  for (const DefElem* option : each<DefElem>(reinterpret_cast<const List*>(definition))) {
    const auto* value = as<Integer>(option->arg);
    if (text(option->defname) == "generated" && value != nullptr) return static_cast<char>(value->ival);
  }
  return 0;
}

void change_type(Column& column, const ColumnDef& definition) {
  column.type = type_ref(definition.typeName);
  column.collation = definition.collClause == nullptr ? "" : name_of(definition.collClause->collname).name;
}

void change_column(Column& column, const AlterTableCmd& command) {
  switch (command.subtype) {
    case AT_ColumnDefault: {
      column.has_default = command.def != nullptr && !is_null_constant(command.def);
      return;
    }
    case AT_DropNotNull:
      column.not_null = false;
      return;
    case AT_SetNotNull:
      column.not_null = true;
      return;
    case AT_DropExpression:
      column.generated = 0;
      return;
    case AT_AlterColumnType:
      return change_type(column, *as<ColumnDef>(command.def));
    case AT_AddIdentity:
      column.identity = as<Constraint>(command.def)->generated_when;
      column.not_null = true;
      return;
    case AT_SetIdentity:
      if (const char identity = new_identity(command.def)) column.identity = identity;
      return;
    case AT_DropIdentity:
      column.identity = 0;
      return;
    default:
      return;
  }
}

void change_expression(const Context& context, Relation& table, const AlterTableCmd& command) {
  const std::string_view column = text(command.name);
  switch (command.subtype) {
    case AT_ColumnDefault:
      return set_column_expression(context, table, column, ExpressionKind::default_value, command.def);
    case AT_SetExpression:
      return set_column_expression(context, table, column, ExpressionKind::generated, command.def);
    case AT_DropExpression:
      return set_column_expression(context, table, column, ExpressionKind::generated, nullptr);
    default:
      return;
  }
}

}  // namespace

void add_column(const Context& context, RelationId table, const AlterTableCmd& command, bool recurse) {
  const auto* definition = as<ColumnDef>(command.def);
  std::vector<ConstraintClause> clauses;
  const Column column = column_from(*definition, clauses);
  if (context.relation(table).column(column.name) != nullptr) return;
  for (const RelationId id : context.tree(table, recurse)) {
    Relation& relation = context.catalog.change(id);
    if (Column* same = relation.column(column.name)) {
      same->inherited = true;
      continue;
    }
    Column& added = relation.columns.emplace_back(column);
    added.local = id == table;
    added.inherited = id != table;
    added.script = context.catalog.script;
    set_column_expressions(context, relation, *definition);
  }
  if (column.type.serial || column.identity != 0) {
    create_owned_sequence(context, table, column.name, identity_options(*definition));
  }
  for (const ConstraintClause& clause : clauses) {
    switch (clause.node->contype) {
      case CONSTR_CHECK:
      case CONSTR_NOTNULL: {
        const TableConstraint constraint = clause.node->contype == CONSTR_CHECK
                                               ? check_from(context, context.relation(table), clause, false)
                                               : not_null_from(context, context.relation(table), clause, false);
        context.catalog.add_constraint(table, constraint);
        if (constraint.no_inherit) break;
        for (const RelationId id : context.tree(table, recurse)) {
          if (id != table) inherit_constraint(context, id, constraint);
        }
        break;
      }
      case CONSTR_FOREIGN:
        add_foreign_key(context, table, clause, false);
        break;
      default:
        add_index_constraint(context, table, clause, recurse);
        break;
    }
  }
}

// ATExecDropColumn() in tablecmds.c: a child keeps the column where it has a definition of its own.
void drop_column(const Context& context, RelationId table, std::string_view column, bool cascade, bool recurse) {
  const Relation& relation = context.relation(table);
  if (relation.columns_known && relation.column(column) == nullptr) return;
  std::vector<RelationId> children = relation.partitions;
  children.insert(children.end(), relation.inherited_by.begin(), relation.inherited_by.end());
  drop_here(context, table, column, cascade);
  for (const RelationId child : children) {
    if (context.catalog.find(child) == nullptr) continue;
    Column* inherited = context.catalog.change(child).column(column);
    if (inherited == nullptr || !inherited->inherited) continue;
    if (recurse && !inherited->local) {
      drop_column(context, child, column, cascade, true);
    } else {
      inherited->inherited = false;
      inherited->local = true;
    }
  }
}

void alter_column(const Context& context, RelationId table, const AlterTableCmd& command, bool recurse) {
  const std::string_view name = text(command.name);
  for (const RelationId id : context.tree(table, recurse)) {
    Relation& relation = context.catalog.change(id);
    Column* column = column_for(relation, name);
    if (column == nullptr) continue;
    change_column(*column, command);
    change_expression(context, relation, command);
  }
  if (context.relation(table).column(name) == nullptr) return;
  if (command.subtype == AT_AddIdentity) {
    create_owned_sequence(context, table, name, as<Constraint>(command.def)->options);
  }
  if (command.subtype == AT_DropIdentity) drop_owned_sequences(context, table, name);
}

}  // namespace pglatch::applying
