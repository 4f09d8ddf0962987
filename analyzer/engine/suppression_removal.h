// Taking suppressions out of a text again: the whole comment where nothing else is in it, else the name only.
#pragma once

#include <string_view>
#include <vector>

#include "analyzer/engine/suppressions.h"
#include "analyzer/rule_api/finding.h"

namespace pglatch {

/// The edits that remove, from the comment, all of its names that `is_removed` (by index into the list) says, and with
/// them what ends their ranges. In order, not overlapping.
[[nodiscard]] std::vector<Edit> removal_of(std::string_view text, const Suppressions& suppressions, std::size_t comment,
                                           const std::vector<bool>& is_removed);

/// The edits that remove, from a comment that ends ranges, what ends none.
[[nodiscard]] std::vector<Edit> removal_of_end(std::string_view text, const Suppressions& suppressions,
                                               std::size_t comment);

}  // namespace pglatch
