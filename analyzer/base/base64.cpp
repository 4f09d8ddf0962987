#include "analyzer/base/base64.h"

#include <cstddef>
#include <cstdint>

namespace pglatch {
namespace {

std::uint32_t digit(char c) noexcept { return static_cast<std::uint32_t>(c >= 'a' ? c - 'a' + 10 : c - '0'); }

}  // namespace

std::string base64_of_hex(std::string_view hex) {
  constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  // Three bytes, which are six digits, make four letters.
  for (std::size_t at = 0; at < hex.size(); at += 6) {
    std::uint32_t group = 0;
    for (std::size_t i = 0; i < 6; ++i) group = group << 4 | (at + i < hex.size() ? digit(hex[at + i]) : 0);
    const std::size_t bytes = (hex.size() - at) / 2;
    for (std::size_t i = 0; i < 4; ++i) out += i <= bytes ? kLetters[group >> (18 - 6 * i) & 63] : '=';
  }
  return out;
}

}  // namespace pglatch
