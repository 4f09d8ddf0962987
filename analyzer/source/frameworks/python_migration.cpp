#include <algorithm>
#include <iterator>
#include <set>
#include <string_view>

#include "analyzer/source/frameworks/code_migration.h"

namespace pglatch {
namespace {

// RunPython(code, reverse_code) names functions; Alembic has downgrade(), and others are named as what they do.
std::set<std::string_view> reverse_functions(const Code& code) {
  std::set<std::string_view> found;
  for (std::size_t i = 0; i < code.size(); ++i) {
    if (code.has(i, {"reverse_code", "="})) found.insert(code.at(i + 2).range.of(code.text()));
    if (code.has(i, {"RunPython", "("}) && code.is(i + 3, ',')) found.insert(code.at(i + 4).range.of(code.text()));
  }
  return found;
}

Direction direction_of(std::string_view function, const std::set<std::string_view>& reverse) {
  constexpr std::string_view kWaysBack[] = {"downgrade", "reverse", "backward", "rollback",
                                            "revert",    "undo",    "unapply"};
  const bool goes_back = std::any_of(std::begin(kWaysBack), std::end(kWaysBack), [&](std::string_view word) {
    return function.find(word) != std::string_view::npos;
  });
  return goes_back || reverse.count(function) > 0 ? Direction::down : Direction::up;
}

// RunSQL(sql, reverse_sql): Django's documentation, "Migration Operations".
void read_run_sql(const Code& code, std::size_t name, Direction direction, Sending sending, SentStrings& sent) {
  std::size_t position = 0;
  for (const CodeArgument& argument : code.arguments(name)) {
    const bool is_named = !argument.name.empty();
    const std::size_t place = position++;
    if (argument.name == "sql" || (!is_named && place == 0)) sent.add(argument.strings, direction, sending);
    if (argument.name == "reverse_sql" || (!is_named && place == 1))
      sent.add(argument.strings, Direction::down, sending);
  }
}

// Behind the lines of if dialect.name == "mysql": …, or nothing.
std::size_t behind_other_database(const Code& code, std::size_t index) {
  const CodeToken& start = code.at(index);
  if (!start.begins_line || !code.is_word(index, "if")) return index;
  std::size_t colon = index;
  while (!code.is(colon, ':') && code.at(colon).range.end < code.text().size() && colon < index + 50) ++colon;
  if (!means_another_database(code, index, colon)) return index;
  std::size_t next = colon + 1;
  while (next < code.size() && (!code.at(next).begins_line || code.at(next).indent > start.indent)) ++next;
  return next;
}

}  // namespace

void read_python(const Code& code, Sending usual, SentStrings& sent) {
  const std::set<std::string_view> reverse = reverse_functions(code);
  Direction direction = Direction::up;
  std::uint32_t function = 0;    // indentation of the line that begins it
  bool is_autocommit = false;    // within the block
  std::uint32_t autocommit = 0;  // its indentation
  BracketDepth brackets;
  for (std::size_t i = 0; i < code.size(); ++i) {
    if (brackets.is_outside()) i = behind_other_database(code, i);
    const CodeToken& token = code.at(i);
    if (token.begins_line && brackets.is_outside()) {
      if (token.indent <= autocommit) is_autocommit = false;
      if (token.indent <= function) direction = Direction::up;
    }
    brackets.feed(code, i);
    if (token.kind != CodeToken::Kind::word) continue;
    const Sending sending = is_autocommit ? Sending::messages : usual;
    if (code.is_word(i, "def")) {
      function = token.indent;
      direction = direction_of(code.at(i + 1).range.of(code.text()), reverse);
    } else if (code.is_word(i, "autocommit_block")) {
      is_autocommit = true;
      autocommit = token.indent;
    } else if (code.is_word(i, "RunSQL")) {
      read_run_sql(code, i, direction, sending, sent);
    } else if (i > 0 && code.is(i - 1, '.') && (code.is_word(i, "execute") || code.is_word(i, "exec_driver_sql"))) {
      const auto arguments = code.arguments(i);
      if (!arguments.empty()) sent.add(arguments.front().strings, direction, sending);
    }
  }
}

}  // namespace pglatch
