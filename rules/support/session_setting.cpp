#include "rules/support/session_setting.h"

#include <algorithm>

namespace pglatch {
namespace {

bool is_zero(const VariableSetStmt& set) {
  const auto values = each<A_Const>(set.args);
  return std::any_of(values.begin(), values.end(), [](const A_Const* value) {
    if (value->val.node.type == T_Integer) return value->val.ival.ival == 0;
    return value->val.node.type == T_String && text(value->val.sval.sval) == "0";
  });
}

bool sets(const Statement& statement, std::string_view sql, std::string_view setting) {
  if (const auto* set = as<VariableSetStmt>(statement.node)) {
    return set->kind == VAR_SET_VALUE && text(set->name) == setting && !is_zero(*set);
  }
  // Who selects something of that name does it to set it.
  return statement.tag() == T_SelectStmt && statement.range.of(sql).find(setting) != std::string_view::npos;
}

}  // namespace

bool sets_before(const StatementContext& context, std::string_view setting) {
  return std::any_of(context.preceding.begin(), context.preceding.end(),
                     [&](const Statement& statement) { return sets(statement, context.sql, setting); });
}

}  // namespace pglatch
