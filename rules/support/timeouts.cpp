#include "rules/support/timeouts.h"

namespace pglatch {

bool waits_briefly(const StatementContext& context) noexcept {
  const std::int64_t timeout = context.session.settings().lock_timeout_ms.value_or(0);
  return timeout > 0 && timeout <= context.timeouts.max_lock_timeout_ms;
}

}  // namespace pglatch
