// What a statement has to do with the tables that are in use: which it touches and what indexes it adds
// to them. Pre-flight and runbook draw on it.
#pragma once

#include <vector>

#include "analyzer/plan/plan.h"
#include "analyzer/rule_api/rule.h"

namespace pglatch {

/// The tables that were there before the plan and that the statement, as it is written, changes or locks more
/// strongly than a reader would. Of a partitioned table the root stands for its partitions, of an index its table.
[[nodiscard]] std::vector<PlanTable> touched_tables(const StatementContext& context);

/// The indexes that the statement builds on such tables: CREATE INDEX, UNIQUE and PRIMARY KEY that do not take
/// over an index.
[[nodiscard]] std::vector<PlanIndex> new_indexes(const StatementContext& context);

/// Adds what is not there yet; of two entries of one table the stronger holds.
void add_tables(const std::vector<PlanTable>& more, std::vector<PlanTable>& tables);

}  // namespace pglatch
