// CREATE TABLE … PARTITION OF a table that others use.
#pragma once

#include <optional>

#include "rules/support/impact.h"

namespace pglatch {

struct PartitionCreation {
  const CreateStmt* statement;
  const Relation* parent;  ///< live
  ByteRange range;         ///< "PARTITION OF"
};

/// The creation of a partition that locks its parent against others; nothing where the statement is none.
[[nodiscard]] std::optional<PartitionCreation> partition_creation(const StatementContext& context);

}  // namespace pglatch
