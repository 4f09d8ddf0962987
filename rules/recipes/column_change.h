// A column that gets another type by way of a second column: the names that the plan makes, and how the server is asked
// how far it is.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "analyzer/rule_api/recipe.h"

namespace pglatch {

/// The change. Table and column are valid until the catalog changes.
struct ColumnChange {
  const StatementContext& context;
  const Relation& table;
  const Column& column;
  std::string name;          ///< of the table, qualified and quoted
  std::string type;          ///< the new one, as SQL writes it
  std::string collation;     ///< that it is to have, as SQL writes it; empty: the type's own
  bool has_modifiers;        ///< the type has, "(10,2)"
  std::string conversion;    ///< expression on the row; empty: the old value as it is
  bool is_read_by_settings;  ///< what a value becomes may depend on TimeZone, DateStyle …
  const Relation* sequence;  ///< that the column owns; null: none
  std::string successor;     ///< the new column until it takes over; unquoted, as are the next
  std::string predecessor;   ///< the old column after that
  std::string trigger;       ///< that keeps them in step
  std::string function;      ///< that it calls, in the table's schema

  [[nodiscard]] bool is_identity() const { return column.identity != 0; }
  /// DEFAULT nextval() of its own sequence.
  [[nodiscard]] bool is_serial() const { return !is_identity() && sequence != nullptr && column.has_default; }
  [[nodiscard]] bool is_partitioned() const { return table.kind == RelationKind::partitioned_table; }
  /// The partitions of all levels; parents first.
  [[nodiscard]] std::vector<const Relation*> partitions() const;
  /// "ALTER TABLE public.t".
  [[nodiscard]] std::string alter() const;
  /// The new column's type with its collation.
  [[nodiscard]] std::string type_clause() const;
  /// SQL: what follows an OID that is the table's or, of a partitioned one, that of a table in its tree.
  [[nodiscard]] std::string is_of_tree() const;
  /// The function, qualified and quoted.
  [[nodiscard]] std::string function_name() const;
  /// SQL condition: the table has a column of that name (unquoted).
  [[nodiscard]] std::string has_column(std::string_view column_name) const;
  /// SQL condition: the column of the old name has the new type and collation.
  [[nodiscard]] std::string is_switched() const;
  /// The names with the new column in the place of the old one.
  [[nodiscard]] std::vector<std::string> with_successor(const std::vector<std::string>& columns) const;
  /// Whether the old column is one of these.
  [[nodiscard]] bool is_in(const std::vector<std::string>& columns) const;
};

/// The name behind the prefix; where that is too long, cut, and told apart by a hash.
[[nodiscard]] std::string prefixed_name(std::string_view prefix, std::string_view name);
/// The name of what stands in for an object until it takes its name.
[[nodiscard]] std::string stand_in_name(std::string_view name);
/// The name of what is replaced, until it is dropped.
[[nodiscard]] std::string replaced_name(std::string_view name);

// The steps on the way, in their order.

/// The new column, and the trigger that fills it from now on.
[[nodiscard]] std::vector<Step> add_successor(const ColumnChange& change);
/// Fills it in the rows that are there.
[[nodiscard]] Step fill_successor(const ColumnChange& change);
/// Gives it what else the old column has: default, comment, privileges, statistics target, options.
[[nodiscard]] Step equip_successor(const ColumnChange& change);
/// Statistics, so that queries find good plans from the first moment.
[[nodiscard]] Step analyze_successor(const ColumnChange& change);

/// What depends on the column, as far as the plan takes care of it: names in pg_constraint, pg_class.
struct KnownDependents {
  std::vector<std::string> constraints;
  std::vector<std::string> indexes;
};

/// That nothing else depends on the column, which the server is asked.
[[nodiscard]] Assumption nothing_else_depends(const ColumnChange& change, const KnownDependents& known);

}  // namespace pglatch
