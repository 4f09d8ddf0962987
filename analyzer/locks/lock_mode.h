// PostgreSQL's table-level lock modes and which of them conflict.
// PostgreSQL documentation, "Explicit Locking", table 13.2.
#pragma once

#include <cstdint>
#include <string_view>

namespace pglatch {

/// Weakest first; `none` takes no lock.
enum class LockMode : std::uint8_t {
  none,
  access_share,
  row_share,
  row_exclusive,
  share_update_exclusive,
  share,
  share_row_exclusive,
  exclusive,
  access_exclusive,
};

/// As pg_locks.mode spells it: "ShareLock".
[[nodiscard]] std::string_view to_string(LockMode mode) noexcept;

/// As LOCK TABLE and the documentation spell it: "SHARE UPDATE EXCLUSIVE".
[[nodiscard]] std::string_view sql_name(LockMode mode) noexcept;

/// Two sessions cannot hold these two on the same relation.
[[nodiscard]] bool conflict(LockMode a, LockMode b) noexcept;

/// Makes a plain SELECT wait.
[[nodiscard]] inline bool blocks_reads(LockMode mode) noexcept { return conflict(mode, LockMode::access_share); }

/// Makes INSERT, UPDATE and DELETE wait.
[[nodiscard]] inline bool blocks_writes(LockMode mode) noexcept { return conflict(mode, LockMode::row_exclusive); }

/// What has to wait, in plain words: "reads and writes", "writes", "other schema changes and
/// VACUUM", "nothing but exclusive locks".
[[nodiscard]] std::string_view blocks(LockMode mode) noexcept;

}  // namespace pglatch
