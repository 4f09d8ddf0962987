// What the statements of an input lock and do, for `pglatch locks` and for reports that show it.
#pragma once

#include "analyzer/cli/input.h"
#include "analyzer/report/locks_formats.h"

namespace pglatch {

/// Walks the input once more, with a catalog of its own.
[[nodiscard]] LocksReport locks_of(const Input& input);

}  // namespace pglatch
