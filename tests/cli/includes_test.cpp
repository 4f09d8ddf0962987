// Scripts that psql puts together of several files by \i: what is said of one file stands in that file.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/process.h"
#include "tests/support/temp_dir.h"

namespace pglatch::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class Includes : public ::testing::Test {
 protected:
  ProcessResult run(const std::string& command, std::vector<std::string> options) {
    options.insert(options.begin(), {command, "--isolated"});
    ProcessOptions process;
    process.directory = dir_.path();
    return run_pglatch(std::move(options), process);
  }
  TempDir dir_;
};

// The procedure's text is of no use as a place in the file that calls it, which may be shorter.
TEST_F(Includes, CodeOfAnotherFileIsToldWhereItIsCalled) {
  dir_.write("a.sql", "\\i made.sql\nCALL p();\n");
  dir_.write(
      "made.sql",
      "-- what it does, in more words than the file that calls it has\n"
      "CREATE PROCEDURE p() LANGUAGE plpgsql AS $$\nBEGIN\n  ALTER TABLE u ALTER COLUMN a TYPE text;\nEND $$;\n");
  const ProcessResult result =
      run("lint", {"--select", "alter-column-type-rewrite", "--format", "concise", "a.sql", "made.sql"});
  EXPECT_EQ(result.exit_code, 1) << result.err;
  EXPECT_THAT(result.out, HasSubstr("a.sql:2:1: error: "));
  EXPECT_THAT(result.out, Not(HasSubstr("made.sql:")));
}

TEST_F(Includes, CodeOfTheSameFileIsToldWhereItStands) {
  dir_.write("a.sql",
             "CREATE PROCEDURE p() LANGUAGE plpgsql AS $$\nBEGIN\n  ALTER TABLE u ALTER COLUMN a TYPE text;\nEND $$;\n"
             "\\i empty.sql\nCALL p();\n");
  dir_.write("empty.sql", "SELECT 1;\n");
  const ProcessResult result = run("lint", {"--select", "alter-column-type-rewrite", "--format", "concise", "a.sql"});
  EXPECT_THAT(result.out, HasSubstr("a.sql:3:"));
}

TEST_F(Includes, ALockFromBeforeTheIncludedFileHasNoLineInIt) {
  dir_.write("a.sql",
             "BEGIN;\nALTER TABLE t ADD COLUMN b int;\nALTER TABLE u ADD COLUMN b int;\n\\i b.sql\n"
             "ALTER TABLE x ADD COLUMN b int;\nALTER TABLE y ADD COLUMN b int;\nCOMMIT;\n");
  dir_.write("b.sql", "ALTER TABLE v ADD COLUMN b int;\nALTER TABLE w ADD COLUMN b int;\n");
  const std::string text = run("locks", {"a.sql", "b.sql"}).out;
  EXPECT_THAT(text, HasSubstr("public.t (reads and writes since line 2)"));
  EXPECT_THAT(text, HasSubstr("public.t (reads and writes from before this part)"));
  std::string json = run("locks", {"--format", "json", "a.sql", "b.sql"}).out;
  std::erase_if(json, [](char c) { return c == ' ' || c == '\n'; });
  // Of the second statement of b.sql, and of the second one where a.sql goes on.
  EXPECT_THAT(json, HasSubstr(R"("held":[{"relation":"public.t","mode":"AccessExclusiveLock"},)"
                              R"({"relation":"public.u","mode":"AccessExclusiveLock"},)"
                              R"({"relation":"public.v","mode":"AccessExclusiveLock","line":1}])"));
  EXPECT_THAT(json, HasSubstr(R"({"relation":"public.w","mode":"AccessExclusiveLock"},)"
                              R"({"relation":"public.x","mode":"AccessExclusiveLock","line":5}])"));
  EXPECT_EQ(run("lint", {"--select", "all", "--format", "html", "a.sql", "b.sql"}).exit_code, 1);
}

}  // namespace
}  // namespace pglatch::testing
