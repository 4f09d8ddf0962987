#include "analyzer/source/discovery.h"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>

#include "tests/support/temp_dir.h"
#include "tests/unit/base/unprivileged.h"

namespace pglatch::testing {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::IsEmpty;

// A directory to look into, as the current directory: paths in the results are short.
class DiscoveryTest : public ::testing::Test {
 protected:
  DiscoveryTest() { fs::current_path(dir_.path()); }
  ~DiscoveryTest() override { fs::current_path(before_); }

  void files(std::initializer_list<const char*> names) const {
    for (const char* name : names) dir_.write(name, "SELECT 1;");
  }
  static Discovery look(std::vector<std::string> paths) { return discover(paths); }

  const fs::path before_ = fs::current_path();
  const TempDir dir_;
};

TEST_F(DiscoveryTest, DirectoriesComeInVersionOrder) {
  files({"m/V10__c.sql", "m/V2__b.sql", "m/V1_10__a.sql", "m/V1_9__a.sql", "m/V1__a.sql"});
  const Discovery found = look({"m"});
  EXPECT_THAT(found.files,
              ElementsAre("m/V1__a.sql", "m/V1_9__a.sql", "m/V1_10__a.sql", "m/V2__b.sql", "m/V10__c.sql"));
  EXPECT_THAT(found.errors, IsEmpty());
}

TEST_F(DiscoveryTest, TheLetterBeforeAVersionIsNoPartOfIt) {
  files({"m/U9__a.sql", "m/V9__a.sql", "m/V10__b.sql", "m/U10__b.sql", "m/B2__a.sql", "m/V2__a.sql", "m/Us.sql"});
  EXPECT_THAT(look({"m"}).files, ElementsAre("m/Us.sql", "m/B2__a.sql", "m/V2__a.sql", "m/V9__a.sql", "m/U9__a.sql",
                                             "m/V10__b.sql", "m/U10__b.sql"));
}

TEST_F(DiscoveryTest, OnlySqlAndNothingHidden) {
  files({"m/a.sql", "m/B.SQL", "m/c.txt", "m/d.sql.bak", "m/.e.sql", "m/.git/f.sql", "m/sql", "m/.sql", "m/sub/g.sql"});
  EXPECT_THAT(look({"m"}).files, ElementsAre("m/B.SQL", "m/a.sql", "m/sub/g.sql"));
}

TEST_F(DiscoveryTest, ADirectoryHasItsPlaceAmongFiles) {
  files({"m/1.sql", "m/2/up.sql", "m/10.sql", "m/3.sql/up.sql"});
  EXPECT_THAT(look({"m"}).files, ElementsAre("m/1.sql", "m/2/up.sql", "m/3.sql/up.sql", "m/10.sql"));
}

TEST_F(DiscoveryTest, PathsAreShownAsTheUserWroteThem) {
  files({"m/a.sql"});
  EXPECT_THAT(look({"m/"}).files, ElementsAre("m/a.sql"));
  EXPECT_THAT(look({"m//"}).files, ElementsAre("m/a.sql"));
  EXPECT_THAT(look({"./m"}).files, ElementsAre("./m/a.sql"));
  EXPECT_THAT(look({"."}).files, ElementsAre("m/a.sql"));
  EXPECT_THAT(look({"./"}).files, ElementsAre("m/a.sql"));
  EXPECT_THAT(look({"m/../m"}).files, ElementsAre("m/../m/a.sql"));
}

TEST_F(DiscoveryTest, FilesAreTakenWhateverTheirEnding) {
  files({"b.txt", "a.sql", ".hidden"});
  EXPECT_THAT(look({"b.txt", "-", "a.sql", ".hidden", "-"}).files, ElementsAre("b.txt", "-", "a.sql", ".hidden"));
}

TEST_F(DiscoveryTest, AFileNamedTwiceIsReadOnce) {
  files({"m/a.sql", "m/b.sql"});
  fs::create_symlink("b.sql", "m/c.sql");
  EXPECT_THAT(look({"m/b.sql", "./m/b.sql", "m", "m/c.sql", "m"}).files, ElementsAre("m/b.sql", "m/a.sql"));
}

TEST_F(DiscoveryTest, FilesWithTheSameContentAreTwoFiles) {
  files({"m/a.sql"});
  fs::create_hard_link("m/a.sql", "m/b.sql");  // as content-addressed stores make them
  EXPECT_THAT(look({"m"}).files, ElementsAre("m/a.sql", "m/b.sql"));
}

TEST_F(DiscoveryTest, LinksAreFollowedButNotInCircles) {
  files({"m/a.sql", "elsewhere/b.sql"});
  fs::create_directory_symlink("../elsewhere", "m/link");
  fs::create_directory_symlink("../elsewhere", "m/link2");
  fs::create_directory_symlink("..", "m/up");
  fs::create_directory_symlink("../m", "m/self");
  const Discovery found = look({"m"});
  EXPECT_THAT(found.files, ElementsAre("m/a.sql", "m/link/b.sql"));
  EXPECT_THAT(found.errors, IsEmpty());
}

TEST_F(DiscoveryTest, WhatIsBrokenIsAnErrorAndTheRestGoesOn) {
  files({"m/a.sql", "m/z.sql"});
  fs::create_symlink("nowhere.sql", "m/broken.sql");
  fs::create_symlink("nowhere.txt", "m/broken.txt");
  fs::create_symlink("loop.sql", "m/loop.sql");
  const Discovery found = look({"missing.sql", "m", "m/broken.sql"});
  EXPECT_THAT(found.files, ElementsAre("m/a.sql", "m/z.sql"));
  ASSERT_EQ(found.errors.size(), 4U);
  EXPECT_EQ(found.errors[0].message, "missing.sql: no such file or directory; check the path");
  EXPECT_EQ(found.errors[1].message,
            "m/broken.sql: is a broken link to nowhere.sql; restore the target or remove the link");
  EXPECT_EQ(found.errors[2].message,
            "m/loop.sql: is a link that leads back to itself; remove it or let it point at a file");
  EXPECT_EQ(found.errors[3].message, found.errors[1].message);
}

TEST_F(DiscoveryTest, AClosedDirectoryIsAnError) {
  files({"m/a.sql", "m/closed/b.sql", "m/z.sql"});
  fs::permissions(".", fs::perms::all);
  fs::permissions("m/closed", fs::perms::none);
  Discovery found;
  {
    const Unprivileged unprivileged;
    if (!unprivileged) GTEST_SKIP() << "root that cannot become another user enters everywhere";
    found = look({"m"});
  }
  fs::permissions("m/closed", fs::perms::all);
  EXPECT_THAT(found.files, ElementsAre("m/a.sql", "m/z.sql"));
  ASSERT_EQ(found.errors.size(), 1U);
  EXPECT_THAT(found.errors[0].message, EndsWith("permission denied; make it readable for the user who runs pglatch"));
}

TEST_F(DiscoveryTest, AnEmptyDirectoryHasNoFiles) {
  fs::create_directory("m");
  EXPECT_THAT(look({"m"}).files, IsEmpty());
  EXPECT_THAT(look({"m"}).errors, IsEmpty());
  EXPECT_THAT(look({}).files, IsEmpty());
}

TEST(DiscoveryOrderTest, FrameworksHaveOrdersOfTheirOwn) {
  const TempDir dir;
  for (const char* name : {"f/R__views.sql", "f/V1__a.sql", "f/V10__b.sql", "s/deploy/a.sql", "s/deploy/b/c.sql",
                           "s/deploy/unplanned.sql", "s/other.sql", "s/revert/a.sql", "s/revert/b/c.sql",
                           "p/20240101_b/migration.sql", "p/20230101120000_a/migration.sql", "p/migration_lock.toml"}) {
    dir.write(name, "");
  }
  dir.write("s/sqitch.plan", "%project=p\nb/c 2024-05-01T12:00:00Z A <a@b>\na [b/c] 2024-05-01T12:00:00Z A <a@b>\n");
  std::vector<std::string> found = discover(std::vector<std::string>{dir.path().string()}).files;
  for (std::string& path : found) path.erase(0, dir.path().string().size() + 1);
  EXPECT_EQ(found, (std::vector<std::string>{"f/V1__a.sql", "f/V10__b.sql", "f/R__views.sql",
                                             "p/20230101120000_a/migration.sql", "p/20240101_b/migration.sql",
                                             "s/other.sql", "s/deploy/unplanned.sql", "s/deploy/b/c.sql",
                                             "s/deploy/a.sql", "s/revert/b/c.sql", "s/revert/a.sql"}));
}

TEST(NaturalOrderTest, VersionsAsPeopleReadThem) {
  // Each list is in order.
  const std::vector<std::vector<std::string>> lists = {
      {"", "0", "00", "01", "1", "2", "10", "99", "0100", "18446744073709551616", "18446744073709551617"},
      {"1.sql", "1.1.sql", "1.2.sql", "1.10.sql", "2.sql"},
      {"V1__z.sql", "V1.1__b.sql", "V1.1.1__a.sql", "V1.2__a.sql", "V2__a.sql"},
      {"V1__z.sql", "V1_1__b.sql", "V1_9__a.sql", "V1_10__a.sql", "V2__a.sql"},
      {"0001_a.sql", "0001_b.sql", "0002_a.sql", "0010.sql"},
      {"2023-01-31-a", "2023-02-01-a", "2023-10-01-a"},
      {"20230131_a.sql", "20230201_a.sql"},
      {"a", "a/b", "a-b", "a.sql", "ab"},
      {"a/10/x.sql", "a-1/x.sql"},
      {"m/2/1.sql", "m/2/3.sql", "m/10/1.sql"},
      {"B", "a", "é"},
  };
  for (const auto& list : lists) {
    for (std::size_t i = 0; i < list.size(); ++i) {
      for (std::size_t j = 0; j < list.size(); ++j) {
        EXPECT_EQ(natural_less(list[i], list[j]), i < j) << list[i] << " and " << list[j];
      }
    }
  }
}

TEST(NaturalOrderTest, IsATotalOrder) {
  // All strings of up to four of these characters.
  std::vector<std::string> all = {""};
  for (std::size_t i = 0; all[i].size() < 4; ++i) {
    for (const char c : {'0', '1', '.', '_', 'a', '/'}) all.push_back(all[i] + c);
  }
  std::sort(all.begin(), all.end(), natural_less);
  // In a sorted sequence every pair has to be in order; neighbours and distant ones, so intransitivity shows.
  for (std::size_t step : {1U, 2U, 3U, 7U, 50U, 333U}) {
    for (std::size_t i = 0; i + step < all.size(); ++i) {
      ASSERT_TRUE(natural_less(all[i], all[i + step])) << all[i] << " and " << all[i + step];
      ASSERT_FALSE(natural_less(all[i + step], all[i])) << all[i] << " and " << all[i + step];
    }
  }
}

}  // namespace
}  // namespace pglatch::testing
