#include "rules/support/dropped_objects.h"

#include <algorithm>
#include <optional>

namespace pglatch {
namespace {

// An object without a RelationId, of which the catalog may have a record.
template <class Record>
bool is_of_others(const StatementContext& context, const Record* record) {
  return record == nullptr || record->origin == Origin::unknown || record->script != context.catalog.script;
}

std::string schema_or_default(const StatementContext& context, NameView name) {
  return std::string(name.schema.empty() ? creation_schema(context.session.search_path()) : name.schema);
}

std::optional<DroppedObject> relation(const StatementContext& context, NameView name) {
  const Relation* found = context.catalog.find(name, context.session.search_path());
  if (found == nullptr) return std::nullopt;
  const bool live = context.is_live(found->id) && !made_by_script(context, *found);
  return DroppedObject{ObjectAddress::of_relation(found->id), live, found->origin != Origin::unknown};
}

std::optional<DroppedObject> type(const StatementContext& context, NameView name) {
  const SearchPath& path = context.session.search_path();
  const TypeObject* found = context.catalog.find_type(name, path);
  if (found == nullptr && context.catalog.complete) return std::nullopt;
  const std::string schema =
      found == nullptr ? schema_or_default(context, name) : context.catalog.schema_of_type(name, path);
  return DroppedObject{ObjectAddress::of_type({schema, name.name}), is_of_others(context, found), found != nullptr};
}

std::optional<DroppedObject> function(const StatementContext& context, NameView name) {
  const SearchPath& path = context.session.search_path();
  const FunctionObject* found = context.catalog.find_function(name, path);
  if (found == nullptr && context.catalog.complete) return std::nullopt;
  const std::string schema =
      found == nullptr ? schema_or_default(context, name) : context.catalog.schema_of_function(name, path);
  return DroppedObject{ObjectAddress::of_function({schema, name.name}), is_of_others(context, found), found != nullptr};
}

std::optional<DroppedObject> other(const StatementContext& context, ObjectType kind, NameView name) {
  const OtherObject* found = context.catalog.find_other(kind, name, context.session.search_path());
  if (found == nullptr && context.catalog.complete) return std::nullopt;
  return DroppedObject{ObjectAddress::of_other(kind, name), is_of_others(context, found), found != nullptr};
}

std::optional<DroppedObject> dropped_object(const StatementContext& context, ObjectType kind, const Node* object) {
  switch (kind) {
    case OBJECT_TABLE:
    case OBJECT_FOREIGN_TABLE:
    case OBJECT_VIEW:
    case OBJECT_MATVIEW:
    case OBJECT_SEQUENCE:
    case OBJECT_INDEX:
      return relation(context, name_of(as<List>(object)));
    case OBJECT_TYPE:
    case OBJECT_DOMAIN:
      return type(context, name_of(as<TypeName>(object)->names));
    case OBJECT_FUNCTION:
    case OBJECT_PROCEDURE:
    case OBJECT_ROUTINE:
    case OBJECT_AGGREGATE:
      return function(context, name_of(as<ObjectWithArgs>(object)->objname));
    case OBJECT_EXTENSION:
    case OBJECT_FOREIGN_SERVER:
    case OBJECT_FDW:
      return other(context, kind, {{}, string_value(object)});
    default:
      return std::nullopt;
  }
}

ObjectName name_of_dropped(const StatementContext& context, ObjectType kind, const DroppedObject& dropped) {
  const Relation* relation = context.catalog.find(dropped.address.relation);
  if (relation != nullptr) return {NameSpace::relation, relation->schema, relation->name};
  return {name_space(kind), dropped.address.schema, dropped.address.name};
}

// The script has made the schema, so that all that is in it is known.
bool is_in_new_schema(const StatementContext& context, std::string_view schema) {
  return std::any_of(context.preceding.begin(), context.preceding.end(), [&](const Statement& statement) {
    const auto* create = as<CreateSchemaStmt>(statement.node);
    return create != nullptr && !create->if_not_exists && text(create->schemaname) == schema;
  });
}

// Where tables are shown and the object is not, nothing is in the way the first time.
bool is_hardly_there(const StatementContext& context, const DropStmt& statement, const DroppedObject& dropped) {
  if (dropped.known) return false;
  const ObjectName name = name_of_dropped(context, statement.removeType, dropped);
  return clears_the_way(context, statement, name) &&
         (is_in_new_schema(context, name.schema) || shows_tables(context.catalog));
}

}  // namespace

std::vector<DroppedObject> dropped_objects(const StatementContext& context, const DropStmt& statement) {
  std::vector<DroppedObject> dropped;
  for (const Node* object : each(statement.objects)) {
    auto one = dropped_object(context, statement.removeType, object);
    if (one && !is_hardly_there(context, statement, *one)) dropped.push_back(std::move(*one));
  }
  return dropped;
}

bool clears_the_way(const StatementContext& context, const DropStmt& statement, const ObjectName& name) {
  return statement.missing_ok &&
         (is_in_new_schema(context, name.schema) || is_given_later(context, name, Reach::script));
}

bool shows_tables(const Catalog& catalog) {
  bool found = false;
  catalog.each_relation([&](const Relation& relation) {
    found = found || (relation.has_storage() && relation.origin != Origin::unknown);
  });
  return found;
}

}  // namespace pglatch
