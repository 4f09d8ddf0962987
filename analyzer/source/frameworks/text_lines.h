// Lines of a file, for the frameworks that tell up from down by them.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "analyzer/base/byte_range.h"

namespace pglatch {

/// One line, without its ending.
struct TextLine {
  ByteRange range;
  std::uint32_t number = 1;  ///< from 1 on
  std::string_view text;

  /// Where the next line begins, or the text ends.
  std::uint32_t next = 0;
};

/// Reads lines one by one; an ending is \n or \r\n.
class LineReader {
 public:
  explicit LineReader(std::string_view text) noexcept : text_(text) {}

  /// The next line; nothing at the end of the text.
  [[nodiscard]] std::optional<TextLine> next() noexcept;

 private:
  std::string_view text_;
  std::uint32_t at_ = 0;
  std::uint32_t number_ = 0;
};

/// What follows the dashes of a comment line, without blanks around; nothing where the line is no comment. Blanks may
/// stand before the dashes.
[[nodiscard]] std::optional<std::string_view> comment_of(std::string_view line) noexcept;

/// Cuts the first word, up to a blank, off a text without leading blanks, and the blanks after it.
std::string_view take_word(std::string_view& text) noexcept;

/// The word is one of the words of a list like that.
[[nodiscard]] bool has_word(std::string_view list, std::string_view word) noexcept;

}  // namespace pglatch
