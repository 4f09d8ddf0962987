// `pglatch lint` as a user meets it: exit statuses, bad input, options.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>

#include "tests/support/process.h"
#include "tests/support/temp_dir.h"

namespace pglatch::testing {
namespace {

using ::testing::Test;

constexpr const char* kRisky = "create index on orders (customer_id);\n";
constexpr const char* kSafe = "create table orders (id bigint primary key);\ncreate index on orders (id);\n";

class Lint : public Test {
 protected:
  ProcessResult lint(std::vector<std::string> arguments, std::string input = {}) {
    arguments.insert(arguments.begin(), "lint");
    ProcessOptions options;
    options.directory = dir_.path();
    options.input = std::move(input);
    return run_pglatch(std::move(arguments), options);
  }
  TempDir dir_;
};

TEST_F(Lint, ExitStatusTellsCleanFromFindings) {
  dir_.write("risky.sql", kRisky);
  dir_.write("safe.sql", kSafe);
  EXPECT_EQ(lint({"safe.sql"}).exit_code, 0);
  EXPECT_EQ(lint({"risky.sql"}).exit_code, 1);
  EXPECT_EQ(lint({"missing.sql"}).exit_code, 2);
  EXPECT_EQ(lint({"--no-such-option"}).exit_code, 2);
  EXPECT_EQ(run_pglatch({"no-such-command"}).exit_code, 2);
  EXPECT_EQ(run_pglatch({}).exit_code, 2);
}

TEST_F(Lint, FailOnSetsTheThreshold) {
  dir_.write("w.sql", "create index concurrently if not exists i on orders (customer_id);\n");
  EXPECT_EQ(lint({"w.sql"}).exit_code, 1);
  EXPECT_EQ(lint({"--fail-on", "error", "w.sql"}).exit_code, 0);
  EXPECT_EQ(lint({"--fail-on", "fatal", "w.sql"}).exit_code, 2);
}

TEST_F(Lint, ReadsStandardInputUnderTheNameThatItIsGiven) {
  const auto result = lint({"--stdin-filename", "db/7.sql", "-"}, kRisky);
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_NE(result.out.find("db/7.sql:1:1"), std::string::npos) << result.out;
}

TEST_F(Lint, FilesOfADirectoryAreAppliedInTheOrderOfTheirVersions) {
  // In the order of bytes 10 comes before 2, and the table would not be known as partitioned.
  dir_.write("m/2_table.sql", "create table t (id bigint) partition by range (id);\n");
  dir_.write("m/10_index.sql", "create index on t (id);\n");
  const auto result = lint({"m"});
  EXPECT_NE(result.out.find("create-index-on-partitioned"), std::string::npos) << result.out;
}

TEST_F(Lint, BadFilesAreNamedAndTheOthersGoOn) {
  dir_.write("a_risky.sql", kRisky);
  dir_.write("b_latin1.sql", "select 'caf\xe9';\n");
  std::filesystem::create_symlink("nowhere.sql", dir_.path() / "c_broken.sql");
  const auto result = lint({"."});
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_NE(result.out.find("a_risky.sql:1:1"), std::string::npos) << result.out;
  EXPECT_NE(result.err.find("b_latin1.sql"), std::string::npos) << result.err;
  EXPECT_NE(result.err.find("UTF-8"), std::string::npos) << result.err;
  EXPECT_NE(result.err.find("c_broken.sql"), std::string::npos) << result.err;
}

TEST_F(Lint, DirectoriesPipesAndEmptyFilesDoNoHarm) {
  dir_.write("empty.sql", "");
  const auto empty = lint({"empty.sql"});
  EXPECT_EQ(empty.exit_code, 0);
  EXPECT_NE(empty.out.find("empty-file"), std::string::npos) << empty.out;
  std::filesystem::create_directory(dir_.path() / "none");
  EXPECT_EQ(lint({"none"}).exit_code, 0);
  ASSERT_EQ(mkfifo((dir_.path() / "pipe.sql").c_str(), 0600), 0);
  EXPECT_EQ(lint({"pipe.sql"}).exit_code, 2);
}

TEST_F(Lint, WhatIsNotSqlIsAFindingNotAFailure) {
  dir_.write("page.sql", "<html><body>404</body></html>\n");
  const auto result = lint({"page.sql"});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_NE(result.out.find("syntax-error"), std::string::npos) << result.out;
}

TEST_F(Lint, DeepNestingGivesAtMostOneFinding) {
  dir_.write("deep.sql", "select " + std::string(100000, '(') + ";\n");
  EXPECT_EQ(lint({"deep.sql"}).exit_code, 1);
  std::string sum = "select 1";
  for (int i = 0; i < 200000; ++i) sum += " + 1";
  dir_.write("sum.sql", sum + ";\n");
  EXPECT_EQ(lint({"sum.sql"}).exit_code, 0);
  dir_.write("check.sql", "alter table t add constraint c check (x > " + sum.substr(7) + ") not valid;\n");
  EXPECT_LE(lint({"check.sql"}).exit_code, 1);
}

TEST_F(Lint, SelectAndIgnoreTakeRulesAndGroups) {
  dir_.write("two.sql", "create index on a (x);\nalter table a alter column x set not null;\n");
  const auto only = lint({"--select", "indexes", "two.sql"});
  EXPECT_NE(only.out.find("create-index-non-concurrent"), std::string::npos);
  EXPECT_EQ(only.out.find("set-not-null-scan"), std::string::npos);
  const auto without = lint({"--ignore", "create-index-non-concurrent,set-not-null-scan", "two.sql"});
  EXPECT_EQ(without.exit_code, 0) << without.out;
  const auto typo = lint({"--ignore", "create-index-nonconcurrent", "two.sql"});
  EXPECT_EQ(typo.exit_code, 2);
  EXPECT_NE(typo.err.find("did you mean 'create-index-non-concurrent'?"), std::string::npos) << typo.err;
}

TEST_F(Lint, SeveralFormatsInOneRun) {
  dir_.write("risky.sql", kRisky);
  const auto result =
      lint({"--format", "text", "--format", "sarif=out.sarif", "--format", "json=out.json", "risky.sql"});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_TRUE(std::filesystem::exists(dir_.path() / "out.sarif"));
  EXPECT_TRUE(std::filesystem::exists(dir_.path() / "out.json"));
  EXPECT_EQ(lint({"--format", "text", "--format", "json", "risky.sql"}).exit_code, 2);
  EXPECT_EQ(lint({"--format", "xml", "risky.sql"}).exit_code, 2);
}

TEST_F(Lint, SchemaIsReplayedWithoutFindings) {
  dir_.write("schema.sql",
             "create table orders (id bigint, customer_id bigint) partition by range (id);\n"
             "create table orders_1 partition of orders for values from (0) to (9);\n"
             "create index old on other (x);\n");
  dir_.write("new.sql", kRisky);
  const auto result = lint({"--schema", "schema.sql", "new.sql"});
  EXPECT_NE(result.out.find("create-index-on-partitioned"), std::string::npos) << result.out;
  EXPECT_EQ(result.out.find("schema.sql"), std::string::npos) << result.out;
}

TEST_F(Lint, ExecutionModeDecidesAboutConcurrently) {
  dir_.write("cic.sql", "create index concurrently i on orders (customer_id);\nselect 1;\n");
  EXPECT_EQ(lint({"cic.sql"}).exit_code, 0);
  EXPECT_EQ(lint({"--execution-mode", "autocommit", "cic.sql"}).exit_code, 0);
  EXPECT_EQ(lint({"--execution-mode", "transaction", "cic.sql"}).exit_code, 1);
  EXPECT_EQ(lint({"--execution-mode", "single-message", "cic.sql"}).exit_code, 1);
  EXPECT_EQ(lint({"--execution-mode", "sometimes", "cic.sql"}).exit_code, 2);
}

TEST_F(Lint, PsqlInputIsSteppedOver) {
  dir_.write("psql.sql",
             "\\set ON_ERROR_STOP on\n\\i other.sql\nCOPY t (a, b) FROM stdin;\n1\tcreate index on t (a);\n\\.\n"
             "\\if :go\nselect :'name', :value;\n\\endif\nselect 'x' \\gexec\n");
  const auto result = lint({"psql.sql"});
  EXPECT_EQ(result.exit_code, 0) << result.out;
}

TEST_F(Lint, TemplatesAreErrorsWhereNobodyFillsThemIn) {
  dir_.write("t.sql", "comment on table ${schema}.orders is null;\n");
  EXPECT_EQ(lint({"t.sql"}).exit_code, 0);
  const auto sent = lint({"--framework", "prisma", "t.sql"});
  EXPECT_EQ(sent.exit_code, 1);
  EXPECT_NE(sent.out.find("but prisma sends the file as it is"), std::string::npos) << sent.out;
}

TEST_F(Lint, SuppressionsSilenceOneStatementOrTheFile) {
  dir_.write("next.sql", "-- pglatch:ignore create-index-non-concurrent the table is tiny\n\n-- more words\n" +
                             std::string(kRisky) + kRisky);
  const auto next = lint({"next.sql"});
  EXPECT_NE(next.out.find("next.sql:5:1"), std::string::npos) << next.out;
  EXPECT_EQ(next.out.find("next.sql:4:1"), std::string::npos) << next.out;
  dir_.write("same.sql", "create index on orders (x); -- pglatch:ignore create-index-non-concurrent\n");
  EXPECT_EQ(lint({"same.sql"}).exit_code, 0);
  dir_.write("block.sql",
             "/* pglatch:ignore set-not-null-scan, create-index-non-concurrent both */ " + std::string(kRisky));
  EXPECT_EQ(lint({"block.sql"}).exit_code, 0);
  dir_.write("file.sql", std::string(kRisky) + kRisky + "-- pglatch:ignore-file create-index-non-concurrent\n");
  EXPECT_EQ(lint({"file.sql"}).exit_code, 0);
  dir_.write("string.sql", "select '-- pglatch:ignore create-index-non-concurrent';\n" + std::string(kRisky));
  EXPECT_EQ(lint({"string.sql"}).exit_code, 1);
}

TEST_F(Lint, OutputIsTheSameWithAnyNumberOfThreads) {
  for (int i = 0; i < 200; ++i) {
    dir_.write(
        "m/" + std::to_string(i) + ".sql",
        "create table t" + std::to_string(i) + " (id int);\ncreate index on other" + std::to_string(i) + " (x);\n");
  }
  const auto one = lint({"-j", "1", "m"});
  const auto many = lint({"-j", "8", "m"});
  EXPECT_EQ(one.exit_code, 1);
  EXPECT_EQ(one.out, many.out);
}

TEST(Program, VersionNamesTheGrammar) {
  const auto result = run_pglatch({"--version"});
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_NE(result.out.find("PostgreSQL 1"), std::string::npos) << result.out;
  EXPECT_NE(result.out.find("grammar"), std::string::npos) << result.out;
}

TEST(Program, EveryCommandExplainsItself) {
  for (const char* command : {"lint", "fix", "plan", "locks", "rules"}) {
    const auto result = run_pglatch({command, "--help"});
    EXPECT_EQ(result.exit_code, 0) << command;
    EXPECT_NE(result.out.find(std::string("usage: pglatch ") + command), std::string::npos) << result.out;
    EXPECT_NE(result.out.find("--help"), std::string::npos) << result.out;
  }
}

TEST(Program, RulesAreListedAndExplained) {
  const auto list = run_pglatch({"rules"});
  EXPECT_EQ(list.exit_code, 0);
  EXPECT_NE(list.out.find("create-index-non-concurrent"), std::string::npos);
  const auto page = run_pglatch({"rules", "set-not-null-scan"});
  EXPECT_EQ(page.exit_code, 0);
  EXPECT_EQ(page.out.rfind("# set-not-null-scan", 0), 0U) << page.out;
  EXPECT_EQ(run_pglatch({"rules", "nothing"}).exit_code, 2);
}

}  // namespace
}  // namespace pglatch::testing
