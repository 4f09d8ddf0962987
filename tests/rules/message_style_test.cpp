// What findings say reads well wherever it is shown: on one line of a terminal, in a table, as the
// title of an annotation. Looked at on everything that the fixtures bring about.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string_view>

#include "tests/rules/fixture.h"

namespace pglatch::testing {
namespace {

constexpr std::size_t kMaxFirstSentence = 160;
constexpr std::size_t kMaxText = 500;

void check_text(std::string_view text) {
  EXPECT_FALSE(text.empty());
  EXPECT_LE(text.size(), kMaxText) << text;
  EXPECT_EQ(text.find('\n'), std::string_view::npos) << text;
  EXPECT_EQ(text.find("  "), std::string_view::npos) << text;
  EXPECT_EQ(text.find("{}"), std::string_view::npos) << text;
  EXPECT_NE(text.front(), ' ') << text;
  EXPECT_NE(text.back(), ' ') << text;
}

void check_finding(const Finding& finding) {
  check_text(finding.message);
  check_text(finding.help);
  EXPECT_EQ(finding.message.back(), '.') << finding.message;
  EXPECT_NE(std::string_view(".;?").find(finding.help.back()), std::string_view::npos) << finding.help;
  const std::size_t sentence = std::min(finding.message.find(". "), finding.message.size());
  EXPECT_LE(sentence, kMaxFirstSentence) << finding.message;
  EXPECT_LE(finding.statement.start, finding.range.start);
  EXPECT_LE(finding.range.end, finding.statement.end);
  const std::string_view marked = finding.range.of(finding.file->text());
  EXPECT_EQ(marked.find('\n'), std::string_view::npos) << marked;
  for (const RelatedRange& related : finding.related) check_text(related.message);
}

TEST(MessageStyle, OfAllFixtures) {
  std::size_t findings = 0;
  for (const auto& path : fixture_files()) {
    SCOPED_TRACE(path);
    const Fixture fixture = read_fixture(path);
    for (const int version : fixture.versions) {
      for (const Finding& finding : lint_fixture(fixture, version).findings) {
        check_finding(finding);
        ++findings;
      }
    }
  }
  EXPECT_GT(findings, 0U);
}

}  // namespace
}  // namespace pglatch::testing
