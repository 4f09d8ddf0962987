#include "analyzer/report/terminal_text.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <iterator>

#include "analyzer/base/utf8.h"

namespace pglatch {
namespace {

struct Range {
  char32_t first;
  char32_t last;
};

// The scripts that SQL is written in and commented with; sorted.
constexpr Range kZeroWidth[] = {
    {0x0300, 0x036F}, {0x0483, 0x0489},   {0x0591, 0x05BD},   {0x0610, 0x061A}, {0x064B, 0x065F}, {0x093C, 0x093C},
    {0x0941, 0x0948}, {0x094D, 0x094D},   {0x0E31, 0x0E31},   {0x0E34, 0x0E3A}, {0x0E47, 0x0E4E}, {0x1AB0, 0x1AFF},
    {0x1DC0, 0x1DFF}, {0x200B, 0x200F},   {0x2060, 0x2064},   {0x20D0, 0x20F0}, {0xFE00, 0xFE0F}, {0xFE20, 0xFE2F},
    {0xFEFF, 0xFEFF}, {0x1F3FB, 0x1F3FF}, {0xE0100, 0xE01EF},
};

constexpr Range kWide[] = {
    {0x1100, 0x115F},   {0x231A, 0x231B},   {0x23E9, 0x23EC},   {0x2614, 0x2615},   {0x2648, 0x2653},
    {0x267F, 0x267F},   {0x2693, 0x2693},   {0x26A1, 0x26A1},   {0x26D4, 0x26D4},   {0x2705, 0x2705},
    {0x270A, 0x270B},   {0x2728, 0x2728},   {0x274C, 0x274C},   {0x274E, 0x274E},   {0x2753, 0x2755},
    {0x2757, 0x2757},   {0x2795, 0x2797},   {0x2B1B, 0x2B1C},   {0x2B50, 0x2B50},   {0x2B55, 0x2B55},
    {0x2E80, 0x303E},   {0x3041, 0xA4CF},   {0xA960, 0xA97F},   {0xAC00, 0xD7A3},   {0xF900, 0xFAFF},
    {0xFE30, 0xFE6F},   {0xFF00, 0xFF60},   {0xFFE0, 0xFFE6},   {0x1F18E, 0x1F18E}, {0x1F191, 0x1F19A},
    {0x1F300, 0x1F64F}, {0x1F680, 0x1F6FF}, {0x1F7E0, 0x1F7EB}, {0x1F900, 0x1F9FF}, {0x1FA70, 0x1FAFF},
    {0x20000, 0x3FFFD},
};

template <std::size_t Size>
bool contains(const Range (&ranges)[Size], char32_t code_point) noexcept {
  const Range* found = std::lower_bound(std::begin(ranges), std::end(ranges), code_point,
                                        [](const Range& range, char32_t value) { return range.last < value; });
  return found != std::end(ranges) && found->first <= code_point;
}

// Embeddings, overrides and isolates, and the marks: they can make a line read otherwise than it runs.
constexpr bool turns_direction(char32_t code_point) noexcept {
  return (code_point >= 0x202A && code_point <= 0x202E) || (code_point >= 0x2066 && code_point <= 0x2069) ||
         code_point == 0x200E || code_point == 0x200F || code_point == 0x061C;
}

constexpr bool is_plain(char c) noexcept { return c >= 0x20 && c < 0x7F; }

// Whether all of eight bytes are: none has its high bit, nor gets it by taking 0x20 away or adding 1.
bool are_eight_plain(const char* bytes) noexcept {
  constexpr std::uint64_t kOnes = 0x0101010101010101;
  std::uint64_t eight = 0;
  std::memcpy(&eight, bytes, sizeof(eight));
  return ((eight | (eight - 0x20 * kOnes) | (eight + kOnes)) & (0x80 * kOnes)) == 0;
}

std::string_view escape_of(Style style) noexcept {
  switch (style) {
    case Style::plain:
      return {};
    case Style::strong:
      return "\x1b[1m";
    case Style::quiet:
      return "\x1b[2m";
    case Style::error:
      return "\x1b[1;31m";
    case Style::warning:
      return "\x1b[1;33m";
    case Style::info:
      return "\x1b[1;36m";
  }
  return {};
}

}  // namespace

std::size_t cell_width(char32_t code_point) noexcept {
  if (code_point < kZeroWidth[0].first) return 1;
  if (contains(kZeroWidth, code_point)) return 0;
  return contains(kWide, code_point) ? 2 : 1;
}

std::size_t cell_width(std::string_view text) noexcept {
  std::size_t width = 0;
  while (!text.empty()) {
    const std::size_t plain = plain_prefix(text);
    width += plain;
    text.remove_prefix(plain);
    if (text.empty()) break;
    const Utf8Character character = first_character(text);
    width += cell_width(printable(character.code_point));
    text.remove_prefix(character.size);
  }
  return width;
}

std::size_t fitting_prefix(std::string_view text, std::size_t cells) noexcept {
  std::size_t at = 0;
  while (true) {
    const std::size_t plain = plain_prefix(text.substr(at, cells));
    at += plain;
    cells -= plain;
    if (at == text.size()) return at;
    const Utf8Character character = first_character(text.substr(at));
    const std::size_t width = cell_width(printable(character.code_point));
    if (width > cells) return at;
    at += character.size;
    cells -= width;
  }
}

std::size_t plain_prefix(std::string_view text) noexcept {
  std::size_t at = 0;
  while (text.size() - at >= 8 && are_eight_plain(text.data() + at)) at += 8;
  while (at < text.size() && is_plain(text[at])) ++at;
  return at;
}

char32_t printable(char32_t code_point) noexcept {
  constexpr char32_t kControlPictures = 0x2400;
  constexpr char32_t kDeletePicture = 0x2421;
  if (code_point < 0x20) return kControlPictures + code_point;
  if (code_point == 0x7F) return kDeletePicture;
  const bool c1_control = code_point >= 0x80 && code_point <= 0x9F;
  const bool separator = code_point == 0x2028 || code_point == 0x2029;
  if (c1_control || separator || turns_direction(code_point)) return kReplacementCharacter;
  return code_point;
}

void append_printable(std::string& out, std::string_view text) {
  while (!text.empty()) {
    const std::size_t plain = plain_prefix(text);
    out += text.substr(0, plain);
    text.remove_prefix(plain);
    if (text.empty()) break;
    const Utf8Character character = first_character(text);
    append_utf8(out, printable(character.code_point));
    text.remove_prefix(character.size);
  }
}

std::string printable(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  append_printable(out, text);
  return out;
}

void append_padded(std::string& out, std::string_view text, std::size_t width) {
  out += text;
  const std::size_t taken = cell_width(text);
  if (taken < width) out.append(width - taken, ' ');
}

std::string shorten(std::string_view text, std::size_t width) {
  if (fitting_prefix(text, width) == text.size()) return std::string(text);
  std::string out(text.substr(0, fitting_prefix(text, std::max(width, std::size_t{1}) - 1)));
  return out += "…";
}

void Painter::begin(std::string& out, Style style) const {
  if (color_) out += escape_of(style);
}

void Painter::end(std::string& out, Style style) const {
  if (color_ && style != Style::plain) out += "\x1b[0m";
}

std::string Painter::operator()(Style style, std::string_view text) const {
  std::string out;
  if (text.empty()) return out;
  begin(out, style);
  out += text;
  end(out, style);
  return out;
}

}  // namespace pglatch
