#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/support/temp_dir.h"
#include "tests/unit/source/frameworks/read.h"

namespace pglatch::testing {
namespace {

using ::testing::ElementsAre;

// "autocommit: SELECT 1; SELECT 2" of each script.
std::vector<std::string> sent(const std::vector<Script>& scripts) {
  std::vector<std::string> found;
  for (const Script& script : scripts) {
    EXPECT_EQ(script.sql().size(), script.file->text().size());
    std::string line = std::string(to_string(script.mode)) + ":";
    for (const ByteRange range : split_statements(script.sql())) line += " " + std::string(range.of(script.sql()));
    found.push_back(std::move(line));
  }
  return found;
}

std::vector<std::string> sent(std::string text) { return sent(read("run.md", std::move(text))); }

TEST(RunbookTest, BlocksOfSqlAreOneScript) {
  const auto scripts =
      read("docs/run.md", "# Steps\n\n```sql\nSELECT 1;\n```\n\nthen `x`\n\n```PostgreSQL\nSELECT 2\n```\n");
  ASSERT_EQ(scripts.size(), 1U);
  EXPECT_EQ(kind(scripts[0]), "runbook up autocommit");
  EXPECT_EQ(scripts[0].reason, "SQL block in line 3");
  EXPECT_TRUE(scripts[0].stands_alone);
  EXPECT_THAT(statements(scripts[0]), ElementsAre("SELECT 1", "SELECT 2"));
}

TEST(RunbookTest, EveryStatementStandsAtItsPlace) {
  const std::string text =
      "é\r\n> ```sql\r\n> SELECT\r\n>  1;\r\n> ```\r\n\r\n```\r\ndrop table \xF0\x9F\x98\x80;\r\n```\r\n";
  const auto scripts = read("run.md", text);
  ASSERT_EQ(scripts.size(), 1U);
  const auto ranges = split_statements(scripts[0].sql());
  ASSERT_EQ(ranges.size(), 2U);
  EXPECT_EQ(ranges[0].start, text.find("SELECT"));
  EXPECT_EQ(ranges[1].of(text), "drop table \xF0\x9F\x98\x80");
}

TEST(RunbookTest, WhatIsNoSqlIsLeftAlone) {
  EXPECT_THAT(sent("```text\nDROP TABLE a;\n```\n```python\nx(\"DROP TABLE a\")\n```\n```\n a | b\n---+---\n```\nDROP "
                   "TABLE a;\n"),
              ElementsAre());
  EXPECT_THAT(sent("```bash\nls; rm -f x\n```\n```ini\nExecStart=psql -c \"DROP TABLE a\"\n```\n"), ElementsAre());
}

TEST(RunbookTest, EachPsqlIsASessionAndSeveralStatementsAreOneMessage) {
  EXPECT_THAT(
      sent("```sh\npsql -c 'SELECT 1'\npsql -c 'SELECT 2; SELECT 3'\npsql -c 'SET x = 1' -c 'SELECT 4'\n```\n"),
      ElementsAre("autocommit: SELECT 1", "single-message: SELECT 2 SELECT 3", "autocommit: SET x = 1 SELECT 4"));
  EXPECT_THAT(sent("```sh\npsql -1 -c 'SELECT 1; SELECT 2' -c 'SELECT 3'\n```\n"),
              ElementsAre("transaction: SELECT 1 SELECT 2 SELECT 3"));
  EXPECT_THAT(sent("```console\n$ psql <<EOF\nBEGIN;\n\\timing\nSELECT :x;\nEOF\n```\n"),
              ElementsAre("autocommit: BEGIN SELECT _x"));
}

TEST(RunbookTest, PartsGoOnFromEachOther) {
  const auto scripts =
      read("run.md", "```sql\nSELECT 1;\n```\n```sh\npsql -c 'SELECT 2'\n```\n```sql\nSELECT 3;\n```\n");
  ASSERT_EQ(scripts.size(), 3U);
  EXPECT_FALSE(scripts[0].continues);
  EXPECT_TRUE(scripts[1].continues);
  EXPECT_TRUE(scripts[2].continues);
  EXPECT_FALSE(scripts[0].is_quoted);
  EXPECT_TRUE(scripts[1].is_quoted);
}

TEST(RunbookTest, PlaceholdersAreNames) {
  EXPECT_THAT(sent("```sql\nDROP TABLE <table>, {{schema}}.t, ${other}, :var;\n```\n"),
              ElementsAre("autocommit: DROP TABLE _table_, \"{schema}\".t, \"$other\", _var"));
  EXPECT_THAT(sent("```sh\npsql -c \"DROP TABLE $TABLE, \\\"A b\\\"\"\n```\n"),
              ElementsAre("autocommit: DROP TABLE _TABLE, \"A b\""));
}

TEST(RunbookTest, CommandsOfPsqlAreNoStatements) {
  EXPECT_THAT(sent("```sh\npsql -c '\\di'\npsql -c \"\\\\d t\"\n```\n```sql\n\\copy t TO 'x'\nSELECT 1;\n```\n"),
              ElementsAre("autocommit: SELECT 1"));
}

TEST(RunbookTest, FilesAreReadThatPsqlIsTold) {
  TempDir dir;
  dir.write("sql/up.sql", "SELECT 1;\n\\echo x\n");
  dir.write(".git/HEAD", "");
  const std::string path = (dir.path() / "docs/deep/run.md").string();
  dir.write("docs/deep/run.md", "");
  const auto scripts =
      read(path, "```sh\npsql -f sql/up.sql\npsql -1f sql/up.sql\npsql -f sql/none.sql\n```\n```sql\nSELECT 2;\n```\n");
  EXPECT_THAT(sent(scripts), ElementsAre("autocommit: SELECT 1", "transaction: SELECT 1", "autocommit: SELECT 2"));
  EXPECT_TRUE(scripts[0].file->path().ends_with("up.sql"));
  EXPECT_TRUE(scripts[2].hides_sql) << "nobody knows what is in none.sql";
}

TEST(RunbookTest, AProjectsFrameworkMeansItsSql) {
  const auto file = std::make_shared<const SourceFile>("run.md", "```sql\nSELECT 1;\n```\n");
  EXPECT_EQ(read_scripts(file, find_framework("goose")).front().framework, "runbook");
  const auto notes = std::make_shared<const SourceFile>("notes.txt", "```sql\nSELECT 1;\n```\n");
  EXPECT_EQ(read_scripts(notes, find_framework("runbook")).front().framework, "runbook");
}

}  // namespace
}  // namespace pglatch::testing
