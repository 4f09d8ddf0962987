#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>
#include <sstream>

#include "analyzer/report/terminal_text.h"
#include "tests/support/golden.h"
#include "tests/unit/report/canned_reports.h"

namespace pglatch::testing {
namespace {

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

std::string without_colors(const std::string& text) {
  return std::regex_replace(text, std::regex("\x1b\\[[0-9;]*m"), "");
}

TEST(TextTest, ColorsOnlyWhenAskedAndNothingElseChanges) {
  FormatOptions colored = canned_options();
  colored.color = true;
  for (const CannedReport& canned : canned_reports()) {
    const std::string plain = write_text(canned.report, canned_options());
    EXPECT_EQ(plain.find('\x1b'), std::string::npos) << canned.name;
    EXPECT_EQ(without_colors(write_text(canned.report, colored)), plain) << canned.name;
  }
  EXPECT_TRUE(matches_golden(write_text(canned_report("related"), colored), "formats/related/expected.color"));
}

TEST(TextTest, LinesFitTheTerminal) {
  FormatOptions narrow = canned_options();
  narrow.width = 60;
  for (const char* name : {"long-line", "related"}) {
    std::size_t longest = 0;
    for (const std::string& line : lines_of(write_text(canned_report(name), narrow))) {
      // What editors jump to stays on one line.
      if (line.find(": ") == std::string::npos || line.front() == ' ') longest = std::max(longest, cell_width(line));
    }
    EXPECT_LE(longest, 60U) << name;
    EXPECT_GT(longest, 40U) << name;
  }
}

TEST(TextTest, PlacesAreLinksWhereTheTerminalIsAsked) {
  FormatOptions linked = canned_options();
  linked.link_base = "file://host/work";
  EXPECT_THAT(write_text(canned_report("fix"), linked),
              ::testing::StartsWith("\x1b]8;;file://host/work/migrations/13%20fix%231.sql\x1b\\migrations/13 "
                                    "fix#1.sql:1:1:\x1b]8;;\x1b\\ error["));
  // No part of a path ends the link.
  EXPECT_THAT(write_text(canned_report("hostile"), linked), ::testing::StartsWith("\x1b]8;;file:///srv/%FF%0A%3A%3A"));
}

// Workflow commands of CI systems begin a line, blanks aside: nothing from a migration may do that.
TEST(TextTest, OthersWordsNeverBeginALine) {
  for (const std::string& line : lines_of(write_text(canned_report("hostile"), canned_options()))) {
    EXPECT_FALSE(std::regex_search(line, std::regex("^\\s*::"))) << line;
    EXPECT_EQ(line.find_first_of("\x1b\x07\x01"), std::string::npos) << line;
  }
}

// Lines end where the words do, so that golden files and diffs stay clean.
TEST(TextTest, NoLineEndsWithBlanks) {
  for (const CannedReport& canned : canned_reports()) {
    for (const std::string& line : lines_of(write_text(canned.report, canned_options()))) {
      EXPECT_FALSE(line.ends_with(' ')) << canned.name << ": " << line;
    }
  }
  for (const std::string& line : lines_of(write_locks_text(canned_locks(), false))) {
    EXPECT_FALSE(line.ends_with(' ')) << line;
  }
}

TEST(TextTest, HeadlinesAreWhatEditorsJumpTo) {
  const std::string output = write_text(canned_report("wide-characters"), canned_options());
  // "/*\té 😀 日本 e◌́ */ " are 16 characters: tab, emoji and combining mark count one each.
  EXPECT_THAT(output, ::testing::StartsWith("migrations/9_wide.sql:1:17: error[create-index-non-concurrent]: "));
}

TEST(TextTest, CaretsStandBelowTheRange) {
  const std::vector<std::string> lines = lines_of(write_text(canned_report("wide-characters"), canned_options()));
  ASSERT_GE(lines.size(), 3u);
  // In cells: the tab is four, the emoji and the two ideographs are two each, the combining mark is none.
  const std::string prefix = "  | ";
  EXPECT_EQ(lines[2], prefix + std::string(2 + 4 + 1 + 1 + 2 + 1 + 4 + 1 + 1 + 1 + 2 + 1, ' ') + "^^^^^^^^^^^^");
}

TEST(TextTest, LongLinesAreCutAroundTheRange) {
  const std::vector<std::string> lines = lines_of(write_text(canned_report("long-line"), canned_options()));
  ASSERT_GE(lines.size(), 3u);
  EXPECT_THAT(lines[1], ::testing::HasSubstr("CREATE INDEX i ON orders (c);"));
  EXPECT_LT(lines[1].size(), 150u);
}

}  // namespace
}  // namespace pglatch::testing
