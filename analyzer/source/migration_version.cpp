#include "analyzer/source/migration_version.h"

namespace pglatch {
namespace {

bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }
bool is_letter(char c) noexcept { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

std::size_t skip_digits(std::string_view text, std::size_t at) noexcept {
  while (at < text.size() && is_digit(text[at])) ++at;
  return at;
}

// The number that a name begins with. Flyway puts a V before it and underscores into it; to others an underscore is
// where the description begins.
std::string_view version_of_name(std::string_view name) noexcept {
  const bool is_flyway =
      name.size() > 1 && (name[0] == 'V' || name[0] == 'v' || name[0] == 'U' || name[0] == 'B') && is_digit(name[1]);
  if (is_flyway) name.remove_prefix(1);
  std::size_t end = skip_digits(name, 0);
  if (end == 0) return {};
  while (end + 1 < name.size() && (name[end] == '.' || name[end] == '-' || (is_flyway && name[end] == '_'))) {
    const std::size_t next = skip_digits(name, end + 1);
    // What begins with a digit can be a word: 001-2fa.sql.
    if (next == end + 1 || (next < name.size() && is_letter(name[next]))) break;
    end = next;
  }
  return name.substr(0, end);
}

// The next number without leading zeros; moves `at` behind it. Empty: zero, or nothing left.
std::string_view take_number(std::string_view text, std::size_t& at) noexcept {
  while (at < text.size() && !is_digit(text[at])) ++at;
  while (at < text.size() && text[at] == '0') ++at;
  const std::size_t start = at;
  at = skip_digits(text, at);
  return text.substr(start, at - start);
}

}  // namespace

std::string_view migration_version(std::string_view path) noexcept {
  while (!path.empty()) {
    const std::size_t slash = path.rfind('/');
    const std::string_view name = slash == std::string_view::npos ? path : path.substr(slash + 1);
    const std::string_view version = version_of_name(name);
    if (!version.empty()) return version;
    path = slash == std::string_view::npos ? std::string_view() : path.substr(0, slash);
  }
  return {};
}

bool is_version(std::string_view text) noexcept { return text.find_first_of("0123456789") != std::string_view::npos; }

int compare_versions(std::string_view a, std::string_view b) noexcept {
  std::size_t i = 0;
  std::size_t j = 0;
  while (i < a.size() || j < b.size()) {
    const std::string_view left = take_number(a, i);
    const std::string_view right = take_number(b, j);
    if (left.size() != right.size()) return left.size() < right.size() ? -1 : 1;
    const int order = left.compare(right);
    if (order != 0) return order;
  }
  return 0;
}

}  // namespace pglatch
