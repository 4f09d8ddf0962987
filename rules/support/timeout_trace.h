// How a script came to the timeout that is in effect at one of its statements.
#pragma once

#include <cstdint>
#include <optional>

#include "analyzer/catalog/settings.h"
#include "analyzer/rule_api/rule.h"

namespace pglatch {

/// Statements of the script; null where there is none. In code there are none at all.
struct TimeoutTrace {
  const Statement* set = nullptr;           ///< gave the timeout the limit that is in effect
  const Statement* switched_off = nullptr;  ///< gave it the value 0 that is in effect
  const Statement* ended = nullptr;         ///< had set a limit that is no longer in effect
  const Statement* later = nullptr;         ///< the first after this one that sets a limit
};

/// A timeout among the settings: &Settings::lock_timeout_ms.
using TimeoutSetting = std::optional<std::int64_t> Settings::*;

/// Follows SET, SET LOCAL, RESET, set_config() and transaction control through the script.
[[nodiscard]] TimeoutTrace trace_timeout(const StatementContext& context, TimeoutSetting setting);

}  // namespace pglatch
