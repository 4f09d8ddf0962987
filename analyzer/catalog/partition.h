// From the syntax of PARTITION BY and FOR VALUES to the catalog's own description, and what bounds say of
// each other.
#pragma once

#include "analyzer/catalog/catalog.h"
#include "analyzer/parse/access.h"

namespace pglatch {

[[nodiscard]] PartitionKey partition_key(const PartitionSpec& spec);
[[nodiscard]] PartitionBound partition_bound(const PartitionBoundSpec& spec);

/// The lower bound of a range is not below the upper one, for certain.
[[nodiscard]] bool is_empty_range(const Relation& parent, const PartitionBound& bound);

/// The partition of `parent` that has values of a new bound already, for certain: the one that PostgreSQL would
/// name (check_new_partition_bound() in partbounds.c). kNoRelation where there is none or no telling.
[[nodiscard]] RelationId overlapping_partition(const Catalog& catalog, const Relation& parent,
                                               const PartitionBound& bound);

}  // namespace pglatch
