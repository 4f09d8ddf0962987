// Script::reason, which several places add to.
#pragma once

#include <string>
#include <string_view>

#include "analyzer/base/concat.h"

namespace pglatch {

/// Both in this order, "first; second"; either may be empty.
[[nodiscard]] inline std::string join_reasons(std::string_view first, std::string_view second) {
  return concat({first, first.empty() || second.empty() ? "" : "; ", second});
}

}  // namespace pglatch
