// Tables that a statement joins to the one whose rows it goes through: whether each is looked up for a row.
#pragma once

#include <optional>
#include <string>

#include "analyzer/rule_api/rule.h"
#include "rules/recipes/row_change.h"

namespace pglatch {

/// Of FROM and USING, what is not found by values of the row: as the statement calls it. Nothing where all are.
/// `one_row`: by a unique key, so that no two rows match.
[[nodiscard]] std::optional<std::string> not_looked_up(const StatementContext& context, const RowChange& change,
                                                       bool one_row);

}  // namespace pglatch
