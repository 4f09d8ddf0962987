// Foreign keys of other tables that reference a table from which another one takes over: they change their target in
// the transaction in which that happens, and are checked afterwards.
#pragma once

#include <string>
#include <vector>

#include "analyzer/rule_api/recipe.h"

namespace pglatch {

struct InboundKeys {
  std::vector<std::string> statements{};  ///< for that transaction, once the new table has its name
  std::vector<Step> checks{};
  std::vector<std::string> notes{};
};

/// The statement drops a foreign key of another table that references `old`, or adds one that references `made`. The
/// context's catalog is as it is before the statement.
[[nodiscard]] bool is_inbound(const StatementContext& context, const Statement& statement, RelationId old,
                              RelationId made);

/// Adds what the statement does to them. Why not, where that cannot be done to tables in use, in words that follow "it
/// cannot be a part of it:"; else nothing.
[[nodiscard]] std::string take_inbound(const StatementContext& context, const Statement& statement, InboundKeys& keys);

/// Adds the checks and notes to the plan.
void check_inbound(const InboundKeys& keys, Rewrite& rewrite);

}  // namespace pglatch
