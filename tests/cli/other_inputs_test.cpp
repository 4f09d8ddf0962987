// SQL in Markdown and in programs: what is found in it, where it is looked for, what is mended.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/support/golden.h"
#include "tests/support/process.h"
#include "tests/support/temp_dir.h"

namespace pglatch::testing {
namespace {

using ::testing::HasSubstr;

class OtherInputs : public ::testing::Test {
 protected:
  ProcessResult run(std::vector<std::string> arguments) {
    ProcessOptions options;
    options.directory = dir_.path();
    return run_pglatch(std::move(arguments), options);
  }
  std::string text_of(const std::string& name) { return read_file(dir_.path() / name); }
  TempDir dir_;
};

// Runbooks of five kinds that people really write, and what is wrong with them.
TEST(OtherInputsFixtures, RunbooksAreLintedAtTheirOwnLines) {
  ProcessOptions options;
  options.directory = fixture_path("runbooks");
  for (const char* name :
       {"label-index", "new-primary-key", "partition-conversion", "index-policy", "index-deployment"}) {
    const auto result = run_pglatch({"lint", "--isolated", "--format", "concise", std::string(name) + ".md"}, options);
    EXPECT_NE(result.exit_code, 2) << result.err;
    EXPECT_TRUE(matches_golden(result.out, std::string("runbooks/") + name + ".txt"));
  }
}

TEST(OtherInputsFixtures, ProgramsAreLintedAtTheirOwnLines) {
  ProcessOptions options;
  options.directory = fixture_path("code");
  for (const char* name : {"alembic", "django", "rails", "knex", "typeorm"}) {
    const auto listed = run_pglatch({"lint", "--show-files", name}, options);
    const auto result = run_pglatch({"lint", "--format", "concise", name}, options);
    EXPECT_NE(result.exit_code, 2) << result.err;
    EXPECT_TRUE(matches_golden(listed.out + "\n" + result.out, std::string("code/") + name + ".txt"));
  }
}

TEST_F(OtherInputs, AreLookedForWhereTheConfigurationSaysSo) {
  dir_.write("a.sql", "SELECT 1;\n");
  dir_.write("b.md", "```sql\nSELECT 1;\n```\n");
  dir_.write("c.py", "from alembic import op\ndef upgrade():\n    op.execute('SELECT 1')\n");
  dir_.write("sub/d.markdown", "```sql\nSELECT 1;\n```\n");
  EXPECT_THAT(run({"lint"}).out, HasSubstr("1 statement in 1 file"));
  EXPECT_THAT(run({"lint", "b.md", "c.py"}).out, HasSubstr("2 statements in 2 files")) << "they were named";
  dir_.write("pglatch.toml", "[inputs]\nfile-types = [\"md\"]\n");
  EXPECT_THAT(run({"lint"}).out, HasSubstr("3 statements in 3 files"));
  EXPECT_THAT(run({"lint", "--isolated"}).out, HasSubstr("1 statement in 1 file"));
  EXPECT_THAT(run({"lint", "--show-config", "b.md"}).out, HasSubstr("[inputs]\nfile-types = [\"md\"]"));
  dir_.write("sub/pglatch.toml", "[inputs]\nfile-types = [\"py\"]\n");
  EXPECT_THAT(run({"lint"}).out, HasSubstr("2 statements in 2 files"));
}

TEST_F(OtherInputs, ATypeThatDoesNotExistIsAnError) {
  dir_.write("a.sql", "SELECT 1;\n");
  dir_.write("pglatch.toml", "[inputs]\nfile-types = [\"md\", \"pyt\"]\n");
  const auto result = run({"lint"});
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(result.err, HasSubstr("pglatch.toml:2:21: file-types cannot be 'pyt'; did you mean 'py'?"));
  dir_.write("pglatch.toml", "[inputs]\ntypes = [\"md\"]\n");
  EXPECT_THAT(run({"lint"}).err, HasSubstr("there is no key 'types' here"));
}

TEST_F(OtherInputs, ARunbookKnowsTheMigrationsAndLeavesNothingBehind) {
  dir_.write("a.md", "```sql\nCREATE INDEX ON orders (id);\nALTER TABLE orders RENAME TO orders_old;\n```\n");
  dir_.write("b.md", "```sql\nCREATE INDEX ON orders (id);\n```\n");
  dir_.write("m/1.sql", "CREATE TABLE orders (id bigint) PARTITION BY RANGE (id);\n");
  const auto result = run(
      {"lint", "--isolated", "--format", "concise", "--select", "create-index-on-partitioned", "a.md", "b.md", "m"});
  EXPECT_THAT(result.out, HasSubstr("a.md:2:1"));
  EXPECT_THAT(result.out, HasSubstr("b.md:2:1"));
}

TEST_F(OtherInputs, WhatARunbookMakesAndLeavesEmptyIsNotLive) {
  dir_.write("a.md", "```sql\nCREATE TABLE t (id bigint);\n```\n\n```sh\npsql -c 'CREATE INDEX ON t (id)'\n```\n");
  EXPECT_EQ(run({"lint", "--isolated", "--select", "create-index-non-concurrent", "a.md"}).exit_code, 0);
}

TEST_F(OtherInputs, AFileThatARunbookRunsIsLintedOnce) {
  dir_.write("a.md", "```sh\npsql -1f b.sql\n```\n");
  dir_.write("b.sql", "CREATE INDEX CONCURRENTLY i ON t (a);\n");
  const std::vector<std::string> rule{"lint", "--isolated", "--select", "concurrently-in-transaction"};
  auto arguments = rule;
  arguments.push_back("a.md");
  EXPECT_THAT(run(arguments).out, HasSubstr("b.sql:1:14: error[concurrently-in-transaction]"));
  arguments.push_back("b.sql");
  EXPECT_EQ(run(arguments).exit_code, 0) << "by itself it is not known to be run in a transaction";
}

TEST_F(OtherInputs, FixesAreMadeWhereTheTextIsPlain) {
  const std::string runbook =
      "# Index\r\n\r\n```sql\r\nCREATE TABLE x (a int);\r\n```\r\n\r\n> ```sql\r\n> CREATE INDEX i\r\n>   ON orders "
      "(id);\r\n> ```\r\n";
  dir_.write("schema.sql", "CREATE TABLE orders (id bigint);\n");
  dir_.write("a.md", runbook);
  dir_.write("b.md", "```sh\npsql -c \"CREATE INDEX \\\"i 1\\\" ON orders (id)\"\n```\n");
  const auto result = run({"fix", "--isolated", "--write", "--schema", "schema.sql", "a.md", "b.md"});
  EXPECT_NE(result.exit_code, 2) << result.err;
  std::string fixed = runbook;
  fixed.replace(fixed.find("CREATE INDEX"), 12, "CREATE INDEX CONCURRENTLY");
  EXPECT_EQ(text_of("a.md"), fixed);
  EXPECT_EQ(text_of("b.md"), "```sh\npsql -c \"CREATE INDEX CONCURRENTLY \\\"i 1\\\" ON orders (id)\"\n```\n");
}

TEST_F(OtherInputs, WhatIsLeftOutOfAStatementIsNoError) {
  dir_.write("a.md", "```sql\nCREATE INDEX CONCURRENTLY ...;\n```\n\n```sql\nmake migrate\n```\n");
  const auto result = run({"lint", "--isolated", "--format", "concise", "a.md"});
  EXPECT_THAT(result.out, HasSubstr("a.md:2"));
  EXPECT_THAT(result.out, HasSubstr("Something is left out of this statement"));
  EXPECT_THAT(result.out, HasSubstr("a.md:6:1: error"));
}

TEST_F(OtherInputs, CommentsSilenceRules) {
  dir_.write("a.md", "```sql\n-- pglatch:ignore drop-table it is empty\nDROP TABLE a;\n```\n");
  EXPECT_THAT(run({"lint", "--isolated", "--select", "drop-table,unused-suppression", "a.md"}).out,
              HasSubstr("no findings, 1 ignored"));
}

TEST_F(OtherInputs, BadFilesAreErrorsWithAPlace) {
  dir_.write("a.md", std::string("# x\n\xFF\n"));
  const auto result = run({"lint", "a.md"});
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(result.err, HasSubstr("a.md:2:1: byte 0xFF is not UTF-8"));
  dir_.write("b.md", "no SQL here\n");
  dir_.write("c.js", "const x = 1;\n");
  EXPECT_THAT(run({"lint", "b.md", "c.js"}).out, HasSubstr("0 statements in 0 files: no findings"));
}

}  // namespace
}  // namespace pglatch::testing
