#include "rules/support/column_type_change.h"

#include <fmt/core.h>

#include <algorithm>

#include "analyzer/parse/identifier.h"
#include "analyzer/parse/type_name.h"

namespace pglatch {
namespace {

bool contains(const std::vector<RelationId>& relations, RelationId relation) {
  return std::find(relations.begin(), relations.end(), relation) != relations.end();
}

bool mentions(const std::vector<std::string>& columns, std::string_view column) {
  return std::find(columns.begin(), columns.end(), column) != columns.end();
}

bool references(const Relation& referencing, RelationId referenced, std::string_view column) {
  return std::any_of(referencing.constraints.begin(), referencing.constraints.end(), [&](const auto& constraint) {
    return constraint.referenced == referenced && mentions(constraint.referenced_columns, column);
  });
}

}  // namespace

const ColumnDef* new_type(const Subcommand& subcommand) {
  return subcommand.command.subtype == AT_AlterColumnType ? as<ColumnDef>(subcommand.command.def) : nullptr;
}

std::string change_to_type(const Subcommand& subcommand, const ColumnDef& definition) {
  return fmt::format("column {} to {}", quote_identifier_sql(text(subcommand.command.name)),
                     format_type(type_ref(definition.typeName)));
}

std::string change_of_type(const Subcommand& subcommand, const ColumnDef& definition) {
  const std::string_view name = text(subcommand.command.name);
  const Column* known = subcommand.target.column(name);
  if (known == nullptr || known->type.name.empty()) return change_to_type(subcommand, definition);
  return fmt::format("column {} from {} to {}", quote_identifier_sql(name), format_type(known->type),
                     format_type(type_ref(definition.typeName)));
}

std::vector<RelationId> other_sides(const Subcommand& subcommand) {
  const StatementContext& context = subcommand.context;
  const std::string_view column = text(subcommand.command.name);
  const std::vector<RelationId> tree = context.catalog.with_descendants(subcommand.target.id);
  std::vector<RelationId> others;
  const auto add = [&](RelationId other) {
    if (contains(tree, other) || contains(others, other)) return;
    if (context.is_live(other) && context.effects.mode_on(other) == LockMode::access_exclusive) others.push_back(other);
  };
  for (const RelationId id : tree) {
    const Relation* table = context.catalog.find(id);
    if (table == nullptr) continue;
    for (const TableConstraint& constraint : table->constraints) {
      if (constraint.referenced != kNoRelation && mentions(constraint.columns, column)) add(constraint.referenced);
    }
    for (const RelationId referencing : table->referenced_by) {
      const Relation* other = context.catalog.find(referencing);
      if (other != nullptr && references(*other, id, column)) add(referencing);
    }
  }
  return others;
}

}  // namespace pglatch
