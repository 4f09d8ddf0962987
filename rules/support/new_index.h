// CREATE INDEX as the rules about the design of indexes look at it.
#pragma once

#include "rules/support/impact.h"

namespace pglatch {

/// The table on which the statement creates an index that stays. Null where it is refused, the table is temporary or
/// not known at all, or IF NOT EXISTS finds an index of that name.
[[nodiscard]] const Relation* table_of_new_index(const StatementContext& context, const IndexStmt& index);

}  // namespace pglatch
