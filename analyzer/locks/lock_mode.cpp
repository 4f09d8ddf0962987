#include "analyzer/locks/lock_mode.h"

#include <array>
#include <cstddef>

namespace pglatch {
namespace {

constexpr std::size_t kModes = 9;

constexpr std::array<std::string_view, kModes> kPgLocksNames{
    "",          "AccessShareLock",       "RowShareLock",  "RowExclusiveLock",   "ShareUpdateExclusiveLock",
    "ShareLock", "ShareRowExclusiveLock", "ExclusiveLock", "AccessExclusiveLock"};

constexpr std::array<std::string_view, kModes> kSqlNames{
    "none",  "ACCESS SHARE",        "ROW SHARE", "ROW EXCLUSIVE",   "SHARE UPDATE EXCLUSIVE",
    "SHARE", "SHARE ROW EXCLUSIVE", "EXCLUSIVE", "ACCESS EXCLUSIVE"};

constexpr std::array<std::string_view, kModes> kBlocks{
    "nothing",
    "only ACCESS EXCLUSIVE locks",
    "only exclusive locks",
    "index builds and other locks against writes",
    "other schema changes and VACUUM",
    "writes",
    "writes and other schema changes",
    "everything but plain reads",
    "reads and writes",
};

// The weakest mode that conflicts with each mode. In PostgreSQL's order of modes each one conflicts
// with everything from some mode on, but for SHARE, which does not conflict with itself.
constexpr std::array<LockMode, kModes> kConflictsFrom{
    LockMode::none,
    LockMode::access_exclusive,
    LockMode::exclusive,
    LockMode::share,
    LockMode::share_update_exclusive,
    LockMode::row_exclusive,
    LockMode::row_exclusive,
    LockMode::row_share,
    LockMode::access_share,
};

}  // namespace

std::string_view to_string(LockMode mode) noexcept { return kPgLocksNames[static_cast<std::size_t>(mode)]; }

std::string_view sql_name(LockMode mode) noexcept { return kSqlNames[static_cast<std::size_t>(mode)]; }

bool conflict(LockMode a, LockMode b) noexcept {
  if (a == LockMode::none || b == LockMode::none) return false;
  if (a == LockMode::share && b == LockMode::share) return false;
  return b >= kConflictsFrom[static_cast<std::size_t>(a)];
}

std::string_view blocks(LockMode mode) noexcept { return kBlocks[static_cast<std::size_t>(mode)]; }

}  // namespace pglatch
