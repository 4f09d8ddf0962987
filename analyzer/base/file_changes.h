// Changes to several files that belong together: all of them are made, or none.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "analyzer/base/result.h"

namespace pglatch {

struct FileText {
  std::string path;
  std::string text;
};

struct FileMove {
  std::string from;
  std::string to;
};

/// What is to become of a set of files. The folders of new paths are made where they are missing; folders that moves
/// leave empty are removed.
struct FileChanges {
  std::vector<FileMove> moved;     ///< made first
  std::vector<FileText> created;   ///< new ones, each of which appears with all of its text
  std::vector<FileText> replaced;  ///< made last: the text of files that may be there, each one atomically
};

/// Makes the changes. Nothing is ever written over by a move or a new file: where something is there already, and
/// wherever else a change fails, those that were made are taken back and the error says which one it was. A crash in
/// between can leave some of them made, but no text is lost.
[[nodiscard]] std::optional<Error> make_changes(const FileChanges& changes);

}  // namespace pglatch
