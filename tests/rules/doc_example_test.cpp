// The examples of the rules' pages do what the pages say: bad ones are found by the rule, and by no
// other; good ones are clean.
#include <gtest/gtest.h>

#include <algorithm>

#include "rules/registry.h"
#include "rules/rule_docs.h"
#include "tests/rules/fixture.h"
#include "tests/rules/page.h"

namespace pglatch::testing {
namespace {

class RulePage : public ::testing::TestWithParam<const Rule*> {
 protected:
  std::string_view id() const { return GetParam()->id; }
  Page page() const { return parse_page(rule_doc(id())); }
};

std::vector<Finding> findings_of(std::string_view rule, const Example& example, const std::string& earlier) {
  const std::string text = earlier.empty() ? example.sql : "-- setup\n" + earlier + "-- migration\n" + example.sql;
  return lint_fixture(parse_fixture(std::filesystem::path(rule) / "example.sql", text), example.pg_version).findings;
}

TEST_P(RulePage, ExamplesHold) {
  std::string earlier;
  int bad = 0;
  int good = 0;
  for (const Example& example : page().examples) {
    SCOPED_TRACE(example.sql);
    if (example.marker == "-- earlier migration") {
      earlier += example.sql;
      continue;
    }
    const auto findings = findings_of(id(), example, earlier);
    for (const Finding& finding : findings) EXPECT_EQ(finding.rule, example.marker == "-- bad" ? id() : "(none)");
    if (example.marker == "-- bad") {
      ++bad;
      EXPECT_FALSE(findings.empty());
    } else {
      ++good;
      EXPECT_EQ(example.marker, "-- good");
    }
  }
  EXPECT_GE(bad, 1);
  EXPECT_GE(good, 1);
}

TEST_P(RulePage, HasTheUsualParts) {
  const Page page = this->page();
  EXPECT_EQ(page.title, id());
  EXPECT_EQ(page.summary.rfind("Finds ", 0), 0U) << page.summary;
  std::vector<std::string> wanted{"Example", "Safe form", "When it is fine"};
  if (page.sections.size() > 4) wanted.emplace_back("Related");
  wanted.emplace_back("References");
  EXPECT_EQ(page.sections, wanted);
}

std::string test_name(const ::testing::TestParamInfo<const Rule*>& info) {
  std::string name(info.param->id);
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Pages, RulePage, ::testing::ValuesIn(all_rules().begin(), all_rules().end()), test_name);

}  // namespace
}  // namespace pglatch::testing
