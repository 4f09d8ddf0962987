#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/process.h"
#include "tests/support/temp_dir.h"

namespace pglatch::testing {

// Whether there is a git to test with.
bool has_git();

// A repository in a directory of its own, with an author, without hooks or configuration of the user.
class GitRepo {
 public:
  // Makes the repository, with `main` as its branch, at `name` below the directory.
  explicit GitRepo(const std::filesystem::path& directory);

  const std::filesystem::path& path() const { return path_; }

  // Runs git there; throws std::runtime_error, with what it said, where it fails. Gives its output.
  std::string git(std::vector<std::string> arguments) const;
  // Writes a file of the working tree.
  void write(const std::string& name, std::string_view content) const;
  // Stages everything and commits it.
  void commit(const std::string& message) const;

 private:
  std::filesystem::path path_;
};

// What keeps git from the user's configuration: for every process that runs git.
std::vector<std::pair<std::string, std::string>> git_environment();

}  // namespace pglatch::testing

// At the beginning of a test that needs git.
#define PGLATCH_NEEDS_GIT() \
  if (!::pglatch::testing::has_git()) GTEST_SKIP() << "git is not installed"
