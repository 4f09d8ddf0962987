// Which files a run reads, and which of them it looks at: all that the paths name, or only what is new, on top of a
// history that is replayed.
#pragma once

#include <boost/program_options.hpp>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "analyzer/base/result.h"
#include "analyzer/source/discovery.h"
#include "analyzer/source/script.h"

namespace pglatch {

/// What is new. At most one of `named`, `since` and `staged` makes sense.
struct ChangeOptions {
  bool named = false;         ///< --named: the files among the paths, not what is found in the directories
  std::string since;          ///< --since: what differs from this commit
  bool staged = false;        ///< --staged: what the next commit changes
  std::string applied_until;  ///< --applied-until: what comes after this version
};

[[nodiscard]] boost::program_options::options_description change_options(ChangeOptions& options);

/// A file to be read.
struct InputFile {
  std::string path;                   ///< as the user would write it; "-" is standard input
  std::optional<std::string> staged;  ///< its bytes, where it is not to be read from disk
  bool is_history = false;            ///< not new
};

struct InputFiles {
  std::vector<InputFile> files;  ///< in the order in which they are applied, none after the last one that is new
  std::vector<Error> errors;     ///< paths that could not be looked at
};

/// The paths to look at: those that were named, or the working directory if there is none. With --named the directories
/// come first, and the working directory is one if no other is named: the history has to come from somewhere.
[[nodiscard]] std::vector<std::string> searched_paths(const std::vector<std::string>& named,
                                                      const ChangeOptions& options);

/// The files that the paths name, which are of searched_paths(); `wants` is discover()'s. Fails where Git cannot tell
/// what is new: it is not installed, there is no repository, no such commit.
[[nodiscard]] Result<InputFiles> find_input_files(std::span<const std::string> paths, const ChangeOptions& options,
                                                  const WantsFile& wants = {});

/// Makes a script history whose version is not after `applied_until`. Scripts without a version are none.
void mark_applied(Script& script, const std::string& applied_until);

}  // namespace pglatch
