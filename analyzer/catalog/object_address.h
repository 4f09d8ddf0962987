// How statements and messages mean one object of the catalog: PostgreSQL's ObjectAddress, by name where
// the catalog has no identity for it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "analyzer/catalog/catalog.h"

namespace pglatch {

enum class ObjectClass : std::uint8_t { relation, column, constraint, expression, type, function, schema, other };

struct ObjectAddress {
  ObjectClass object_class = ObjectClass::relation;
  RelationId relation = kNoRelation;                          ///< of a relation, column, constraint or expression
  ExpressionKind expression = ExpressionKind::default_value;  ///< of an expression
  ObjectType type = OBJECT_TABLE;                             ///< of an object of another class
  std::string schema{};                                       ///< of a type, function or object of another class
  std::string name{};                                         ///< of all but a relation

  [[nodiscard]] static ObjectAddress of_relation(RelationId id) { return {ObjectClass::relation, id}; }
  /// A column, or a constraint, of a relation.
  [[nodiscard]] static ObjectAddress of_column(RelationId table, std::string_view name);
  [[nodiscard]] static ObjectAddress of_constraint(RelationId table, std::string_view name);
  [[nodiscard]] static ObjectAddress of_expression(RelationId table, ExpressionKind kind, std::string_view name);
  [[nodiscard]] static ObjectAddress of_type(NameView name);
  [[nodiscard]] static ObjectAddress of_function(NameView name);
  [[nodiscard]] static ObjectAddress of_schema(std::string_view name);
  [[nodiscard]] static ObjectAddress of_other(ObjectType type, NameView name);
};

/// "table", "materialized view", "foreign-data wrapper" …: what messages call objects of that type; "object" for those
/// that no message of ours names.
[[nodiscard]] std::string_view kind_name(ObjectType type) noexcept;

/// "table r", "column a of table t", "function f(integer)": what PostgreSQL calls the object in messages
/// (getObjectDescription() in objectaddress.c). Names outside of the search path have their schema.
[[nodiscard]] std::string describe(const Catalog& catalog, const SearchPath& path, const ObjectAddress& object);

}  // namespace pglatch
