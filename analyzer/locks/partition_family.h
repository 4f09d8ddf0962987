// Inside the lock model: what a new partition does to its parent's other tables, for CREATE TABLE … PARTITION OF
// and ATTACH PARTITION alike.
#pragma once

#include <array>

#include "analyzer/catalog/partition.h"
#include "analyzer/locks/by_version.h"
#include "analyzer/locks/model.h"

namespace pglatch::locks {

inline constexpr ByVersion kExclusionOnPartitioned{
    std::array{Since<bool>{10, false, "transformTableConstraint() in parse_utilcmd.c"},
               Since<bool>{17, true, "release notes of 17"}}};

/// Refuses a bound that is empty or overlaps another partition's (check_new_partition_bound()). Returns true
/// where it does.
bool refuse_bound(const Model& model, std::string_view partition, RelationId parent, const PartitionBound& bound);

/// The default partition is locked, and read where its rows might belong to the new partition.
void check_default_partition(const Model& model, RelationId parent, const PartitionBound& bound,
                             std::uint32_t subcommand);

}  // namespace pglatch::locks
