// ALTER TABLE … DROP CONSTRAINT.
#include "analyzer/catalog/apply_families.h"
#include "analyzer/catalog/object_names.h"

namespace pglatch::applying {
namespace {

// "t_c_not_null", which PostgreSQL 18 gives to a NOT NULL without a name: the column, or empty.
std::string unnamed_not_null(const Relation& relation, std::string_view name) {
  for (const Column& column : relation.columns) {
    if (column.not_null && name == make_object_name(relation.name, column.name, "not_null")) return column.name;
  }
  return {};
}

void drop_not_null(const Context& context, RelationId table, std::string_view column, bool recurse) {
  for (const RelationId id : context.tree(table, recurse)) {
    if (Column* found = context.catalog.change(id).column(column)) found->not_null = false;
  }
}

// A foreign key of a partition can have another name than its parent's; of two that say the same, the namesake is
// meant.
bool has_constraint_from(const Relation& child, const TableConstraint& parent) {
  const TableConstraint* namesake = child.constraint(parent.name);
  return namesake != nullptr && comes_from(*namesake, parent);
}

}  // namespace

void drop_constraint(const Context& context, RelationId table, std::string_view name, bool cascade, bool recurse) {
  const TableConstraint* found = context.relation(table).constraint(name);
  if (found == nullptr) {
    const std::string column = unnamed_not_null(context.relation(table), name);
    if (!column.empty()) drop_not_null(context, table, column, recurse);
    return;
  }
  const TableConstraint dropped = *found;
  if (dropped.index != kNoRelation) {
    if (cascade) {
      const std::vector<RelationId> referencing = context.relation(table).referenced_by;
      for (const RelationId id : referencing) {
        context.catalog.remove_constraints(id, [&](const TableConstraint& constraint) {
          return constraint.referenced == table && constraint.referenced_columns == dropped.columns;
        });
      }
    }
    context.catalog.drop(dropped.index);
  }
  if (dropped.kind == ConstraintKind::not_null && dropped.validated) {
    drop_not_null(context, table, dropped.columns.front(), recurse);
  }
  context.catalog.remove_constraints(table, [&](const TableConstraint& constraint) {
    return constraint.name == dropped.name && constraint.kind == dropped.kind;
  });
  for (const RelationId id : context.tree(table, true)) {
    if (id == table) continue;
    const bool has_namesake = has_constraint_from(context.relation(id), dropped);
    const auto is_part = [&](const TableConstraint& constraint) {
      return comes_from(constraint, dropped) && (!has_namesake || constraint.name == dropped.name);
    };
    const auto goes = [&](const TableConstraint& constraint) {
      return is_part(constraint) && recurse && (!constraint.local || dropped.kind == ConstraintKind::foreign_key);
    };
    context.catalog.remove_constraints(id, goes);
    for (TableConstraint& constraint : context.catalog.change(id).constraints) {
      if (!is_part(constraint)) continue;
      constraint.inherited = false;
      constraint.local = true;
    }
  }
}

}  // namespace pglatch::applying
