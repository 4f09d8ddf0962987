// Comments that switch rules off, from the command line: what is found of them, the opt-in rule for reasons, and what
// `fix` makes of those that are of no use. What they cover is tested in tests/unit/engine.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/support/golden.h"
#include "tests/support/process.h"
#include "tests/support/temp_dir.h"

namespace pglatch::testing {
namespace {

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

class SuppressionOptions : public ::testing::Test {
 protected:
  ProcessResult run(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin() + 1, "--isolated");
    ProcessOptions options;
    options.directory = dir_.path();
    return run_pglatch(arguments, options);
  }
  TempDir dir_;
};

TEST_F(SuppressionOptions, UnknownRulesAreWarningsAndUnusedOnesAdvice) {
  dir_.write("unknown.sql", "-- pglatch:ignore drop-index-nonconcurrent it is tiny\nselect 1;\n");
  const auto unknown = run({"lint", "unknown.sql"});
  EXPECT_EQ(unknown.exit_code, 1);
  EXPECT_TRUE(has(unknown.out, "unknown.sql:1:19: warning[unknown-rule-in-suppression]")) << unknown.out;
  EXPECT_TRUE(has(unknown.out, "Did you mean 'drop-index-non-concurrent'?")) << unknown.out;
  dir_.write("unused.sql", "-- pglatch:ignore drop-index-non-concurrent it is tiny\nselect 1;\n");
  const auto unused = run({"lint", "unused.sql"});
  EXPECT_EQ(unused.exit_code, 0);
  EXPECT_TRUE(has(unused.out, "unused.sql:1:19: info[unused-suppression]")) << unused.out;
}

TEST_F(SuppressionOptions, ARuleThatIsOffIsKnownAndNotUnused) {
  dir_.write("1.sql", "-- pglatch:ignore drop-index-non-concurrent, set-not-null-scan it is tiny\nselect 1;\n");
  EXPECT_TRUE(has(run({"lint", "--select", "input", "1.sql"}).out, "no findings"));
  EXPECT_TRUE(
      has(run({"lint", "--ignore", "drop-index-non-concurrent,set-not-null-scan", "1.sql"}).out, "no findings"));
  const auto one = run({"lint", "--select", "input,drop-index-non-concurrent", "1.sql"});
  EXPECT_TRUE(has(one.out, "1 info")) << one.out;
  EXPECT_FALSE(has(one.out, "1.sql:1:46")) << one.out;
}

TEST_F(SuppressionOptions, ReasonsAreWantedOnRequest) {
  dir_.write("1.sql", "-- pglatch:ignore drop-index-non-concurrent\ndrop index a;\n");
  EXPECT_EQ(run({"lint", "1.sql"}).exit_code, 0);
  const auto asked = run({"lint", "--select", "default,suppression-without-reason", "1.sql"});
  EXPECT_EQ(asked.exit_code, 1);
  EXPECT_TRUE(has(asked.out, "1.sql:1:19: warning[suppression-without-reason]")) << asked.out;
  EXPECT_EQ(run({"lint", "--select", "default,input", "--ignore", "suppression-without-reason", "1.sql"}).exit_code, 0);
  dir_.write("2.sql", "-- pglatch:ignore drop-index-non-concurrent it is tiny\ndrop index a;\n");
  EXPECT_EQ(run({"lint", "--select", "default,suppression-without-reason", "2.sql"}).exit_code, 0);
}

TEST_F(SuppressionOptions, NamesOfOtherToolsAreUnderstood) {
  dir_.write("squawk.sql", "-- squawk-ignore require-concurrent-index-deletion\ndrop index a;\n");
  EXPECT_TRUE(has(run({"lint", "squawk.sql"}).out, "1 ignored by comments"));
  dir_.write("eugene.sql", "-- eugene: ignore E2\nalter table t alter column c set not null;\n");
  EXPECT_TRUE(has(run({"lint", "eugene.sql"}).out, "1 ignored by comments"));
  dir_.write("alias.sql", "-- pglatch:ignore require-concurrent-index-deletion it is tiny\ndrop index a;\n");
  EXPECT_TRUE(has(run({"lint", "alias.sql"}).out, "no findings, 1 ignored by comments"));
}

TEST_F(SuppressionOptions, FixRemovesWhatIsOfNoUse) {
  const auto file = dir_.write("1.sql",
                               "-- pglatch:ignore set-not-null-scan gone\r\n"
                               "-- pglatch:ignore set-not-null-scan, drop-index-non-concurrent it is tiny\r\n"
                               "drop index a; -- the index\r\n"
                               "select 1; -- pglatch:ignore E6, E2 gone\r\n");
  const auto shown = run({"fix", "1.sql"});
  EXPECT_TRUE(has(shown.out, "--pglatch:ignore set-not-null-scan gone") ||
              has(shown.out, "--- pglatch:ignore set-not-null-scan gone"))
      << shown.out;
  EXPECT_TRUE(has(shown.err, "would fix 4 in 1 file, 0 findings left")) << shown.err;
  const auto written = run({"fix", "--write", "1.sql"});
  EXPECT_EQ(written.exit_code, 0) << written.err;
  EXPECT_EQ(read_file(file),
            "-- pglatch:ignore drop-index-non-concurrent it is tiny\r\ndrop index a; -- the index\r\nselect 1;\r\n");
  EXPECT_TRUE(has(run({"lint", "1.sql"}).out, "no findings"));
}

TEST_F(SuppressionOptions, FixLeavesAFileThatDoesNotParse) {
  const std::string text = "-- pglatch:ignore set-not-null-scan gone\nselect 1;\nselect from from;\n";
  const auto file = dir_.write("1.sql", text);
  EXPECT_EQ(run({"fix", "--write", "1.sql"}).exit_code, 0);
  EXPECT_EQ(read_file(file), text);
}

}  // namespace
}  // namespace pglatch::testing
