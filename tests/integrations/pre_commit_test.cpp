// .pre-commit-hooks.yaml and the examples, run by pre-commit.
#include <gtest/gtest.h>

#include <string>

#include "tests/integrations/tools.h"

namespace pglatch::testing {
namespace {

namespace fs = std::filesystem;

constexpr const char* kRisky = "-- +goose Up\nCREATE INDEX orders_status_idx ON orders (status);\n";
constexpr const char* kFound = "create-index-non-concurrent";

class PreCommit : public ::testing::Test {
 protected:
  void SetUp() override {
    PGLATCH_NEEDS_TOOL("pre-commit");
    project_ = sandbox_.make_project();
    hooks_ = sandbox_.make_hooks();
  }

  ProcessResult try_hook(const std::string& id, std::vector<std::string> more = {}) {
    std::vector<std::string> command{"pre-commit", "try-repo", hooks_.string(), id};
    command.insert(command.end(), more.begin(), more.end());
    return sandbox_.run(command, project_);
  }
  void write(const std::string& name, std::string_view content) {
    sandbox_.write("project/" + name, content);
    sandbox_.must({"git", "add", "--all"}, project_);
  }
  // The example with this repository in the place of the one that it names.
  std::string example(const std::string& name) {
    return replaced(read_source("integrations/pre-commit/" + name), "https://github.com/OWNER/pglatch",
                    hooks_.string());
  }

  Sandbox sandbox_;
  fs::path project_;
  fs::path hooks_;
};

TEST_F(PreCommit, TheManifestAndTheExamplesAreValid) {
  const auto manifest =
      sandbox_.run({"pre-commit", "validate-manifest", source_file(".pre-commit-hooks.yaml").string()}, ".");
  EXPECT_EQ(manifest.exit_code, 0) << manifest.out << manifest.err;
  for (const char* name : {"pre-commit-config.yaml", "pre-commit-config.npm.yaml"}) {
    const auto config =
        sandbox_.run({"pre-commit", "validate-config", source_file("integrations/pre-commit/").string() + name}, ".");
    EXPECT_EQ(config.exit_code, 0) << config.out << config.err;
  }
}

TEST_F(PreCommit, StopsWhatIsStagedAndRisky) {
  write("migrations/00003_status.sql", kRisky);
  const auto result = try_hook("pglatch");
  EXPECT_EQ(result.exit_code, 1) << result.out << result.err;
  EXPECT_TRUE(has(result.out, kFound)) << result.out;
  EXPECT_TRUE(has(result.out, "migrations/00003_status.sql:2:1")) << result.out;
}

TEST_F(PreCommit, LooksAtWhatIsStagedNotAtWhatIsOnDisk) {
  write("migrations/00003_status.sql", kRisky);
  sandbox_.write("project/migrations/00003_status.sql", "-- +goose Up\nSELECT 1;\n");
  EXPECT_TRUE(has(try_hook("pglatch").out, kFound));
}

TEST_F(PreCommit, KnowsTheOlderMigrations) {
  // Without them the table would be one that nobody knows; with the second it is the script's own, and new.
  write("migrations/00003_parts.sql", "-- +goose Up\nCREATE TABLE parts (id bigint) PARTITION BY RANGE (id);\n");
  sandbox_.must({"git", "commit", "--quiet", "--message", "Parts"}, project_);
  write("migrations/00004_index.sql", "-- +goose Up\nCREATE INDEX ON parts (id);\n");
  const auto result = try_hook("pglatch");
  EXPECT_TRUE(has(result.out, "create-index-on-partitioned")) << result.out;
  EXPECT_TRUE(has(result.out, "1 statement in 1 file")) << result.out;
}

TEST_F(PreCommit, RenamedFilesAndNamesWithSpaces) {
  write("migrations/00003_status.sql", kRisky);
  sandbox_.must({"git", "commit", "--quiet", "--message", "Risky"}, project_);
  sandbox_.must({"git", "mv", "migrations/00003_status.sql", "migrations/00004_the status's $(id).sql"}, project_);
  const auto result = try_hook("pglatch");
  EXPECT_EQ(result.exit_code, 1) << result.out << result.err;
  EXPECT_TRUE(has(result.out, "migrations/00004_the status's $(id).sql:2:1")) << result.out;
}

TEST_F(PreCommit, OneProcessLooksAtAllFiles) {
  for (int i = 10; i < 50; ++i) {
    write("migrations/000" + std::to_string(i) + "_x.sql",
          "-- +goose Up\nCREATE TABLE t" + std::to_string(i) + " ();\n");
  }
  const auto result = try_hook("pglatch", {"--all-files", "--verbose"});
  EXPECT_EQ(result.exit_code, 0) << result.out << result.err;
  EXPECT_EQ(count(result.out, " in 42 files"), 1U) << result.out;
}

TEST_F(PreCommit, WithoutSqlThereIsNothingToDo) {
  write("notes.txt", kRisky);
  const auto result = try_hook("pglatch");
  EXPECT_EQ(result.exit_code, 0) << result.out;
  EXPECT_TRUE(has(result.out, "Skipped")) << result.out;
}

TEST_F(PreCommit, TheFixingHookChangesTheFileAndStopsTheCommit) {
  const std::string outside = std::string("-- +goose NO TRANSACTION\n") + kRisky;
  write("migrations/00003_status.sql", outside);
  const auto first = try_hook("pglatch-fix");
  EXPECT_EQ(first.exit_code, 1) << first.out << first.err;
  EXPECT_TRUE(has(first.out, "files were modified by this hook")) << first.out;
  EXPECT_TRUE(has(sandbox_.must({"git", "diff"}, project_), "+CREATE INDEX CONCURRENTLY orders_status_idx"));
  sandbox_.must({"git", "add", "--all"}, project_);
  EXPECT_EQ(try_hook("pglatch-fix").exit_code, 0);
}

TEST_F(PreCommit, TheExampleStopsACommit) {
  write(".pre-commit-config.yaml", example("pre-commit-config.yaml"));
  sandbox_.must({"pre-commit", "install"}, project_);
  sandbox_.must({"git", "commit", "--quiet", "--message", "Hooks"}, project_);
  write("migrations/00003_status.sql", kRisky);
  const auto stopped = sandbox_.run({"git", "commit", "--message", "Risky"}, project_);
  EXPECT_NE(stopped.exit_code, 0);
  EXPECT_TRUE(has(stopped.out + stopped.err, kFound)) << stopped.out << stopped.err;
  write("migrations/00003_status.sql",
        "-- +goose NO TRANSACTION\n-- +goose Up\nCREATE INDEX CONCURRENTLY orders_status_idx ON orders (status);\n");
  const auto passed = sandbox_.run({"git", "commit", "--message", "Safe"}, project_);
  EXPECT_EQ(passed.exit_code, 0) << passed.out << passed.err;
}

TEST_F(PreCommit, TheExampleThatInstallsItFromNpm) {
  PGLATCH_NEEDS_TOOL("npm");
  // As packed here, in the place of what the registry would have; no other pglatch is on the PATH.
  std::string packages = sandbox_.must({source_file("integrations/npm/pack.sh").string(), PGLATCH_BINARY, "."}, ".");
  ASSERT_EQ(count(packages, "\n"), 2U);
  packages.pop_back();
  write(".pre-commit-config.yaml", replaced(read_source("integrations/pre-commit/pre-commit-config.npm.yaml"),
                                            "\"pglatch@0.1.0\"", '"' + replaced(packages, "\n", "\", \"") + '"'));
  write("migrations/00003_status.sql", kRisky);
  const auto result = sandbox_.run({"pre-commit", "run", "--verbose"}, project_,
                                   {{"PATH", "/usr/local/bin:/usr/bin:/bin"}, {"npm_config_offline", "true"}});
  EXPECT_EQ(result.exit_code, 1) << result.out << result.err;
  EXPECT_TRUE(has(result.out, kFound)) << result.out << result.err;
}

}  // namespace
}  // namespace pglatch::testing
