// --named: what hooks call that are told which files to look at.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/support/process.h"
#include "tests/support/temp_dir.h"

namespace pglatch::testing {
namespace {

constexpr const char* kTable = "create table orders (id bigint) partition by range (id);\n";
constexpr const char* kIndex = "create index on orders (id);\n";
constexpr const char* kOnPartitioned = "create-index-on-partitioned";  // only where 1.sql was replayed

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

class Named : public ::testing::Test {
 protected:
  void SetUp() override {
    dir_.write("m/1.sql", kTable);
    dir_.write("m/2.sql", kIndex);
    dir_.write("m/10.sql", kIndex);
  }
  ProcessResult run(std::vector<std::string> arguments) {
    ProcessOptions options;
    options.directory = dir_.path();
    return run_pglatch(std::move(arguments), options);
  }
  TempDir dir_;
};

TEST_F(Named, LooksAtTheFilesOnTopOfTheOlderOnesOfTheDirectory) {
  const auto result = run({"lint", "--isolated", "--named", "m", "m/10.sql"});
  EXPECT_EQ(result.exit_code, 1) << result.err;
  EXPECT_TRUE(has(result.out, "m/10.sql:1:1")) << result.out;
  EXPECT_TRUE(has(result.out, kOnPartitioned)) << result.out;
  EXPECT_FALSE(has(result.out, "m/2.sql")) << result.out;
  EXPECT_TRUE(has(result.out, "1 statement in 1 file")) << result.out;
  // The order of the arguments is not that of the files.
  EXPECT_EQ(run({"lint", "--isolated", "--named", "m/10.sql", "m"}).out, result.out);
  EXPECT_EQ(run({"lint", "--isolated", "--named", "./m/10.sql", "m/10.sql", "m"}).out, result.out);
}

TEST_F(Named, TheWorkingDirectoryIsTheHistoryIfNobodySays) {
  const auto result = run({"lint", "--isolated", "--named", "m/10.sql", "m/2.sql"});
  EXPECT_TRUE(has(result.out, "m/10.sql:1:1")) << result.out;
  EXPECT_TRUE(has(result.out, "m/2.sql:1:1")) << result.out;
  EXPECT_TRUE(has(result.out, "2 statements in 2 files")) << result.out;
  EXPECT_TRUE(has(result.out, kOnPartitioned)) << result.out;
}

TEST_F(Named, LaterFilesAreNotThereYet) {
  dir_.write("m/0.sql", kIndex);
  const auto result = run({"lint", "--isolated", "--named", "m", "m/0.sql"});
  EXPECT_TRUE(has(result.out, "m/0.sql:1:1")) << result.out;
  EXPECT_FALSE(has(result.out, kOnPartitioned)) << result.out;
}

TEST_F(Named, AFileOfAnotherPlaceComesLast) {
  dir_.write("other/fix me.sql", kIndex);
  const auto result = run({"lint", "--isolated", "--named", "m", "other/fix me.sql"});
  EXPECT_TRUE(has(result.out, "other/fix me.sql:1:1")) << result.out;
  EXPECT_TRUE(has(result.out, kOnPartitioned)) << result.out;
}

TEST_F(Named, NothingNamedIsNothingToDo) {
  const auto result = run({"lint", "--isolated", "--named", "m"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_TRUE(has(result.out, "0 statements in 0 files")) << result.out;
}

TEST_F(Named, FixesTheFilesThatAreNamed) {
  dir_.write("m/3.sql", "create table customers (id bigint);\n");
  dir_.write("m/11.sql", "create index customers_idx on customers (id);\n");
  dir_.write("m/12.sql", "create index customers_id_idx on customers (id);\n");
  const auto result =
      run({"fix", "--isolated", "--execution-mode", "autocommit", "--write", "--named", "m", "m/12.sql"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_TRUE(has(result.err, "fixed 1 in 1 file, 0 findings left")) << result.err;
}

TEST_F(Named, WhatMakesNoSenseIsRefused) {
  EXPECT_EQ(run({"lint", "--named", "--staged", "m"}).exit_code, 2);
  EXPECT_EQ(run({"lint", "--named", "--since", "HEAD", "m"}).exit_code, 2);
  EXPECT_EQ(run({"lint", "--named", "m", "-"}).exit_code, 2);
  EXPECT_EQ(run({"lint", "--named", "m", "m/99.sql"}).exit_code, 2);
}

}  // namespace
}  // namespace pglatch::testing
