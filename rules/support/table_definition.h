// What CREATE TABLE and ALTER TABLE define: columns with their types, and constraints, wherever they are written.
// Tables that are temporary, or are not made since they exist already, are left out.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "rules/support/impact.h"
#include "rules/support/source_text.h"

namespace pglatch {

/// The statements that have a table definition.
inline constexpr std::array<NodeTag, 2> kTableDefinitions = {T_CreateStmt, T_AlterTableStmt};

enum class DefinedBy : std::uint8_t { create_table, add_column, alter_type };

/// A column whose type the statement says.
struct TypedColumn {
  const StatementContext& context;
  const RangeVar& table;
  std::string_view name;
  const TypeName& type;
  DefinedBy by;

  /// The type is this one of PostgreSQL's own, by its name in pg_type, or an array of it.
  [[nodiscard]] bool is_builtin(std::string_view type_name) const;
  /// "public.users.email", quoted where needed.
  [[nodiscard]] std::string display() const;
  [[nodiscard]] ByteRange type_range() const;
  /// A finding of the rule at the type.
  [[nodiscard]] Finding finding(const Rule& rule) const;
};

/// "schema.name" of the table, as it is or will be once it is created.
[[nodiscard]] std::string table_name(const StatementContext& context, const RangeVar& table);

/// The statement does nothing to a table that others will ever see: it is refused, it is about a type or a foreign
/// table, the table is temporary, or IF NOT EXISTS finds one.
[[nodiscard]] bool defines_nothing(const StatementContext& context);

/// Calls `visit(TypedColumn)` for each column whose type the statement says.
template <class Visitor>
void each_typed_column(const StatementContext& context, Visitor&& visit);

/// Calls `visit(constraint, table, column)` for each constraint of this type that the statement makes; `column` is the
/// definition that it is a part of, or null.
template <class Visitor>
void each_new_constraint(const StatementContext& context, ConstrType type, Visitor&& visit);

template <class Visitor>
void each_typed_column(const StatementContext& context, Visitor&& visit) {
  const auto see = [&](const RangeVar& table, const char* name, const ColumnDef* column, DefinedBy by) {
    if (column != nullptr && column->typeName != nullptr) {
      visit(TypedColumn{context, table, text(name), *column->typeName, by});
    }
  };
  if (const auto* create = as<CreateStmt>(context.statement.node)) {
    if (defines_nothing(context)) return;
    for (const Node* element : each(create->tableElts)) {
      const auto* column = as<ColumnDef>(element);
      if (column != nullptr) see(*create->relation, column->colname, column, DefinedBy::create_table);
    }
  } else if (const auto* alter = as<AlterTableStmt>(context.statement.node)) {
    for (const AlterTableCmd* command : each<AlterTableCmd>(alter->cmds)) {
      const auto* column = as<ColumnDef>(command->def);
      if (column == nullptr) continue;
      if (defines_nothing(context)) return;
      if (command->subtype == AT_AddColumn) see(*alter->relation, column->colname, column, DefinedBy::add_column);
      if (command->subtype == AT_AlterColumnType) see(*alter->relation, command->name, column, DefinedBy::alter_type);
    }
  }
}

template <class Visitor>
void each_new_constraint(const StatementContext& context, ConstrType type, Visitor&& visit) {
  std::optional<bool> nothing;
  const auto see_one = [&](const Constraint& constraint, const RangeVar& table, const ColumnDef* column) {
    if (constraint.contype != type) return;
    if (!nothing) nothing = defines_nothing(context);
    if (!*nothing) visit(constraint, table, column);
  };
  const auto see = [&](const RangeVar& table, const Node* node) {
    if (const auto* constraint = as<Constraint>(node)) see_one(*constraint, table, nullptr);
    if (const auto* column = as<ColumnDef>(node)) {
      for (const Constraint* constraint : each<Constraint>(column->constraints)) see_one(*constraint, table, column);
    }
  };
  if (const auto* create = as<CreateStmt>(context.statement.node)) {
    for (const Node* element : each(create->tableElts)) see(*create->relation, element);
  } else if (const auto* alter = as<AlterTableStmt>(context.statement.node)) {
    for (const AlterTableCmd* command : each<AlterTableCmd>(alter->cmds)) {
      if (command->subtype == AT_AddColumn || command->subtype == AT_AddConstraint) see(*alter->relation, command->def);
    }
  }
}

}  // namespace pglatch
