// The only converter between byte offsets and lines and columns. Each output format counts columns
// in another unit (SARIF and LSP UTF-16, reviewdog bytes, people characters): all of them ask here.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "analyzer/base/byte_range.h"

namespace pglatch {

/// What one column is.
enum class ColumnUnit : std::uint8_t { bytes, code_points, utf16 };

/// 1-based line and 1-based column.
struct Position {
  std::uint32_t line = 1;
  std::uint32_t column = 1;

  friend bool operator==(const Position&, const Position&) = default;
};

/// Line starts of a text. Lines end at LF, CRLF or a lone CR, as PostgreSQL's scanner sees them.
/// Holds a view: the text must outlive the index and be valid UTF-8 for code_points and utf16.
class LineIndex {
 public:
  LineIndex() = default;
  explicit LineIndex(std::string_view text);

  /// 1-based line and column of a byte offset; an offset past the end counts as the end.
  [[nodiscard]] Position position(std::uint32_t offset, ColumnUnit unit) const;

  /// 1-based line of a byte offset.
  [[nodiscard]] std::uint32_t line(std::uint32_t offset) const;

  /// Number of lines; an empty text has one.
  [[nodiscard]] std::uint32_t line_count() const noexcept { return static_cast<std::uint32_t>(starts_.size()); }

  /// Byte range of a 1-based line without its line ending.
  [[nodiscard]] ByteRange line_range(std::uint32_t line) const;

  /// Byte offset of a position; a column past the end of its line is that end.
  [[nodiscard]] std::uint32_t offset(Position position, ColumnUnit unit) const;

 private:
  std::string_view text_;
  std::vector<std::uint32_t> starts_{0};
};

/// Byte offset of the 1-based character `character` in `text`: the unit of PostgreSQL's parse-error
/// positions. 0 or less (no position known) gives 0, past the end gives the size.
[[nodiscard]] std::uint32_t offset_of_character(std::string_view text, int character);

/// Number of columns that `text` takes in `unit`.
[[nodiscard]] std::uint32_t width(std::string_view text, ColumnUnit unit);

}  // namespace pglatch
