#include "analyzer/source/frameworks/text_lines.h"

#include <algorithm>

#include "analyzer/base/ascii.h"

namespace pglatch {

std::optional<TextLine> LineReader::next() noexcept {
  if (at_ >= text_.size()) return std::nullopt;
  TextLine line;
  const std::size_t newline = text_.find('\n', at_);
  std::size_t end = std::min(newline, text_.size());
  line.next = static_cast<std::uint32_t>(newline == std::string_view::npos ? end : end + 1);
  if (end > at_ && text_[end - 1] == '\r') --end;
  line.range = {at_, static_cast<std::uint32_t>(end)};
  line.text = line.range.of(text_);
  line.number = ++number_;
  at_ = line.next;
  return line;
}

std::optional<std::string_view> comment_of(std::string_view line) noexcept {
  line = trimmed(line);
  if (!line.starts_with("--")) return std::nullopt;
  return trimmed(line.substr(2));
}

std::string_view take_word(std::string_view& text) noexcept {
  const std::size_t end = std::min(text.find_first_of(kSpaces), text.size());
  const std::string_view word = text.substr(0, end);
  text = trimmed(text.substr(end));
  return word;
}

bool has_word(std::string_view list, std::string_view word) noexcept {
  while (!list.empty()) {
    if (take_word(list) == word) return true;
  }
  return false;
}

}  // namespace pglatch
