// Patterns for paths, read as .gitignore reads them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "analyzer/base/result.h"

namespace pglatch {

/// A pattern: `*` stands for any characters of a name, `?` for one character, `[a-z]` and `[!a-z]` for one of
/// (not) these, `**` as a whole name for any folders, a backslash takes the special meaning away. Without a slash
/// before its end it means the name anywhere below; with one, the path from the root on. What is below a folder
/// that it means is meant too; a slash at the end means folders only.
class Glob {
 public:
  /// Fails for what has no meaning here, though it has elsewhere: an open bracket, `!` in front, braces.
  [[nodiscard]] static Result<Glob> parse(std::string_view pattern);

  /// Whether the pattern means the file of this path: relative to the root, with slashes, no "./" in front.
  [[nodiscard]] bool matches(std::string_view path) const;

 private:
  std::vector<std::string> names_;  // of the pattern, from the root on
  bool folders_only_ = false;
};

}  // namespace pglatch
