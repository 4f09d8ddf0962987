#include "analyzer/source/frameworks/sections.h"

#include "analyzer/source/frameworks/text_lines.h"
#include "tests/unit/source/frameworks/read.h"

namespace pglatch::testing {
namespace {

TEST(KeepOnlyTest, BlanksTheRestAndKeepsLineEndings) {
  EXPECT_EQ(keep_only("ab\r\ncd\nef", {{4, 6}}), "  \r\ncd\n  ");
  EXPECT_EQ(keep_only("é;x", {{3, 4}}), "   x");
  EXPECT_EQ(keep_only("abc", {{0, 0}}), "   ");
}

TEST(KeepOnlyTest, IsEmptyWhereNothingGoes) {
  EXPECT_EQ(keep_only("ab\ncd", {{0, 5}}), "");
  EXPECT_EQ(keep_only("ab\ncd", {{0, 2}, {3, 5}}), "");
  EXPECT_EQ(keep_only("  \n", {}), "");
  EXPECT_EQ(keep_only("", {}), "");
}

TEST(LineReaderTest, LinesCoverTheText) {
  LineReader lines("a\r\n\nb");
  const auto first = lines.next();
  ASSERT_TRUE(first);
  EXPECT_EQ(first->text, "a");
  EXPECT_EQ(first->next, 3U);
  const auto second = lines.next();
  ASSERT_TRUE(second);
  EXPECT_EQ(second->text, "");
  EXPECT_EQ(second->number, 2U);
  const auto third = lines.next();
  ASSERT_TRUE(third);
  EXPECT_EQ(third->text, "b");
  EXPECT_EQ(third->next, 5U);
  EXPECT_FALSE(lines.next());
  EXPECT_FALSE(LineReader("").next());
}

}  // namespace
}  // namespace pglatch::testing
