// The moment in which the new column takes the place of the old one, with all that stands on it, and the removal of
// what is left afterwards.
#pragma once

#include <vector>

#include "rules/recipes/column_change_keys.h"

namespace pglatch {

/// One brief transaction.
[[nodiscard]] Step switch_columns(const ColumnChange& change, const StandIns& all);

/// Drops the old column with its indexes, and the trigger's function.
[[nodiscard]] std::vector<Step> remove_predecessor(const ColumnChange& change, const StandIns& all);

}  // namespace pglatch
