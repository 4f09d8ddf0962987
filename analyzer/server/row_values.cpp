#include "analyzer/server/row_values.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace pglatch {
namespace {

constexpr int kHeader = 4;  // VARHDRSZ: what a type modifier of a length counts in

struct Pattern {
  std::string_view type;
  std::string_view expression;  // {0}: the number of the row
};

constexpr std::array<Pattern, 34> kPatterns{{
    {"integer", "{0}"},
    {"bigint", "{0}"},
    {"smallint", "{0} % 32767"},
    {"real", "{0}"},
    {"double precision", "{0}"},
    {"oid", "{0}"},
    {"money", "({0} % 1000000)::int"},
    {"boolean", "{0} % 2 = 0"},
    {"text", "'value' || {0}"},
    {"name", "'value' || {0}"},
    {"citext", "'value' || {0}"},
    {"text", "'user' || {0} || '@example.com'"},
    {"citext", "'user' || {0} || '@example.com'"},
    {"date", "date '2020-01-01' + ({0} % 3650)::int"},
    {"timestamp without time zone", "timestamp '2020-01-01' + {0} * interval '1 second'"},
    {"timestamp with time zone", "timestamptz '2020-01-01 00:00:00+00' + {0} * interval '1 second'"},
    {"time without time zone", "time '00:00' + ({0} % 86400) * interval '1 second'"},
    {"time with time zone", "timetz '00:00+00' + ({0} % 86400) * interval '1 second'"},
    {"interval", "{0} * interval '1 second'"},
    {"uuid", "md5(({0})::text)::uuid"},
    {"json", "json_build_object('n', {0})"},
    {"jsonb", "jsonb_build_object('n', {0})"},
    {"bytea", "decode(md5(({0})::text), 'hex')"},
    {"inet", "inet '10.0.0.0' + {0} % 16000000"},
    {"cidr", "cidr(inet '10.0.0.0' + {0} % 16000000)"},
    {"tsvector", "to_tsvector('simple', 'value' || {0})"},
    {"point", "point({0}, {0})"},
    {"xml", "xmlelement(name n, {0})"},
    {"int4range", "int4range(({0})::int, ({0} + 1)::int)"},
    {"int8range", "int8range({0}, {0} + 1)"},
    {"numrange", "numrange({0}, {0} + 1)"},
    {"daterange", "daterange(date '2020-01-01' + ({0})::int, date '2020-01-02' + ({0})::int)"},
    {"tstzrange",
     "tstzrange(timestamptz '2020-01-01' + {0} * interval '1 second', timestamptz '2020-01-01' + ({0} + "
     "1) * interval '1 second')"},
    {"tsrange",
     "tsrange(timestamp '2020-01-01' + {0} * interval '1 second', timestamp '2020-01-01' + ({0} + 1) * "
     "interval '1 second')"},
}};

std::string power_of_ten(int exponent) { return "1" + std::string(static_cast<std::size_t>(exponent), '0'); }

std::vector<std::string> numeric_expressions(int modifier, std::string_view n) {
  constexpr int kManyDigits = 15;
  if (modifier < 0) return {std::string(n)};
  const int precision = ((modifier - kHeader) >> 16) & 0xffff;
  const int scale = (modifier - kHeader) & 0x7ff;
  const int digits = precision - scale;
  if (digits <= 0) return {"0"};
  if (digits > kManyDigits) return {std::string(n)};
  return {fmt::format("{} % {}", n, power_of_ten(digits))};
}

std::vector<std::string> text_of_length(int length, std::string_view n) {
  // The digits that change come last, and "user…@example.com" is for whoever checks that.
  std::vector<std::string> all{fmt::format("right(repeat('0', {0}) || {1}, {0})", length, n)};
  constexpr int kRoomForMail = 24;
  if (length >= kRoomForMail) all.push_back(fmt::format("'user' || {} || '@example.com'", n));
  return all;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_word(char c) { return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '"'; }

// The end of the string constant that begins at `at`; the text's end where it does not end.
std::size_t end_of_string(std::string_view text, std::size_t at) {
  for (++at; at < text.size(); ++at) {
    if (text[at] != '\'') continue;
    if (text.substr(at + 1, 1) != "'") return at + 1;
    ++at;
  }
  return at;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

// The items of "(a, 'b, c', f(1, 2))…", which `text` begins with; what follows is left in `text`.
std::optional<std::vector<std::string>> take_list(std::string_view& text) {
  if (!text.starts_with('(')) return std::nullopt;
  std::vector<std::string> items;
  int depth = 0;
  std::size_t start = 1;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (c == '\'') {
      at = end_of_string(text, at) - 1;
    } else if (c == '(') {
      ++depth;
    } else if ((c == ',' && depth == 1) || (c == ')' && --depth == 0)) {
      items.emplace_back(trimmed(text.substr(start, at - start)));
      start = at + 1;
      if (c == ')') {
        text.remove_prefix(start);
        return items;
      }
    }
  }
  return std::nullopt;
}

bool take(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

bool is_infinite(std::string_view value) { return value == "MINVALUE" || value == "MAXVALUE"; }

// A value of the range that changes with n, for the types that have steps.
std::optional<std::string> between(std::string_view low, std::string_view high, const ValueType& type,
                                   std::string_view n) {
  const bool is_open = is_infinite(high);
  const std::string_view name = type.name;
  if (name == "integer" || name == "bigint" || name == "smallint") {
    if (is_open) return fmt::format("({})::bigint + {} % 10000", low, n);
    return fmt::format("({0})::bigint + {2} % greatest(({1})::bigint - ({0})::bigint, 1)", low, high, n);
  }
  if (name == "date") {
    if (is_open) return fmt::format("({})::date + ({} % 1000)::int", low, n);
    return fmt::format("({0})::date + ({2} % greatest(({1})::date - ({0})::date, 1))::int", low, high, n);
  }
  if (name.starts_with("timestamp")) {
    if (is_open) return fmt::format("({})::{} + {} * interval '1 second'", low, name, n);
    return fmt::format("({0})::{3} + (({1})::{3} - ({0})::{3}) * (({2} % 1000) / 1000.0)", low, high, n, name);
  }
  return std::nullopt;
}

std::optional<std::string> below(std::string_view high, const ValueType& type, std::string_view n) {
  const std::string_view name = type.name;
  if (name == "integer" || name == "bigint" || name == "smallint") {
    return fmt::format("({})::bigint - 1 - {} % 1000", high, n);
  }
  if (name == "date") return fmt::format("({})::date - 1 - ({} % 1000)::int", high, n);
  if (name.starts_with("timestamp"))
    return fmt::format("({})::{} - (1 + {} % 1000) * interval '1 second'", high, name, n);
  return std::nullopt;
}

}  // namespace

std::vector<std::string> value_expressions(const ValueType& type, std::string_view n) {
  if (!type.element.empty()) {
    ValueType element;
    element.name = element.full = type.element;
    std::vector<std::string> all = value_expressions(element, n);
    for (std::string& each : all) each = fmt::format("ARRAY[({})::{}]", each, type.element);
    return all;
  }
  if (type.kind == 'e') {
    return {fmt::format("(enum_range(NULL::{0}))[1 + {1} % array_length(enum_range(NULL::{0}), 1)]", type.name, n)};
  }
  if (type.name == "numeric") return numeric_expressions(type.modifier, n);
  if (type.name == "character varying" || type.name == "character") {
    if (type.modifier >= kHeader) return text_of_length(type.modifier - kHeader, n);
    return value_expressions({"text", "text", -1, 'b', {}}, n);
  }
  std::vector<std::string> all;
  for (const Pattern& pattern : kPatterns) {
    if (pattern.type == type.name) all.push_back(fmt::format(fmt::runtime(pattern.expression), n));
  }
  return all;
}

std::vector<std::string> constants_in(std::string_view expression) {
  std::vector<std::string> constants;
  const auto add = [&](std::string constant) {
    if (std::find(constants.begin(), constants.end(), constant) == constants.end()) {
      constants.push_back(std::move(constant));
    }
  };
  for (std::size_t at = 0; at < expression.size();) {
    if (expression[at] == '\'') {
      const std::size_t end = end_of_string(expression, at);
      add(std::string(expression.substr(at, end - at)));
      at = end;
    } else if (is_digit(expression[at])) {
      std::size_t end = at;
      while (end < expression.size() && (is_digit(expression[end]) || expression[end] == '.')) ++end;
      const std::string number(expression.substr(at, end - at));
      add(number);
      add(number + " + 1");
      add(number + " - 1");
      at = end;
    } else if (is_word(expression[at])) {
      while (at < expression.size() && is_word(expression[at])) ++at;
    } else {
      ++at;
    }
  }
  return constants;
}

std::optional<BoundText> read_bound(std::string_view text) {
  BoundText bound;
  text = trimmed(text);
  if (text == "DEFAULT") {
    bound.is_default = true;
    return bound;
  }
  if (!take(text, "FOR VALUES ")) return std::nullopt;
  if (text.starts_with("WITH ")) {
    bound.is_hash = true;
    return bound;
  }
  if (take(text, "IN ")) {
    auto list = take_list(text);
    if (!list) return std::nullopt;
    bound.list = std::move(*list);
    return bound;
  }
  if (!take(text, "FROM ")) return std::nullopt;
  auto from = take_list(text);
  if (!from || !take(text, " TO ")) return std::nullopt;
  auto to = take_list(text);
  if (!to || to->size() != from->size()) return std::nullopt;
  bound.from = std::move(*from);
  bound.to = std::move(*to);
  return bound;
}

std::optional<std::string> bounded_expression(const BoundText& bound, std::size_t column, std::size_t columns,
                                              const ValueType& type, std::string_view n) {
  if (!bound.list.empty()) return bound.list.front();
  if (column >= bound.from.size()) return std::nullopt;
  const std::string& low = bound.from[column];
  const std::string& high = bound.to[column];
  if (is_infinite(low)) {
    // Of several columns the first that is bounded decides; a value below its end is inside.
    return is_infinite(high) ? std::nullopt : below(high, type, n);
  }
  if (columns == 1) {
    if (auto value = between(low, high, type, n)) return value;
  }
  return low;  // the lower end belongs to the range
}

}  // namespace pglatch
