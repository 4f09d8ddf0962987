// A piece of a text, by bytes. Everything inside pglatch speaks of places in byte ranges; only
// source/line_index.h turns them into lines and columns.
#pragma once

#include <cstdint>
#include <string_view>

namespace pglatch {

/// Half-open range [start, end) of 0-based byte offsets. An empty range is an insertion point.
struct ByteRange {
  std::uint32_t start = 0;
  std::uint32_t end = 0;

  [[nodiscard]] std::uint32_t size() const noexcept { return end - start; }
  [[nodiscard]] bool empty() const noexcept { return end == start; }
  [[nodiscard]] bool contains(std::uint32_t offset) const noexcept { return start <= offset && offset < end; }
  [[nodiscard]] std::string_view of(std::string_view text) const { return text.substr(start, end - start); }

  friend bool operator==(const ByteRange&, const ByteRange&) = default;
};

}  // namespace pglatch
