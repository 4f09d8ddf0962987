#include "analyzer/catalog/object_address.h"

#include <algorithm>

#include "analyzer/parse/identifier.h"

namespace pglatch {

ObjectAddress ObjectAddress::of_column(RelationId table, std::string_view name) {
  ObjectAddress object{ObjectClass::column, table};
  object.name = name;
  return object;
}

ObjectAddress ObjectAddress::of_constraint(RelationId table, std::string_view name) {
  ObjectAddress object = of_column(table, name);
  object.object_class = ObjectClass::constraint;
  return object;
}

ObjectAddress ObjectAddress::of_expression(RelationId table, ExpressionKind kind, std::string_view name) {
  ObjectAddress object = of_column(table, name);
  object.object_class = ObjectClass::expression;
  object.expression = kind;
  return object;
}

ObjectAddress ObjectAddress::of_type(NameView name) {
  ObjectAddress object{ObjectClass::type};
  object.schema = name.schema;
  object.name = name.name;
  return object;
}

ObjectAddress ObjectAddress::of_function(NameView name) {
  ObjectAddress object = of_type(name);
  object.object_class = ObjectClass::function;
  return object;
}

ObjectAddress ObjectAddress::of_schema(std::string_view name) {
  ObjectAddress object = of_type({{}, name});
  object.object_class = ObjectClass::schema;
  return object;
}

ObjectAddress ObjectAddress::of_other(ObjectType type, NameView name) {
  ObjectAddress object = of_type(name);
  object.object_class = ObjectClass::other;
  object.type = type;
  return object;
}

namespace {

std::string_view label(ExpressionKind kind) noexcept {
  switch (kind) {
    case ExpressionKind::trigger:
      return "trigger";
    case ExpressionKind::policy:
      return "policy";
    case ExpressionKind::rule:
      return "rule";
    default:
      return "default value for column";
  }
}

// A name that the path does not lead to has its schema.
std::string visible_name(bool visible, std::string_view schema, std::string_view name) {
  return quote_qualified(visible ? std::string_view() : schema, name);
}

std::string relation_name(const Catalog& catalog, const SearchPath& path, RelationId id) {
  const Relation* relation = catalog.find(id);
  if (relation == nullptr) return {};
  const Relation* seen = catalog.find({{}, relation->name}, path);
  const std::string name = visible_name(seen != nullptr && seen->id == id, relation->schema, relation->name);
  // A partitioned table is a table in messages.
  switch (relation->kind) {
    case RelationKind::partitioned_table:
      return "table " + name;
    case RelationKind::partitioned_index:
      return "index " + name;
    default:
      return std::string(to_string(relation->kind)) + ' ' + name;
  }
}

std::string function_name(const Catalog& catalog, const SearchPath& path, const ObjectAddress& object) {
  std::string result =
      visible_name(catalog.schema_of_function({{}, object.name}, path) == object.schema, object.schema, object.name);
  const FunctionObject* function = catalog.find_function({object.schema, object.name}, path);
  result += '(';
  if (function != nullptr) {
    for (const TypeRef& argument : function->arguments) {
      if (&argument != &function->arguments.front()) result += ',';
      result += format_type(argument);
    }
  }
  return result + ')';
}

}  // namespace

std::string_view kind_name(ObjectType type) noexcept {
  switch (type) {
    case OBJECT_TABLE:
      return "table";
    case OBJECT_VIEW:
      return "view";
    case OBJECT_MATVIEW:
      return "materialized view";
    case OBJECT_SEQUENCE:
      return "sequence";
    case OBJECT_FOREIGN_TABLE:
      return "foreign table";
    case OBJECT_INDEX:
      return "index";
    case OBJECT_TYPE:
      return "type";
    case OBJECT_DOMAIN:
      return "domain";
    case OBJECT_FUNCTION:
      return "function";
    case OBJECT_PROCEDURE:
      return "procedure";
    case OBJECT_ROUTINE:
      return "routine";
    case OBJECT_AGGREGATE:
      return "aggregate";
    case OBJECT_SCHEMA:
      return "schema";
    case OBJECT_FOREIGN_SERVER:
      return "server";
    case OBJECT_FDW:
      return "foreign-data wrapper";
    case OBJECT_STATISTIC_EXT:
      return "statistics object";
    case OBJECT_PUBLICATION:
      return "publication";
    case OBJECT_EXTENSION:
      return "extension";
    default:
      return "object";
  }
}

std::string describe(const Catalog& catalog, const SearchPath& path, const ObjectAddress& object) {
  const std::string name = quote_identifier_sql(object.name);
  const auto on_table = [&](std::string_view what, std::string_view preposition) {
    return std::string(what) + ' ' + name + ' ' + std::string(preposition) + ' ' +
           relation_name(catalog, path, object.relation);
  };
  switch (object.object_class) {
    case ObjectClass::relation:
      return relation_name(catalog, path, object.relation);
    case ObjectClass::column:
      return on_table("column", "of");
    case ObjectClass::constraint:
      return on_table("constraint", "on");
    case ObjectClass::expression: {
      const bool of_column =
          object.expression == ExpressionKind::default_value || object.expression == ExpressionKind::generated;
      return on_table(label(object.expression), of_column ? "of" : "on");
    }
    case ObjectClass::type:
      return "type " +
             visible_name(catalog.schema_of_type({{}, object.name}, path) == object.schema, object.schema, object.name);
    case ObjectClass::function:
      return "function " + function_name(catalog, path, object);
    case ObjectClass::schema:
      return "schema " + name;
    case ObjectClass::other:
      return std::string(kind_name(object.type)) + ' ' + name;
  }
  return {};
}

}  // namespace pglatch
