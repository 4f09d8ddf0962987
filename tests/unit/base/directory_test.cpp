#include "analyzer/base/directory.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/temp_dir.h"

namespace pglatch::testing {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;
using Kind = DirectoryEntry::Kind;

TEST(ReadDirectory, EntriesAreWhatTheyAreThemselves) {
  const TempDir dir;
  dir.write("a.sql", "");
  dir.write("sub/b.sql", "");
  dir.write(".hidden", "");
  fs::create_directory_symlink("sub", dir.path() / "link");
  fs::create_symlink("nowhere", dir.path() / "broken");
  ::mkfifo((dir.path() / "pipe").c_str(), 0600);
  const auto read = read_directory(dir.path().string());
  ASSERT_TRUE(read);
  std::vector<std::pair<std::string, Kind>> entries;
  for (const DirectoryEntry& entry : *read) entries.emplace_back(entry.name, entry.kind);
  EXPECT_THAT(entries,
              UnorderedElementsAre(Pair("a.sql", Kind::file), Pair("sub", Kind::directory), Pair(".hidden", Kind::file),
                                   Pair("link", Kind::link), Pair("broken", Kind::link), Pair("pipe", Kind::other)));
}

TEST(ReadDirectory, WhatIsNoDirectoryCannotBeRead) {
  const TempDir dir;
  EXPECT_THAT(read_directory((dir.path() / "x").string()).error().message, HasSubstr("no such file or directory"));
  EXPECT_FALSE(read_directory(dir.write("a.sql", "")));
}

}  // namespace
}  // namespace pglatch::testing
