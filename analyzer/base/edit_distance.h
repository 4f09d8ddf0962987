// How far two words are apart, for "did you mean".
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace pglatch {

/// Number of single-byte insertions, deletions and replacements that turn one word into the other.
[[nodiscard]] std::size_t edit_distance(std::string_view a, std::string_view b);

/// The candidate that somebody who wrote `word` can have meant: the only one that begins with it, else the
/// nearest of those that differ in no more than half of the longer word (the first of several). Empty where there is
/// none.
[[nodiscard]] std::string_view nearest_word(std::string_view word, std::span<const std::string_view> candidates);

}  // namespace pglatch
