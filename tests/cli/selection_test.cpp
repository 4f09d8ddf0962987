// Which rules run, what is printed of what they find, and what the exit status makes of it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/support/golden.h"
#include "tests/support/process.h"
#include "tests/support/temp_dir.h"

namespace pglatch::testing {
namespace {

using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

class Selection : public ::testing::Test {
 protected:
  ProcessResult lint(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "lint");
    ProcessOptions options;
    options.directory = dir_.path();
    return run_pglatch(std::move(arguments), options);
  }
  std::string file(const std::string& name) { return read_file(dir_.path() / name); }

  TempDir dir_;
  std::filesystem::path two_ =
      dir_.write("two.sql", "create index on a (x);\nalter table a alter column x set not null;\ndrop index b;\n");
};

TEST_F(Selection, TakesIdsGroupsAliasesAndAll) {
  const auto rules = [&](std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {"--statistics", "-q", "two.sql"});
    return lint(std::move(arguments)).out;
  };
  const std::string all = rules({});
  EXPECT_THAT(all, HasSubstr("create-index-non-concurrent"));
  EXPECT_THAT(all, HasSubstr("set-not-null-scan"));
  EXPECT_EQ(rules({"--select", "default"}), all);
  EXPECT_THAT(rules({"--select", "all"}), HasSubstr("index-in-migration"));
  EXPECT_EQ(rules({"--select", "default,index-in-migration"}), rules({"--select", "index-in-migration, default"}));
  EXPECT_THAT(rules({"--select", "policy"}), HasSubstr("index-in-migration"));
  EXPECT_EQ(rules({"--ignore", "all"}), "");
  EXPECT_EQ(rules({"--select", "E2"}), "     1  error    set-not-null-scan\n\n");
  EXPECT_EQ(rules({"--select", "adding-not-nullable-field"}), rules({"--select", "set-not-null-scan"}));
  EXPECT_EQ(rules({"--select", "indexes", "--select", "E2"}), all);
  EXPECT_EQ(rules({"--select", "indexes, E2"}), all);
  EXPECT_EQ(rules({"--select", "indexes", "--ignore", "E6"}), "     1  warning  drop-index-non-concurrent\n\n");
  EXPECT_EQ(rules({"--ignore", "indexes", "--ignore", "constraints"}), "");
}

TEST_F(Selection, RefusesOtherNames) {
  const std::pair<const char*, const char*> cases[] = {
      {"create-index-non", "did you mean 'create-index-non-concurrent'?"},
      {"create-index-nonconcurrent", "did you mean 'create-index-non-concurrent'?"},
      {"indx", "did you mean 'indexes'?"},
      {"indexes,", "the name of a rule is empty"},
      {"", "the name of a rule is empty"},
      {"E99", "there is no rule or group 'E99'"},
      {"ban-drop-databases", "did you mean 'ban-drop-database'?"},
      {"zzzzzzzzzzzz", "`pglatch rules` lists them"},
  };
  for (const auto& [name, expected] : cases) {
    for (const char* option : {"--select", "--ignore"}) {
      const auto result = lint({option, name, "two.sql"});
      EXPECT_EQ(result.exit_code, 2) << name;
      EXPECT_EQ(result.out, "");
      EXPECT_THAT(result.err, StartsWith(std::string("pglatch: ") + option + ": "));
      EXPECT_THAT(result.err, HasSubstr(expected));
    }
  }
}

TEST_F(Selection, FailOnTakesEverySeverityAndNever) {
  dir_.write("info.sql", "");
  dir_.write("warning.sql", "drop index b;\n");
  const auto status = [&](const char* threshold, const char* name) {
    return lint({"--fail-on", threshold, name}).exit_code;
  };
  EXPECT_EQ(status("info", "info.sql"), 1);
  EXPECT_EQ(status("warning", "info.sql"), 0);
  EXPECT_EQ(status("warning", "warning.sql"), 1);
  EXPECT_EQ(status("error", "warning.sql"), 0);
  EXPECT_EQ(status("error", "two.sql"), 1);
  EXPECT_EQ(status("never", "two.sql"), 0);
  for (const char* wrong : {"fatal", "off", "Error"}) EXPECT_EQ(status(wrong, "two.sql"), 2) << wrong;
}

TEST_F(Selection, ExitZeroHidesFindingsButNoFailures) {
  EXPECT_EQ(lint({"--exit-zero", "two.sql"}).exit_code, 0);
  EXPECT_EQ(lint({"--exit-zero", "--fail-on", "info", "two.sql"}).exit_code, 0);
  EXPECT_EQ(lint({"--exit-zero", "missing.sql"}).exit_code, 2);
  EXPECT_EQ(lint({"--exit-zero", "two.sql", "missing.sql"}).exit_code, 2);
  EXPECT_EQ(lint({"--exit-zero", "--fail-on", "x", "two.sql"}).exit_code, 2);
  EXPECT_EQ(lint({"--exit-zero", "--format", "text=/nowhere/x", "two.sql"}).exit_code, 2);
}

TEST_F(Selection, StatisticsCountTheFindingsOfEachRule) {
  dir_.write("many.sql", "create index on a (x);\ncreate index on b (x);\ndrop index c;\n");
  const auto result = lint({"--statistics", "many.sql"});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_EQ(result.out,
            "     2  error    create-index-non-concurrent\n"
            "     1  warning  drop-index-non-concurrent\n"
            "\n"
            "3 statements in 1 file: 2 errors, 1 warning, 0 infos\n");
  dir_.write("clean.sql", "select 1;\n");
  EXPECT_EQ(lint({"--statistics", "clean.sql"}).out, "1 statement in 1 file: no findings\n");
}

TEST_F(Selection, StatisticsTakeThePlaceOfTheTextAlone) {
  const auto files = lint({"--statistics", "--format", "json=o.json", "--format", "text=o.txt", "two.sql"});
  EXPECT_EQ(files.exit_code, 1) << files.err;
  EXPECT_THAT(files.out, StartsWith("     1  "));
  EXPECT_THAT(file("o.json"), HasSubstr("\"findings\": ["));
  EXPECT_THAT(file("o.txt"), HasSubstr("two.sql:1:1: error"));
  const auto machine = lint({"--statistics", "--format", "json", "two.sql"});
  EXPECT_EQ(machine.exit_code, 2);
  EXPECT_THAT(machine.err, HasSubstr("give --format json a file"));
}

TEST_F(Selection, QuietPrintsFindingsAndNothingElse) {
  const auto loud = lint({"two.sql"});
  const auto quiet = lint({"-q", "two.sql"});
  EXPECT_EQ(quiet.exit_code, 1);
  EXPECT_EQ(loud.out.substr(0, quiet.out.size()), quiet.out);
  EXPECT_THAT(quiet.out, Not(HasSubstr("statements in")));
  dir_.write("clean.sql", "select 1;\n");
  EXPECT_EQ(lint({"--quiet", "clean.sql"}).out, "");
  EXPECT_THAT(lint({"--quiet", "missing.sql"}).err, HasSubstr("missing.sql"));
  EXPECT_EQ(lint({"-q", "--format", "json", "two.sql"}).out, lint({"--format", "json", "two.sql"}).out);
}

TEST_F(Selection, SeveralFormatsGoWithAllOfThis) {
  dir_.write("pglatch.toml", "[severity]\nE6 = \"info\"\n[per-file-ignores]\n\"none.sql\" = [\"all\"]\n");
  dir_.write("none.sql", "drop index c;\n");
  const auto result = lint({"-q", "--exit-zero", "--ignore", "E2", "--format", "text", "--format", "json=o.json",
                            "--format", "sarif=o.sarif", "two.sql", "none.sql"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("info[create-index-non-concurrent]"));
  EXPECT_THAT(result.out, Not(HasSubstr("set-not-null-scan")));
  EXPECT_THAT(file("o.json"), HasSubstr("\"severity\": \"info\""));
  EXPECT_THAT(file("o.json"), HasSubstr("\"infos\": 1"));
  const std::string sarif = file("o.sarif");
  EXPECT_THAT(sarif, HasSubstr("\"level\": \"note\""));
  EXPECT_THAT(sarif, HasSubstr("\"id\": \"drop-index-non-concurrent\""));
  EXPECT_THAT(sarif, Not(HasSubstr("\"id\": \"set-not-null-scan\"")));
  EXPECT_THAT(sarif, Not(HasSubstr("none.sql")));
}

TEST(Rules, AreListedWithTheirNamesElsewhere) {
  const auto text = run_pglatch({"rules"});
  EXPECT_EQ(text.exit_code, 0);
  EXPECT_THAT(text.out, HasSubstr("\nset-not-null-scan "));
  EXPECT_THAT(text.out, HasSubstr(" opt-in  "));
  const auto markdown = run_pglatch({"rules", "--format", "markdown"});
  EXPECT_THAT(markdown.out, StartsWith("| Rule | Group | Severity |"));
  EXPECT_THAT(markdown.out, HasSubstr("squawk: `adding-not-nullable-field`; eugene: `E2`;"));
  const auto json = run_pglatch({"rules", "--format", "json"});
  EXPECT_THAT(json.out, HasSubstr("\"id\": \"set-not-null-scan\""));
  EXPECT_THAT(json.out, HasSubstr("\"tool\": \"squawk\""));
}

TEST(Rules, AreExplainedByAnyOfTheirNames) {
  const auto by_id = run_pglatch({"rules", "set-not-null-scan"});
  EXPECT_THAT(by_id.out, StartsWith("# set-not-null-scan\n"));
  EXPECT_THAT(by_id.out, ContainsRegex("\n## Elsewhere\n\n.*squawk: `adding-not-nullable-field`; eugene: `E2`;"));
  EXPECT_EQ(run_pglatch({"rules", "E2"}).out, by_id.out);
  EXPECT_EQ(run_pglatch({"rules", "adding-not-nullable-field", "--format", "markdown"}).out, by_id.out);
  const auto two = run_pglatch({"rules", "E6"});
  EXPECT_THAT(two.out, HasSubstr("# create-index-non-concurrent\n"));
  EXPECT_THAT(two.out, HasSubstr("\n# create-index-on-partitioned\n"));
  EXPECT_THAT(run_pglatch({"rules", "E2", "--format", "json"}).out, HasSubstr("\"page\": \"# set-not-null-scan"));
  const auto group = run_pglatch({"rules", "partitions"});
  EXPECT_THAT(group.out, StartsWith("attach-partition-scan "));
  EXPECT_THAT(group.out, Not(HasSubstr("set-not-null-scan")));
}

TEST(Rules, WritesFilesAndRefusesWhatThereIsNot) {
  TempDir dir;
  ProcessOptions options;
  options.directory = dir.path();
  EXPECT_EQ(run_pglatch({"rules", "--format", "json=r.json", "--format", "text"}, options).exit_code, 0);
  EXPECT_THAT(read_file(dir.path() / "r.json"), HasSubstr("\"version\": 1"));
  EXPECT_EQ(run_pglatch({"rules", "--format", "sarif"}).exit_code, 2);
  EXPECT_EQ(run_pglatch({"rules", "--format", "json=/nowhere/r.json"}).exit_code, 2);
  const auto typo = run_pglatch({"rules", "set-not-null-scam"});
  EXPECT_EQ(typo.exit_code, 2);
  EXPECT_THAT(typo.err, HasSubstr("did you mean 'set-not-null-scan'?"));
}

}  // namespace
}  // namespace pglatch::testing
