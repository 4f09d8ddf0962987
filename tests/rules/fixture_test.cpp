// Runs all rules over every fixture: each finding has to be expected, each expectation to be met.
#include "tests/rules/fixture.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <stdexcept>

#include "tests/support/golden.h"

namespace pglatch::testing {
namespace {

std::string describe(const Finding& finding) {
  const auto& file = *finding.file;
  return fmt::format("line {}: {} {} at `{}`\n    {}\n    {}", file.lines().line(finding.range.start), finding.rule,
                     to_string(finding.severity), finding.range.of(file.text()), finding.message, finding.help);
}

bool meets(const Finding& finding, const ExpectedFinding& expected) {
  return finding.rule == expected.rule && to_string(finding.severity) == expected.severity &&
         finding.file->lines().line(finding.range.start) == expected.line &&
         (!expected.text || finding.range.of(finding.file->text()) == *expected.text) &&
         std::all_of(expected.says.begin(), expected.says.end(), [&](const std::string& part) {
           return finding.message.find(part) != std::string::npos || finding.help.find(part) != std::string::npos;
         });
}

void check(const Fixture& fixture, int version) {
  SCOPED_TRACE(fmt::format("PostgreSQL {}", version));
  std::vector<Finding> findings = lint_fixture(fixture, version).findings;
  for (const ExpectedFinding& expected : fixture.expected) {
    if (version < expected.first_version || version > expected.last_version) continue;
    const auto found = std::find_if(findings.begin(), findings.end(),
                                    [&](const Finding& finding) { return meets(finding, expected); });
    if (found == findings.end()) {
      ADD_FAILURE() << "missing: line " << expected.line << ": " << expected.rule << ' ' << expected.severity
                    << (expected.text ? " at `" + *expected.text + "`" : "")
                    << fmt::format("{}", expected.says.empty() ? "" : " saying: ")
                    << fmt::format("{}", fmt::join(expected.says, " | "));
    } else {
      findings.erase(found);
    }
  }
  for (const Finding& finding : findings) ADD_FAILURE() << "not expected: " << describe(finding);
}

class RuleFixture : public ::testing::TestWithParam<std::filesystem::path> {};

TEST_P(RuleFixture, FindsWhatIsExpectedAndNothingElse) {
  const Fixture fixture = read_fixture(GetParam());
  for (const int version : fixture.versions) check(fixture, version);
}

TEST_P(RuleFixture, IsFixedAsExpected) {
  const Fixture fixture = read_fixture(GetParam());
  const LintReport report = lint_fixture(fixture, fixture.versions.front());
  const std::string fixed = fixed_text(fixture.text, report);
  const auto expected = std::filesystem::path(GetParam()).replace_extension(".fixed.sql");
  if (!std::filesystem::exists(expected)) {
    EXPECT_EQ(fixed, fixture.text) << "a fix, and no " << expected;
    return;
  }
  EXPECT_EQ(line_diff(read_file(expected), fixed), "");
  EXPECT_NE(fixed, fixture.text);
  const LintReport again = lint_fixture(parse_fixture(expected, fixed), fixture.versions.front());
  for (const Finding& finding : again.findings) ADD_FAILURE() << "left after the fix: " << describe(finding);
}

std::string test_name(const ::testing::TestParamInfo<std::filesystem::path>& info) {
  std::string name = info.param.parent_path().filename().string() + "__" + info.param.stem().string();
  std::replace_if(
      name.begin(), name.end(), [](unsigned char c) { return std::isalnum(c) == 0; }, '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Fixtures, RuleFixture, ::testing::ValuesIn(fixture_files()), test_name);

TEST(FixtureNotation, RejectsWhatItDoesNotKnow) {
  EXPECT_THROW((void)parse_fixture("a.sql", "-- expects: a-rule error\nSELECT 1;\n"), std::runtime_error);
  EXPECT_THROW((void)parse_fixture("a.sql", "-- expect: a-rule fatal\nSELECT 1;\n"), std::runtime_error);
  EXPECT_THROW((void)parse_fixture("a.sql", "-- says: x\nSELECT 1;\n"), std::runtime_error);
  EXPECT_THROW((void)parse_fixture("a.sql", "-- mode: sometimes\nSELECT 1;\n"), std::runtime_error);
  EXPECT_THROW((void)parse_fixture("a.sql", "SELECT 1;\n-- expect: a-rule error\n"), std::runtime_error);
  EXPECT_THROW((void)parse_fixture("a.sql", "-- setup\nSELECT 1;\n"), std::runtime_error);
}

TEST(FixtureNotation, ReadsExpectations) {
  const Fixture fixture = parse_fixture("a.sql",
                                        "-- mode: single-message\n-- pg-version: 12 18\n-- setup\nCREATE TABLE t ();\n"
                                        "-- migration\n-- expect: a-rule error on 12-17 at `SELECT`\n-- says: why\n"
                                        "-- expect: b-rule info\nSELECT 1;\n");
  EXPECT_EQ(fixture.mode, ExecutionMode::single_message);
  EXPECT_EQ(fixture.versions, (std::vector<int>{12, 18}));
  ASSERT_EQ(fixture.earlier.size(), 1U);
  EXPECT_EQ(fixture.earlier[0].first, Origin::history);
  ASSERT_EQ(fixture.expected.size(), 2U);
  EXPECT_EQ(fixture.expected[0].line, 9U);
  EXPECT_EQ(fixture.expected[0].last_version, 17);
  EXPECT_EQ(fixture.expected[0].text, "SELECT");
  EXPECT_EQ(fixture.expected[0].says, std::vector<std::string>{"why"});
  EXPECT_EQ(fixture.expected[1].line, 9U);
  EXPECT_EQ(fixture.migration[0].sql().size(), fixture.text.size());
}

}  // namespace
}  // namespace pglatch::testing
