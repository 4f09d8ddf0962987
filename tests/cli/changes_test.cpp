// --since, --staged and --applied-until, in real repositories.
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <string>
#include <vector>

#include "tests/support/git_repo.h"
#include "tests/support/process.h"
#include "tests/support/temp_dir.h"

namespace pglatch::testing {
namespace {

namespace fs = std::filesystem;

constexpr const char* kTable = "create table orders (id bigint) partition by range (id);\n";
constexpr const char* kIndex = "create index on orders (id);\n";
constexpr const char* kDrop = "drop index orders_idx;\n";
constexpr const char* kOnPartitioned = "create-index-on-partitioned";  // only where 1.sql was replayed

ProcessResult lint_in(const fs::path& directory, std::vector<std::string> arguments,
                      const std::vector<std::pair<std::string, std::string>>& environment = {}) {
  arguments.insert(arguments.begin(), {"lint", "--isolated"});
  ProcessOptions options;
  options.directory = directory;
  options.environment = git_environment();
  options.environment.insert(options.environment.end(), environment.begin(), environment.end());
  return run_pglatch(arguments, options);
}

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

class Changes : public ::testing::Test {
 protected:
  void SetUp() override { PGLATCH_NEEDS_GIT(); }

  // A repository with a table in m/1.sql and a risky m/2.sql, both committed.
  GitRepo with_history(const std::string& name = "repo") {
    const GitRepo repo(dir_.path() / name);
    repo.write("m/1.sql", kTable);
    repo.write("m/2.sql", kDrop);
    repo.commit("history");
    return repo;
  }
  TempDir dir_;
};

using Since = Changes;
using Staged = Changes;

TEST_F(Since, LintsWhatIsNewOnTopOfWhatIsOld) {
  const GitRepo repo = with_history();
  repo.git({"checkout", "--quiet", "-b", "work"});
  repo.write("m/3.sql", kIndex);
  repo.commit("new");
  const auto result = lint_in(repo.path(), {"--since", "main", "m"});
  EXPECT_EQ(result.exit_code, 1) << result.err;
  EXPECT_TRUE(has(result.out, "m/3.sql:1:1")) << result.out;
  EXPECT_TRUE(has(result.out, kOnPartitioned)) << result.out;
  EXPECT_FALSE(has(result.out, "m/2.sql")) << result.out;
  EXPECT_TRUE(has(result.out, "1 statement in 1 file")) << result.out;
}

TEST_F(Since, NothingNewIsClean) {
  const GitRepo repo = with_history();
  const auto result = lint_in(repo.path(), {"--since", "HEAD", "m"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_TRUE(has(result.out, "0 statements in 0 files: no findings")) << result.out;
}

TEST_F(Since, UncommittedStagedAndUntrackedFilesAreNew) {
  const GitRepo repo = with_history();
  repo.write(".gitignore", "*.tmp.sql\n");
  repo.commit("ignore");
  repo.write("m/1.sql", std::string(kTable) + kDrop);
  repo.write("m/3.sql", kIndex);
  repo.git({"add", "m/3.sql"});
  repo.write("m/4.sql", kDrop);
  repo.write("m/5.tmp.sql", kDrop);
  const auto result = lint_in(repo.path(), {"--since", "HEAD", "m"});
  EXPECT_TRUE(has(result.out, "m/1.sql:2:1")) << result.out;
  EXPECT_TRUE(has(result.out, "m/3.sql:1:1")) << result.out;
  EXPECT_TRUE(has(result.out, "m/4.sql:1:1")) << result.out;
  EXPECT_FALSE(has(result.out, "m/2.sql")) << result.out;
  EXPECT_FALSE(has(result.out, "m/5.tmp.sql")) << result.out;
}

TEST_F(Since, CountsFromWhereTheBranchesParted) {
  const GitRepo repo = with_history();
  repo.git({"checkout", "--quiet", "-b", "work"});
  repo.write("m/3.sql", kIndex);
  repo.commit("new");
  repo.git({"checkout", "--quiet", "main"});
  repo.write("m/2.sql", "select 1;\n");
  repo.commit("changed on main meanwhile");
  repo.git({"checkout", "--quiet", "work"});
  const auto result = lint_in(repo.path(), {"--since", "main", "m"});
  EXPECT_TRUE(has(result.out, "m/3.sql")) << result.out;
  EXPECT_FALSE(has(result.out, "m/2.sql")) << result.out;
}

TEST_F(Since, ARenamedFileIsNew) {
  const GitRepo repo = with_history();
  repo.git({"mv", "m/2.sql", "m/7.sql"});
  repo.commit("rename");
  const auto result = lint_in(repo.path(), {"--since", "HEAD~1", "m"});
  EXPECT_TRUE(has(result.out, "m/7.sql:1:1")) << result.out;
}

TEST_F(Since, FilesAreReplayedInTheirOrder) {
  // An old file that comes after the new one is not there yet when that runs.
  const GitRepo repo(dir_.path() / "repo");
  repo.write("m/2.sql", kTable);
  repo.commit("history");
  repo.write("m/1.sql", kIndex);
  const auto result = lint_in(repo.path(), {"--since", "HEAD", "m"});
  EXPECT_TRUE(has(result.out, "create-index-non-concurrent")) << result.out;
  EXPECT_FALSE(has(result.out, kOnPartitioned)) << result.out;
}

TEST_F(Since, NamesWithBlanksQuotesAndLetters) {
  const GitRepo repo(dir_.path() / "a repo 'é'");
  repo.write("mi grations/1 tab.sql", kTable);
  repo.commit("history");
  const std::string odd = "mi grations/2 'ünï' \"日本\"\t$(x).sql";
  repo.write(odd, kIndex);
  auto result = lint_in(repo.path(), {"--since", "HEAD", "mi grations"});
  EXPECT_TRUE(has(result.out, "2 'ünï' \"日本\"")) << result.out;
  EXPECT_TRUE(has(result.out, kOnPartitioned)) << result.out;
  repo.git({"add", "--all"});
  result = lint_in(repo.path(), {"--staged", "mi grations"});
  EXPECT_TRUE(has(result.out, "2 'ünï' \"日本\"")) << result.out;
  EXPECT_TRUE(has(result.out, kOnPartitioned)) << result.out;
}

TEST_F(Since, InADirectoryBelowAndByOtherPaths) {
  const GitRepo repo = with_history();
  repo.write("m/3.sql", kIndex);
  EXPECT_TRUE(has(lint_in(repo.path() / "m", {"--since", "HEAD"}).out, "\n3.sql:1:1") ||
              has(lint_in(repo.path() / "m", {"--since", "HEAD"}).out, "3.sql:1:1"));
  EXPECT_TRUE(has(lint_in(repo.path() / "m", {"--since", "HEAD", "../m"}).out, "../m/3.sql:1:1"));
  EXPECT_TRUE(has(lint_in("/", {"--since", "HEAD", (repo.path() / "m").string()}).out, kOnPartitioned));
  fs::create_directory_symlink(repo.path() / "m", dir_.path() / "link");
  const auto linked = lint_in(dir_.path(), {"--since", "HEAD", "link"});
  EXPECT_TRUE(has(linked.out, "link/3.sql:1:1")) << linked.out << linked.err;
  EXPECT_FALSE(has(linked.out, "2.sql")) << linked.out;
  const auto staged = lint_in(repo.path() / "m", {"--staged"});
  EXPECT_EQ(staged.exit_code, 0) << staged.out;
  repo.git({"add", "--all"});
  EXPECT_TRUE(has(lint_in(repo.path() / "m", {"--staged"}).out, "3.sql:1:1"));
  EXPECT_TRUE(has(lint_in(dir_.path(), {"--staged", "link"}).out, "link/3.sql:1:1"));
}

TEST_F(Since, InAWorktree) {
  const GitRepo repo = with_history();
  repo.git({"worktree", "add", "--quiet", "-b", "work", (dir_.path() / "tree").string()});
  std::ofstream(dir_.path() / "tree/m/3.sql") << kIndex;
  const auto result = lint_in(dir_.path() / "tree", {"--since", "main", "m"});
  EXPECT_TRUE(has(result.out, kOnPartitioned)) << result.out << result.err;
  EXPECT_FALSE(has(result.out, "m/2.sql")) << result.out;
  EXPECT_EQ(lint_in(repo.path(), {"--since", "main", "m"}).exit_code, 0);
}

TEST_F(Since, ASubmoduleIsComparedWithTheCommitThatWasRecorded) {
  const GitRepo library = with_history("library");
  const GitRepo repo(dir_.path() / "repo");
  repo.write("m/0.sql", "select 1;\n");
  repo.commit("history");
  repo.git({"submodule", "--quiet", "add", library.path().string(), "m/library"});
  repo.commit("add the submodule");
  EXPECT_EQ(lint_in(repo.path(), {"--since", "HEAD", "."}).exit_code, 0);
  // Inside of it names mean what they mean there.
  EXPECT_EQ(lint_in(repo.path() / "m/library", {"--since", "main"}).exit_code, 0);
  const auto all = lint_in(repo.path(), {"--since", "HEAD~1", "."});
  EXPECT_TRUE(has(all.out, "m/library/m/2.sql")) << all.out << all.err;
  std::ofstream(repo.path() / "m/library/m/3.sql") << kIndex;
  const auto one = lint_in(repo.path(), {"--since", "HEAD", "."});
  EXPECT_TRUE(has(one.out, "m/library/m/3.sql")) << one.out << one.err;
  EXPECT_TRUE(has(one.out, kOnPartitioned)) << one.out;
  EXPECT_FALSE(has(one.out, "2.sql")) << one.out;
  // What is staged in a submodule is not what the next commit of the repository around it changes.
  EXPECT_EQ(lint_in(repo.path(), {"--staged", "."}).exit_code, 0);
  const GitRepo inside(repo.path() / "m/library");
  inside.git({"add", "--all"});
  EXPECT_EQ(lint_in(repo.path(), {"--staged", "."}).exit_code, 0);
  EXPECT_EQ(lint_in(inside.path(), {"--staged"}).exit_code, 1);
}

TEST_F(Since, WhatCannotWorkIsSaid) {
  const GitRepo repo = with_history();
  const auto unknown = lint_in(repo.path(), {"--since", "no-such-branch", "m"});
  EXPECT_EQ(unknown.exit_code, 2);
  EXPECT_TRUE(has(unknown.err, "no commit 'no-such-branch'")) << unknown.err;
  // A name that looks like an option is a name.
  const auto option = lint_in(repo.path(), {"--since=--output=/tmp/x", "m"});
  EXPECT_EQ(option.exit_code, 2);
  EXPECT_TRUE(has(option.err, "no commit '--output=/tmp/x'")) << option.err;
  EXPECT_EQ(lint_in(repo.path(), {"--since", "HEAD:m/1.sql", "m"}).exit_code, 2);

  dir_.write("outside/1.sql", kDrop);
  for (const char* way : {"--since=HEAD", "--staged"}) {
    const auto outside = lint_in(dir_.path() / "outside", {way});
    EXPECT_EQ(outside.exit_code, 2) << way;
    EXPECT_TRUE(has(outside.err, "no Git repository")) << outside.err;
    const auto input = lint_in(repo.path(), {way, "-"});
    EXPECT_EQ(input.exit_code, 2) << way;
    EXPECT_TRUE(has(input.err, "standard input")) << input.err;
    const auto missing = lint_in(repo.path(), {way, "m/9.sql"});
    EXPECT_EQ(missing.exit_code, 2) << way;
    EXPECT_TRUE(has(missing.err, "m/9.sql")) << missing.err;
    const auto no_git = lint_in(repo.path(), {way, "m"}, {{"PATH", "/nowhere"}});
    EXPECT_EQ(no_git.exit_code, 2) << way;
    EXPECT_TRUE(has(no_git.err, "git is not installed")) << no_git.err;
  }
  EXPECT_EQ(lint_in(repo.path(), {"--since", "HEAD", "--staged", "m"}).exit_code, 2);
  EXPECT_EQ(run_pglatch({"fix", "--staged"}).exit_code, 2);
  const GitRepo empty(dir_.path() / "empty");
  empty.write("1.sql", kDrop);
  EXPECT_EQ(lint_in(empty.path(), {"--since", "HEAD"}).exit_code, 2);
}

TEST_F(Since, OtherCommandsReplayTheHistoryToo) {
  const GitRepo repo = with_history();
  repo.write("m/3.sql", kIndex);
  ProcessOptions options;
  options.directory = repo.path();
  options.environment = git_environment();
  const auto locks = run_pglatch({"locks", "--since", "HEAD", "m"}, options);
  EXPECT_TRUE(has(locks.out, "1 statement")) << locks.out;
  EXPECT_FALSE(has(locks.out, "m/2.sql")) << locks.out;
  repo.write("m/3.sql", "drop index another_idx;\n");
  const auto plan = run_pglatch({"plan", "--format", "json", "--since", "HEAD", "m"}, options);
  EXPECT_TRUE(has(plan.out, "m/3.sql")) << plan.out << plan.err;
  EXPECT_FALSE(has(plan.out, "m/2.sql")) << plan.out;
  const auto fix = run_pglatch({"fix", "--since", "HEAD", "--execution-mode", "autocommit", "m"}, options);
  EXPECT_EQ(fix.exit_code, 0) << fix.err;
}

TEST_F(Staged, LintsWhatIsStagedAndNotTheWorkingTree) {
  const GitRepo repo = with_history();
  repo.write("m/3.sql", kIndex);
  repo.git({"add", "m/3.sql"});
  repo.write("m/3.sql", "-- mended, and not staged\n");
  repo.write("m/4.sql", kDrop);
  const auto result = lint_in(repo.path(), {"--staged", "m"});
  EXPECT_EQ(result.exit_code, 1) << result.err;
  EXPECT_TRUE(has(result.out, "m/3.sql:1:1")) << result.out;
  EXPECT_TRUE(has(result.out, kOnPartitioned)) << result.out;
  EXPECT_FALSE(has(result.out, "m/4.sql")) << result.out;
  EXPECT_FALSE(has(result.out, "m/2.sql")) << result.out;
}

TEST_F(Staged, HistoryIsWhatIsStagedToo) {
  const GitRepo repo = with_history();
  repo.write("m/3.sql", kIndex);
  repo.git({"add", "m/3.sql"});
  repo.write("m/1.sql", "-- not a table any more, and not staged\n");
  EXPECT_TRUE(has(lint_in(repo.path(), {"--staged", "m"}).out, kOnPartitioned));
}

TEST_F(Staged, FilesThatAreGoneFromTheWorkingTree) {
  const GitRepo repo = with_history();
  repo.write("m/3.sql", kIndex);
  repo.git({"add", "m/3.sql"});
  fs::remove(repo.path() / "m/3.sql");
  EXPECT_EQ(lint_in(repo.path(), {"--staged", "m"}).exit_code, 1);
  const auto named = lint_in(repo.path(), {"--staged", "m/3.sql"});
  EXPECT_EQ(named.exit_code, 1) << named.err;
  EXPECT_TRUE(has(named.out, "m/3.sql:1:1")) << named.out;
}

TEST_F(Staged, DeletedRenamedAndUntouchedFiles) {
  const GitRepo repo = with_history();
  repo.git({"rm", "--quiet", "m/2.sql"});
  EXPECT_EQ(lint_in(repo.path(), {"--staged", "m"}).exit_code, 0);
  repo.git({"reset", "--quiet", "--hard"});
  EXPECT_EQ(lint_in(repo.path(), {"--staged", "m"}).exit_code, 0);
  repo.git({"mv", "m/2.sql", "m/20.sql"});
  EXPECT_TRUE(has(lint_in(repo.path(), {"--staged", "m"}).out, "m/20.sql:1:1"));
}

TEST_F(Staged, TheFirstCommitOfARepository) {
  const GitRepo repo(dir_.path() / "new");
  repo.write("m/1.sql", kTable);
  repo.write("m/.hidden/2.sql", kDrop);
  repo.write("m/readme.txt", kDrop);
  repo.write("m/10.sql", kIndex);
  repo.git({"add", "--all"});
  const auto result = lint_in(repo.path(), {"--staged"});
  EXPECT_TRUE(has(result.out, "m/10.sql:1:1")) << result.out;
  EXPECT_TRUE(has(result.out, "in 2 files")) << result.out;
}

TEST_F(Staged, BytesAreThoseOfTheIndex) {
  const GitRepo repo = with_history();
  repo.write("m/3.sql", std::string("\xEF\xBB\xBF-- é\r\n") + kIndex + "select 'a\nb';\n\n\n");
  repo.write("m/4.sql", "");
  repo.write("m/5.sql", "select 'caf\xe9';\n");
  repo.git({"add", "--all"});
  const auto result = lint_in(repo.path(), {"--staged", "m"});
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_TRUE(has(result.out, "m/3.sql:2:1")) << result.out;
  EXPECT_TRUE(has(result.out, "m/4.sql")) << result.out;
  EXPECT_TRUE(has(result.err, "m/5.sql")) << result.err;
  EXPECT_TRUE(has(result.err, "UTF-8")) << result.err;
}

TEST_F(Staged, ConflictsAreToBeResolvedFirst) {
  const GitRepo repo = with_history();
  repo.git({"checkout", "--quiet", "-b", "work"});
  repo.write("m/2.sql", "select 1;\n");
  repo.commit("one");
  repo.git({"checkout", "--quiet", "main"});
  repo.write("m/2.sql", "select 2;\n");
  repo.commit("other");
  EXPECT_THROW(repo.git({"merge", "--quiet", "work"}), std::runtime_error);
  const auto result = lint_in(repo.path(), {"--staged", "m"});
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_TRUE(has(result.err, "m/2.sql")) << result.err;
  EXPECT_TRUE(has(result.err, "conflicts")) << result.err;
}

TEST_F(Staged, InAHookTheIndexIsTheOneOfTheCommit) {
  const GitRepo repo = with_history();
  repo.write("m/3.sql", kIndex);
  repo.write("m/4.sql", kDrop);
  repo.git({"add", "m/3.sql"});
  repo.write("hooks/pre-commit", std::string("#!/bin/sh\nexec ") + PGLATCH_BINARY + " lint --isolated --staged m\n");
  fs::permissions(repo.path() / "hooks/pre-commit", fs::perms::owner_all);
  const auto commit = [&](const std::vector<std::string>& what) {
    std::vector<std::string> command{"git", "-c", "core.hooksPath=hooks", "commit", "--message", "x"};
    command.insert(command.end(), what.begin(), what.end());
    ProcessOptions options;
    options.directory = repo.path();
    options.environment = git_environment();
    return run_process(command, options);
  };
  const auto staged = commit({});
  EXPECT_NE(staged.exit_code, 0);
  EXPECT_TRUE(has(staged.out + staged.err, "m/3.sql")) << staged.out << staged.err;
  // `git commit FILE` has an index of its own, which GIT_INDEX_FILE names.
  repo.git({"reset", "--quiet"});
  repo.git({"add", "--intent-to-add", "m/4.sql"});
  const auto partial = commit({"m/4.sql"});
  EXPECT_TRUE(has(partial.out + partial.err, "m/4.sql:1:1")) << partial.out << partial.err;
  EXPECT_FALSE(has(partial.out + partial.err, "m/3.sql")) << partial.out << partial.err;
}

class AppliedUntil : public ::testing::Test {
 protected:
  AppliedUntil() {
    dir_.write("m/009_table.sql", kTable);
    dir_.write("m/010_old.sql", kDrop);
    dir_.write("m/011_new.sql", kIndex);
    dir_.write("m/R__views.sql", kDrop);
  }
  TempDir dir_;
};

TEST_F(AppliedUntil, WhatWasAppliedIsHistory) {
  for (const char* version : {"10", "010", "10.0", "V10"}) {
    const auto result = lint_in(dir_.path(), {"--applied-until", version, "m"});
    EXPECT_EQ(result.exit_code, 1) << result.err;
    EXPECT_TRUE(has(result.out, kOnPartitioned)) << result.out;
    EXPECT_FALSE(has(result.out, "010_old.sql")) << result.out;
    // What has no version is not known to have been applied.
    EXPECT_TRUE(has(result.out, "R__views.sql")) << result.out;
  }
  EXPECT_TRUE(has(lint_in(dir_.path(), {"--applied-until", "9", "m"}).out, "010_old.sql"));
  EXPECT_FALSE(has(lint_in(dir_.path(), {"--applied-until", "2024", "m"}).out, "011_new.sql"));
}

TEST_F(AppliedUntil, IsASettingToo) {
  dir_.write("m/pglatch.toml", "[migrations]\napplied-until = \"010\"\n");
  ProcessOptions options;
  options.directory = dir_.path();
  const auto result = run_pglatch({"lint", "m"}, options);
  EXPECT_FALSE(has(result.out, "010_old.sql")) << result.out << result.err;
  EXPECT_TRUE(has(result.out, "011_new.sql")) << result.out;
  EXPECT_TRUE(has(run_pglatch({"lint", "--applied-until", "9", "m"}, options).out, "010_old.sql"));
  EXPECT_TRUE(has(run_pglatch({"lint", "--show-config", "m"}, options).out, "applied-until = \"010\""));
  dir_.write("m/pglatch.toml", "[migrations]\napplied-until = 10\n");
  EXPECT_FALSE(has(run_pglatch({"lint", "m"}, options).out, "010_old.sql"));
}

TEST_F(AppliedUntil, MistakesAreNamedWithTheirPlace) {
  const auto option = lint_in(dir_.path(), {"--applied-until", "latest", "m"});
  EXPECT_EQ(option.exit_code, 2);
  EXPECT_TRUE(has(option.err, "--applied-until latest")) << option.err;
  ProcessOptions options;
  options.directory = dir_.path();
  for (const auto& [text, expected] : std::vector<std::pair<std::string, std::string>>{
           {"[migrations]\napplied-until = \"latest\"\n", "m/pglatch.toml:2:17: applied-until cannot be 'latest'"},
           {"[migrations]\napplied-until = true\n", "m/pglatch.toml:2:17: applied-until has to be"},
           {"[migrations]\napplied_until = \"1\"\n", "did you mean 'applied-until'?"},
           {"migrations = 3\n", "m/pglatch.toml:1:14: migrations has to be"},
           {"[migration]\n", "did you mean 'migrations'?"}}) {
    dir_.write("m/pglatch.toml", text);
    const auto result = run_pglatch({"lint", "m"}, options);
    EXPECT_EQ(result.exit_code, 2) << text;
    EXPECT_TRUE(has(result.err, expected)) << result.err;
  }
}

}  // namespace
}  // namespace pglatch::testing
