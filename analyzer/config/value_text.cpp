#include "analyzer/config/value_text.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <optional>
#include <vector>

#include "analyzer/base/ascii.h"
#include "analyzer/base/qualified_name.h"

namespace pglatch {
namespace {

constexpr std::string_view kBlanks = " \t";
constexpr std::string_view kDefaultSchema = "public";

bool is_digit(char c) { return c >= '0' && c <= '9'; }
// "1_000" or "1.5" and its unit.
struct Quantity {
  std::uint64_t whole = 0;
  double amount = 0;
  bool has_fraction = false;
  std::string unit;  // in lower case
};

// Digits with single underscores between them.
bool take_digits(std::string_view& text, std::string& digits) {
  if (text.empty() || !is_digit(text.front())) return false;
  while (!text.empty()) {
    const bool separates = text.front() == '_' && text.size() > 1 && is_digit(text[1]);
    if (!separates && !is_digit(text.front())) break;
    if (!separates) digits += text.front();
    text.remove_prefix(1);
  }
  return true;
}

std::optional<Quantity> parse_quantity(std::string_view text) {
  constexpr std::size_t kMaxDigits = 18;  // more do not fit, and nothing is as big
  Quantity quantity;
  std::string digits;
  if (!take_digits(text, digits) || digits.size() > kMaxDigits) return std::nullopt;
  quantity.whole = std::stoull(digits);
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    digits += '.';
    quantity.has_fraction = true;
    if (!take_digits(text, digits)) return std::nullopt;
  }
  quantity.amount = std::stod(digits);
  quantity.unit = to_lower(trimmed(text, kBlanks));
  return quantity;
}

std::optional<std::uint64_t> bytes_of(const Quantity& quantity) {
  struct Unit {
    std::string_view name;
    int power;
  };
  constexpr std::array<Unit, 8> kUnits = {
      {{"b", 0}, {"byte", 0}, {"bytes", 0}, {"kb", 1}, {"mb", 2}, {"gb", 3}, {"tb", 4}, {"pb", 5}}};
  for (const Unit& unit : kUnits) {
    if (unit.name != quantity.unit) continue;
    const double bytes = std::ldexp(quantity.amount, 10 * unit.power);
    if (bytes >= static_cast<double>(std::numeric_limits<std::int64_t>::max())) return std::nullopt;
    return static_cast<std::uint64_t>(bytes);
  }
  return std::nullopt;
}

Error not_a_size(std::string_view text) {
  return {fmt::format("'{}' is not a size; write it as \"2_000_000 rows\", \"1.5 TB\" or \"2_000_000 rows, 1.5 TB\"",
                      text)};
}

}  // namespace

Result<std::uint64_t> parse_bytes(std::string_view text) {
  const auto quantity = parse_quantity(trimmed(text, kBlanks));
  const auto bytes = quantity ? bytes_of(*quantity) : std::nullopt;
  if (!bytes) return Error{fmt::format("'{}' is not a number of bytes; write it as \"300 MB\" or \"1.5 TB\"", text)};
  return *bytes;
}

Result<TableSize> parse_table_size(std::string_view text) {
  TableSize size;
  std::string_view rest = text;
  while (true) {
    const std::size_t comma = std::min(rest.find(','), rest.size());
    const auto quantity = parse_quantity(trimmed(rest.substr(0, comma), kBlanks));
    if (!quantity) return not_a_size(text);
    const bool counts_rows = quantity->unit == "row" || quantity->unit == "rows";
    const auto bytes = bytes_of(*quantity);
    if (counts_rows && !quantity->has_fraction && !size.rows) {
      size.rows = quantity->whole;
    } else if (bytes && !size.bytes) {
      size.bytes = bytes;
    } else {
      return not_a_size(text);
    }
    if (comma == rest.size()) return size;
    rest.remove_prefix(comma + 1);
  }
}

Result<std::pair<std::string, std::string>> parse_table_name(std::string_view text) {
  const auto failure = [&] {
    return Error{
        fmt::format("'{}' is not the name of a table; write it as in SQL: orders, shop.orders or "
                    "shop.\"Order Items\"",
                    text)};
  };
  auto parsed = parse_qualified_name(text);
  if (!parsed) return failure();
  if (parsed->schema.empty()) parsed->schema = kDefaultSchema;
  return std::pair(std::move(parsed->schema), std::move(parsed->name));
}

std::string toml_string(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
      out += fmt::format("\\u{:04X}", static_cast<unsigned>(c));
    } else {
      out += c;
    }
  }
  return out + '"';
}

}  // namespace pglatch
