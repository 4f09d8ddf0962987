#include "analyzer/catalog/literal_order.h"

#include <algorithm>
#include <cctype>
#include <string>
#include <string_view>

namespace pglatch {
namespace {

enum class Family : std::uint8_t { other, integer, number, date_time, text };

Family family_of(const TypeRef& type) {
  if (!type.schema.empty() || type.array) return Family::other;
  const std::string_view name = type.name;
  if (name == "int2" || name == "int4" || name == "int8") return Family::integer;
  if (name == "numeric" || name == "float4" || name == "float8") return Family::number;
  if (name == "date" || name == "timestamp" || name == "timestamptz") return Family::date_time;
  if (name == "text" || name == "varchar") return Family::text;
  return Family::other;
}

bool is_integer_type(std::string_view type) { return type == "int2" || type == "int4" || type == "int8"; }

// The comparison stays one of the column's own type (or of its family of integers), as it must for
// the prover to see the same expression on both sides.
bool fits(const Constant& constant, const TypeRef& type, Family family) {
  if (constant.null) return false;
  if (constant.type.empty()) return true;
  if (type.schema.empty() ? constant.type == type.name : constant.type == type.schema + "." + type.name) return true;
  if (family == Family::integer) return is_integer_type(constant.type);
  if (family == Family::number) {
    return is_integer_type(constant.type) || (constant.type == "numeric" && type.name != "float4");
  }
  return false;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// A decimal number taken apart: sign, digits before the point without leading zeros, digits after it
// without trailing ones.
struct Decimal {
  bool negative = false;
  std::string_view whole;
  std::string_view fraction;
};

bool parse_decimal(std::string_view text, Decimal& decimal) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  if (!text.empty() && (text.front() == '-' || text.front() == '+')) {
    decimal.negative = text.front() == '-';
    text.remove_prefix(1);
  }
  const std::size_t point = std::min(text.find('.'), text.size());
  decimal.whole = text.substr(0, point);
  decimal.fraction = point == text.size() ? std::string_view() : text.substr(point + 1);
  if (decimal.whole.empty() && decimal.fraction.empty()) return false;
  if (!std::all_of(decimal.whole.begin(), decimal.whole.end(), is_digit)) return false;
  if (!std::all_of(decimal.fraction.begin(), decimal.fraction.end(), is_digit)) return false;
  while (!decimal.whole.empty() && decimal.whole.front() == '0') decimal.whole.remove_prefix(1);
  while (!decimal.fraction.empty() && decimal.fraction.back() == '0') decimal.fraction.remove_suffix(1);
  if (decimal.whole.empty() && decimal.fraction.empty()) decimal.negative = false;
  return true;
}

LiteralOrder order_of(int comparison) {
  if (comparison == 0) return LiteralOrder::equal;
  return comparison < 0 ? LiteralOrder::less : LiteralOrder::greater;
}

LiteralOrder compare_numbers(std::string_view a_text, std::string_view b_text, const TypeRef& type, Family family) {
  Decimal a;
  Decimal b;
  if (!parse_decimal(a_text, a) || !parse_decimal(b_text, b)) return LiteralOrder::unknown;
  // The bound is rounded to the column's type, the constant of a CHECK is not.
  std::size_t scale = std::string_view::npos;
  if (family == Family::integer) scale = 0;
  if (!type.modifiers.empty())
    scale = type.modifiers.size() > 1 ? static_cast<std::size_t>(std::max(0, type.modifiers[1])) : 0;
  if (std::max(a.fraction.size(), b.fraction.size()) > scale) return LiteralOrder::unknown;
  // A double has fifteen digits that are certain, a float six.
  if (type.name == "float8" || type.name == "float4") {
    const std::size_t digits = type.name == "float8" ? 15 : 6;
    if (std::max(a.whole.size() + a.fraction.size(), b.whole.size() + b.fraction.size()) > digits) {
      return LiteralOrder::unknown;
    }
  }
  if (a.negative != b.negative) return a.negative ? LiteralOrder::less : LiteralOrder::greater;
  int comparison = 0;
  if (a.whole.size() != b.whole.size()) {
    comparison = a.whole.size() < b.whole.size() ? -1 : 1;
  } else {
    comparison = a.whole.compare(b.whole);
    if (comparison == 0) comparison = a.fraction.compare(b.fraction);
  }
  return order_of(a.negative ? -comparison : comparison);
}

// YYYY-MM-DD, then anything: true where the text begins so.
bool is_iso_date(std::string_view text) {
  constexpr std::string_view kPattern = "dddd-dd-dd";
  if (text.size() < kPattern.size()) return false;
  for (std::size_t i = 0; i < kPattern.size(); ++i) {
    if (kPattern[i] == 'd' ? !is_digit(text[i]) : text[i] != kPattern[i]) return false;
  }
  return true;
}

// Both are of the same format, and the time zones at their ends, if any, are the same.
LiteralOrder compare_date_times(std::string_view a, std::string_view b, const TypeRef& type) {
  if (!is_iso_date(a) || !is_iso_date(b) || a.size() != b.size()) return LiteralOrder::unknown;
  constexpr std::size_t kDateSize = 10;
  constexpr std::size_t kTimeSize = 19;
  for (std::size_t i = kDateSize; i < a.size(); ++i) {
    if (is_digit(a[i]) != is_digit(b[i])) return LiteralOrder::unknown;
    if (!is_digit(a[i]) && a[i] != b[i]) return LiteralOrder::unknown;
  }
  if (type.name == "date" && a.size() != kDateSize) return LiteralOrder::unknown;
  if (!type.modifiers.empty() && a.find('.') != std::string_view::npos) return LiteralOrder::unknown;
  const std::size_t zone = a.find_first_of("+-Zz", std::min(kDateSize, a.size()));
  if (zone != std::string_view::npos && a.substr(zone) != b.substr(zone)) return LiteralOrder::unknown;
  // A word ("BC", a zone's name) is in both or in neither, but only digits and separators are read.
  const std::string_view rest = a.substr(std::min(kTimeSize, a.size()));
  const auto is_word = [](char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0 && c != 'Z' && c != 'z'; };
  if (std::any_of(rest.begin(), rest.end(), is_word)) return LiteralOrder::unknown;
  return order_of(a.compare(b));
}

}  // namespace

LiteralOrder compare_literals(const Constant& a, const Constant& b, const TypeRef& type) {
  const Family family = family_of(type);
  if (!fits(a, type, family) || !fits(b, type, family)) return LiteralOrder::unknown;
  if (family == Family::integer || family == Family::number) return compare_numbers(a.text, b.text, type, family);
  if (a.text == b.text) return LiteralOrder::equal;
  if (family == Family::date_time) return compare_date_times(a.text, b.text, type);
  return family == Family::text ? LiteralOrder::different : LiteralOrder::unknown;
}

}  // namespace pglatch
