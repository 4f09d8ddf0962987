#include "tests/support/git_repo.h"

#include <fstream>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace pglatch::testing {

bool has_git() {
  static const bool kFound = [] {
    try {
      return run_process({"git", "--version"}).exit_code == 0;
    } catch (const std::system_error&) {
      return false;
    }
  }();
  return kFound;
}

std::vector<std::pair<std::string, std::string>> git_environment() {
  return {{"GIT_CONFIG_GLOBAL", "/dev/null"}, {"GIT_CONFIG_SYSTEM", "/dev/null"},
          {"GIT_AUTHOR_NAME", "Somebody"},    {"GIT_AUTHOR_EMAIL", "somebody@example.org"},
          {"GIT_COMMITTER_NAME", "Somebody"}, {"GIT_COMMITTER_EMAIL", "somebody@example.org"}};
}

GitRepo::GitRepo(const std::filesystem::path& directory) : path_(directory) {
  std::filesystem::create_directories(path_);
  git({"init", "--quiet", "--initial-branch=main"});
}

std::string GitRepo::git(std::vector<std::string> arguments) const {
  // Submodules of a test are cloned from the file system.
  arguments.insert(arguments.begin(), {"git", "-c", "protocol.file.allow=always", "-c", "core.hooksPath=/dev/null"});
  ProcessOptions options;
  options.directory = path_;
  options.environment = git_environment();
  const ProcessResult result = run_process(arguments, options);
  if (result.exit_code != 0) throw std::runtime_error(path_.string() + ": git: " + result.err + result.out);
  return result.out;
}

void GitRepo::write(const std::string& name, std::string_view content) const {
  const std::filesystem::path file = path_ / name;
  std::filesystem::create_directories(file.parent_path());
  std::ofstream out(file, std::ios::binary);
  out.write(content.data(), static_cast<std::streamsize>(content.size()));
  out.close();
  if (!out) throw std::runtime_error("cannot write " + file.string());
}

void GitRepo::commit(const std::string& message) const {
  git({"add", "--all"});
  git({"commit", "--quiet", "--allow-empty", "--message", message});
}

}  // namespace pglatch::testing
