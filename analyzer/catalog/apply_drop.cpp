// DROP of every kind of object.
#include <algorithm>

#include "analyzer/catalog/apply_families.h"
#include "analyzer/catalog/dependencies.h"

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

void delete_expression(const Context& context, const ObjectAddress& object) {
  Relation& table = context.catalog.change(object.relation);
  auto& expressions = table.expressions;
  expressions.erase(std::remove_if(expressions.begin(), expressions.end(),
                                   [&](const DependentExpression& one) {
                                     return one.kind == object.expression && one.name == object.name;
                                   }),
                    expressions.end());
  if (object.expression == ExpressionKind::trigger) {
    table.triggers.erase(std::remove(table.triggers.begin(), table.triggers.end(), object.name), table.triggers.end());
  } else if (object.expression == ExpressionKind::default_value) {
    if (Column* column = table.column(object.name)) column->has_default = false;
  }
}

// One object alone; what depends on it is seen to by the caller.
void delete_object(const Context& context, const ObjectAddress& object) {
  Catalog& catalog = context.catalog;
  const bool of_relation = object.relation != kNoRelation;
  if (of_relation && catalog.find(object.relation) == nullptr) return;
  switch (object.object_class) {
    case ObjectClass::relation:
      return catalog.drop(object.relation);
    case ObjectClass::column:
      return drop_column(context, object.relation, object.name, true, false);
    case ObjectClass::constraint:
      return catalog.remove_constraints(object.relation,
                                        [&](const TableConstraint& one) { return one.name == object.name; });
    case ObjectClass::expression:
      return delete_expression(context, object);
    case ObjectClass::type: {
      const Relation* composite = catalog.find({object.schema, object.name}, context.path);
      if (composite != nullptr && composite->kind == RelationKind::composite_type) catalog.drop(composite->id);
      return catalog.drop_type({object.schema, object.name}, context.path);
    }
    case ObjectClass::function:
      return catalog.drop_function({object.schema, object.name}, context.path);
    case ObjectClass::schema:
      return catalog.drop_schema(object.name);
    case ObjectClass::other:
      return catalog.drop_other(object.type, {object.schema, object.name}, context.path);
  }
}

void delete_all(const Context& context, const std::vector<Dependent>& objects) {
  for (const Dependent& one : objects) delete_object(context, one.object);
}

void drop_relation(const Context& context, const List* name, ObjectType type, bool cascade) {
  const Relation* found = context.find(name);
  if (found == nullptr) return;
  // What was only guessed of an unknown relation does not count.
  if (found->origin != Origin::unknown && !is_of_type(*found, type)) return;
  ObjectAddress owner;
  if (find_owner(context.catalog, ObjectAddress::of_relation(found->id), owner)) return;
  if (found->is_index() && found->index->table != kNoRelation) {
    context.catalog.change(found->index->table).dropped_indexes.change().push_back(*found->index);
  }
  if (cascade) {
    drop_with_dependents(context, found->id);
  } else {
    context.catalog.drop(found->id);
  }
}

// What a type, function, schema or server takes with it under CASCADE; without, nothing depends on it or the
// statement is refused.
void drop_object(const Context& context, const ObjectAddress& object, bool cascade) {
  if (cascade) {
    delete_all(context, find_dependents(context.catalog, {object}));
  } else {
    delete_object(context, object);
  }
}

void drop_type(const Context& context, const TypeName* name, bool cascade) {
  if (name == nullptr) return;
  const NameView type = name_of(name->names);
  if (const Relation* relation = context.catalog.find(type, context.path)) {
    if (relation->kind == RelationKind::composite_type) {
      const std::string schema = relation->schema;
      return drop_object(context, ObjectAddress::of_type({schema, type.name}), cascade);
    }
  }
  const std::string schema = context.catalog.schema_of_type(type, context.path);
  if (!schema.empty()) drop_object(context, ObjectAddress::of_type({schema, type.name}), cascade);
}

void drop_function(const Context& context, const ObjectWithArgs* function, bool cascade) {
  if (function == nullptr) return;
  const NameView name = name_of(function->objname);
  const std::string schema = context.catalog.schema_of_function(name, context.path);
  if (!schema.empty()) drop_object(context, ObjectAddress::of_function({schema, name.name}), cascade);
}

// The name of the object is the last of the list, what is before it names the table.
void drop_of_table(const Context& context, const List* name, ExpressionKind kind) {
  const auto parts = each(name);
  if (parts.size() < 2) return;
  const Relation* found = context.catalog.find(table_of(name), context.path);
  if (found == nullptr) return;
  const bool recurse = kind == ExpressionKind::trigger && found->kind == RelationKind::partitioned_table;
  for (const RelationId id : context.tree(found->id, recurse)) {
    delete_expression(context, ObjectAddress::of_expression(id, kind, string_value(parts.back())));
  }
}

const List* as_list(const Node* object) {
  return object->type == T_List ? reinterpret_cast<const List*>(object) : nullptr;
}

}  // namespace

void drop_with_dependents(const Context& context, RelationId id) {
  delete_all(context, find_dependents(context.catalog, {ObjectAddress::of_relation(id)}));
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
        drop_object(context, ObjectAddress::of_schema(string_value(object)), cascade);
        break;
      case OBJECT_FUNCTION:
      case OBJECT_PROCEDURE:
      case OBJECT_ROUTINE:
      case OBJECT_AGGREGATE:
        drop_function(context, as<ObjectWithArgs>(object), cascade);
        break;
      case OBJECT_FOREIGN_SERVER:
      case OBJECT_FDW:
        drop_object(context, ObjectAddress::of_other(statement.removeType, {{}, string_value(object)}), cascade);
        break;
      case OBJECT_TRIGGER:
        drop_of_table(context, as_list(object), ExpressionKind::trigger);
        break;
      case OBJECT_POLICY:
        drop_of_table(context, as_list(object), ExpressionKind::policy);
        break;
      case OBJECT_RULE:
        drop_of_table(context, as_list(object), ExpressionKind::rule);
        break;
      case OBJECT_STATISTIC_EXT:
        context.catalog.drop_other(OBJECT_STATISTIC_EXT, name_of(as_list(object)), context.path);
        break;
      case OBJECT_EXTENSION:
        context.catalog.drop_other(OBJECT_EXTENSION, {{}, string_value(object)}, context.path);
        break;
      case OBJECT_PUBLICATION:
        context.catalog.drop_other(OBJECT_PUBLICATION, {{}, string_value(object)}, context.path);
        break;
      default:
        break;
    }
  }
}

void drop_owned(const Context& context, const DropOwnedStmt& statement) {
  for (const RoleSpec* role : each<RoleSpec>(statement.roles)) {
    const std::string_view owner = text(role->rolename);
    if (owner.empty()) continue;
    std::vector<ObjectAddress> owned;
    for (const Relation* relation : context.catalog.relations()) {
      if (*relation->owner == owner) owned.push_back(ObjectAddress::of_relation(relation->id));
    }
    delete_all(context, find_dependents(context.catalog, std::move(owned)));
  }
}

}  // namespace pglatch::applying
