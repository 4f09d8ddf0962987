// `pglatch lint --show-files`: how each script is read, and why so.
#pragma once

#include <string>

#include "analyzer/cli/input.h"

namespace pglatch {

/// A table of all scripts of the input, in order, one a line.
[[nodiscard]] std::string show_files(const Input& input);

}  // namespace pglatch
