// The registry, the sources, the pages and the fixtures name the same rules.
#include "rules/registry.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <regex>
#include <set>

#include "rules/rule_docs.h"
#include "tests/rules/fixture.h"
#include "tests/support/golden.h"

namespace pglatch::testing {
namespace {

namespace fs = std::filesystem;

const fs::path kRules = fs::path(PGLATCH_SOURCE_DIR) / "rules";

std::string snake_case(std::string_view id) {
  std::string name(id);
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

// The stems of all files with that extension in the folders of the groups.
std::set<std::string> stems(const std::string& extension) {
  std::set<std::string> groups;
  for (const Rule* rule : all_rules()) groups.emplace(rule->group);
  std::set<std::string> found;
  for (const std::string& group : groups) {
    for (const auto& entry : fs::directory_iterator(kRules / group)) {
      if (entry.path().extension() == extension) found.insert(entry.path().stem().string());
    }
  }
  return found;
}

TEST(Registry, IdsAreKebabCaseAlphabeticalAndUnique) {
  static const std::regex kKebab("[a-z]+(-[a-z0-9]+)*");
  std::string_view last;
  for (const Rule* rule : all_rules()) {
    EXPECT_TRUE(std::regex_match(std::string(rule->id), kKebab)) << rule->id;
    EXPECT_LT(last, rule->id);
    last = rule->id;
  }
}

TEST(Registry, FindsEveryRuleByItsId) {
  for (const Rule* rule : all_rules()) EXPECT_EQ(find_rule(rule->id), rule);
  EXPECT_EQ(find_rule(""), nullptr);
  EXPECT_EQ(find_rule("add"), nullptr);
  EXPECT_EQ(find_rule("zzz"), nullptr);
}

TEST(Registry, AliasesMeanRulesAndNothingElse) {
  std::set<std::string_view> taken{"all", "default"};
  for (const Rule* rule : all_rules()) taken.insert({rule->id, rule->group});
  std::set<std::array<std::string_view, 3>> seen;
  for (const RuleName& alias : rule_aliases()) {
    EXPECT_NE(find_rule(alias.rule), nullptr) << alias.name << " means " << alias.rule;
    EXPECT_TRUE(alias.name == alias.rule || !taken.contains(alias.name)) << alias.name;
    EXPECT_FALSE(alias.tool.empty()) << alias.name;
    EXPECT_TRUE(seen.insert({alias.tool, alias.name, alias.rule}).second) << alias.name << " twice";
  }
}

TEST(Registry, EveryRuleHasASourceAndAPageAndNoOthersExist) {
  std::set<std::string> sources;
  std::set<std::string> pages;
  for (const Rule* rule : all_rules()) {
    EXPECT_TRUE(fs::exists(kRules / rule->group / (snake_case(rule->id) + ".cpp"))) << rule->id;
    const fs::path page = kRules / rule->group / (std::string(rule->id) + ".md");
    ASSERT_TRUE(fs::exists(page)) << page;
    EXPECT_EQ(rule_doc(rule->id), read_file(page));
    sources.insert(snake_case(rule->id));
    pages.emplace(rule->id);
  }
  EXPECT_EQ(stems(".cpp"), sources);
  EXPECT_EQ(stems(".md"), pages);
  EXPECT_TRUE(rule_doc("no-such-rule").empty());
}

TEST(Registry, EveryRuleHasFixturesWithAndWithoutFindings) {
  std::set<std::string> folders;
  std::set<std::string> with;
  std::set<std::string> without;
  for (const fs::path& path : fixture_files()) {
    const std::string folder = path.parent_path().filename().string();
    folders.insert(folder);
    const Fixture fixture = read_fixture(path);
    if (fixture.expected.empty()) without.insert(folder);
    for (const ExpectedFinding& expected : fixture.expected) {
      EXPECT_NE(find_rule(expected.rule), nullptr) << path << ": " << expected.rule;
      if (expected.rule == folder) with.insert(folder);
    }
  }
  std::set<std::string> ids;
  for (const Rule* rule : all_rules()) ids.emplace(rule->id);
  EXPECT_EQ(folders, ids);
  EXPECT_EQ(with, ids);
  EXPECT_EQ(without, ids);
}

TEST(Registry, EveryFixedFixtureHasItsSource) {
  for (const auto& entry : fs::recursive_directory_iterator(fixture_path("rules"))) {
    if (entry.path().stem().extension() != ".fixed") continue;
    const fs::path source = entry.path().parent_path() / (entry.path().stem().stem().string() + ".sql");
    EXPECT_TRUE(fs::exists(source)) << entry.path();
  }
}

TEST(Registry, RulesThatLookAtStatementsHaveACheck) {
  for (const Rule* rule : all_rules()) EXPECT_EQ(rule->nodes.empty(), rule->check == nullptr) << rule->id;
}

TEST(Registry, SummariesAreSentences) {
  for (const Rule* rule : all_rules()) {
    ASSERT_FALSE(rule->summary.empty()) << rule->id;
    EXPECT_EQ(rule->summary.back(), '.') << rule->summary;
    EXPECT_EQ(rule->summary.find(". "), std::string_view::npos) << rule->summary;
    EXPECT_LE(rule->summary.size(), 120U) << rule->summary;
  }
}

TEST(Registry, RecipesAreAlphabeticalAndAnswerKnownRules) {
  std::string_view last;
  for (const Recipe* recipe : all_recipes()) {
    EXPECT_LT(last, recipe->id);
    last = recipe->id;
    EXPECT_FALSE(recipe->rules.empty()) << recipe->id;
    for (const std::string_view rule : recipe->rules) EXPECT_NE(find_rule(rule), nullptr) << recipe->id << ": " << rule;
  }
}

}  // namespace
}  // namespace pglatch::testing
