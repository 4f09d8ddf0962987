#include "analyzer/report/line_hash.h"

#include <fmt/format.h>

#include <array>
#include <cassert>
#include <unordered_map>

#include "analyzer/base/utf8.h"

namespace pglatch {
namespace {

constexpr std::size_t kWindow = 100;
constexpr std::uint64_t kMultiplier = 37;
constexpr std::uint16_t kByteOrderMark = 0xFEFF;
constexpr std::uint16_t kEndOfFile = 0xFFFF;

constexpr std::uint64_t power(std::uint64_t base, std::size_t exponent) {
  std::uint64_t result = 1;
  while (exponent-- > 0) result *= base;
  return result;
}

// A polynomial hash over the last kWindow units; all arithmetic is modulo 2^64.
class RollingHash {
 public:
  // Takes a unit. If a line began kWindow units ago, its hash is the value before.
  template <class LineDone>
  void take(std::uint16_t unit, bool begins_line, const LineDone& line_done) {
    if (begins_line_[at_]) line_done(value_);
    value_ = kMultiplier * value_ + unit - power(kMultiplier, kWindow) * units_[at_];
    units_[at_] = unit;
    begins_line_[at_] = begins_line;
    at_ = (at_ + 1) % kWindow;
  }

 private:
  std::array<std::uint16_t, kWindow> units_{};
  std::array<bool, kWindow> begins_line_{};
  std::size_t at_ = 0;
  std::uint64_t value_ = 0;
};

}  // namespace

LineHashes::LineHashes(std::string_view text, bool has_bom) {
  RollingHash hash;
  std::unordered_map<std::uint64_t, std::uint32_t> occurrences;
  const auto line_done = [&](std::uint64_t value) { lines_.push_back({value, ++occurrences[value]}); };

  bool line_start = true;
  bool after_cr = false;
  const auto take = [&](std::uint16_t unit) {
    const bool second_half_of_crlf = after_cr && unit == '\n';
    after_cr = unit == '\r';
    if (unit == ' ' || unit == '\t' || second_half_of_crlf) return;
    if (unit == '\r') unit = '\n';
    hash.take(unit, line_start, line_done);
    line_start = unit == '\n';
  };

  if (has_bom) take(kByteOrderMark);
  while (!text.empty()) {
    const Utf8Character character = first_character(text);
    if (character.code_point < 0x10000) {
      take(static_cast<std::uint16_t>(character.code_point));
    } else {
      const char32_t rest = character.code_point - 0x10000;
      take(static_cast<std::uint16_t>(0xD800 + (rest >> 10)));
      take(static_cast<std::uint16_t>(0xDC00 + (rest & 0x3FF)));
    }
    text.remove_prefix(character.size);
  }
  take(kEndOfFile);
  for (std::size_t padding = 0; padding < kWindow; ++padding) hash.take(0, false, line_done);
}

std::string LineHashes::of_line(std::uint32_t line) const {
  assert(line >= 1 && line <= lines_.size());
  const Line& found = lines_[line - 1];
  return fmt::format("{:x}:{}", found.hash, found.occurrence);
}

}  // namespace pglatch
