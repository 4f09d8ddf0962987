#include "analyzer/plan/framework_files_settings.h"

#include <fmt/format.h>

#include <algorithm>

#include "analyzer/base/ascii.h"
#include "analyzer/source/lexer.h"

namespace pglatch {

// Whether the words follow each other in the statement.
std::optional<ByteRange> find_words(std::string_view sql, std::initializer_list<std::string_view> words) {
  Lexer lexer(sql);
  std::vector<Token> tokens;
  for (Token token = lexer.next_code(); token.kind != TokenKind::end; token = lexer.next_code()) {
    tokens.push_back(token);
    if (tokens.size() < words.size()) continue;
    const auto first = tokens.end() - static_cast<std::ptrdiff_t>(words.size());
    if (std::equal(words.begin(), words.end(), first,
                   [&](std::string_view word, const Token& each) { return each.is_word(word, sql); })) {
      return ByteRange{first->range.start, token.range.end};
    }
  }
  return std::nullopt;
}

void SessionSettings::apply(const std::string& sql) {
  Lexer lexer(sql);
  const Token verb = lexer.next_code();
  Token word = lexer.next_code();
  if (word.is_word("session", sql) && !find_words(sql, {"session", "authorization"})) word = lexer.next_code();
  std::string name = to_lower(word.of(sql));
  if (name == "time") name = "time zone";
  if (name == "session") name = "session authorization";
  if (verb.is_word("reset", sql) && name == "all") set_.clear();
  std::erase_if(set_, [&](const Set& each) { return each.name == name; });
  if (verb.is_word("reset", sql)) return;
  if (verb.is_word("set", sql)) {
    set_.push_back({name, sql.substr(word.range.start)});
  } else {
    set_.push_back({{}, sql});
  }
}

void SessionSettings::add_local(std::vector<std::string>& statements) const {
  for (const Set& each : set_) {
    statements.push_back(each.name.empty() ? each.text : fmt::format("SET LOCAL {}", each.text));
  }
}

void SessionSettings::add(std::vector<std::string>& statements) const {
  for (const Set& each : set_) statements.push_back(each.name.empty() ? each.text : fmt::format("SET {}", each.text));
}

void SessionSettings::add_reset(std::vector<std::string>& statements) const {
  for (const Set& each : set_) {
    if (!each.name.empty()) statements.push_back(fmt::format("RESET {}", each.name));
  }
}

}  // namespace pglatch
