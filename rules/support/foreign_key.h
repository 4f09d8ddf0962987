// Foreign keys that a statement makes, wherever they are written, and the indexes that they need.
#pragma once

#include <string>
#include <vector>

#include "rules/support/table_definition.h"

namespace pglatch {

/// A foreign key of CREATE TABLE or ALTER TABLE.
struct NewForeignKey {
  const StatementContext& context;
  const Constraint& constraint;
  const RangeVar& table;             ///< the referencing one
  std::vector<std::string> columns;  ///< the referencing ones
  bool of_new_columns;               ///< the statement makes table or column too

  /// From REFERENCES, FOREIGN KEY or the constraint's name to that of the referenced table.
  [[nodiscard]] ByteRange range() const;
};

/// Rows with given values in these columns are found by a valid index: it begins with all of them, in any order, or is
/// one of some of them alone; of rows it leaves out only those with nulls there. Of a partitioned table one of its own
/// or of each partition. True too where nobody knows all indexes.
[[nodiscard]] bool has_index_on(const Catalog& catalog, const Relation& table, const std::vector<std::string>& columns);

/// An index by itself does so.
[[nodiscard]] bool finds_rows(const IndexDetails& index, const std::vector<std::string>& columns);

/// Calls `visit(NewForeignKey)` for each.
template <class Visitor>
void each_new_foreign_key(const StatementContext& context, Visitor&& visit) {
  const auto see = [&](const Constraint& constraint, const RangeVar& table, const ColumnDef* column) {
    if (constraint.pktable == nullptr) return;
    NewForeignKey key{context, constraint, table, {}, column != nullptr || context.statement.tag() == T_CreateStmt};
    if (column != nullptr) key.columns.emplace_back(text(column->colname));
    for (const Node* name : each(constraint.fk_attrs)) key.columns.emplace_back(string_value(name));
    visit(key);
  };
  each_new_constraint(context, CONSTR_FOREIGN, see);
}

}  // namespace pglatch
