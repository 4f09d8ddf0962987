#include "analyzer/source/line_index.h"

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <cstring>

#include "analyzer/base/utf8.h"

namespace pglatch {
namespace {

// Above U+FFFF: four bytes in UTF-8, two units in UTF-16.
bool is_supplementary_lead(char byte) noexcept { return static_cast<unsigned char>(byte) >= 0xF0; }

// How many of eight bytes begin a character: all but 10xxxxxx. The product sums up the bytes in its highest one.
std::uint32_t characters_in_eight(const char* bytes) noexcept {
  constexpr std::uint64_t kOnes = 0x0101010101010101;
  std::uint64_t eight = 0;
  std::memcpy(&eight, bytes, sizeof(eight));
  const std::uint64_t continuations = (eight >> 7) & ~(eight >> 6) & kOnes;
  return 8 - static_cast<std::uint32_t>((continuations * kOnes) >> 56);
}

std::uint32_t count_characters(std::string_view text) noexcept {
  std::uint32_t count = 0;
  std::size_t at = 0;
  for (; text.size() - at >= 8; at += 8) count += characters_in_eight(text.data() + at);
  for (; at < text.size(); ++at) count += is_continuation(text[at]) ? 0U : 1U;
  return count;
}

// Columns that the character with this first byte takes.
std::uint32_t columns(char lead, ColumnUnit unit) noexcept {
  return unit == ColumnUnit::utf16 && is_supplementary_lead(lead) ? 2 : 1;
}

}  // namespace

LineIndex::LineIndex(std::string_view text) : text_(text), starts_() {
  constexpr std::size_t kUsualLine = 32;
  starts_.reserve(text.size() / kUsualLine + 2);
  starts_.push_back(0);
  // Most files have no CR at all: it is looked for once, not once a line.
  std::size_t cr = text.find('\r');
  std::size_t lf = text.find('\n');
  while (cr != std::string_view::npos || lf != std::string_view::npos) {
    std::size_t next = 0;
    if (lf < cr) {
      next = lf + 1;
    } else {
      next = cr + 1 == lf ? lf + 1 : cr + 1;
      cr = text.find('\r', next);
    }
    if (lf < next) lf = text.find('\n', next);
    starts_.push_back(static_cast<std::uint32_t>(next));
  }
}

std::uint32_t LineIndex::line(std::uint32_t offset) const {
  const auto after = std::upper_bound(starts_.begin(), starts_.end(), offset);
  return static_cast<std::uint32_t>(after - starts_.begin());
}

Position LineIndex::position(std::uint32_t offset, ColumnUnit unit) const {
  offset = std::min(offset, static_cast<std::uint32_t>(text_.size()));
  const std::uint32_t line = this->line(offset);
  const std::uint32_t start = starts_[line - 1];
  if (unit != ColumnUnit::bytes) {
    // Inside of a character is at that character.
    while (offset > start && offset < text_.size() && is_continuation(text_[offset])) --offset;
  }
  return {line, width(text_.substr(start, offset - start), unit) + 1};
}

ByteRange LineIndex::line_range(std::uint32_t line) const {
  assert(line >= 1 && line <= line_count());
  const std::uint32_t start = starts_[line - 1];
  if (line == line_count()) return {start, static_cast<std::uint32_t>(text_.size())};
  std::uint32_t end = starts_[line] - 1;
  if (end > start && text_[end] == '\n' && text_[end - 1] == '\r') --end;
  return {start, end};
}

std::uint32_t LineIndex::offset(Position position, ColumnUnit unit) const {
  const ByteRange range = line_range(position.line);
  if (unit == ColumnUnit::bytes) return range.start + std::min(position.column - 1, range.size());
  std::uint32_t at = range.start;
  for (std::uint32_t column = 1; at < range.end; ++at) {
    if (is_continuation(text_[at])) continue;
    const std::uint32_t next = column + columns(text_[at], unit);
    if (next > position.column) break;
    column = next;
  }
  return at;
}

std::uint32_t offset_of_character(std::string_view text, int character) {
  if (character <= 0) return 0;
  // Characters that end before the one looked for.
  auto before = static_cast<std::uint32_t>(character) - 1;
  std::size_t at = 0;
  while (text.size() - at >= 8) {
    const std::uint32_t count = characters_in_eight(text.data() + at);
    if (count > before) break;
    before -= count;
    at += 8;
  }
  for (; at < text.size(); ++at) {
    if (is_continuation(text[at])) continue;
    if (before == 0) break;
    --before;
  }
  return static_cast<std::uint32_t>(at);
}

std::uint32_t width(std::string_view text, ColumnUnit unit) {
  switch (unit) {
    case ColumnUnit::bytes:
      return static_cast<std::uint32_t>(text.size());
    case ColumnUnit::code_points:
      return count_characters(text);
    case ColumnUnit::utf16:
      return count_characters(text) +
             static_cast<std::uint32_t>(std::count_if(text.begin(), text.end(), is_supplementary_lead));
  }
  return 0;
}

}  // namespace pglatch
