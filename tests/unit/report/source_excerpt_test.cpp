#include "analyzer/report/source_excerpt.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/report/canned_reports.h"

namespace pglatch::testing {
namespace {

std::string excerpt(const std::string& text, ByteRange range) {
  const auto file = source("a.sql", text);
  std::string out;
  append_excerpt(out, *file, range, {number_width(*file, range), '^', Style::plain}, Painter(false));
  return out;
}

TEST(SourceExcerptTest, UnderlinesTheRange) {
  EXPECT_EQ(excerpt("SELECT a FROM b", {7, 8}),
            "1 | SELECT a FROM b\n"
            "  |        ^\n");
}

TEST(SourceExcerptTest, TabsAreFourBlanksAndMarksToo) {
  EXPECT_EQ(excerpt("\ta\tb", {1, 4}),
            "1 |     a    b\n"
            "  |     ^^^^^^\n");
}

TEST(SourceExcerptTest, NumbersAreAligned) {
  EXPECT_EQ(excerpt("1\n2\n3\n4\n5\n6\n7\n8\nnine,\n\nten;", {16, 26}),
            " 9 | nine,\n"
            "   | ^^^^^\n"
            "10 |\n"
            "11 | ten;\n"
            "   | ^^^\n");
}

TEST(SourceExcerptTest, LongRangesShowBothEnds) {
  EXPECT_EQ(excerpt("a\n  b\nc\nd\ne\n  f\n", {0, 15}),
            "1 | a\n"
            "  | ^\n"
            "2 |   b\n"
            "  |   ^\n"
            ":\n"
            "6 |   f\n"
            "  |   ^\n");
}

TEST(SourceExcerptTest, ARangeThatEndsWithItsLineStaysOnIt) {
  EXPECT_EQ(excerpt("ab\r\ncd", {0, 4}),
            "1 | ab\n"
            "  | ^^\n");
}

TEST(SourceExcerptTest, AnEmptyRangeIsOneMark) {
  EXPECT_EQ(excerpt("ab;", {2, 2}),
            "1 | ab;\n"
            "  |   ^\n");
  EXPECT_EQ(excerpt("ab", {2, 2}),
            "1 | ab\n"
            "  |   ^\n");
}

TEST(SourceExcerptTest, AtTheEndOfTheFileTheLastTextIsShown) {
  EXPECT_EQ(excerpt("(a,\n\n\n", {6, 6}),
            "1 | (a,\n"
            ":\n"
            "4 |\n"
            "  | ^\n");
  EXPECT_EQ(excerpt("", {0, 0}),
            "1 |\n"
            "  | ^\n");
}

TEST(SourceExcerptTest, LongLinesAreCutOnBothSides) {
  std::string text;
  for (int count = 0; count < 500; ++count) text += "é";
  text += "HERE" + std::string(500, 'x');
  const std::string out = excerpt(text, {500 * 2, 500 * 2 + 4});
  std::string lead;
  for (int count = 0; count < 30; ++count) lead += "é";
  EXPECT_EQ(out, "1 | …" + lead + "HERE" + std::string(120 - 1 - 30 - 4, 'x') + "…\n" + "  | " + std::string(31, ' ') +
                     "^^^^\n");
}

TEST(SourceExcerptTest, ALongLineBeforeTheEndOfTheFileIsCutToo) {
  const std::string out = excerpt(std::string(1000, 'x') + "\n", {1001, 1001});
  EXPECT_THAT(out, ::testing::StartsWith("1 | " + std::string(120, 'x') + "…\n2 |\n"));
}

}  // namespace
}  // namespace pglatch::testing
