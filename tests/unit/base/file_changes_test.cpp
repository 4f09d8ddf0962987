#include "analyzer/base/file_changes.h"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include <filesystem>

#include "tests/support/golden.h"
#include "tests/support/temp_dir.h"

namespace pglatch::testing {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class FileChangesTest : public ::testing::Test {
 protected:
  [[nodiscard]] std::string path(const std::string& name) const { return (directory_.path() / name).string(); }
  [[nodiscard]] std::string text(const std::string& name) const { return read_file(path(name)); }
  // Everything below the directory.
  [[nodiscard]] std::vector<std::string> names() const {
    std::vector<std::string> found;
    for (const auto& entry : fs::recursive_directory_iterator(directory_.path())) {
      found.push_back(entry.path().lexically_relative(directory_.path()).string());
    }
    std::sort(found.begin(), found.end());
    return found;
  }

  TempDir directory_;
};

TEST_F(FileChangesTest, MakesAllOfThem) {
  directory_.write("old/1.sql", "one");
  directory_.write("list", "1");
  EXPECT_FALSE(make_changes({{{path("old/1.sql"), path("kept/deep/1.sql")}},
                             {{path("new/1.sql"), "two"}, {path("new/2.sql"), ""}},
                             {{path("list"), "1\n2"}, {path("other list"), "x"}}}));
  EXPECT_EQ(text("kept/deep/1.sql"), "one");
  EXPECT_EQ(text("new/1.sql"), "two");
  EXPECT_EQ(text("new/2.sql"), "");
  EXPECT_EQ(text("list"), "1\n2");
  EXPECT_EQ(text("other list"), "x");
  EXPECT_FALSE(fs::exists(path("old"))) << "nothing is left in it";
}

TEST_F(FileChangesTest, TakesThePlaceOfWhatIsMoved) {
  directory_.write("1.sql", "one");
  EXPECT_FALSE(make_changes({{{path("1.sql"), path("kept/1.sql")}}, {{path("1.sql"), "two"}}, {}}));
  EXPECT_EQ(text("1.sql"), "two");
  EXPECT_EQ(text("kept/1.sql"), "one");
}

TEST_F(FileChangesTest, MakesNoneWhereOneCannotBe) {
  directory_.write("a", "one");
  directory_.write("b", "two");
  directory_.write("list", "1");
  const auto before = names();
  const auto error = make_changes(
      {{{path("a"), path("kept/a")}}, {{path("new/c"), "three"}, {path("b"), "four"}}, {{path("list"), "2"}}});
  ASSERT_TRUE(error);
  EXPECT_THAT(error->message, HasSubstr("b: there is such a file already"));
  EXPECT_EQ(names(), before);
  EXPECT_EQ(text("a"), "one");
  EXPECT_EQ(text("b"), "two");
  EXPECT_EQ(text("list"), "1");
}

TEST_F(FileChangesTest, WritesNothingThroughALink) {
  fs::create_symlink("nowhere", path("link"));
  EXPECT_TRUE(make_changes({{}, {{path("link"), "x"}}, {}}));
  EXPECT_FALSE(fs::exists(path("nowhere")));
}

TEST_F(FileChangesTest, TakesListsBackToo) {
  directory_.write("list", "1");
  fs::create_directory(path("directory"));
  EXPECT_TRUE(make_changes({{}, {{path("new"), "x"}}, {{path("list"), "2"}, {path("directory"), "3"}}}));
  EXPECT_EQ(text("list"), "1");
  EXPECT_FALSE(fs::exists(path("new")));
}

TEST_F(FileChangesTest, MovesOntoNothing) {
  directory_.write("a", "one");
  directory_.write("b", "two");
  const auto error = make_changes({{{path("a"), path("b")}}, {}, {}});
  ASSERT_TRUE(error);
  EXPECT_EQ(text("a"), "one");
  EXPECT_EQ(text("b"), "two");
  EXPECT_TRUE(make_changes({{{path("nothing"), path("c")}}, {}, {}}));
}

}  // namespace
}  // namespace pglatch::testing
