#include "tests/support/golden.h"

#include <gmock/gmock.h>

namespace pglatch::testing {
namespace {

TEST(GoldenTest, DiffShowsWhatChangedAndThreeLinesAround) {
  EXPECT_EQ(line_diff("a\nb\n", "a\nb\n"), "");
  EXPECT_EQ(line_diff("1\n2\n3\n4\n5\n6\n7\n8\n9\n", "1\n2\n3\n4\nx\n6\n7\n8\n9\n"),
            "@@ line 2 @@\n 2\n 3\n 4\n-5\n+x\n 6\n 7\n 8\n");
  EXPECT_EQ(line_diff("a\n", "a"), "@@ line 1 @@\n-a\n+a\n\\ no newline at the end\n");
}

TEST(GoldenTest, DiffKeepsDistantChangesApart) {
  const std::string diff = line_diff("a\n1\n2\n3\n4\n5\n6\n7\n8\nb\n", "A\n1\n2\n3\n4\n5\n6\n7\n8\nB\n");
  EXPECT_EQ(diff, "@@ line 1 @@\n-a\n+A\n 1\n 2\n 3\n@@ line 7 @@\n 6\n 7\n 8\n-b\n+B\n");
}

TEST(GoldenTest, AMissingFileFailsWithItsName) {
  const ::testing::AssertionResult result = matches_golden("text", "no/such/file.txt");
  EXPECT_FALSE(result);
  EXPECT_THAT(result.message(), ::testing::HasSubstr("fixtures/no/such/file.txt"));
}

}  // namespace
}  // namespace pglatch::testing
