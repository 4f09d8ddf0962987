// Which partitions a query or a new row comes to: what PostgreSQL's partprune.c and execPartition.c decide,
// as far as literals and bounds can be compared without a server.
#pragma once

#include <string_view>
#include <vector>

#include "analyzer/locks/query_level.h"

namespace pglatch::locks {

/// `root` and what is left below it of its partitions by the tests that AND joins, parents first.
/// Children by inheritance are all left.
[[nodiscard]] std::vector<RelationId> chosen_partitions(const Catalog& catalog, RelationId root,
                                                        const std::vector<ColumnTest>& tests);

/// The value that a new row has in a column: a literal, NULL, or nobody knows.
struct NewValue {
  std::string_view column;
  Constant constant;
};

/// `root` and all partitions on the way of a row to where it belongs; of a row that is not known, all to
/// which it may belong. Nothing below a partitioned table means that no partition takes the row.
[[nodiscard]] std::vector<RelationId> partitions_for_row(const Catalog& catalog, RelationId root,
                                                         const std::vector<NewValue>& row);

}  // namespace pglatch::locks
