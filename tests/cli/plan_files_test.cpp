// `pglatch plan --format files`: where files go, what is left alone, what is refused. What the files say is tested in
// tests/frameworks.
#include <gmock/gmock.h>

#include <filesystem>
#include <iterator>

#include "tests/support/golden.h"
#include "tests/support/process.h"
#include "tests/support/temp_dir.h"

namespace pglatch::testing {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class PlanFilesTest : public ::testing::Test {
 protected:
  PlanFilesTest() {
    directory_.write("m/7_tables.up.sql", "CREATE TABLE t (id int PRIMARY KEY, v text);");
    directory_.write("m/8_index.up.sql", "CREATE INDEX t_v ON t (v);\nALTER TABLE t ALTER COLUMN v SET NOT NULL;");
    directory_.write("m/8_index.down.sql", "DROP INDEX t_v;");
  }

  ProcessResult plan(std::vector<std::string> more, const std::string& migration = "m/8_index.up.sql") const {
    std::vector<std::string> arguments{"plan", "--isolated", "--format", "files", "--schema", "m/7_tables.up.sql"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    arguments.push_back(migration);
    ProcessOptions options;
    options.directory = directory_.path();
    return run_pglatch(std::move(arguments), options);
  }

  [[nodiscard]] bool is_there(const std::string& name) const { return fs::exists(directory_.path() / name); }
  [[nodiscard]] std::string text(const std::string& name) const { return read_file(directory_.path() / name); }
  [[nodiscard]] std::size_t count(const std::string& folder) const {
    return static_cast<std::size_t>(std::distance(fs::directory_iterator(directory_.path() / folder), {}));
  }

  TempDir directory_;
};

TEST_F(PlanFilesTest, WritesBesideTheOriginalAndSaysThatItIsThere) {
  const ProcessResult result = plan({"--out", "m"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.out, AllOf(HasSubstr("wrote m/9_index_1.up.sql\n"), HasSubstr("wrote m/9_index_1.down.sql\n")));
  EXPECT_THAT(result.err, HasSubstr("m/8_index.up.sql is there as before"));
  EXPECT_TRUE(is_there("m/8_index.up.sql"));
}

TEST_F(PlanFilesTest, WritesToAnotherFolderWithTheNextVersionsOfTheProject) {
  const ProcessResult result = plan({"--out", "new/deep"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.err, Not(HasSubstr("there as before")));
  EXPECT_TRUE(is_there("new/deep/9_index_1.up.sql"));
  EXPECT_EQ(count("m"), 3U);
  // Once more: the next ones, nothing is written over.
  const std::size_t before = count("new/deep");
  EXPECT_EQ(plan({"--out", "new/deep"}).exit_code, 0);
  EXPECT_EQ(count("new/deep"), 2 * before);
}

TEST_F(PlanFilesTest, VersionsOfFilesOfAnyKindAreTaken) {
  directory_.write("m/20_code.go", "package m");
  EXPECT_THAT(plan({"--out", "m"}).out, HasSubstr("wrote m/21_index_1.up.sql"));
}

TEST_F(PlanFilesTest, ReplacesAMigrationAndLosesNothing) {
  const std::string original = text("m/8_index.up.sql");
  const ProcessResult result = plan({"--replace"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_FALSE(is_there("m/8_index.up.sql"));
  EXPECT_FALSE(is_there("m/8_index.down.sql"));
  EXPECT_TRUE(is_there("m/8_index_1.up.sql"));
  EXPECT_EQ(text(".pglatch-replaced/8_index.up.sql"), original);
  EXPECT_EQ(text(".pglatch-replaced/8_index.down.sql"), "DROP INDEX t_v;");
  EXPECT_THAT(result.out, HasSubstr("moved m/8_index.up.sql to .pglatch-replaced/8_index.up.sql"));
  // A second one of that name.
  for (const auto& entry : fs::directory_iterator(directory_.path() / "m")) {
    if (entry.path().filename().string().starts_with("8")) fs::remove(entry.path());
  }
  for (int n = 9; n < 16; ++n) {
    fs::remove(directory_.path() / ("m/" + std::to_string(n) + "_index_" + std::to_string(n - 7) + ".up.sql"));
    fs::remove(directory_.path() / ("m/" + std::to_string(n) + "_index_" + std::to_string(n - 7) + ".down.sql"));
  }
  directory_.write("m/8_index.up.sql", "CREATE INDEX t_v ON t (v);");
  EXPECT_EQ(plan({"--replace"}).exit_code, 0);
  EXPECT_EQ(text(".pglatch-replaced/8_index.up.sql"), original);
  EXPECT_EQ(text(".pglatch-replaced/8_index.up.sql.2"), "CREATE INDEX t_v ON t (v);");
}

TEST_F(PlanFilesTest, ReplacesNothingWhereOthersCameAfterIt) {
  directory_.write("m/9_more.up.sql", "SELECT 1;");
  const ProcessResult result = plan({"--replace"});
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(result.err, HasSubstr("9_more.up.sql is among them"));
  EXPECT_TRUE(is_there("m/8_index.up.sql"));
  EXPECT_FALSE(is_there(".pglatch-replaced"));
}

TEST_F(PlanFilesTest, ASingleStepKeepsTheName) {
  directory_.write("m/8_index.up.sql", "CREATE INDEX t_v ON t (v);");
  EXPECT_EQ(plan({"--replace"}).exit_code, 0);
  EXPECT_THAT(text("m/8_index.up.sql"), HasSubstr("CREATE INDEX CONCURRENTLY t_v ON"));
}

TEST_F(PlanFilesTest, WantsToKnowWhere) {
  EXPECT_THAT(plan({}).err, HasSubstr("say where to with --out DIR"));
  EXPECT_EQ(plan({}).exit_code, 2);
  EXPECT_THAT(plan({"--replace", "--out", "elsewhere"}).err,
              HasSubstr("--replace works where the migrations are, in m"));
  EXPECT_THAT(plan({"--out", "m/8_index.up.sql"}).err, HasSubstr("m/8_index.up.sql is no folder"));
}

TEST_F(PlanFilesTest, OptionsOfTheFilesAreForThem) {
  ProcessOptions options;
  options.directory = directory_.path();
  const auto err = [&](const std::string& format, const std::string& option) {
    return run_pglatch({"plan", "--isolated", "--format", format, option, "m/8_index.up.sql"}, options).err;
  };
  EXPECT_THAT(err("sql", "--replace"), HasSubstr("are for --format files"));
  EXPECT_THAT(err("files=x.sql", "--replace"), HasSubstr("their folder is named by --out"));
  EXPECT_FALSE(is_there("x.sql"));
}

TEST_F(PlanFilesTest, IsOfOneProject) {
  directory_.write("other/9_x.sql", "CREATE INDEX t_id ON t (id);");
  EXPECT_THAT(plan({"--out", "new", "other/9_x.sql"}).err, HasSubstr("are not of one project"));
  const ProcessResult from_stdin = plan({"--out", "new"}, "-");
  EXPECT_EQ(from_stdin.exit_code, 2);
  EXPECT_FALSE(is_there("new"));
}

TEST_F(PlanFilesTest, StepsThatNobodyVouchesForAreWrittenWhenAccepted) {
  directory_.write("m/8_index.up.sql", "VACUUM FULL t;");
  const ProcessResult refused = plan({"--out", "new"});
  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_THAT(refused.err, AllOf(HasSubstr("S1 (VACUUM FULL t): it is not made safe"), HasSubstr("--accept S1"),
                                 HasSubstr("--format sql")));
  EXPECT_FALSE(is_there("new"));
  EXPECT_EQ(plan({"--out", "new", "--accept", "S1"}).exit_code, 1) << "it is still not made safe";
  EXPECT_THAT(text("new/9_index.up.sql"), HasSubstr("VACUUM FULL t;"));
}

TEST_F(PlanFilesTest, WhatCannotBeOutsideOfATransactionIsRefused) {
  const ProcessResult result = plan({"--out", "new", "--framework", "refinery"});
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(result.err, AllOf(HasSubstr("it cannot run in a transaction"), HasSubstr("script for psql")));
}

TEST_F(PlanFilesTest, SettingsAreMadeInEachFileOrRefused) {
  directory_.write("m/8_index.up.sql", "SET search_path = public;\nALTER TABLE t ADD COLUMN n int;");
  EXPECT_EQ(plan({"--out", "new"}).exit_code, 0);
  EXPECT_THAT(text("new/9_index.up.sql"),
              AllOf(HasSubstr("BEGIN;\nSET LOCAL search_path = public;"), HasSubstr("ADD COLUMN n int;\nCOMMIT;")));
  directory_.write("m/8_index.up.sql", "SET search_path = public;\nCREATE INDEX t_v ON t (v);");
  EXPECT_THAT(plan({"--out", "newer"}).err, HasSubstr("ALTER ROLE … SET"));
  EXPECT_EQ(plan({"--out", "newer", "--framework", "tern"}).exit_code, 0);
  EXPECT_THAT(text("newer/9_index.sql"),
              AllOf(HasSubstr("\nSET search_path = public;"), HasSubstr("RESET search_path;")));
}

TEST_F(PlanFilesTest, AnIndexThatMayBeThereIsCheckedAfterwards) {
  directory_.write("m/8_index.up.sql", "CREATE INDEX IF NOT EXISTS t_v ON t (v);");
  EXPECT_EQ(plan({"--out", "new"}).exit_code, 0);
  EXPECT_THAT(text("new/9_index_1.up.sql"), HasSubstr("CREATE INDEX CONCURRENTLY IF NOT EXISTS t_v"));
  EXPECT_THAT(text("new/10_index_2.up.sql"), HasSubstr("IS NOT TRUE"));
}

TEST_F(PlanFilesTest, AnAtlasSumThatIsWrongStaysForPeople) {
  directory_.write("m/atlas.sum", "h1:AAAA\n");
  const ProcessResult result = plan({"--out", "m", "--framework", "atlas"});
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(result.err, HasSubstr("atlas.sum is not that of the files beside it"));
  EXPECT_EQ(count("m"), 4U);
}

}  // namespace
}  // namespace pglatch::testing
