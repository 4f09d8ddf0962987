// Work under a lock is an outage where a table is big. Where it is known to be small, it is not.
#pragma once

#include "analyzer/rule_api/finding.h"
#include "analyzer/rule_api/rule.h"

namespace pglatch {

/// Makes an error a warning where everything that the finding says is worked on is known to be small
/// (TableSize::is_small()), and lets its message say so. A lock is still taken, and still waited for.
void lower_for_small_tables(Finding& finding, const StatementContext& context);

}  // namespace pglatch
