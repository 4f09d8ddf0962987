#include "analyzer/locks/lock_mode.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace pglatch {
namespace {

constexpr std::array<LockMode, 8> kModes{
    LockMode::access_share, LockMode::row_share,           LockMode::row_exclusive, LockMode::share_update_exclusive,
    LockMode::share,        LockMode::share_row_exclusive, LockMode::exclusive,     LockMode::access_exclusive};

// PostgreSQL documentation, table 13.2: an X where two modes conflict.
constexpr std::array<std::string_view, 8> kTable{
    ".......X",  // ACCESS SHARE
    "......XX",  // ROW SHARE
    "....XXXX",  // ROW EXCLUSIVE
    "...XXXXX",  // SHARE UPDATE EXCLUSIVE
    "..XX.XXX",  // SHARE
    "..XXXXXX",  // SHARE ROW EXCLUSIVE
    ".XXXXXXX",  // EXCLUSIVE
    "XXXXXXXX",  // ACCESS EXCLUSIVE
};

TEST(LockMode, ConflictsAreThoseOfTheDocumentation) {
  for (std::size_t a = 0; a < kModes.size(); ++a) {
    for (std::size_t b = 0; b < kModes.size(); ++b) {
      EXPECT_EQ(conflict(kModes[a], kModes[b]), kTable[a][b] == 'X')
          << sql_name(kModes[a]) << " " << sql_name(kModes[b]);
    }
    EXPECT_FALSE(conflict(LockMode::none, kModes[a]));
    EXPECT_FALSE(conflict(kModes[a], LockMode::none));
  }
}

TEST(LockMode, ReadsAndWritesBlockedFollowFromTheConflicts) {
  EXPECT_TRUE(blocks_reads(LockMode::access_exclusive));
  EXPECT_FALSE(blocks_reads(LockMode::exclusive));
  EXPECT_TRUE(blocks_writes(LockMode::share));
  EXPECT_FALSE(blocks_writes(LockMode::share_update_exclusive));
}

TEST(LockMode, NamesAreThoseOfTheServer) {
  EXPECT_EQ(to_string(LockMode::share_update_exclusive), "ShareUpdateExclusiveLock");
  EXPECT_EQ(sql_name(LockMode::row_share), "ROW SHARE");
}

}  // namespace
}  // namespace pglatch
