// Scripts of very many statements: what one of them costs must not depend on how many there are.
#include <gtest/gtest.h>

#include <array>
#include <ctime>
#include <memory>
#include <string>

#include "analyzer/engine/linter.h"
#include "rules/registry.h"

namespace pglatch::testing {
namespace {

// One script of `count` times the statements, in which # is the number, and seconds of the processor to lint it with
// one rule: others cost what they cost.
double seconds_for(const std::string& statements, int count, std::string_view rule, ExecutionMode mode) {
  std::string sql = "CREATE TABLE here (a int);\n";
  for (int i = 0; i < count; ++i) {
    std::string each = statements;
    for (std::size_t at = each.find('#'); at != std::string::npos; at = each.find('#', at)) {
      each.replace(at, 1, std::to_string(i));
    }
    sql += each;
  }
  Script script;
  script.file = std::make_shared<const SourceFile>("a.sql", sql);
  script.masked = sql;
  script.mode = mode;
  const std::array<const Rule*, 1> rules = {find_rule(rule)};
  Walker walker(WalkOptions{});
  const LintOptions options{rules, {}};
  const std::clock_t start = std::clock();
  const LintReport report = lint(walker, {&script, 1}, options);
  EXPECT_GT(report.statements, static_cast<std::size_t>(count));
  return static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
}

// Four times the statements take four times as long, and sixteen times where each looks at all others.
void expect_linear(const std::string& statements, std::string_view rule,
                   ExecutionMode mode = ExecutionMode::autocommit) {
  constexpr int kCount = 1500;
  const double few = seconds_for(statements, kCount, rule, mode);
  const double many = seconds_for(statements, 4 * kCount, rule, mode);
  EXPECT_TRUE(many < 0.2 || many < 9 * few) << few << " s, then " << many << " s: " << statements;
}

TEST(ScalingTest, OfStatementsThatAreRefused) {
  expect_linear("CREATE INDEX i ON here (a); -- \\ and more of the text that nobody needs to read again\n",
                "will-fail");
}

TEST(ScalingTest, OfStatementsThatWaitWithoutALimit) {
  expect_linear("BEGIN;\nDROP TABLE orders#;\nCOMMIT;\n", "missing-lock-timeout");
}

TEST(ScalingTest, OfIndexesWithoutNames) { expect_linear("CREATE INDEX ON orders (a);\n", "vacuum-full"); }

TEST(ScalingTest, OfTablesThatMayBeLockedTogether) {
  expect_linear("DROP TABLE orders#;\n", "many-locks-in-one-transaction", ExecutionMode::unknown);
}

}  // namespace
}  // namespace pglatch::testing
