#include "rules/support/script_steps.h"

#include <algorithm>

#include "analyzer/parse/access.h"

namespace pglatch {

bool leaves_something_behind(const Statement& statement) noexcept {
  switch (statement.tag()) {
    case T_SelectStmt:
      return as<SelectStmt>(statement.node)->intoClause != nullptr;
    case T_TransactionStmt:
    case T_VariableSetStmt:
    case T_VariableShowStmt:
    case T_ConstraintsSetStmt:
    case T_DiscardStmt:
    case T_ExplainStmt:
    case T_LockStmt:
    case T_NotifyStmt:
    case T_CheckPointStmt:
    case T_VacuumStmt:
    case T_ReindexStmt:
    case T_RefreshMatViewStmt:
      return false;
    default:
      return true;
  }
}

bool leave_something_behind(std::span<const Statement> statements) noexcept {
  return std::any_of(statements.begin(), statements.end(), leaves_something_behind);
}

}  // namespace pglatch
