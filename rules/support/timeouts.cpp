#include "rules/support/timeouts.h"

#include <fmt/core.h>

namespace pglatch {

bool waits_briefly(const StatementContext& context) noexcept {
  const std::int64_t timeout = context.session.settings().lock_timeout_ms.value_or(0);
  return timeout > 0 && timeout <= context.timeouts.max_lock_timeout_ms;
}

std::string timeout_text(std::int64_t milliseconds) {
  struct Unit {
    std::int64_t milliseconds;
    const char* name;
  };
  constexpr Unit kUnits[] = {{3'600'000, "h"}, {60'000, "min"}, {1'000, "s"}};
  for (const Unit& unit : kUnits) {
    if (milliseconds >= unit.milliseconds && milliseconds % unit.milliseconds == 0) {
      return fmt::format("{} {}", milliseconds / unit.milliseconds, unit.name);
    }
  }
  return fmt::format("{} ms", milliseconds);
}

}  // namespace pglatch
