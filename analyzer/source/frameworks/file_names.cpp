#include "analyzer/source/frameworks/file_names.h"

#include <algorithm>

namespace pglatch {
namespace {

constexpr std::string_view kSql = ".sql";

bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

// Whether the text begins as the shape says, in which a 0 stands for any digit.
bool has_shape(std::string_view text, std::string_view shape) noexcept {
  if (text.size() < shape.size()) return false;
  return std::equal(shape.begin(), shape.end(), text.begin(),
                    [](char expected, char c) { return expected == '0' ? is_digit(c) : expected == c; });
}

}  // namespace

std::string_view file_name(std::string_view path) noexcept { return path.substr(path.rfind('/') + 1); }

std::string_view folder_of_file(std::string_view path) noexcept {
  const std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? std::string_view() : path.substr(0, slash);
}

std::size_t leading_digits(std::string_view text) noexcept {
  return static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), is_digit) - text.begin());
}

std::optional<std::string_view> numbered_description(std::string_view name) noexcept {
  const std::size_t digits = leading_digits(name);
  if (digits == 0 || !name.ends_with(kSql) || name.size() < digits + 1 + kSql.size() || name[digits] != '_') {
    return std::nullopt;
  }
  return name.substr(digits + 1, name.size() - digits - 1 - kSql.size());
}

std::optional<Direction> numbered_direction(std::string_view name) noexcept {
  const auto description = numbered_description(name);
  if (!description) return std::nullopt;
  if (description->ends_with(".up")) return Direction::up;
  if (description->ends_with(".down")) return Direction::down;
  return std::nullopt;
}

std::optional<Direction> bare_direction(std::string_view name) noexcept {
  if (name == "up.sql") return Direction::up;
  if (name == "down.sql") return Direction::down;
  return std::nullopt;
}

bool is_dated_folder(std::string_view name) noexcept {
  return has_shape(name, "0000-00-00-000000_") || has_shape(name, "0000-00-00-000000-0000_") ||
         has_shape(name, "00000000000000_");
}

}  // namespace pglatch
