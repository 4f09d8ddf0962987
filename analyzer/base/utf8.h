// UTF-8, byte by byte: decoding that accepts anything, and making valid what is not.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace pglatch {

/// What stands for bytes that are not UTF-8.
inline constexpr char32_t kReplacementCharacter = 0xFFFD;

/// One character and the bytes that it takes. Bytes that are not UTF-8 (overlong forms, surrogates and values above
/// U+10FFFF included) come one by one, each as the replacement character.
struct Utf8Character {
  char32_t code_point = kReplacementCharacter;
  std::uint32_t size = 1;

  /// False for a byte that is not UTF-8: only then a replacement character is one byte.
  [[nodiscard]] bool valid() const noexcept { return size > 1 || code_point < 0x80; }
};

/// A byte inside of a character, not its first: 10xxxxxx.
[[nodiscard]] constexpr bool is_continuation(char byte) noexcept {
  return (static_cast<unsigned char>(byte) & 0xC0) == 0x80;
}

/// The first character of a text that is not empty.
[[nodiscard]] Utf8Character first_character(std::string_view text) noexcept;

/// Appends a character; `code_point` is a Unicode scalar value.
void append_utf8(std::string& out, char32_t code_point);

/// The size of the longest valid beginning: text.size() where all of it is UTF-8.
[[nodiscard]] std::size_t valid_utf8_prefix(std::string_view text) noexcept;

/// The text with every byte that is not UTF-8 replaced by U+FFFD.
[[nodiscard]] std::string to_valid_utf8(std::string_view text);

}  // namespace pglatch
