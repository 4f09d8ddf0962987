// A constraint that one statement drops and the next one adds again, as migration tools write it: planned as the one
// ALTER TABLE that says both, so that the old constraint holds until the new one is valid.
#pragma once

#include <optional>

#include "rules/recipes/alter_table_parts.h"

namespace pglatch {

/// The rewrite of both, if what is added first is of this kind; nothing where the statement does not begin such a pair.
[[nodiscard]] std::optional<Rewrite> rewrite_dropped_and_added(const StatementContext& context, PartKind kind);

}  // namespace pglatch
