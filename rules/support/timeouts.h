// Timeouts as rules speak of them: whether one keeps a lock request short, and how long it is in words.
#pragma once

#include <cstdint>
#include <string>

#include "analyzer/rule_api/rule.h"

namespace pglatch {

/// A lock_timeout is known to be in effect, and no longer than the policy wants it: the statement gives up before
/// those that queue behind it suffer.
[[nodiscard]] bool waits_briefly(const StatementContext& context) noexcept;

/// "300 ms", "2 s", "5 min", "1 h": in the largest unit that needs no fraction.
[[nodiscard]] std::string timeout_text(std::int64_t milliseconds);

}  // namespace pglatch
