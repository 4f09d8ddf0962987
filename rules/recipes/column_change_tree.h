// A column of a partitioned table that gets another type: the second column, its trigger and its CHECKs come and go by
// the parent, whose statements go down the tree. Indexes are built on each partition, and become parts of the parent's
// in the transaction in which the columns change places.
//
// CreateTrigger(), ATExecAddColumn(), RenameConstraint() and DefineIndex() in the server's commands: what each of them
// does with partitions.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "rules/recipes/column_change_keys.h"

namespace pglatch {

/// Why no column of the table can be changed so.
[[nodiscard]] std::optional<Refusal> refuse_tree(const StatementContext& context, const Relation& table);

/// Why this one cannot: a partition has something of its own on it.
[[nodiscard]] std::optional<Refusal> refuse_column_of_tree(const ColumnChange& change);

/// The parts of an index that the partitions with rows have: none where the table is not partitioned, nothing where one
/// of them is not known, or not valid.
[[nodiscard]] std::optional<std::vector<LeafIndex>> leaves_of(const ColumnChange& change, const Relation& index);

/// The names of all parts of an index, of all levels.
[[nodiscard]] std::set<std::string> parts_of(const Relation& index, const Catalog& catalog);

/// What is said of the partitions.
void assume_tree(const ColumnChange& change, Rewrite& rewrite);

/// Statement that fails where the partitions are others than planned.
[[nodiscard]] std::string insist_on_partitions(const ColumnChange& change);

/// Statements for the moment when the new column has the name: the partitions' indexes get their names, and the
/// parent's index, which takes them over, is made.
[[nodiscard]] std::vector<std::string> put_on_tree(const ColumnChange& change, const IndexStandIn& one);

}  // namespace pglatch
