// From the options of a command to scripts in memory.
#pragma once

#include <vector>

#include "analyzer/base/result.h"
#include "analyzer/cli/options.h"
#include "analyzer/engine/walker.h"
#include "analyzer/source/script.h"

namespace pglatch {

/// What could be read, in order, and what could not.
struct Input {
  std::vector<Script> scripts;
  std::vector<Script> schema;  ///< of --schema
  std::vector<Error> errors;
};

/// Reads all files that the options name. Fails only for options that make no sense (an unknown
/// framework …); a file that cannot be read becomes one of `errors` and the others go on.
[[nodiscard]] Result<Input> read_input(const AnalysisOptions& options);

/// A walker for the options, with the schema replayed.
[[nodiscard]] WalkOptions walk_options(const AnalysisOptions& options);

}  // namespace pglatch
