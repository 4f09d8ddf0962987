#include "analyzer/catalog/relation.h"

#include <algorithm>

#include "analyzer/parse/identifier.h"

namespace pglatch {
namespace {

template <class Named>
auto* find_named(Named& all, std::string_view name) noexcept {
  const auto found = std::find_if(all.begin(), all.end(), [&](const auto& one) { return one.name == name; });
  return found == all.end() ? nullptr : &*found;
}

}  // namespace

const Column* Relation::column(std::string_view column_name) const noexcept { return find_named(columns, column_name); }

Column* Relation::column(std::string_view column_name) noexcept { return find_named(columns, column_name); }

const TableConstraint* Relation::constraint(std::string_view constraint_name) const noexcept {
  return find_named(constraints, constraint_name);
}

TableConstraint* Relation::constraint(std::string_view constraint_name) noexcept {
  return find_named(constraints, constraint_name);
}

const TableConstraint* Relation::primary_key() const noexcept {
  const auto found = std::find_if(constraints.begin(), constraints.end(), [](const TableConstraint& constraint) {
    return constraint.kind == ConstraintKind::primary_key;
  });
  return found == constraints.end() ? nullptr : &*found;
}

std::string display_name(const Relation& relation) { return quote_qualified(relation.schema, relation.name); }

std::string_view to_string(RelationKind kind) noexcept {
  switch (kind) {
    case RelationKind::table:
      return "table";
    case RelationKind::partitioned_table:
      return "partitioned table";
    case RelationKind::foreign_table:
      return "foreign table";
    case RelationKind::index:
      return "index";
    case RelationKind::partitioned_index:
      return "partitioned index";
    case RelationKind::view:
      return "view";
    case RelationKind::materialized_view:
      return "materialized view";
    case RelationKind::sequence:
      return "sequence";
    case RelationKind::composite_type:
      return "composite type";
  }
  return "relation";
}

RelationKind relation_kind(ObjectType type) noexcept {
  switch (type) {
    case OBJECT_INDEX:
      return RelationKind::index;
    case OBJECT_VIEW:
      return RelationKind::view;
    case OBJECT_MATVIEW:
      return RelationKind::materialized_view;
    case OBJECT_SEQUENCE:
      return RelationKind::sequence;
    case OBJECT_FOREIGN_TABLE:
      return RelationKind::foreign_table;
    case OBJECT_TYPE:
      return RelationKind::composite_type;
    default:
      return RelationKind::table;
  }
}

}  // namespace pglatch
