// Partitions of a table that is made at a cut: which rows they are for.
#pragma once

#include <string>

#include "rules/recipes/conversion_script.h"

namespace pglatch {

enum class PartitionSide : std::uint8_t {
  below,   ///< the cut
  above,   ///< it, or at it
  rest,    ///< the default partition
  across,  ///< both, or it cannot be told
};

/// The new table, under its passing name, in the context's catalog; null where that has none.
[[nodiscard]] const Relation* new_parent(const StatementContext& context, const ConversionScript& script);

/// As far as bounds can be compared. `cut` is an SQL literal; the catalog has the new table, and not the partition yet.
[[nodiscard]] PartitionSide side_of(const StatementContext& context, const ConversionScript& script,
                                    const ConversionPartition& partition, const std::string& cut);

}  // namespace pglatch
