// Edits of a file as a unified diff, as `patch` and `git apply` read it.
#pragma once

#include <string>
#include <vector>

#include "analyzer/rule_api/finding.h"
#include "analyzer/source/source_file.h"

namespace pglatch {

/// The diff between the file and what the edits (in order, not overlapping) make of it, with three
/// lines of context.
[[nodiscard]] std::string unified_diff(const SourceFile& file, const std::vector<Edit>& edits);

}  // namespace pglatch
