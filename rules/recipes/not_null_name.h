// PostgreSQL 18 keeps NOT NULL as a constraint with a name, which has to be that of the old column's in the end.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "rules/recipes/column_change.h"

namespace pglatch {

/// In the transaction of the switch, where the plan is for a version that keeps names: "ALTER TABLE … RENAME …".
[[nodiscard]] std::vector<std::string> rename_not_null(const ColumnChange& change);

/// That the name is the expected one, where the plan needs it.
[[nodiscard]] std::optional<Assumption> not_null_is_named(const ColumnChange& change);

/// After the switch, where the plan is for an older version and may run on a newer one.
[[nodiscard]] std::optional<Step> rename_not_null_if_named(const ColumnChange& change);

}  // namespace pglatch
