#include "analyzer/engine/baseline.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "analyzer/engine/linter.h"
#include "analyzer/source/framework.h"
#include "rules/registry.h"

namespace pglatch {
namespace {

using Files = std::vector<std::pair<std::string, std::string>>;

// One run over files in memory.
class LintRun {
 public:
  LintRun(const Files& files, const std::set<std::string>& history) {
    for (const auto& [path, text] : files) {
      for (Script& script : read_scripts(std::make_shared<const SourceFile>(path, text))) {
        script.is_history = history.count(path) > 0;
        scripts_.push_back(std::move(script));
      }
      exist_.insert(path);
    }
    for (const char* rule : {"create-index-non-concurrent", "drop-index-non-concurrent"}) {
      rules_.push_back(find_rule(rule));
    }
    Walker walker({15, 1});
    report_ = lint(walker, scripts_, {rules_, {}});
  }

  Baseline baseline() const { return make_baseline(report_, same_name); }
  LintReport& report() { return report_; }
  void leave_on(std::size_t rules) { rules_.resize(rules); }
  void add_existing(const std::string& path) { exist_.insert(path); }

  // The rest of the findings as "path:line".
  std::vector<std::string> new_findings(const Baseline& baseline) {
    BaselineScope scope;
    scope.name_file = same_name;
    scope.exists = [this](const std::string& name) { return exist_.count(name) > 0; };
    scope.scripts = scripts_;
    scope.options = {rules_, {}};
    scope.options.names = names_;
    match_ = apply_baseline(baseline, report_, scope);
    std::vector<std::string> left;
    for (const Finding& finding : report_.findings) {
      left.push_back(fmt::format("{}:{}", finding.file->path(), finding.file->lines().line(finding.range.start)));
    }
    return left;
  }
  const BaselineMatch& match() const { return match_; }

 private:
  static std::string same_name(const std::string& path) { return path; }

  std::vector<Script> scripts_;
  std::vector<const Rule*> rules_;
  std::vector<RuleName> names_{{"drop-index-non-concurrent", "drop-index-non-concurrent"}};
  std::set<std::string> exist_;
  LintReport report_;
  BaselineMatch match_;
};

LintRun lint_run(const Files& files, const std::set<std::string>& history = {}) { return {files, history}; }

using Lines = std::vector<std::string>;

const std::string kDrop = "drop index a;\n";
const std::string kCreate = "create index b on t (c);\n";

TEST(BaselineTest, KnowsItsFindingsAgain) {
  const Baseline baseline = lint_run({{"1.sql", kDrop + kCreate}, {"2.sql", kDrop}}).baseline();
  ASSERT_EQ(baseline.entries.size(), 3U);
  LintRun run = lint_run({{"1.sql", kDrop + kCreate}, {"2.sql", kDrop}});
  EXPECT_EQ(run.new_findings(baseline), Lines{});
  EXPECT_EQ(run.report().known, 3U);
  EXPECT_EQ(run.match().stale, 0U);
}

TEST(BaselineTest, MovedLinesAndNewLayoutChangeNothing) {
  const Baseline baseline = lint_run({{"1.sql", kDrop + kCreate}}).baseline();
  LintRun run =
      lint_run({{"1.sql", "-- Words.\nselect 1;\n\nDROP\n\tINDEX  a ; CREATE INDEX b /* why */\r\n  ON T (c);"}});
  EXPECT_EQ(run.new_findings(baseline), Lines{});
}

TEST(BaselineTest, OtherWordsAreAnotherFinding) {
  const Baseline baseline = lint_run({{"1.sql", kDrop}}).baseline();
  EXPECT_EQ(lint_run({{"1.sql", "drop index b;"}}).new_findings(baseline), Lines{"1.sql:1"});
  EXPECT_EQ(lint_run({{"1.sql", "drop index if exists a;"}}).new_findings(baseline), Lines{"1.sql:1"});
}

TEST(BaselineTest, EqualFindingsAreCounted) {
  const Baseline baseline = lint_run({{"1.sql", kDrop + kDrop}}).baseline();
  EXPECT_EQ(baseline.entries[0].fingerprint, baseline.entries[1].fingerprint);
  EXPECT_EQ(baseline.entries[1].occurrence, 2U);
  EXPECT_EQ(lint_run({{"1.sql", kDrop + kDrop + kDrop}}).new_findings(baseline), Lines{"1.sql:3"});
  LintRun fewer = lint_run({{"1.sql", kDrop}});
  EXPECT_EQ(fewer.new_findings(baseline), Lines{});
  EXPECT_EQ(fewer.match().stale, 1U);
}

TEST(BaselineTest, AnotherFileIsAnotherFinding) {
  const Baseline baseline = lint_run({{"1.sql", kDrop}}).baseline();
  EXPECT_EQ(lint_run({{"1.sql", kDrop}, {"2.sql", kDrop}}).new_findings(baseline), Lines{"2.sql:1"});
}

TEST(BaselineTest, AFileThatMovedIsFoundByItsName) {
  const Baseline baseline = lint_run({{"old/1.sql", kDrop}, {"old/2.sql", kDrop}}).baseline();
  LintRun run = lint_run({{"new/1.sql", kDrop}, {"new/2.sql", kDrop}});
  EXPECT_EQ(run.new_findings(baseline), Lines{});
  EXPECT_EQ(run.match().stale, 0U);
  ASSERT_EQ(run.match().remaining.entries.size(), 2U);
  EXPECT_EQ(run.match().remaining.entries[0].path, "new/1.sql");
  // Not where the old one is still there.
  LintRun copied = lint_run({{"new/1.sql", kDrop}});
  copied.add_existing("old/1.sql");
  EXPECT_EQ(copied.new_findings(baseline), Lines{"new/1.sql:1"});
}

TEST(BaselineTest, OnlyWhatWasLookedForIsStale) {
  const Baseline baseline = lint_run({{"1.sql", kDrop + kCreate}, {"2.sql", kDrop}, {"3.sql", kDrop}}).baseline();
  const std::string clean = "select 1;";
  // 2.sql is history, 3.sql was not given but is there, and the rule that found kDrop is off.
  LintRun run = lint_run({{"1.sql", clean}, {"2.sql", kDrop}}, {"2.sql"});
  run.add_existing("3.sql");
  run.leave_on(1);
  EXPECT_EQ(run.new_findings(baseline), Lines{});
  EXPECT_EQ(run.match().stale, 1U);
  EXPECT_EQ(run.match().remaining.entries.size(), 3U);
  // A file that is gone has no findings any more.
  LintRun gone = lint_run({{"1.sql", clean}});
  EXPECT_EQ(gone.new_findings(baseline), Lines{});
  EXPECT_EQ(gone.match().stale, 4U);
}

TEST(BaselineTest, TheFileIsSortedAndHasOneFindingALine) {
  const std::string text = write_baseline(lint_run({{"b \"é\".sql", kDrop}, {"a.sql", kDrop + kCreate}}).baseline());
  const Baseline read = *read_baseline("b.json", text);
  ASSERT_EQ(read.entries.size(), 3U);
  EXPECT_EQ(read.entries[0].path, "a.sql");
  EXPECT_EQ(read.entries[0].rule, "create-index-non-concurrent");
  EXPECT_EQ(read.entries[0].statement, "create index b on t (c)");
  EXPECT_EQ(read.entries[2].path, "b \"é\".sql");
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 8);
  Baseline shuffled = read;
  std::reverse(shuffled.entries.begin(), shuffled.entries.end());
  EXPECT_EQ(write_baseline(shuffled), text);
  EXPECT_EQ(write_baseline({}), "{\n  \"version\": 1,\n  \"findings\": []\n}\n");
  EXPECT_TRUE(read_baseline("b.json", write_baseline({}))->entries.empty());
}

TEST(BaselineTest, LongStatementsAreCut) {
  const std::string text = "drop /* why */ index\n  \"" + std::string(100, 'x') + "é\";";
  const std::string statement = lint_run({{"1.sql", text}}).baseline().entries.at(0).statement;
  EXPECT_EQ(statement.rfind("drop index \"xxx", 0), 0U) << statement;
  EXPECT_LE(statement.size(), 83U);
}

std::string error_of(const std::string& text) {
  const auto read = read_baseline("b.json", text);
  return read ? "no error" : read.error().message;
}

TEST(BaselineTest, DamageIsNamedWithItsPlace) {
  const std::string entry =
      R"({"path": "1.sql", "rule": "r", "statement": "s", "occurrence": 1, "fingerprint": "0123456789abcdef"})";
  const auto with = [&](const std::string& findings) {
    return "{\n  \"version\": 1,\n  \"findings\": [\n    " + findings + "\n  ]\n}\n";
  };
  const auto changed = [&](const std::string& from, const std::string& to) {
    std::string text = entry;
    return error_of(with(text.replace(text.find(from), from.size(), to)));
  };
  EXPECT_EQ(error_of(with(entry)), "no error");
  EXPECT_EQ(error_of("").rfind("b.json:1:1: the baseline is damaged: ", 0), 0U);
  EXPECT_EQ(error_of(with(entry + ",\n<<<<<<< HEAD\n" + entry)).rfind("b.json:5:1: ", 0), 0U);
  EXPECT_EQ(error_of("[]"), "b.json:1:1: the baseline has to be an object, not a list");
  EXPECT_EQ(error_of("{\"version\": 1}"), "b.json:1:1: \"findings\" is missing here");
  EXPECT_EQ(error_of("{\"findings\": []}"), "b.json:1:1: \"version\" is missing here");
  EXPECT_EQ(error_of("{\"version\": 2, \"findings\": []}").rfind("b.json:1:13: version 2 ", 0), 0U);
  EXPECT_EQ(error_of("{\"version\": \"1\", \"findings\": []}"),
            "b.json:1:13: \"version\" has to be a number, not a string");
  EXPECT_EQ(error_of("{\"version\": 1, \"finding\": []}"),
            "b.json:1:16: there is no \"finding\" in a baseline; did you mean \"findings\"?");
  EXPECT_EQ(error_of(with("7")), "b.json:4:5: a finding has to be an object, not a number");
  EXPECT_EQ(changed("\"rule\"", "\"rules\""),
            "b.json:4:23: there is no \"rules\" in a baseline; did you mean \"rule\"?");
  EXPECT_EQ(changed("\"rule\": \"r\", ", ""), "b.json:4:5: \"rule\" is missing here");
  EXPECT_EQ(changed("\"1.sql\"", "null"), "b.json:4:14: \"path\" has to be a string, not null");
  EXPECT_NE(changed("abcdef", "abcdeF").find("a fingerprint has 16 hexadecimal digits"), std::string::npos);
  EXPECT_NE(changed("abcdef", "").find("a fingerprint has 16 hexadecimal digits"), std::string::npos);
  EXPECT_NE(changed(": 1,", ": 0,").find("counts from 1"), std::string::npos);
  EXPECT_NE(changed(": 1,", ": 1.5,").find("\"occurrence\" has to be a number"), std::string::npos);
}

}  // namespace
}  // namespace pglatch
