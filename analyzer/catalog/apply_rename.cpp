// RENAME and SET SCHEMA.
#include <algorithm>

#include "analyzer/catalog/apply_families.h"
#include "analyzer/catalog/type_users.h"
#include "analyzer/parse/identifier.h"
#include "analyzer/source/lexer.h"

namespace pglatch::applying {
namespace {

void replace(std::vector<std::string>& names, std::string_view from, std::string_view to) {
  std::replace_if(
      names.begin(), names.end(), [&](const std::string& name) { return name == from; }, to);
}

void replace(std::vector<Conjunct>& conjuncts, std::string_view from, std::string_view to) {
  for (Conjunct& conjunct : conjuncts) {
    if (conjunct.column == from) conjunct.column = to;
    replace(conjunct.alternatives, from, to);
  }
}

// An index's definition as written, with the column's new name.
void replace(std::string& definition, std::string_view from, std::string_view to) {
  const std::string old_quoted = '"' + std::string(from) + '"';
  const std::string spelled = quote_identifier_sql(to);
  std::string result;
  std::uint32_t copied = 0;
  Lexer lexer(definition);
  for (Token token = lexer.next_code(); token.kind != TokenKind::end; token = lexer.next_code()) {
    const bool same = (token.kind == TokenKind::word && token.is_word(from, definition)) ||
                      (token.kind == TokenKind::quoted_identifier && token.of(definition) == old_quoted);
    if (!same) continue;
    result.append(definition, copied, token.range.start - copied).append(spelled);
    copied = token.range.end;
  }
  if (copied == 0) return;
  definition = result.append(definition, copied);
}

void rename_in_index(IndexDetails& index, std::string_view from, std::string_view to) {
  replace(index.columns, from, to);
  replace(index.included, from, to);
  replace(index.mentioned, from, to);
  replace(index.column_names, from, to);
  replace(index.definition, from, to);
}

void rename_in_expressions(Relation& table, std::string_view from, std::string_view to) {
  for (DependentExpression& expression : table.expressions) {
    replace(expression.columns, from, to);
    const bool of_column =
        expression.kind == ExpressionKind::default_value || expression.kind == ExpressionKind::generated;
    if (of_column && expression.name == from) expression.name = to;
  }
}

// A column's name in everything that refers to it.
void rename_column_here(const Context& context, RelationId table, std::string_view from, std::string_view to) {
  Relation& relation = context.catalog.change(table);
  Column* column = relation.column(from);
  if (column == nullptr || relation.column(to) != nullptr) return;
  column->name = to;
  replace(relation.partition_key.columns, from, to);
  for (TableConstraint& constraint : relation.constraints) {
    replace(constraint.columns, from, to);
    replace(constraint.proof, from, to);
  }
  rename_in_expressions(relation, from, to);
  for (const RelationId index : relation.indexes)
    rename_in_index(context.catalog.change(index).index.change(), from, to);
  for (const RelationId sequence : relation.owned_sequences) {
    Relation& owned = context.catalog.change(sequence);
    if (owned.owned_by_column == from) owned.owned_by_column = to;
  }
  for (const RelationId view : relation.used_by) {
    for (ColumnUse& use : context.catalog.change(view).uses) {
      if (use.relation == table && use.column == from) use.column = to;
    }
  }
  const std::vector<RelationId> referencing = relation.referenced_by;
  for (const RelationId id : referencing) {
    for (TableConstraint& constraint : context.catalog.change(id).constraints) {
      if (constraint.referenced == table) replace(constraint.referenced_columns, from, to);
    }
  }
}

void rename_column(const Context& context, const RenameStmt& statement) {
  const RelationId table = context.resolve(statement.relation);
  const std::string_view from = text(statement.subname);
  (void)column_for(context.catalog.change(table), from);  // of an unknown table this is how it is learnt
  for (const RelationId id : context.tree(table, statement.relation->inh)) {
    rename_column_here(context, id, from, text(statement.newname));
  }
  if (statement.renameType != OBJECT_ATTRIBUTE) return;
  for (const RelationId id : typed_tables(context.catalog, table)) {
    rename_column_here(context, id, from, text(statement.newname));
  }
}

void rename_relation(const Context& context, RelationId id, std::string_view new_name) {
  const std::string schema = context.relation(id).schema;
  const std::string old_name = context.relation(id).name;
  const RelationId table = context.relation(id).index->table;
  context.catalog.rename(id, schema, new_name);
  // A constraint is called as its index (RenameRelationInternal()).
  if (context.catalog.find(table) == nullptr || context.relation(id).name != new_name) return;
  const TableConstraint* constraint = context.relation(table).constraint(old_name);
  if (constraint != nullptr && constraint->index == id) context.catalog.rename_constraint(table, old_name, new_name);
}

void rename_constraint(const Context& context, const RenameStmt& statement) {
  const RelationId table = context.resolve(statement.relation);
  const std::string_view from = text(statement.subname);
  const std::string_view to = text(statement.newname);
  const TableConstraint* constraint = context.relation(table).constraint(from);
  if (constraint == nullptr) return;
  if (constraint->index != kNoRelation) return rename_relation(context, constraint->index, to);
  // A partition's foreign key keeps its name.
  const bool recurse = statement.relation->inh && constraint->kind != ConstraintKind::foreign_key;
  for (const RelationId id : context.tree(table, recurse)) {
    const TableConstraint* here = context.relation(id).constraint(from);
    if (here != nullptr && (id == table || here->inherited)) context.catalog.rename_constraint(id, from, to);
  }
}

void rename_trigger(const Context& context, const RenameStmt& statement) {
  const Relation* table = context.find(statement.relation);
  if (table == nullptr) return;
  for (const RelationId id : context.tree(table->id, table->kind == RelationKind::partitioned_table)) {
    replace(context.catalog.change(id).triggers, text(statement.subname), text(statement.newname));
    rename_expression(context, id, ExpressionKind::trigger, text(statement.subname), text(statement.newname));
  }
}

NameView type_name(const Node* object) {
  if (const auto* type = as<TypeName>(object)) return name_of(type->names);
  if (object != nullptr && object->type == T_List) return name_of(reinterpret_cast<const List*>(object));
  return {};
}

// A composite type is a relation as well.
void move_type(const Context& context, NameView name, std::string_view schema, std::string_view new_name) {
  if (const Relation* relation = context.catalog.find(name, context.path)) {
    if (relation->kind == RelationKind::composite_type) {
      context.catalog.rename(relation->id, schema.empty() ? std::string(relation->schema) : std::string(schema),
                             new_name);
    }
  }
  const std::string old_schema = context.catalog.schema_of_type(name, context.path);
  context.catalog.rename_type(name, context.path, schema, new_name);
  if (!old_schema.empty()) {
    rename_type_uses(context.catalog, {old_schema, name.name}, {schema.empty() ? old_schema : schema, new_name});
  }
}

const std::vector<std::string>& functions_of_index(const Relation& relation) { return relation.index->functions; }
std::vector<std::string>& functions_of_index(Relation& relation) { return relation.index.change().functions; }

// Calls `visit` for each list of functions that something of the relation calls, until it says true.
template <class Object, class Visitor>
bool visit_function_lists(Object& relation, const Visitor& visit) {
  const auto visit_one = [&](auto& one) { return visit(one.functions); };
  return std::any_of(relation.expressions.begin(), relation.expressions.end(), visit_one) ||
         std::any_of(relation.constraints.begin(), relation.constraints.end(), visit_one) ||
         visit(functions_of_index(relation));
}

// What calls a function goes on doing so under its new name; both are "schema.name".
void rename_function_uses(Catalog& catalog, const std::string& name, const std::string& new_name) {
  std::vector<RelationId> users;
  catalog.each_relation([&](const Relation& relation) {
    const auto has_it = [&](const std::vector<std::string>& functions) { return contains(functions, name); };
    if (visit_function_lists(relation, has_it)) users.push_back(relation.id);
  });
  for (const RelationId user : users) {
    visit_function_lists(catalog.change(user), [&](std::vector<std::string>& functions) {
      std::replace(functions.begin(), functions.end(), name, new_name);
      return false;
    });
  }
}

void move_function(const Context& context, NameView name, std::string_view schema, std::string_view new_name) {
  const FunctionObject* function = context.catalog.find_function(name, context.path);
  if (function == nullptr) return;
  FunctionObject moved = *function;
  const std::string old_schema = context.catalog.schema_of_function(name, context.path);
  const std::string new_schema(schema.empty() ? std::string_view(old_schema) : schema);
  context.catalog.drop_function(name, context.path);
  context.catalog.put_function(new_schema, new_name, std::move(moved));
  rename_function_uses(context.catalog, old_schema + '.' + std::string(name.name),
                       new_schema + '.' + std::string(new_name));
}

}  // namespace

void rename(const Context& context, const RenameStmt& statement) {
  const std::string_view new_name = text(statement.newname);
  switch (statement.renameType) {
    case OBJECT_TABLE:
    case OBJECT_FOREIGN_TABLE:
    case OBJECT_VIEW:
    case OBJECT_MATVIEW:
    case OBJECT_SEQUENCE:
      return rename_relation(context, context.resolve(statement.relation), new_name);
    case OBJECT_INDEX:
      return rename_relation(context, context.resolve(statement.relation, RelationKind::index), new_name);
    case OBJECT_COLUMN:
    case OBJECT_ATTRIBUTE:
      return rename_column(context, statement);
    case OBJECT_TABCONSTRAINT:
      return rename_constraint(context, statement);
    case OBJECT_TRIGGER:
      return rename_trigger(context, statement);
    case OBJECT_POLICY:
    case OBJECT_RULE:
      return rename_expression(context, context.resolve(statement.relation),
                               statement.renameType == OBJECT_RULE ? ExpressionKind::rule : ExpressionKind::policy,
                               text(statement.subname), new_name);
    case OBJECT_STATISTIC_EXT: {
      const NameView name = name_of(as<List>(statement.object));
      return move_other(context, statement.renameType, name, context.target_schema(name), new_name);
    }
    case OBJECT_PUBLICATION:
    case OBJECT_SUBSCRIPTION:
      return move_other(context, statement.renameType, {{}, string_value(statement.object)}, {}, new_name);
    case OBJECT_SCHEMA:
      return context.catalog.rename_schema(text(statement.subname), new_name);
    case OBJECT_TYPE:
    case OBJECT_DOMAIN:
      return move_type(context, type_name(statement.object), {}, new_name);
    case OBJECT_DOMCONSTRAINT:
      if (TypeObject* domain = context.catalog.change_type(type_name(statement.object), context.path)) {
        replace(domain->checks, text(statement.subname), new_name);
      }
      return;
    case OBJECT_FUNCTION:
    case OBJECT_PROCEDURE:
    case OBJECT_ROUTINE:
      if (const auto* function = as<ObjectWithArgs>(statement.object)) {
        move_function(context, name_of(function->objname), {}, new_name);
      }
      return;
    default:
      return;
  }
}

void set_schema(const Context& context, const AlterObjectSchemaStmt& statement) {
  const std::string_view schema = text(statement.newschema);
  if (statement.relation != nullptr) {
    const RelationId id = context.resolve(statement.relation);
    const std::string name = context.relation(id).name;
    return context.catalog.rename(id, schema, name);
  }
  switch (statement.objectType) {
    case OBJECT_TYPE:
    case OBJECT_DOMAIN: {
      const NameView name = type_name(statement.object);
      return move_type(context, name, schema, name.name);
    }
    case OBJECT_FUNCTION:
    case OBJECT_PROCEDURE:
    case OBJECT_ROUTINE:
      if (const auto* function = as<ObjectWithArgs>(statement.object)) {
        const NameView name = name_of(function->objname);
        move_function(context, name, schema, name.name);
      }
      return;
    default:
      return;
  }
}

}  // namespace pglatch::applying
