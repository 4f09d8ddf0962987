// What Git knows of files: which ones were changed since a commit, and what is staged. Asks the `git` program, which
// knows of worktrees, submodules, attributes and its own configuration.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/base/program.h"
#include "analyzer/base/result.h"

namespace pglatch {

/// A file in the index.
struct StagedFile {
  std::string path;  ///< absolute, without links
  std::string object;
  bool is_changed = false;  ///< differs from HEAD: added, modified or renamed
};

/// The working tree of one repository. All paths are absolute and without symbolic links.
class GitRepository {
 public:
  /// `root` is the directory that has `.git`.
  explicit GitRepository(std::string root);

  [[nodiscard]] const std::string& root() const noexcept { return root_; }

  /// The commit from which "since `reference`" counts: the last one that it has in common with HEAD, as what others
  /// have done there meanwhile was not done here; `reference` itself where they have none. Fails for what names no
  /// commit.
  [[nodiscard]] Result<std::string> base_of(const std::string& reference) const;

  /// The files of the working tree that differ from a commit: added, modified, renamed, with the staged and the
  /// untracked ones; ignored files are left out.
  [[nodiscard]] Result<std::set<std::string>> changed_since(const std::string& commit) const;

  /// The commit at which `commit` has the submodule at `root`; empty where it has none there.
  [[nodiscard]] Result<std::string> submodule_commit(const std::string& commit, const std::string& root) const;

  /// All files of the index below a directory or at a path, in the order of their paths. Those of submodules are none.
  /// Fails for files with conflicts that are not resolved.
  [[nodiscard]] Result<std::vector<StagedFile>> staged_files(const std::string& below) const;

  /// The contents of objects (StagedFile::object), in that order.
  [[nodiscard]] Result<std::vector<std::string>> contents(const std::vector<std::string>& objects) const;

 private:
  [[nodiscard]] ProgramOutput ask(const std::vector<std::string>& arguments, std::string_view input = {}) const;
  [[nodiscard]] Result<std::string> run(const std::vector<std::string>& arguments, std::string_view input = {}) const;
  [[nodiscard]] std::string relative(const std::string& path) const;

  std::string root_;
  std::vector<std::string> without_;  // variables that mean another repository
};

/// Finds the repositories of paths; asks the file system once a directory.
class GitRepositories {
 public:
  /// The innermost repository that holds an existing path (a submodule, a worktree), or null. Lives as long as this.
  [[nodiscard]] const GitRepository* of(const std::string& real_path);

 private:
  std::map<std::string, const GitRepository*> by_directory_;
  std::vector<std::unique_ptr<GitRepository>> repositories_;
};

}  // namespace pglatch
