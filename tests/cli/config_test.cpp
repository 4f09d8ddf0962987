// pglatch.toml as a user meets it: which one counts, what it changes, what is said of mistakes in it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/support/process.h"
#include "tests/support/temp_dir.h"

namespace pglatch::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

constexpr const char* kRisky = "create index on orders (customer_id);\n";

class Config : public ::testing::Test {
 protected:
  ProcessResult run(std::vector<std::string> arguments, std::string input = {}, const std::string& folder = {}) {
    ProcessOptions options;
    options.directory = dir_.path() / folder;
    options.input = std::move(input);
    return run_pglatch(std::move(arguments), options);
  }
  ProcessResult lint(std::vector<std::string> arguments, std::string input = {}, const std::string& folder = {}) {
    arguments.insert(arguments.begin(), "lint");
    return run(std::move(arguments), std::move(input), folder);
  }
  TempDir dir_;
};

TEST_F(Config, IsFoundFromTheFileUpwards) {
  dir_.write("pglatch.toml", "ignore = [\"indexes\"]\n");
  dir_.write("db/m/1.sql", kRisky);
  dir_.write("strict/pglatch.toml", "");
  dir_.write("strict/1.sql", kRisky);
  EXPECT_EQ(lint({"db/m/1.sql"}).exit_code, 0);
  EXPECT_EQ(lint({"../m/1.sql"}, {}, "db/m").exit_code, 0);
  EXPECT_EQ(lint({"strict"}).exit_code, 1);
  EXPECT_EQ(lint({"--isolated", "db/m/1.sql"}).exit_code, 1);
  const auto both = lint({"db", "strict"});
  EXPECT_EQ(both.exit_code, 1);
  EXPECT_THAT(both.out, HasSubstr("strict/1.sql:1:1"));
  EXPECT_THAT(both.out, Not(HasSubstr("db/m/1.sql:1:1")));
}

TEST_F(Config, OfStandardInputIsThatOfItsName) {
  dir_.write("db/pglatch.toml", "ignore = [\"indexes\"]\n");
  EXPECT_EQ(lint({"-"}, kRisky).exit_code, 1);
  EXPECT_EQ(lint({"--stdin-filename", "db/new/1.sql", "-"}, kRisky).exit_code, 0);
}

TEST_F(Config, OptionNamesOneForAll) {
  dir_.write("pglatch.toml", "broken");
  dir_.write("ci/strict.toml", "ignore = [\"indexes\"]\n");
  dir_.write("1.sql", kRisky);
  EXPECT_EQ(lint({"1.sql"}).exit_code, 2);
  EXPECT_EQ(lint({"--config", "ci/strict.toml", "1.sql"}).exit_code, 0);
  const auto missing = lint({"--config", "ci/none.toml", "1.sql"});
  EXPECT_EQ(missing.exit_code, 2);
  EXPECT_THAT(missing.err, HasSubstr("ci/none.toml"));
  EXPECT_EQ(lint({"--config", "ci", "1.sql"}).exit_code, 2);
  EXPECT_EQ(lint({"--config", "ci/strict.toml", "--isolated", "1.sql"}).exit_code, 2);
  std::filesystem::create_directory(dir_.path() / "none");
  EXPECT_EQ(lint({"--config", "pglatch.toml", "none"}).exit_code, 2) << "also where nothing is linted";
}

TEST_F(Config, MistakesAreShownWithTheirLines) {
  dir_.write("db/pglatch.toml", "pg-version = 17\n  selct = [\"all\"]\nignore = \"all\"\n");
  dir_.write("db/1.sql", kRisky);
  const auto result = lint({"db/1.sql"});
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_EQ(result.out, "");
  EXPECT_EQ(
      result.err,
      "pglatch: db/pglatch.toml:2:3: there is no key 'selct'; did you mean 'select'?\n"
      "2 |   selct = [\"all\"]\n"
      "  |   ^^^^^\n"
      "db/pglatch.toml:3:10: ignore has to be a list of rules, such as [\"indexes\", \"set-not-null-scan\"], not a "
      "string\n"
      "3 | ignore = \"all\"\n"
      "  |          ^^^^^\n");
  dir_.write("db/pglatch.toml", "select = [\n");
  EXPECT_THAT(lint({"db/1.sql"}).err, StartsWith("pglatch: db/pglatch.toml:1:11: this is not TOML: "));
  dir_.write("db/pglatch.toml", "x = '\xff'\n");
  EXPECT_THAT(lint({"db/1.sql"}).err, HasSubstr("UTF-8"));
  for (const char* command : {"fix", "plan", "locks"}) EXPECT_EQ(run({command, "db/1.sql"}).exit_code, 2) << command;
}

TEST_F(Config, OfTheWholeRunMustAgree) {
  dir_.write("a/pglatch.toml", "pg-version = 14\n");
  dir_.write("b/pglatch.toml", "pg-version = 17\n");
  dir_.write("a/1.sql", "select 1;\n");
  dir_.write("b/1.sql", "select 1;\n");
  EXPECT_EQ(lint({"a"}).exit_code, 0);
  const auto both = lint({"a", "b"});
  EXPECT_EQ(both.exit_code, 2);
  EXPECT_THAT(both.err, HasSubstr("b/pglatch.toml:1:14: pg-version is another one in a/pglatch.toml:1"));
  EXPECT_EQ(lint({"--pg-version", "16", "a", "b"}).exit_code, 0);
}

TEST_F(Config, SchemaAndVersionReachAllCommands) {
  dir_.write("db/pglatch.toml", "pg-version = 18\nschema = [\"schema.sql\"]\n");
  dir_.write("db/schema.sql",
             "create table orders (customer_id bigint) partition by range (customer_id);\n"
             "create table orders_1 partition of orders for values from (0) to (9);\n");
  dir_.write("db/m/1.sql", kRisky);
  EXPECT_THAT(lint({"db/m"}).out, HasSubstr("create-index-on-partitioned"));
  EXPECT_THAT(run({"locks", "db/m"}).out, HasSubstr("PostgreSQL 18"));
  EXPECT_THAT(run({"plan", "db/m"}).out, HasSubstr("ON ONLY"));
  EXPECT_THAT(run({"locks", "--pg-version", "16", "db/m"}).out, HasSubstr("PostgreSQL 16"));
  std::filesystem::remove(dir_.path() / "db/schema.sql");
  const auto missing = lint({"db/m"});
  EXPECT_EQ(missing.exit_code, 2);
  EXPECT_THAT(missing.err, HasSubstr("db/schema.sql"));
  EXPECT_THAT(missing.err, HasSubstr("from schema in db/pglatch.toml:2"));
  EXPECT_EQ(lint({"--schema", "db/m", "db/m"}).exit_code, 1) << "the missing file is of no interest then";
}

TEST_F(Config, SeveritiesDecideAboutTheExitStatus) {
  dir_.write("1.sql", kRisky);
  dir_.write("pglatch.toml", "[severity]\nE6 = \"info\"\n");
  const auto info = lint({"1.sql"});
  EXPECT_EQ(info.exit_code, 0);
  EXPECT_THAT(info.out, HasSubstr("info[create-index-non-concurrent]"));
  dir_.write("pglatch.toml", "fail-on = \"info\"\n[severity]\nE6 = \"info\"\n");
  EXPECT_EQ(lint({"1.sql"}).exit_code, 1);
  EXPECT_EQ(lint({"--fail-on", "error", "1.sql"}).exit_code, 0);
  dir_.write("pglatch.toml", "fail-on = \"never\"\n");
  EXPECT_EQ(lint({"1.sql"}).exit_code, 0);
  EXPECT_EQ(lint({"--fail-on", "warning", "1.sql"}).exit_code, 1);
  dir_.write("pglatch.toml", "[severity]\nindexes = \"off\"\n");
  EXPECT_THAT(lint({"1.sql"}).out, HasSubstr("no findings"));
}

TEST_F(Config, SmallTablesLowerAnError) {
  dir_.write("1.sql", "create index on settings (key);\ncreate index on orders (id);\n");
  dir_.write("pglatch.toml", "[tables]\nsettings = \"300 rows\"\norders = \"1.5 TB\"\n");
  const auto result = lint({"--fail-on", "error", "1.sql"});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.out, HasSubstr("1.sql:1:1: warning[create-index-non-concurrent]"));
  EXPECT_THAT(result.out, HasSubstr("public.settings is small (300 rows by"));
  EXPECT_THAT(result.out, HasSubstr("1.sql:2:1: error[create-index-non-concurrent]"));
}

TEST_F(Config, PerFileIgnoresHoldForFixAndPlanToo) {
  dir_.write("pglatch.toml", "[per-file-ignores]\n\"seeds/\" = [\"indexes\"]\n");
  dir_.write("schema.sql", "create table orders (customer_id int);\n");
  dir_.write("seeds/1.sql", kRisky);
  dir_.write("m/1.sql", kRisky);
  EXPECT_EQ(lint({"seeds"}).exit_code, 0);
  const auto fix = run({"fix", "--execution-mode", "autocommit", "--schema", "schema.sql", "m", "seeds"});
  EXPECT_THAT(fix.out, HasSubstr("m/1.sql"));
  EXPECT_THAT(fix.out, Not(HasSubstr("seeds/1.sql")));
}

TEST_F(Config, ShowTellsWhatIsInForceAndWhence) {
  dir_.write("db/pglatch.toml",
             "pg-version = 17\nschema = [\"s.sql\"]\nfail-on = \"error\"\nignore = [\"E2\"]\nframework = \"plain\"\n"
             "execution-mode = \"transaction\"\n"
             "[per-file-ignores]\n\"seeds/\" = [\"all\"]\n"
             "[severity]\npartitions = \"off\"\n"
             "[tables]\n\"public.\\\"Big One\\\"\" = \"5 rows\"\n");
  dir_.write("db/s.sql", "");
  dir_.write("db/m/1.sql", kRisky);
  const auto shown = lint({"--show-config", "--pg-version", "16", "--ignore", "columns", "db/m/1.sql"});
  EXPECT_EQ(shown.exit_code, 0) << shown.err;
  for (const char* line : {
           "# in force for db/m/1.sql: db/pglatch.toml\n",
           "pg-version = 16                         # --pg-version\n",
           "schema = [\"db/s.sql\"]                   # db/pglatch.toml:2\n",
           "fail-on = \"error\"                       # db/pglatch.toml:3\n",
           "framework = \"plain\"                     # db/pglatch.toml:5\n",
           "select = [\"default\"]                    # default\n",
           "ignore = [\"E2\", \"columns\"]              # db/pglatch.toml:4, --ignore\n",
           "\"seeds/\" = [\"all\"]                      # db/pglatch.toml:8\n",
           "partitions = \"off\"                      # db/pglatch.toml:10\n",
           "\"public.\\\"Big One\\\"\" = { rows = 5 }     # db/pglatch.toml:12, small\n",
           "#   set-not-null-scan                   # ignore, db/pglatch.toml:4\n",
           "#   attach-partition-scan               # severity off, db/pglatch.toml:10\n",
           "#   alter-column-type-rewrite           # --ignore\n",
       }) {
    EXPECT_THAT(shown.out, HasSubstr(line));
  }
  EXPECT_THAT(lint({"--show-config", "db/seeds/new.sql"}).out, HasSubstr("means this path"));
  EXPECT_THAT(lint({"--show-config", "db"}).out, HasSubstr("in force for db/: db/pglatch.toml"));
  EXPECT_THAT(lint({"--show-config"}).out, HasSubstr("in force for ./: no configuration file"));
  EXPECT_THAT(lint({"--show-config", "--isolated", "db"}).out, HasSubstr("no configuration file (--isolated)"));
  EXPECT_EQ(lint({"--show-config", "db", "db/m"}).exit_code, 2);
  EXPECT_EQ(lint({"--show-config", "--select", "nothing"}).exit_code, 2);
}

// What is shown is a configuration: put in the place of what it was made from, it shows the same.
TEST_F(Config, WhatIsShownCanBeUsed) {
  dir_.write("s.sql", "");
  dir_.write("pglatch.toml",
             "pg-version = 17\nschema = [\"s.sql\"]\nselect = [\"all\"]\nignore = [\"E2\"]\n"
             "[per-file-ignores]\n\"a\\\\*b\" = [\"all\"]\n[severity]\nE6 = \"info\"\n"
             "[tables]\nbig = \"1.5 TB\"\nsmall = \"5 rows\"\n");
  const auto values = [](const std::string& text) {
    std::string without;
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t end = text.find('\n', at);
      const std::string line = text.substr(at, end - at);
      without += line.substr(0, line.find(" #")) + "\n";
      at = end + 1;
    }
    return without;
  };
  const auto first = lint({"--show-config", "x.sql"});
  ASSERT_EQ(first.exit_code, 0) << first.err;
  dir_.write("pglatch.toml", first.out);
  const auto second = lint({"--show-config", "x.sql"});
  EXPECT_EQ(second.exit_code, 0) << second.err;
  const auto rest = [&](const std::string& text) { return values(text).substr(values(text).find("pg-version")); };
  EXPECT_EQ(rest(first.out), rest(second.out));
}

}  // namespace
}  // namespace pglatch::testing
