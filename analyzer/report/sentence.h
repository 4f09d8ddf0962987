// Texts of findings cut to what a format has room for.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace pglatch {

/// The first sentence of a text, and the rest without the blanks between. A full stop, question or exclamation mark
/// before a blank ends a sentence, except inside of quotes or brackets and in abbreviations ("e.g. ").
struct Sentences {
  std::string_view first;
  std::string_view rest;
};
[[nodiscard]] Sentences split_first_sentence(std::string_view text) noexcept;

/// Appends the text in lines of at most `width` cells, broken at blanks (a word that is longer stands alone). Its own
/// line breaks stay, and so do the blanks inside of a line; lines that it breaks continue at their own indentation. All
/// lines but the first begin with `hanging`, without the blanks at its end where the line is empty.
void append_wrapped(std::string& out, std::string_view text, std::size_t width, std::string_view hanging);

/// At most `bytes` bytes of valid UTF-8 text; where something is cut off, it ends with "…".
[[nodiscard]] std::string truncate(std::string_view text, std::size_t bytes);

}  // namespace pglatch
