// An index on a partitioned table while it is planned: its partitions as the catalog shows them, and
// the steps that the forms of the plan share.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "analyzer/rule_api/recipe.h"
#include "rules/recipes/index_names.h"
#include "rules/recipes/index_statement.h"

namespace pglatch {

/// What is to be built.
struct PartitionedIndex {
  IndexStatement statement;
  const Relation* root;
  std::string name;   ///< of the root's index
  std::string index;  ///< the same, qualified and quoted
  std::string table;  ///< the root, qualified and quoted
  ChildNames names;
};

/// A partition and the index that it gets.
struct PartitionNode {
  const Relation* relation = nullptr;
  std::string table;         ///< qualified, quoted
  std::string name;          ///< of its index
  std::string index;         ///< the same, qualified and quoted
  std::string parent_index;  ///< of the table that it is a partition of; qualified, quoted
  std::size_t depth = 1;     ///< 1: a partition of the root
  bool there = false;        ///< the catalog shows a valid index of the same definition: it is attached as it is

  [[nodiscard]] bool partitioned() const { return relation->kind == RelationKind::partitioned_table; }
};

/// The partitions of a table, at all levels.
struct PartitionedTree {
  std::vector<PartitionNode> nodes;     ///< those that need an index, parents first
  std::vector<std::string> partitions;  ///< all: qualified, quoted
  bool has_foreign_tables = false;
};

[[nodiscard]] PartitionedTree partitions_of(const PartitionedIndex& build, const Catalog& catalog);

/// A unique index must contain the partition key of every level (and no key may be an expression).
[[nodiscard]] bool unique_is_possible(const PartitionedIndex& build, const Catalog& catalog);

/// Boolean query: the partitions in the database are these, apart from new ones that have the index.
[[nodiscard]] std::string partitions_are(const PartitionedIndex& build, const PartitionedTree& tree);

/// CREATE INDEX ON ONLY the root.
[[nodiscard]] Step create_on_root_only(const PartitionedIndex& build);
/// A check step.
[[nodiscard]] Step check_step(std::string title, std::string query, std::string if_false);
/// The root's index is valid.
[[nodiscard]] Step check_root(const PartitionedIndex& build);
/// ANALYZE, which alone gathers the statistics of indexed expressions.
[[nodiscard]] Step analyze_tree(const PartitionedIndex& build);

/// What the order of the steps allows for: the partition that will be written next can be made first.
[[nodiscard]] std::string next_partition_note(const PartitionedIndex& build);

/// The rewrite for partitions that the catalog does not know.
[[nodiscard]] Rewrite enumerate_on_server(const PartitionedIndex& build);

inline constexpr std::string_view kRunAgain = "Nothing is left behind: run the script again, it goes on here.";

}  // namespace pglatch
