// What CI systems and editors ask of their formats beyond what golden files show.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidjson/document.h>

#include <regex>
#include <set>

#include "analyzer/report/xml.h"
#include "tests/unit/report/canned_reports.h"
#include "tests/unit/report/canned_review.h"

namespace pglatch::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

Finding finding_at(const std::shared_ptr<const SourceFile>& file, std::string_view piece, Severity severity) {
  Finding finding;
  finding.rule = "some-rule";
  finding.severity = severity;
  finding.message = "It happens.";
  finding.help = "Do this.";
  finding.range = range_of(file->text(), piece);
  finding.statement = finding.range;
  finding.file = file;
  return finding;
}

std::size_t count(const std::string& text, std::string_view piece) {
  std::size_t found = 0;
  for (auto at = text.find(piece); at != std::string::npos; at = text.find(piece, at + 1)) ++found;
  return found;
}

TEST(GithubFormatTest, NothingEndsACommandOrBeginsAnother) {
  const auto file = source("a,b:c%/1.sql", "select 1;\n");
  LintReport report;
  report.findings.push_back(finding_at(file, "select", Severity::error));
  report.findings.back().message = "100 %\r\n::error::injected, and more: x.";
  const std::string text = write_github(report, {});
  EXPECT_EQ(count(text, "\n"), 1U) << text;
  EXPECT_THAT(
      text, HasSubstr("::error file=a%2Cb%3Ac%25/1.sql,line=1,endLine=1,col=1,endColumn=7,title=pglatch some-rule::"));
  EXPECT_THAT(text, HasSubstr("100 %25%0D%0A::error::injected, and more: x.%0ADo this."));
}

TEST(GithubFormatTest, ColumnsAreLeftOutWhereTheRangeSpansLines) {
  const auto file = source("1.sql", "select\n1;\n");
  LintReport report;
  report.findings.push_back(finding_at(file, "select\n1", Severity::warning));
  EXPECT_THAT(write_github(report, {}), HasSubstr("::warning file=1.sql,line=1,endLine=2,title="));
}

TEST(GithubFormatTest, TenOfALevelErrorsFirstAndANoticeOfTheRest) {
  const auto file = source("1.sql", "select 1;\n");
  LintReport report;
  for (int i = 0; i < 12; ++i) report.findings.push_back(finding_at(file, "select", Severity::info));
  for (int i = 0; i < 11; ++i) report.findings.push_back(finding_at(file, "select", Severity::error));
  const std::string text = write_github(report, {});
  EXPECT_EQ(count(text, "::error "), 10U);
  EXPECT_EQ(count(text, "::notice "), 10U);
  EXPECT_LT(text.rfind("::error "), text.find("::notice "));
  EXPECT_THAT(text, HasSubstr("::4 more findings are not annotated: 1 errors, 0 warnings, 3 infos."));
}

TEST(GitlabFormatTest, FingerprintsAreUniqueAndPathsRelative) {
  const auto file = source("./db/1.sql", "select 1;\n");
  LintReport report;
  for (int i = 0; i < 3; ++i) report.findings.push_back(finding_at(file, "select", Severity::error));
  rapidjson::Document document;
  document.Parse(write_gitlab(report, {}).c_str());
  ASSERT_TRUE(document.IsArray());
  std::set<std::string> fingerprints;
  for (const auto& entry : document.GetArray()) {
    fingerprints.insert(entry["fingerprint"].GetString());
    EXPECT_STREQ(entry["location"]["path"].GetString(), "db/1.sql");
    EXPECT_EQ(entry["location"]["lines"]["begin"].GetInt(), 1);
    EXPECT_STREQ(entry["severity"].GetString(), "major");
  }
  EXPECT_EQ(fingerprints.size(), 3U);
  document.Parse(write_gitlab({}, {}).c_str());
  EXPECT_TRUE(document.IsArray() && document.Empty());
}

TEST(RdjsonFormatTest, ColumnsCountBytesAndEditsAreSuggestions) {
  const auto file = source("1.sql", "/* é */ select 1;\n");
  LintReport report;
  report.findings.push_back(finding_at(file, "select", Severity::info));
  report.findings.back().fix = Fix{"say more", {{range_of(file->text(), "1"), "2"}}};
  rapidjson::Document document;
  document.Parse(write_rdjson(report, {}).c_str());
  const auto& diagnostic = document["diagnostics"][0];
  EXPECT_EQ(diagnostic["location"]["range"]["start"]["column"].GetInt(), 10);
  EXPECT_STREQ(diagnostic["severity"].GetString(), "INFO");
  EXPECT_STREQ(diagnostic["suggestions"][0]["text"].GetString(), "2");
}

TEST(JunitFormatTest, ACleanRunHasACaseThatPassed) {
  const std::string text = write_junit({}, {});
  EXPECT_THAT(text, HasSubstr("<testsuites name=\"pglatch\" tests=\"1\" failures=\"0\" errors=\"0\">"));
  EXPECT_THAT(text, HasSubstr("<testcase "));
  EXPECT_THAT(text, Not(HasSubstr("<failure")));
}

TEST(GithubFormatTest, TheOlderFormOfCommandsIsBrokenUp) {
  const auto file = source("1.sql", "select 1;\n");
  LintReport report;
  report.findings.push_back(finding_at(file, "select", Severity::error));
  report.findings.back().message = "##[add-mask]x happens.";
  EXPECT_THAT(write_github(report, {}), Not(HasSubstr("##[")));
}

TEST(CheckoutPathTest, IsWhatCiSystemsAreTold) {
  const auto file = source("1.sql", "select 1;\n");
  LintReport report;
  report.findings.push_back(finding_at(file, "select", Severity::error));
  FormatOptions options;
  options.checkout_path = [](const std::string& path) { return "db/" + path; };
  EXPECT_THAT(write_github(report, options), HasSubstr("file=db/1.sql,"));
  EXPECT_THAT(write_gitlab(report, options), HasSubstr("\"path\": \"db/1.sql\""));
  EXPECT_THAT(write_sarif(report, options), HasSubstr("\"uri\": \"db/1.sql\""));
  // People are told what they can open from where they are.
  EXPECT_THAT(write_text(report, options), ::testing::StartsWith("1.sql:1:1:"));
}

// The pattern of integrations/problem-matcher.json and of editors' error formats.
TEST(ConciseFormatTest, EveryLineIsOneThatEditorsJumpTo) {
  static const std::regex kLine("(.+):(\\d+):(\\d+): (error|warning|info): (.+) \\[([a-z0-9-]+)\\]");
  for (const CannedReport& canned : canned_reports()) {
    const std::string text = write_concise(canned.report, {});
    std::size_t lines = 0;
    for (std::size_t at = 0; at < text.size(); ++lines) {
      const std::size_t end = text.find('\n', at);
      ASSERT_NE(end, std::string::npos);
      const std::string line = text.substr(at, end - at);
      if (lines < canned.report.findings.size()) {
        EXPECT_TRUE(std::regex_match(line, kLine)) << line;
      }
      at = end + 1;
    }
    EXPECT_EQ(lines, canned.report.findings.size() + canned.report.errors.size()) << canned.name;
  }
}

TEST(MarkdownFormatTest, SqlIsNoMarkup) {
  const auto file = source("a_b.sql", "select 1;\n");
  LintReport report;
  report.findings.push_back(finding_at(file, "select", Severity::error));
  report.findings.back().message = "| <img src=x> `code` @team #12 *b*.";
  const std::string text = write_markdown(report, {});
  EXPECT_THAT(text, HasSubstr("\\| &lt;img src=x&gt; \\`code\\` \\@team \\#12 \\*b\\*."));
  EXPECT_THAT(text, HasSubstr("### a\\_b.sql"));
}

TEST(MarkdownFormatTest, IsNoLongerThanACommentMayBe) {
  const auto file = source("a.sql", "select 1;\n");
  LintReport report;
  for (int i = 0; i < 2000; ++i) report.findings.push_back(finding_at(file, "select", Severity::error));
  const std::string text = write_markdown(report, {});
  EXPECT_LT(text.size(), 65'536U);
  EXPECT_GT(text.size(), 60'000U);
  const std::size_t shown = count(text, "| error |");
  EXPECT_THAT(text, HasSubstr(fmt::format("\n{} findings are not shown here.\n", 2000 - shown)));
  EXPECT_EQ(count(text, "<details>"), count(text, "</details>"));
  EXPECT_EQ(count(write_markdown_summary(report, {}), "| error |"), 2000U);
}

TEST(MarkdownFormatTest, APlanThatHasNoRoomIsNamed) {
  LintReport report = canned_review().report;
  Plan plan = canned_review().plan;
  plan.phases[0].steps[0].sql = {std::string(70'000, 'x')};
  FormatOptions options;
  options.plan = &plan;
  const std::string text = write_markdown(report, options);
  EXPECT_LT(text.size(), 65'536U);
  EXPECT_THAT(text, HasSubstr("The plan has 3 steps, too many to be shown here"));
  options.plan = nullptr;
  options.no_plan = "a.sql:1:1: PREPARE TRANSACTION";
  EXPECT_THAT(write_markdown(report, options), HasSubstr("There is no plan: a.sql:1:1: PREPARE TRANSACTION"));
}

TEST(XmlTest, TextMayHoldAnything) {
  XmlWriter xml;
  xml.begin("a", {{"b", "<\"&'\n\x01>"}});
  xml.element("c", {}, "\xFF \x1b \xEF\xBF\xBF ü");
  xml.element("d", {});
  xml.end();
  EXPECT_EQ(xml.finish(),
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<a b=\"&lt;&quot;&amp;'&#10;\xEF\xBF\xBD&gt;\">\n"
            "  <c>\xEF\xBF\xBD \xEF\xBF\xBD \xEF\xBF\xBD ü</c>\n  <d/>\n</a>\n");
}

}  // namespace
}  // namespace pglatch::testing
