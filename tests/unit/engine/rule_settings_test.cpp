// What is chosen for rules, and what is known of tables, decides how grave findings are.
#include "analyzer/engine/rule_settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "analyzer/engine/linter.h"
#include "analyzer/source/framework.h"
#include "rules/registry.h"

namespace pglatch {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

struct Linted {
  std::vector<Finding> findings;

  const Finding& of(std::string_view rule) const {
    for (const Finding& finding : findings) {
      if (finding.rule == rule) return finding;
    }
    throw std::runtime_error("no finding of " + std::string(rule));
  }
};

std::vector<Script> scripts_of(const std::string& path, std::string sql) {
  return read_scripts(std::make_shared<const SourceFile>(path, std::move(sql)));
}

Linted lint_sql(std::string sql, const TableSizes& sizes, const RuleSettings* settings = nullptr) {
  WalkOptions walk;
  walk.sizes = &sizes;
  Walker walker(walk);
  LintOptions options{all_rules(), all_recipes()};
  if (settings != nullptr) {
    options.settings_of = [=](const SourceFile&) -> const RuleSettings& { return *settings; };
  }
  const auto scripts = scripts_of("a.sql", std::move(sql));
  return {lint(walker, scripts, options).findings};
}

TableSizes sizes(std::initializer_list<std::pair<const char*, std::uint64_t>> rows) {
  TableSizes sizes;
  for (const auto& [name, count] : rows) sizes.set("public", name, {count, std::nullopt, "pglatch.toml:3"});
  return sizes;
}

TEST(SmallTablesTest, LowerAnErrorAndTheMessageSaysSo) {
  const std::string sql = "create index on settings (key);";
  const Finding small = lint_sql(sql, sizes({{"settings", 300}})).of("create-index-non-concurrent");
  EXPECT_EQ(small.severity, Severity::warning);
  EXPECT_THAT(small.message, HasSubstr("public.settings is small (300 rows by pglatch.toml:3)."));
  EXPECT_THAT(small.message, HasSubstr("hence a warning"));
  const Finding big = lint_sql(sql, sizes({{"settings", 300'000'000}})).of("create-index-non-concurrent");
  EXPECT_EQ(big.severity, Severity::error);
  EXPECT_THAT(big.message, Not(HasSubstr("small")));
  EXPECT_EQ(lint_sql(sql, sizes({{"other", 3}})).of("create-index-non-concurrent").severity, Severity::error);
  EXPECT_EQ(lint_sql(sql, {}).of("create-index-non-concurrent").severity, Severity::error);
}

TEST(SmallTablesTest, AllThatIsWorkedOnMustBeSmall) {
  const std::string sql =
      "create table p (id int) partition by range (id);"
      "create table p1 partition of p for values from (0) to (9);"
      "create table p2 partition of p for values from (9) to (20); commit; create index on p (id);";
  const auto severity = [&](const TableSizes& known) {
    WalkOptions walk;
    walk.sizes = &known;
    Walker walker(walk);
    const std::size_t cut = sql.find("commit;");
    walker.replay(scripts_of("old.sql", sql.substr(0, cut)), Origin::schema);
    const auto scripts = scripts_of("a.sql", sql.substr(cut + 7));
    const LintReport report = lint(walker, scripts, {all_rules(), all_recipes()});
    return Linted{report.findings}.of("create-index-on-partitioned").severity;
  };
  EXPECT_EQ(severity({}), Severity::error);
  EXPECT_EQ(severity(sizes({{"p1", 5}, {"p2", 5}})), Severity::warning);
  EXPECT_EQ(severity(sizes({{"p1", 5}, {"p2", 5'000'000}})), Severity::error);
  EXPECT_EQ(severity(sizes({{"p1", 5}})), Severity::error);
  EXPECT_EQ(severity(sizes({{"p", 5}})), Severity::warning);
}

TEST(SmallTablesTest, WhatFailsFailsOnSmallTablesToo) {
  const Linted linted =
      lint_sql("begin; create index concurrently i on settings (key); commit;", sizes({{"settings", 1}}));
  EXPECT_EQ(linted.of("concurrently-in-transaction").severity, Severity::error);
}

TEST(SmallTablesTest, ReachCodeInBlocks) {
  const Linted linted = lint_sql("do $$ begin create index on settings (key); end $$;", sizes({{"settings", 300}}));
  EXPECT_EQ(linted.of("create-index-non-concurrent").severity, Severity::warning);
}

TEST(RuleSettingsTest, AChosenSeverityIsFinal) {
  RuleSettings settings;
  settings.rules.assign(all_rules().begin(), all_rules().end());
  settings.severities = {{"create-index-non-concurrent", Severity::error}, {"set-not-null-scan", Severity::info}};
  const Linted linted = lint_sql("create index on settings (key); alter table big alter column x set not null;",
                                 sizes({{"settings", 300}}), &settings);
  EXPECT_EQ(linted.of("create-index-non-concurrent").severity, Severity::error);
  EXPECT_THAT(linted.of("create-index-non-concurrent").message, Not(HasSubstr("small")));
  EXPECT_EQ(linted.of("set-not-null-scan").severity, Severity::info);
}

TEST(RuleSettingsTest, EachFileHasItsRules) {
  RuleSettings all;
  all.rules = {find_rule("create-index-non-concurrent"), find_rule("syntax-error")};
  RuleSettings none;
  RuleSettings syntax_only;
  syntax_only.rules = {find_rule("syntax-error")};
  LintOptions options{all_rules(), all_recipes()};
  options.settings_of = [&](const SourceFile& file) -> const RuleSettings& {
    return file.path().ends_with("all.sql") ? all : file.path() == "none.sql" ? none : syntax_only;
  };
  std::vector<Script> scripts;
  for (const char* path : {"all.sql", "none.sql", "syntax.sql", "later/all.sql"}) {
    for (Script& script : scripts_of(path, "create index on t (a); nonsense;")) scripts.push_back(std::move(script));
  }
  Walker walker({});
  std::vector<std::string> found;
  for (const Finding& finding : lint(walker, scripts, options).findings) {
    found.push_back(finding.file->path() + " " + std::string(finding.rule));
  }
  EXPECT_THAT(found, ::testing::ElementsAre("all.sql create-index-non-concurrent", "all.sql syntax-error",
                                            "syntax.sql syntax-error", "later/all.sql create-index-non-concurrent",
                                            "later/all.sql syntax-error"));
}

}  // namespace
}  // namespace pglatch
