// A script that drops a table in the end need not be told what its other statements do to it.
#pragma once

#include "analyzer/rule_api/rule.h"

namespace pglatch {

/// One of the statements after this one drops the table by its name, or the table that it is a partition of.
[[nodiscard]] bool is_dropped_later(const StatementContext& context, RelationId table);

}  // namespace pglatch
