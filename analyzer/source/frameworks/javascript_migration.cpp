#include <algorithm>
#include <iterator>
#include <string_view>

#include "analyzer/source/frameworks/code_migration.h"

namespace pglatch {
namespace {

// Whether `up` or `down` is defined here: exports.up = …, function up(…), async up(…) {, up: async () => …
bool is_definition(const Code& code, std::size_t index) {
  const bool has_form = code.is(index + 1, '(') || code.is(index + 1, '=') || code.is(index + 1, ':');
  if (!has_form || code.is(index + 2, '=')) return false;
  if (index == 0) return true;
  if (code.is(index - 1, '.')) return code.is_word(index - 2, "exports");
  constexpr std::string_view kNotBefore[] = {"await", "return", "new", "typeof", "=", "(", "?", "!", "&", "|"};
  const std::string_view before = code.at(index - 1).range.of(code.text());
  return std::find(std::begin(kNotBefore), std::end(kNotBefore), before) == std::end(kNotBefore);
}

// Behind if (client === 'mysql2') { … }, or nothing.
std::size_t behind_other_database(const Code& code, std::size_t index) {
  if (!code.is_word(index, "if") || !code.is(index + 1, '(')) return index;
  const std::size_t block = code.behind_brackets(index + 1);
  if (!code.is(block, '{') || !means_another_database(code, index + 1, block)) return index;
  return code.behind_brackets(block);
}

}  // namespace

void read_javascript(const Code& code, Sending usual, SentStrings& sent) {
  Direction direction = Direction::up;
  for (std::size_t i = 0; i < code.size(); ++i) {
    i = behind_other_database(code, i);
    if (code.at(i).kind != CodeToken::Kind::word) continue;
    if ((code.is_word(i, "up") || code.is_word(i, "down")) && is_definition(code, i)) {
      direction = code.is_word(i, "down") ? Direction::down : Direction::up;
    } else if (i > 0 && code.is(i - 1, '.') && (code.is_word(i, "raw") || code.is_word(i, "query"))) {
      const auto arguments = code.arguments(i);
      if (!arguments.empty()) sent.add(arguments.front().strings, direction, usual);
    }
  }
}

}  // namespace pglatch
