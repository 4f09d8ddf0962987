// Timeouts as rules speak of them: whether one keeps a lock request short.
#pragma once

#include "analyzer/rule_api/rule.h"

namespace pglatch {

/// A lock_timeout is known to be in effect, and no longer than the policy wants it: the statement gives up before
/// those that queue behind it suffer.
[[nodiscard]] bool waits_briefly(const StatementContext& context) noexcept;

}  // namespace pglatch
