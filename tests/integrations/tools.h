// What the integrations are tried with: other people's programs, as far as they are installed, and pglatch on the PATH.
#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/process.h"
#include "tests/support/temp_dir.h"

namespace pglatch::testing {

/// The path of a command, or of a file below the npm packages that `./dev setup` installs ("npm:husky/bin.js"). Empty
/// where it is not there.
std::string find_tool(const std::string& name);

/// A file of the source tree.
std::filesystem::path source_file(const std::string& name);
std::string read_source(const std::string& name);

/// A home of their own for tools that keep things at home: nothing of the user's is read or changed. pglatch is on the
/// PATH, and so is what npm installed.
class Sandbox {
 public:
  std::filesystem::path path() const { return dir_.path(); }
  std::filesystem::path write(const std::string& name, std::string_view content) const {
    return dir_.write(name, content);
  }
  /// Runs a command in a folder below (or an absolute one), with more variables on top.
  ProcessResult run(const std::vector<std::string>& command, const std::filesystem::path& folder,
                    const std::vector<std::pair<std::string, std::string>>& more = {}) const;
  /// The same, and throws std::runtime_error, with what it said, where it fails. Gives its output.
  std::string must(const std::vector<std::string>& command, const std::filesystem::path& folder) const;
  /// The repository of fixtures/project, in a folder of that name.
  std::filesystem::path make_project(const std::string& name = "project") const;
  /// A repository with the hooks as they are in the tree, committed or not, at the tag that the examples name:
  /// pre-commit takes them from a commit.
  std::filesystem::path make_hooks() const;
  /// The risky migration of fixtures/project, on top of it, staged.
  void play_risky(const std::filesystem::path& project) const;

 private:
  TempDir dir_;
};

/// Whether a text has a part.
bool has(const std::string& text, const std::string& part);
/// How often.
std::size_t count(const std::string& text, const std::string& part);
/// A text with all of a part's places taken by something else; throws std::runtime_error where there is none, as an
/// example that is fitted to a test must not stop to be so unseen.
std::string replaced(std::string text, const std::string& part, const std::string& by);

}  // namespace pglatch::testing

// At the beginning of a test that needs one.
#define PGLATCH_NEEDS_TOOL(name)                               \
  if (::pglatch::testing::find_tool(name).empty()) {           \
    GTEST_SKIP() << name << " is not installed (./dev setup)"; \
  }
