// From the syntax of PARTITION BY and FOR VALUES to the catalog's own description.
#pragma once

#include "analyzer/catalog/relation.h"
#include "analyzer/parse/access.h"

namespace pglatch {

[[nodiscard]] PartitionKey partition_key(const PartitionSpec& spec);
[[nodiscard]] PartitionBound partition_bound(const PartitionBoundSpec& spec);

}  // namespace pglatch
