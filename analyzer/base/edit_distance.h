// How far two words are apart, for "did you mean".
#pragma once

#include <cstddef>
#include <string_view>

namespace pglatch {

/// Number of single-byte insertions, deletions and replacements that turn one word into the other.
[[nodiscard]] std::size_t edit_distance(std::string_view a, std::string_view b);

}  // namespace pglatch
