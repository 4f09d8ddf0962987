// Row level security of a table, as far as it changes what a rule says.
#pragma once

#include <algorithm>

#include "analyzer/catalog/relation.h"

namespace pglatch {

/// The first version whose views can read as the role that asks, under the policies that bind it (security_invoker);
/// before that a view reads as its owner.
inline constexpr int kFirstWithSecurityInvoker = 15;

/// The table has a policy, be row level security enabled or not.
[[nodiscard]] inline bool has_policy(const Relation& table) {
  return std::any_of(table.expressions.begin(), table.expressions.end(),
                     [](const DependentExpression& expression) { return expression.kind == ExpressionKind::policy; });
}

}  // namespace pglatch
