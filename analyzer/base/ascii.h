// Letters and blanks of ASCII, whatever the locale: the ones by which PostgreSQL folds keywords and separates words.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

namespace pglatch {

inline constexpr std::string_view kSpaces = " \t\n\r\f\v";

[[nodiscard]] constexpr bool is_space(char c) noexcept { return kSpaces.find(c) != std::string_view::npos; }

[[nodiscard]] constexpr char to_lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

[[nodiscard]] inline std::string to_lower(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(), [](char c) { return to_lower(c); });
  return lower;
}

[[nodiscard]] inline bool equal_ignoring_case(std::string_view a, std::string_view b) noexcept {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) { return to_lower(x) == to_lower(y); });
}

/// The text without the blanks at its two ends.
[[nodiscard]] constexpr std::string_view trimmed(std::string_view text, std::string_view blanks = kSpaces) noexcept {
  const std::size_t start = std::min(text.find_first_not_of(blanks), text.size());
  return text.substr(start, text.find_last_not_of(blanks) + 1 - start);
}

}  // namespace pglatch
