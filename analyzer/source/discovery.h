// From the paths on the command line to the files to read, in the order in which they are applied.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "analyzer/base/result.h"

namespace pglatch {

/// What became of the paths: files to read, in order, and what could not be looked at.
struct Discovery {
  std::vector<std::string> files;
  std::vector<Error> errors;  ///< one for each path that does not exist or cannot be entered
};

/// Whether a file that has SQL in another language is looked for in directories: asked for its path.
using WantsFile = std::function<bool(const std::string& path)>;

/// Expands files (taken whatever their ending), directories (recursively, `*.sql` and what `wants` of the other types
/// of file_type.h, hidden entries skipped, no link followed twice) and "-". Files keep the order of the arguments;
/// those found in a directory come in natural version order, Flyway's repeatable ones last, those of a Sqitch project
/// in the order of its plan. A file named twice is read once.
[[nodiscard]] Discovery discover(std::span<const std::string> paths, const WantsFile& wants = {});

/// Whether discover() takes a file that it finds in a directory. `below` is its path from there on, in which no name is
/// hidden; `path` is the one that `wants` is asked for.
[[nodiscard]] bool is_found_in_directory(std::string_view below, const std::string& path, const WantsFile& wants);

/// The path of an entry as the user would write it: nothing in front where the directory is ".".
[[nodiscard]] std::string join_path(std::string_view directory, std::string_view name);

/// Orders version numbers as people read them: runs of digits by value ("2" before "10", "V1_9"
/// before "V1_10"), the rest byte by byte, path component by path component. Strict weak order.
[[nodiscard]] bool natural_less(std::string_view a, std::string_view b) noexcept;

}  // namespace pglatch
