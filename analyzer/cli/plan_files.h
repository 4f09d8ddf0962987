// `pglatch plan --format files`: the plan as migrations in the project that the input is from.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "analyzer/cli/command.h"
#include "analyzer/cli/input.h"
#include "analyzer/plan/plan.h"

namespace pglatch {

/// What the command line says of the files.
struct FilesOptions {
  std::string directory;              ///< --out; empty: none
  bool replace = false;               ///< --replace
  std::vector<std::string> accepted;  ///< --accept
};

/// Writes the files, or none, and lists them. False after telling the user what is wrong.
[[nodiscard]] bool write_plan_files(const Plan& plan, const Input& input, const FilesOptions& options,
                                    Streams& streams);

}  // namespace pglatch
