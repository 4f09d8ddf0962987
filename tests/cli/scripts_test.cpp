// Which scripts are linted: directions, seeds and tests, --include, --show-files.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/support/process.h"
#include "tests/support/temp_dir.h"

namespace pglatch::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kTable = "create table orders (id bigint primary key);\n";
constexpr const char* kRisky = "create index on orders (id);\n";

class Scripts : public ::testing::Test {
 protected:
  ProcessResult lint(std::vector<std::string> arguments, const std::string& command = "lint") {
    arguments.insert(arguments.begin(), {command});
    ProcessOptions options;
    options.directory = dir_.path();
    return run_pglatch(std::move(arguments), options);
  }
  TempDir dir_;
};

TEST_F(Scripts, WaysBackAreNeitherFindingsNorHistory) {
  dir_.write("m/1_orders.up.sql", kTable);
  dir_.write("m/1_orders.down.sql", "drop table orders;\n");
  dir_.write("m/2_index.up.sql", kRisky);
  dir_.write("m/2_index.down.sql", "drop index orders_id_idx;\n");
  const auto result = lint({"--select", "create-index-non-concurrent,drop-index-non-concurrent,drop-table", "m"});
  EXPECT_EQ(result.exit_code, 1) << result.err;
  EXPECT_THAT(result.out, HasSubstr("m/2_index.up.sql:1:1"));
  EXPECT_THAT(result.out, Not(HasSubstr("down.sql")));
  EXPECT_THAT(result.out, HasSubstr("2 statements in 2 files"));
  EXPECT_THAT(result.out, HasSubstr("2 scripts left out"));
}

TEST_F(Scripts, WaysBackAreLintedWhereSomebodyAsks) {
  dir_.write("m/1_orders.up.sql", kTable);
  dir_.write("m/1_orders.down.sql", "drop table orders;\n");
  dir_.write("m/2_index.up.sql", kRisky);
  const auto result = lint({"--include", "down", "--format", "json", "--select", "create-index-non-concurrent", "m"});
  // The table is there for the second migration, though the way back of the first was looked at.
  EXPECT_EQ(result.exit_code, 1) << result.err;
  EXPECT_THAT(result.out, HasSubstr("m/2_index.up.sql"));
  EXPECT_THAT(result.out, HasSubstr("\"files\": 3"));
  EXPECT_EQ(lint({"--include", "sideways", "m"}).exit_code, 2);
}

TEST_F(Scripts, TheWayBackIsJudgedByWhatTheMigrationLeaves) {
  dir_.write("m/1_orders.sql", "-- +goose Up\ncreate table orders (id bigint) partition by range (id);\n");
  dir_.write("m/2_index.sql", "-- +goose Up\nselect 1;\n-- +goose Down\ncreate index on orders (id);\n");
  EXPECT_EQ(lint({"--select", "create-index-on-partitioned", "m"}).exit_code, 0);
  const auto result = lint({"--select", "create-index-on-partitioned", "--include", "down", "m"});
  EXPECT_THAT(result.out, HasSubstr("m/2_index.sql:4:1")) << result.out;
}

TEST_F(Scripts, AWayBackIsLeftOutEvenIfItsFileIsNamed) {
  dir_.write("1_orders.down.sql", "drop table orders;\n");
  const auto result = lint({"1_orders.down.sql"});
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_THAT(result.out, HasSubstr("0 statements in 0 files: no findings, 1 script left out"));
  EXPECT_THAT(lint({"--include", "down", "1_orders.down.sql"}).out, HasSubstr("1 statement in 1 file"));
}

TEST_F(Scripts, SeedsAreHistoryAndTestsAreNothing) {
  dir_.write("a/1.sql", kTable);
  dir_.write("a/seeds/2.sql",
             "insert into orders values (1);\ncreate table seeded (id int) partition by range (id);\n");
  dir_.write("a/tests/3.sql", "create table tested (id int) partition by range (id);\n");
  dir_.write("b/4.sql", "create index on seeded (id);\n");
  dir_.write("b/5.sql", "create index on tested (id);\n");
  const auto result = lint({"--select", "create-index-on-partitioned", "."});
  EXPECT_THAT(result.out, HasSubstr("b/4.sql:1:1"));
  EXPECT_THAT(result.out, Not(HasSubstr("b/5.sql")));
  EXPECT_THAT(result.out, HasSubstr("3 statements in 3 files"));
  EXPECT_THAT(lint({"--include", "seeds,tests", "."}).out, HasSubstr("6 statements in 5 files"));
}

TEST_F(Scripts, WhatIsNamedIsLintedWhateverItIsCalled) {
  dir_.write("tests/seed.sql", kRisky);
  EXPECT_EQ(lint({"tests/seed.sql"}).exit_code, 1);
  dir_.write("tests/orders.sql", kRisky);
  const auto folder = lint({"tests"});
  EXPECT_THAT(folder.out, HasSubstr("tests/orders.sql:1:1"));
  EXPECT_THAT(folder.out, HasSubstr("1 statement in 1 file"));
}

TEST_F(Scripts, TheConfigurationCanAskForThem) {
  dir_.write("pglatch.toml", "[migrations]\ninclude = [\"down\", \"seeds\"]\n");
  dir_.write("seeds/1.sql", "select 1;\n");
  dir_.write("1_x.down.sql", "select 1;\n");
  EXPECT_THAT(lint({"."}).out, HasSubstr("2 statements in 2 files"));
  EXPECT_THAT(lint({"--include", "tests", "."}).out, HasSubstr("0 statements in 0 files"));
  EXPECT_THAT(lint({"--show-config", "."}).out, HasSubstr("include = [\"down\", \"seeds\"]"));
  dir_.write("pglatch.toml", "[migrations]\ninclude = [\"sedes\"]\n");
  EXPECT_THAT(lint({"."}).err, HasSubstr("did you mean 'seeds'?"));
}

TEST_F(Scripts, WaysBackAmongOldMigrationsAreNotReplayed) {
  dir_.write("old/1_orders.up.sql", kTable);
  dir_.write("old/1_orders.down.sql", "drop table orders;\n");
  dir_.write("old/2_items.up.sql", "create table items (id int);\n");
  dir_.write("old/2_items.down.sql", "drop table items;\n");
  dir_.write("new.sql", "comment on table orders is 'there';\ncomment on table items is 'there';\n");
  const std::vector<std::string> arguments = {"--schema", "old",       "--schema-complete",
                                              "--select", "will-fail", "new.sql"};
  EXPECT_EQ(lint(arguments).exit_code, 0) << lint(arguments).out;
  dir_.write("new.sql", "comment on table others is 'not there';\n");
  EXPECT_EQ(lint(arguments).exit_code, 1);
}

TEST_F(Scripts, TheTransactionOfTheFrameworkCounts) {
  constexpr const char* kIndex = "create index concurrently if not exists i on orders (id);\n";
  dir_.write("1_x.sql", std::string("-- +goose Up\n") + kIndex);
  dir_.write("2_x.sql", std::string("-- +goose NO TRANSACTION\n-- +goose Up\n") + kIndex);
  const auto result = lint({"--select", "concurrently-in-transaction", "."});
  EXPECT_THAT(result.out, HasSubstr("1_x.sql:2:1"));
  EXPECT_THAT(result.out, Not(HasSubstr("2_x.sql")));
}

TEST_F(Scripts, OtherCommandsLeaveThemOutToo) {
  dir_.write("1_x.up.sql", "alter table a add b int;\n");
  dir_.write("1_x.down.sql", "alter table a drop b;\n");
  EXPECT_THAT(lint({"--format", "json", "."}, "locks").out, Not(HasSubstr("down.sql")));
  EXPECT_THAT(lint({"--format", "json", "--include", "down", "."}, "locks").out, HasSubstr("down.sql"));
}

TEST_F(Scripts, ShowFilesTellsHowEachIsReadAndWhy) {
  dir_.write("m/1_x.sql", "-- +goose Up\nselect 1;\n-- +goose Down\nselect 2;\n");
  dir_.write("m/seeds/2.sql", kRisky);
  dir_.write("m/tests/3.sql", kRisky);
  const auto result = lint({"--show-files", "m"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(result.out,
            "path           framework  version  direction  mode         use               why\n"
            "m/1_x.sql      goose      1        up         transaction  linted            -- +goose Up in line 1\n"
            "m/1_x.sql      goose      1        down       transaction  left out          -- +goose Up in line 1\n"
            "m/seeds/2.sql  plain      2        up         unknown      replayed (seeds)  "
            "no framework shows in name or content\n"
            "m/tests/3.sql  plain      3        up         unknown      left out (tests)  "
            "no framework shows in name or content\n");
  EXPECT_THAT(lint({"--show-files", "--framework", "flyway", "m/1_x.sql"}).out, HasSubstr("linted  --framework\n"));
  EXPECT_EQ(lint({"--show-files", "missing.sql"}).exit_code, 2);
}

}  // namespace
}  // namespace pglatch::testing
