#include "analyzer/source/line_index.h"

#include <gtest/gtest.h>

#include <string>

namespace pglatch {

std::ostream& operator<<(std::ostream& out, const Position& position) {
  return out << position.line << ':' << position.column;
}

namespace {

TEST(LineIndexTest, LinesEndAtLfCrlfAndCr) {
  const struct {
    std::string_view text;
    std::vector<std::string_view> lines;
  } cases[] = {
      {"", {""}},
      {"a", {"a"}},
      {"\n", {"", ""}},
      {"a\nb", {"a", "b"}},
      {"a\nb\n", {"a", "b", ""}},
      {"a\r\nb\r\n", {"a", "b", ""}},
      {"a\rb\r", {"a", "b", ""}},
      {"\r\r\n\n\r", {"", "", "", "", ""}},
      {"a\nb\rc\r\nd", {"a", "b", "c", "d"}},
      {"a\n\rb", {"a", "", "b"}},
      {"long line without CR\nfirst with CR\r\nlast", {"long line without CR", "first with CR", "last"}},
  };
  for (const auto& each : cases) {
    const LineIndex index(each.text);
    ASSERT_EQ(index.line_count(), each.lines.size()) << ::testing::PrintToString(each.text);
    for (std::uint32_t line = 1; line <= index.line_count(); ++line) {
      EXPECT_EQ(index.line_range(line).of(each.text), each.lines[line - 1]) << ::testing::PrintToString(each.text);
    }
  }
  EXPECT_EQ(LineIndex().line_count(), 1U);
}

TEST(LineIndexTest, ColumnsCountInEachUnit) {
  //                             0123 4  5   6 7    11 12
  const std::string_view text = "ab\n\té\r\nx😀y";
  const LineIndex index(text);
  const struct {
    std::uint32_t offset;
    Position bytes;
    Position code_points;
    Position utf16;
  } cases[] = {
      {0, {1, 1}, {1, 1}, {1, 1}},  {2, {1, 3}, {1, 3}, {1, 3}},   // the line feed itself
      {3, {2, 1}, {2, 1}, {2, 1}},                                 // a tab is one column
      {4, {2, 2}, {2, 2}, {2, 2}},  {5, {2, 3}, {2, 2}, {2, 2}},   // inside of é
      {6, {2, 4}, {2, 3}, {2, 3}},                                 // CR
      {7, {2, 5}, {2, 4}, {2, 4}},                                 // LF of CRLF
      {8, {3, 1}, {3, 1}, {3, 1}},  {9, {3, 2}, {3, 2}, {3, 2}},   // 😀
      {11, {3, 4}, {3, 2}, {3, 2}},                                // inside of 😀
      {13, {3, 6}, {3, 3}, {3, 4}},                                // after it
      {14, {3, 7}, {3, 4}, {3, 5}}, {99, {3, 7}, {3, 4}, {3, 5}},  // past the end
  };
  for (const auto& each : cases) {
    EXPECT_EQ(index.position(each.offset, ColumnUnit::bytes), each.bytes) << each.offset;
    EXPECT_EQ(index.position(each.offset, ColumnUnit::code_points), each.code_points) << each.offset;
    EXPECT_EQ(index.position(each.offset, ColumnUnit::utf16), each.utf16) << each.offset;
    EXPECT_EQ(index.line(each.offset), each.bytes.line) << each.offset;
  }
}

TEST(LineIndexTest, PositionsLeadBackToTheirOffset) {
  const std::string_view text = "SELECT 'é😀';\r\n\t-- 日本語\rx\n";
  const LineIndex index(text);
  for (std::uint32_t offset = 0; offset <= text.size(); ++offset) {
    const bool starts_character = offset == text.size() || (static_cast<unsigned char>(text[offset]) & 0xC0) != 0x80;
    const bool in_line_end = offset > 0 && offset < text.size() && text[offset] == '\n' && text[offset - 1] == '\r';
    if (!starts_character || in_line_end) continue;
    for (const ColumnUnit unit : {ColumnUnit::bytes, ColumnUnit::code_points, ColumnUnit::utf16}) {
      EXPECT_EQ(index.offset(index.position(offset, unit), unit), offset);
    }
  }
}

TEST(LineIndexTest, AColumnPastTheLineIsItsEnd) {
  const LineIndex index("é\r\nbc");
  for (const ColumnUnit unit : {ColumnUnit::bytes, ColumnUnit::code_points, ColumnUnit::utf16}) {
    EXPECT_EQ(index.offset({1, 99}, unit), 2U);
    EXPECT_EQ(index.offset({2, 99}, unit), 6U);
    EXPECT_EQ(index.offset({2, 1}, unit), 4U);
  }
  EXPECT_EQ(LineIndex("😀x").offset({1, 2}, ColumnUnit::utf16), 0U) << "the middle of a surrogate pair";
}

TEST(LineIndexTest, ParseErrorPositionsCountCharacters) {
  const struct {
    std::string_view text;
    int character;
    std::uint32_t offset;
  } cases[] = {
      {"", 0, 0},     {"", 1, 0},   {"abc", -1, 0}, {"abc", 0, 0},    {"abc", 1, 0},   {"abc", 3, 2},     {"abc", 4, 3},
      {"abc", 99, 3}, {"éx", 2, 2}, {"😀é", 2, 4},   {"a\r\nb", 4, 3}, {"ééééx", 5, 8}, {"éééé😀x", 6, 12},
  };
  for (const auto& each : cases) {
    EXPECT_EQ(offset_of_character(each.text, each.character), each.offset) << each.text << ' ' << each.character;
  }
  std::string text;  // longer than the steps in which it is counted
  for (int character = 1; character <= 100; ++character) {
    EXPECT_EQ(offset_of_character(text + "é", character), text.size());
    text += character % 3 == 0 ? "😀" : character % 2 == 0 ? "é" : "e";
  }
}

TEST(LineIndexTest, WidthOfText) {
  const std::string text = "tab\t, é, 😀, and more than eight bytes";
  EXPECT_EQ(width(text, ColumnUnit::bytes), text.size());
  EXPECT_EQ(width(text, ColumnUnit::code_points), text.size() - 4);
  EXPECT_EQ(width(text, ColumnUnit::utf16), text.size() - 3);
  EXPECT_EQ(width("", ColumnUnit::utf16), 0U);
}

}  // namespace
}  // namespace pglatch
