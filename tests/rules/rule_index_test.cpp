#include "tests/rules/rule_index.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "rules/registry.h"
#include "tests/support/golden.h"

namespace pglatch::testing {
namespace {

TEST(RuleIndexTest, IsFresh) {
  EXPECT_TRUE(matches_golden(rule_index_page(), fixture_path("../integrations/docs/rules.md")))
      << "UPDATE_GOLDEN=1 writes it anew";
}

TEST(RuleIndexTest, HasEveryRuleOnce) {
  const std::string page = rule_index_page();
  for (const Rule* rule : all_rules()) {
    const std::string cell = fmt::format("| [{0}](../../rules/{1}/{0}.md) |", rule->id, rule->group);
    const auto at = page.find(cell);
    ASSERT_NE(at, std::string::npos) << rule->id;
    EXPECT_EQ(page.find(cell, at + 1), std::string::npos) << rule->id;
  }
}

}  // namespace
}  // namespace pglatch::testing
