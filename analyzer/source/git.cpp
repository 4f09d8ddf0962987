#include "analyzer/source/git.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <system_error>
#include <utility>

#include "analyzer/base/program.h"

namespace pglatch {
namespace {

namespace fs = std::filesystem;

// What points git at a repository, whatever directory it is called for (git rev-parse --local-env-vars). A hook that
// calls us has some of them set, for its own repository.
const std::vector<std::string>& local_variables() {
  static const std::vector<std::string> kVariables = {
      "GIT_DIR",         "GIT_WORK_TREE",          "GIT_INDEX_FILE",        "GIT_PREFIX",
      "GIT_COMMON_DIR",  "GIT_OBJECT_DIRECTORY",   "GIT_CONFIG_PARAMETERS", "GIT_ALTERNATE_OBJECT_DIRECTORIES",
      "GIT_GRAFT_FILE",  "GIT_IMPLICIT_WORK_TREE", "GIT_SHALLOW_FILE",      "GIT_INTERNAL_SUPER_PREFIX",
      "GIT_CONFIG_COUNT"};
  return kVariables;
}

bool is_in_hook() { return std::getenv("GIT_DIR") != nullptr || std::getenv("GIT_INDEX_FILE") != nullptr; }

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r' || text.back() == ' ')) text.remove_suffix(1);
  return text;
}

// git's own words, of which the first line says it.
std::string first_line(std::string_view text) {
  std::string_view line = trimmed(text.substr(0, text.find('\n')));
  for (const std::string_view prefix : {"fatal: ", "error: "}) {
    if (line.substr(0, prefix.size()) == prefix) line.remove_prefix(prefix.size());
  }
  return std::string(line);
}

// The pieces of a text between NUL bytes.
std::vector<std::string_view> split_at_nul(std::string_view text) {
  std::vector<std::string_view> pieces;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\0'), text.size());
    if (end > 0) pieces.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return pieces;
}

std::string under(const std::string& root, std::string_view path) {
  return root == "/" ? fmt::format("/{}", path) : fmt::format("{}/{}", root, path);
}

}  // namespace

GitRepository::GitRepository(std::string root) : root_(std::move(root)) {
  if (!is_in_hook()) return;
  // The variables are for the repository that the hook runs in, and wrong for any other one.
  const ProgramOutput asked = run_program({"git", "rev-parse", "--show-toplevel"});
  std::error_code failed;
  const fs::path top = fs::canonical(std::string(trimmed(asked.out)), failed);
  if (asked.status != 0 || failed || top.string() != root_) without_ = local_variables();
}

ProgramOutput GitRepository::ask(const std::vector<std::string>& arguments, std::string_view input) const {
  std::vector<std::string> command{"git", "-C", root_, "--no-optional-locks", "--literal-pathspecs"};
  command.insert(command.end(), arguments.begin(), arguments.end());
  return run_program(command, input, without_);
}

Result<std::string> GitRepository::run(const std::vector<std::string>& arguments, std::string_view input) const {
  ProgramOutput output = ask(arguments, input);
  if (output.start_error == ENOENT) {
    return Error{"git is not installed, and only Git knows which files were changed; install it, or name the files"};
  }
  if (output.start_error != 0) {
    return Error{fmt::format("cannot run git: {}", std::generic_category().message(output.start_error))};
  }
  if (output.status != 0) {
    return Error{fmt::format("git {} failed in {} (status {}): {}", arguments.front(), root_, output.status,
                             first_line(output.err))};
  }
  return std::move(output.out);
}

std::string GitRepository::relative(const std::string& path) const {
  if (path == root_) return ".";
  return fs::path(path).lexically_relative(root_).generic_string();
}

Result<std::string> GitRepository::base_of(const std::string& reference) const {
  // Fails for all other reasons than a reference that there is not.
  const auto repository = run({"rev-parse", "--git-dir"});
  if (!repository) return repository.error();
  const ProgramOutput commit = ask({"rev-parse", "--verify", "--quiet", "--end-of-options", reference + "^{commit}"});
  if (commit.status != 0) {
    return Error{fmt::format(
        "Git knows no commit '{}' in {}; `git fetch` it if it is a branch of the remote (a shallow clone has none)",
        reference, root_)};
  }
  const std::string known(trimmed(commit.out));
  const ProgramOutput base = ask({"merge-base", known, "HEAD"});
  return base.status == 0 ? std::string(trimmed(base.out)) : known;
}

Result<std::set<std::string>> GitRepository::changed_since(const std::string& commit) const {
  std::set<std::string> changed;
  // A renamed file is a new one here: its number is what orders it.
  const auto tracked = run({"diff", "--name-only", "-z", "--no-renames", "--no-ext-diff", "--ignore-submodules=all",
                            "--diff-filter=AMT", commit, "--"});
  if (!tracked) return tracked.error();
  const auto untracked = run({"ls-files", "-z", "--others", "--exclude-standard"});
  if (!untracked) return untracked.error();
  for (const std::string& list : {*tracked, *untracked}) {
    for (const std::string_view path : split_at_nul(list)) changed.insert(under(root_, path));
  }
  return changed;
}

Result<std::string> GitRepository::submodule_commit(const std::string& commit, const std::string& root) const {
  const auto entry = run({"ls-tree", "-z", commit, "--", relative(root)});
  if (!entry) return entry.error();
  // "160000 commit <name>\t<path>"
  constexpr std::string_view kLink = "160000 commit ";
  if (entry->substr(0, kLink.size()) != kLink) return std::string();
  return entry->substr(kLink.size(), entry->find('\t') - kLink.size());
}

Result<std::vector<StagedFile>> GitRepository::staged_files(const std::string& below) const {
  const std::string path = relative(below);
  // Where there is no commit yet git compares with nothing.
  const auto diff = run({"diff", "--cached", "--name-only", "-z", "--no-renames", "--no-ext-diff",
                         "--ignore-submodules=all", "--diff-filter=AMT", "--", path});
  if (!diff) return diff.error();
  const auto listed = run({"ls-files", "-z", "--stage", "--", path});
  if (!listed) return listed.error();
  std::set<std::string_view> changed;
  for (const std::string_view name : split_at_nul(*diff)) changed.insert(name);
  std::vector<StagedFile> files;
  for (const std::string_view entry : split_at_nul(*listed)) {
    // "<mode> <object> <stage>\t<path>"
    const std::size_t tab = entry.find('\t');
    const std::size_t object = entry.find(' ') + 1;
    const std::size_t stage = entry.find(' ', object) + 1;
    if (tab == std::string_view::npos || stage > tab) {
      return Error{fmt::format("git ls-files in {} says what pglatch does not understand: {}", root_, entry)};
    }
    const std::string_view name = entry.substr(tab + 1);
    constexpr std::string_view kRegularFile = "100";
    if (entry.substr(0, kRegularFile.size()) != kRegularFile) continue;
    if (entry.substr(stage, tab - stage) != "0") {
      return Error{fmt::format("{}: has conflicts that are not resolved; resolve and stage it", under(root_, name))};
    }
    files.push_back(
        {under(root_, name), std::string(entry.substr(object, stage - 1 - object)), changed.count(name) > 0});
  }
  return files;
}

Result<std::vector<std::string>> GitRepository::contents(const std::vector<std::string>& objects) const {
  std::vector<std::string> found;
  if (objects.empty()) return found;
  std::string names;
  for (const std::string& object : objects) names += object + '\n';
  const auto output = run({"cat-file", "--batch"}, names);
  if (!output) return output.error();
  // Of each: "<object> blob <size>\n", the bytes, "\n".
  std::size_t at = 0;
  for (const std::string& object : objects) {
    const std::size_t line = output->find('\n', at);
    const std::string expected = object + " blob ";
    if (line == std::string::npos || output->compare(at, expected.size(), expected) != 0) {
      return Error{fmt::format("Git has no content for the staged object {} in {}", object, root_)};
    }
    const std::size_t size = std::strtoull(output->c_str() + at + expected.size(), nullptr, 10);
    if (size > output->size() - line - 1) return Error{fmt::format("git cat-file in {} ended too early", root_)};
    found.push_back(output->substr(line + 1, size));
    at = line + 1 + size + 1;
  }
  return found;
}

const GitRepository* GitRepositories::of(const std::string& real_path) {
  std::error_code failed;
  fs::path directory(real_path);
  if (!fs::is_directory(directory, failed)) directory = directory.parent_path();
  std::vector<std::string> visited;
  const GitRepository* found = nullptr;
  for (;; directory = directory.parent_path()) {
    const auto known = by_directory_.find(directory.string());
    if (known != by_directory_.end()) {
      found = known->second;
      break;
    }
    visited.push_back(directory.string());
    // A directory, or in a worktree and a submodule a file that names one.
    if (fs::exists(directory / ".git", failed)) {
      repositories_.push_back(std::make_unique<GitRepository>(directory.string()));
      found = repositories_.back().get();
      break;
    }
    if (directory == directory.parent_path()) break;
  }
  for (std::string& each : visited) by_directory_[std::move(each)] = found;
  return found;
}

}  // namespace pglatch
