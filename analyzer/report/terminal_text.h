// Text for a terminal: how wide it is, what may be printed, colours.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace pglatch {

/// Cells that a character takes in a terminal: 0 for combining marks, 2 for East Asian wide characters and emoji
/// (Unicode Standard Annex 11), else 1.
[[nodiscard]] std::size_t cell_width(char32_t code_point) noexcept;

/// Cells that a text takes when it is printed (append_printable).
[[nodiscard]] std::size_t cell_width(std::string_view text) noexcept;

/// How many bytes at the beginning take no more than that many cells when they are printed.
[[nodiscard]] std::size_t fitting_prefix(std::string_view text, std::size_t cells) noexcept;

/// How many bytes at the beginning are printable ASCII, each of one cell: nearly all text is that and nothing else.
[[nodiscard]] std::size_t plain_prefix(std::string_view text) noexcept;

/// The character as it may be printed: migrations and paths are other people's words, and must not move the cursor, end
/// the line or turn the direction of the text. Control characters become their pictures (␛), direction marks U+FFFD.
[[nodiscard]] char32_t printable(char32_t code_point) noexcept;

/// Appends the text on one line, every character made printable; bytes that are not UTF-8 become U+FFFD.
void append_printable(std::string& out, std::string_view text);

[[nodiscard]] std::string printable(std::string_view text);

/// Appends `text` and blanks up to `width` cells.
void append_padded(std::string& out, std::string_view text, std::size_t width);

/// The first `width` cells of a printable text; where something is cut off, the last of them is "…".
[[nodiscard]] std::string shorten(std::string_view text, std::size_t width);

/// What a piece of text is, which decides its colour.
enum class Style { plain, strong, quiet, error, warning, info };

/// Puts ANSI colours around text, or nothing.
class Painter {
 public:
  explicit Painter(bool color) noexcept : color_(color) {}

  /// What is appended between the two, which is not empty, has that style.
  void begin(std::string& out, Style style) const;
  void end(std::string& out, Style style) const;

  [[nodiscard]] std::string operator()(Style style, std::string_view text) const;

 private:
  bool color_;
};

}  // namespace pglatch
