#include "analyzer/source/frameworks/liquibase_changeset.h"

#include <fmt/format.h>

#include <algorithm>

#include "analyzer/base/ascii.h"
#include "analyzer/source/frameworks/text_lines.h"

namespace pglatch {
namespace {

// What ends statements beside the semicolon if nobody says otherwise (StringUtil.processMultiLineSQL()).
constexpr std::string_view kUsualDelimiter = "/";

std::string_view unquoted(std::string_view value) {
  if (value.size() < 2 || value.front() != value.back()) return value;
  return value.front() == '"' || value.front() == '\'' ? value.substr(1, value.size() - 2) : value;
}

// The words of a regular expression without what stands for blanks and line ends: `\n/\s*$` is "/".
std::string literal_of(std::string_view expression) {
  std::string literal;
  for (std::size_t at = 0; at < expression.size(); ++at) {
    const char c = expression[at];
    if (c == '\\' && at + 1 < expression.size()) {
      const char escaped = expression[++at];
      if (std::string_view("nrst").find(escaped) == std::string_view::npos) literal += escaped;
    } else if (c == '|' && !literal.empty()) {
      break;  // the first of several
    } else if (std::string_view("^$*?+|").find(c) == std::string_view::npos) {
      literal += c;
    }
  }
  return std::string(trimmed(literal));
}

// "postgresql, h2", "!oracle".
bool names_postgresql(std::string_view list) {
  bool names_others = false;
  while (!list.empty()) {
    const std::size_t comma = list.find(',');
    std::string_view name = trimmed(list.substr(0, comma));
    list.remove_prefix(comma == std::string_view::npos ? list.size() : comma + 1);
    const bool is_not = name.starts_with('!');
    if (is_not) name.remove_prefix(1);
    if (equal_ignoring_case(name, "postgresql")) return !is_not;
    if (equal_ignoring_case(name, "all")) return true;
    names_others = names_others || (!is_not && !name.empty());
  }
  return !names_others;
}

}  // namespace

Changeset begin_changeset(std::string_view attributes, std::uint32_t line) {
  Changeset changeset;
  Section& up = changeset.up;
  up.mode = ExecutionMode::transaction;
  up.note = fmt::format("changeset {} in line {}", take_word(attributes), line);
  up.delimiter = std::string(kUsualDelimiter);
  bool in_transaction = true;
  bool is_split = true;
  while (!attributes.empty()) {
    const std::string_view attribute = take_word(attributes);
    const std::size_t colon = std::min(attribute.find(':'), attribute.size());
    const std::string name = to_lower(attribute.substr(0, colon));
    const std::string_view value = unquoted(attribute.substr(std::min(colon + 1, attribute.size())));
    if (name == "runintransaction") in_transaction = !equal_ignoring_case(value, "false");
    if (name == "splitstatements") is_split = !equal_ignoring_case(value, "false");
    if (name == "enddelimiter") up.delimiter = literal_of(value);
    if (name == "dbms") changeset.is_for_postgresql = names_postgresql(value);
    if (name == "runwith") up.is_psql = equal_ignoring_case(value, "psql");
  }
  if (!is_split) up.delimiter.clear();
  if (!in_transaction) {
    up.mode = is_split ? ExecutionMode::autocommit : ExecutionMode::single_message;
    up.note += ", runInTransaction:false";
  }
  if (up.is_psql) {
    up.mode = ExecutionMode::autocommit;
    up.note += ", runWith:psql";
  }
  changeset.down = up;
  changeset.down.direction = Direction::down;
  return changeset;
}

}  // namespace pglatch
