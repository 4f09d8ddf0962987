// DROP of every kind of object.
#include <algorithm>

#include "analyzer/catalog/apply_families.h"

namespace pglatch::applying {
namespace {

// DROP TABLE works for partitioned tables, DROP INDEX for partitioned indexes.
bool is_of_type(const Relation& relation, ObjectType type) {
  switch (type) {
    case OBJECT_TABLE:
      return relation.kind == RelationKind::table || relation.kind == RelationKind::partitioned_table;
    case OBJECT_FOREIGN_TABLE:
      return relation.kind == RelationKind::foreign_table;
    case OBJECT_INDEX:
      return relation.is_index();
    case OBJECT_VIEW:
      return relation.kind == RelationKind::view;
    case OBJECT_MATVIEW:
      return relation.kind == RelationKind::materialized_view;
    case OBJECT_SEQUENCE:
      return relation.kind == RelationKind::sequence;
    default:
      return false;
  }
}

// An index of a constraint, or one that is attached to a parent's, goes with that only.
bool is_required(const Context& context, const Relation& index) {
  if (index.index.parent != kNoRelation && context.catalog.find(index.index.parent) != nullptr) return true;
  const Relation* table = context.catalog.find(index.index.table);
  return table != nullptr &&
         std::any_of(table->constraints.begin(), table->constraints.end(),
                     [&](const TableConstraint& constraint) { return constraint.index == index.id; });
}

void drop_relation(const Context& context, const List* name, ObjectType type, bool cascade) {
  const Relation* found = context.find(name);
  if (found == nullptr) return;
  // What was only guessed of an unknown relation does not count.
  if (found->origin != Origin::unknown && !is_of_type(*found, type)) return;
  if (found->is_index() && is_required(context, *found)) return;
  if (cascade) {
    drop_with_dependents(context, found->id);
  } else {
    context.catalog.drop(found->id);
  }
}

// With CASCADE the columns of that type go as well.
void drop_columns_of_type(const Context& context, NameView type) {
  struct Place {
    RelationId table;
    std::string column;
  };
  std::vector<Place> places;
  for (const Relation* relation : context.catalog.relations()) {
    for (const Column& column : relation->columns) {
      if (column.type.name != type.name) continue;
      if (!type.schema.empty() && !column.type.schema.empty() && column.type.schema != type.schema) continue;
      places.push_back({relation->id, column.name});
    }
  }
  for (const Place& place : places) {
    if (context.catalog.find(place.table) != nullptr) drop_column(context, place.table, place.column, true, true);
  }
}

void drop_type(const Context& context, const TypeName* name, bool cascade) {
  if (name == nullptr) return;
  const NameView view = name_of(name->names);
  const bool known = context.catalog.find_type(view, context.path) != nullptr;
  if (const Relation* relation = context.catalog.find(view, context.path)) {
    if (relation->kind == RelationKind::composite_type) context.catalog.drop(relation->id);
  }
  if (known && cascade) drop_columns_of_type(context, view);
  context.catalog.drop_type(view, context.path);
}

void drop_schema(const Context& context, std::string_view name, bool cascade) {
  if (cascade) {
    for (const RelationId id : context.catalog.relations_in(name)) drop_with_dependents(context, id);
  }
  context.catalog.drop_schema(name);
}

// The name of the object is the last of the list, what is before it names the table.
void drop_trigger(const Context& context, const List* name) {
  const auto parts = each(name);
  if (parts.size() < 2) return;
  const std::string_view trigger = string_value(parts.back());
  const Relation* found = context.catalog.find(table_of(name), context.path);
  if (found == nullptr) return;
  for (const RelationId id : context.tree(found->id, found->kind == RelationKind::partitioned_table)) {
    auto& triggers = context.catalog.change(id).triggers;
    triggers.erase(std::remove(triggers.begin(), triggers.end(), trigger), triggers.end());
  }
}

const List* as_list(const Node* object) {
  return object->type == T_List ? reinterpret_cast<const List*>(object) : nullptr;
}

}  // namespace

void drop_with_dependents(const Context& context, RelationId id) {
  if (context.catalog.find(id) == nullptr) return;
  std::vector<RelationId> dependents;
  for (const RelationId below : context.tree(id, true)) {
    const Relation& relation = context.relation(below);
    dependents.insert(dependents.end(), relation.used_by.begin(), relation.used_by.end());
    dependents.insert(dependents.end(), relation.inherited_by.begin(), relation.inherited_by.end());
  }
  context.catalog.drop(id);
  for (const RelationId dependent : dependents) drop_with_dependents(context, dependent);
}

void drop(const Context& context, const DropStmt& statement) {
  const bool cascade = statement.behavior == DROP_CASCADE;
  for (const Node* object : each(statement.objects)) {
    switch (statement.removeType) {
      case OBJECT_TABLE:
      case OBJECT_FOREIGN_TABLE:
      case OBJECT_INDEX:
      case OBJECT_VIEW:
      case OBJECT_MATVIEW:
      case OBJECT_SEQUENCE:
        drop_relation(context, as_list(object), statement.removeType, cascade);
        break;
      case OBJECT_TYPE:
      case OBJECT_DOMAIN:
        drop_type(context, as<TypeName>(object), cascade);
        break;
      case OBJECT_SCHEMA:
        drop_schema(context, string_value(object), cascade);
        break;
      case OBJECT_FUNCTION:
      case OBJECT_PROCEDURE:
      case OBJECT_ROUTINE:
      case OBJECT_AGGREGATE:
        if (const auto* function = as<ObjectWithArgs>(object)) {
          context.catalog.drop_function(name_of(function->objname), context.path);
        }
        break;
      case OBJECT_TRIGGER:
        drop_trigger(context, as_list(object));
        break;
      default:
        break;
    }
  }
}

}  // namespace pglatch::applying
