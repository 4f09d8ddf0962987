// The page for reviewers: well formed whatever a migration holds, complete in itself, its links lead somewhere.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>
#include <set>

#include "analyzer/report/html_source.h"
#include "analyzer/report/html_text.h"
#include "tests/support/golden.h"
#include "tests/support/process.h"
#include "tests/unit/report/canned_reports.h"
#include "tests/unit/report/canned_review.h"

namespace pglatch::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::vector<std::string> pages() {
  std::vector<std::string> all;
  for (const CannedReport& canned : canned_reports()) all.push_back(write_html(canned.report, canned_options()));
  all.push_back(write_html(canned_review().report, canned_review().options()));
  return all;
}

std::vector<std::string> matches(const std::string& text, const std::string& pattern) {
  const std::regex regex(pattern);
  std::vector<std::string> found;
  for (auto at = std::sregex_iterator(text.begin(), text.end(), regex); at != std::sregex_iterator(); ++at) {
    found.push_back((*at)[1]);
  }
  return found;
}

// As XML, which forgives nothing: an element left open, a quote or an ampersand from a migration would show.
TEST(HtmlTest, IsWellFormed) {
  if (run_process({"sh", "-c", "command -v xmllint"}).exit_code != 0) {
    GTEST_SKIP() << "xmllint is not installed (./dev setup)";
  }
  for (const std::string& page : pages()) {
    ProcessOptions options;
    options.input = page;
    const ProcessResult result = run_process({"xmllint", "--noout", "--nonet", "-"}, options);
    EXPECT_EQ(result.exit_code, 0) << result.err;
  }
}

TEST(HtmlTest, NothingIsLoadedAndNothingRuns) {
  for (const std::string& page : pages()) {
    for (const char* no : {"<script", "<link", "<img", "<iframe", "src=", "url(", "@import", "http:", "https:",
                           " on"
                           "click"}) {
      EXPECT_THAT(page, Not(HasSubstr(no)));
    }
    EXPECT_THAT(page, HasSubstr("default-src 'none'"));
  }
}

TEST(HtmlTest, LinksLeadToPlacesThatAreThereOnce) {
  for (const std::string& whole : pages()) {
    const std::string page = whole.substr(whole.find("</style>"));
    const std::vector<std::string> ids = matches(page, " id=\"([^\"]*)\"");
    const std::set<std::string> unique(ids.begin(), ids.end());
    EXPECT_EQ(unique.size(), ids.size());
    for (const char* reference : {" href=\"#([^\"]*)\"", " aria-labelledby=\"([^\"]*)\""}) {
      for (const std::string& target : matches(page, reference)) EXPECT_EQ(unique.count(target), 1U) << target;
    }
  }
}

TEST(HtmlTest, ShowsFindingsLocksAndPlan) {
  const std::string page = write_html(canned_review().report, canned_review().options());
  EXPECT_TRUE(matches_golden(page, "formats/review/expected.html"));
  EXPECT_THAT(page, HasSubstr("Reads and writes wait until &lt;COMMIT&gt; &amp; longer."));
  EXPECT_THAT(page, HasSubstr("The plan: <a href=\"#S1\">S1</a> to <a href=\"#S3\">S3</a>."));
  EXPECT_THAT(page, HasSubstr("<code>public.events</code>"));
  EXPECT_THAT(page, HasSubstr("<summary>and 11 more</summary>"));
  EXPECT_THAT(page, HasSubstr("still held: ACCESS EXCLUSIVE, blocks reads and writes"));
  EXPECT_THAT(page, HasSubstr("Not shown: 1 finding ignored by comments. 2 findings known by the baseline."));
  EXPECT_THAT(page, HasSubstr("migrations/4.sql: permission denied"));
}

TEST(HtmlTest, LongStretchesWithoutAWordAreFolded) {
  std::string text;
  for (int i = 0; i < 40; ++i) text += "-- nothing\n";
  const auto file = source("a.sql", text + "SELECT 1;\n");
  LintReport report;
  Finding finding;
  finding.rule = "some-rule";
  finding.message = "It happens.";
  finding.range = finding.statement = {0, 10};
  finding.file = file;
  report.findings = {finding};
  EXPECT_THAT(write_html(report, {}), HasSubstr("<summary>lines 2 to 41: nothing to say</summary>"));
}

TEST(HtmlTextTest, TextIsNoMarkup) {
  EXPECT_EQ(html_text("<a href='x' b=\"&\">"), "&lt;a href=&#39;x&#39; b=&quot;&amp;&quot;&gt;");
  EXPECT_EQ(html_text("\x1b[31m\t\n\u202e\xff\xef\xbf\xbf"), "␛[31m\t\n\uFFFD\uFFFD\uFFFD");
  EXPECT_EQ(html_prose("a\n    b <c>"), "a<br/><code>b &lt;c&gt;</code>");
}

TEST(HtmlSourceTest, WordsAndMarksOverlapAsTheyLike) {
  const auto file = source("a.sql", "drop table \"<b>\"; -- it's\nselect '<'");
  const HtmlSource html(*file);
  const HtmlMark wide{{5, 16}, Severity::warning};
  const HtmlMark narrow{{0, 10}, Severity::error};
  const HtmlMark place{{17, 17}, Severity::info};
  EXPECT_EQ(html.text({0, 17}, std::vector<HtmlMark>{wide, narrow, place}),
            "<mark class=\"error\"><span class=\"k\">drop</span></mark><mark class=\"error\"> </mark>"
            "<mark class=\"error\"><span class=\"k\">table</span></mark><mark class=\"warning\"> &quot;&lt;b&gt;&quot;"
            "</mark>;<mark class=\"info at\"></mark>");
  EXPECT_EQ(html.lines(2, 2, {}, "f1-"),
            "<span class=\"line\" id=\"f1-l2\" data-n=\"2\"><span><span class=\"k\">select</span> <span "
            "class=\"s\">&#39;&lt;&#39;</span>\n</span></span>");
}

}  // namespace
}  // namespace pglatch::testing
