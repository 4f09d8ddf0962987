// The statements of a script that matter when it is run again after half of it was done.
#pragma once

#include <span>

#include "analyzer/parse/parser.h"

namespace pglatch {

/// The statement changes schema or data. SET, transaction control, queries and maintenance do not: doing them twice
/// is as good as doing them once.
[[nodiscard]] bool leaves_something_behind(const Statement& statement) noexcept;

/// One of them does.
[[nodiscard]] bool leave_something_behind(std::span<const Statement> statements) noexcept;

}  // namespace pglatch
