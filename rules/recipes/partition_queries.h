// The form for partitions that only the server knows: queries whose rows are the statements to run.
// Each query looks at what is there, so that it gives nothing once its work is done.
#pragma once

#include <string>

#include "rules/recipes/index_names.h"
#include "rules/recipes/index_statement.h"

namespace pglatch {

/// What the queries are about.
struct PartitionedBuild {
  const IndexStatement& statement;
  std::string table;        ///< the root, qualified and quoted
  std::string index;        ///< the root's index, qualified and quoted
  const ChildNames& names;  ///< of the partitions' indexes

  /// CREATE INDEX … ON ONLY for every sub-partitioned table that has no such index, top down.
  [[nodiscard]] std::string create_on_only() const;
  /// DROP INDEX CONCURRENTLY for what interrupted builds left.
  [[nodiscard]] std::string drop_leftovers() const;
  /// CREATE INDEX CONCURRENTLY for every partition with rows of its own that has no such index.
  [[nodiscard]] std::string build() const;
  /// Boolean: all partitions have one.
  [[nodiscard]] std::string all_built() const;
  /// ALTER INDEX … ATTACH PARTITION for every index that is not attached, deepest first.
  [[nodiscard]] std::string attach() const;
  /// Boolean: no partition is a foreign table.
  [[nodiscard]] std::string no_foreign_tables() const;

 private:
  [[nodiscard]] std::string with_tree() const;
  [[nodiscard]] std::string create(std::string_view options, std::string_view only) const;
};

}  // namespace pglatch
