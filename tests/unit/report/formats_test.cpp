// Every format against every canned report, as files under fixtures/formats.
#include <gtest/gtest.h>

#include <set>

#include "analyzer/base/utf8.h"
#include "tests/support/golden.h"
#include "tests/unit/report/canned_reports.h"
#include "tests/unit/report/canned_review.h"

namespace pglatch::testing {
namespace {

class FormatsTest : public ::testing::TestWithParam<LintFormat> {};

TEST_P(FormatsTest, WritesWhatTheGoldenFilesHold) {
  for (const CannedReport& canned : canned_reports()) {
    const std::string output = GetParam().write(canned.report, canned_options());
    EXPECT_TRUE(matches_golden(output, "formats/" + canned.name + "/expected." + std::string(GetParam().name)));
  }
}

TEST_P(FormatsTest, IsUtf8AndEndsWithANewline) {
  for (const CannedReport& canned : canned_reports()) {
    const std::string output = GetParam().write(canned.report, canned_options());
    EXPECT_EQ(valid_utf8_prefix(output), output.size()) << canned.name;
    // One line a finding: none for no findings.
    const bool is_list = GetParam().name == "concise" || GetParam().name == "github";
    EXPECT_TRUE((is_list && output.empty()) || output.ends_with('\n')) << canned.name;
  }
}

// Rules and pages are there for SARIF; nobody else depends on them, and nothing fails without.
TEST_P(FormatsTest, WorksWithoutRules) {
  for (const CannedReport& canned : canned_reports()) {
    FormatOptions bare;
    bare.tool_version = canned_options().tool_version;
    const std::string output = GetParam().write(canned.report, bare);
    EXPECT_EQ(output == GetParam().write(canned.report, canned_options()), GetParam().name != "sarif") << canned.name;
  }
}

INSTANTIATE_TEST_SUITE_P(All, FormatsTest, ::testing::ValuesIn(lint_formats().begin(), lint_formats().end()),
                         [](const auto& format) { return std::string(format.param.name); });

TEST(LintFormatsTest, TextIsFirstAndNamesAreUnique) {
  ASSERT_FALSE(lint_formats().empty());
  EXPECT_EQ(lint_formats().front().name, "text");
  std::set<std::string_view> names;
  for (const LintFormat& format : lint_formats()) EXPECT_TRUE(names.insert(format.name).second) << format.name;
}

TEST(MarkdownFormatTest, FoldsThePlan) {
  EXPECT_TRUE(matches_golden(write_markdown(canned_review().report, canned_review().options()),
                             "formats/review/expected.markdown"));
}

TEST(LocksFormatsTest, WriteWhatTheGoldenFilesHold) {
  EXPECT_TRUE(matches_golden(write_locks_text(canned_locks(), false), "formats/locks/expected.text"));
  EXPECT_TRUE(matches_golden(write_locks_text(canned_locks(), true), "formats/locks/expected.color"));
  EXPECT_TRUE(matches_golden(write_locks_json(canned_locks()), "formats/locks/expected.json"));
}

}  // namespace
}  // namespace pglatch::testing
