// A text of pieces: what a format string without formats says, at the cost of copying them.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

namespace pglatch {

/// The pieces, one behind the other.
[[nodiscard]] inline std::string concat(std::initializer_list<std::string_view> pieces) {
  std::size_t size = 0;
  for (const std::string_view piece : pieces) size += piece.size();
  std::string text;
  text.reserve(size);
  for (const std::string_view piece : pieces) text += piece;
  return text;
}

}  // namespace pglatch
