#include "rules/support/source_text.h"

#include <algorithm>

#include "analyzer/source/lexer.h"

namespace pglatch {
namespace {

constexpr std::size_t kMaxHintBytes = 160;

bool is_one_of(const Token& token, std::initializer_list<std::string_view> words, std::string_view sql) {
  return std::any_of(words.begin(), words.end(), [&](std::string_view word) { return token.is_word(word, sql); });
}

// The first token after the name of the relation (schema.name and an optional *).
Token after_name(Lexer& lexer, std::string_view sql) {
  Token token;
  do {
    lexer.next_code();  // a part of the name
    token = lexer.next_code();
  } while (token.is('.', sql));
  return token.is('*', sql) ? lexer.next_code() : token;
}

}  // namespace

ByteRange leading_words(const StatementContext& context, std::initializer_list<std::string_view> words) {
  Lexer lexer(context.sql, context.statement.range.start);
  Token token = lexer.next_code();
  ByteRange range = token.range;
  while (is_one_of(token, words, context.sql)) {
    range.end = token.range.end;
    token = lexer.next_code();
  }
  return range;
}

Edit insert_concurrently(std::string_view sql, ByteRange keywords) {
  const std::string_view written = keywords.of(sql);
  const bool lower = std::none_of(written.begin(), written.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
  return {{keywords.end, keywords.end}, lower ? " concurrently" : " CONCURRENTLY"};
}

std::optional<ByteRange> find_words(std::string_view sql, ByteRange range,
                                    std::initializer_list<std::string_view> words) {
  Lexer lexer(sql, range.start);
  const auto* wanted = words.begin();
  ByteRange found;
  for (Token token = lexer.next_code(); token.kind != TokenKind::end && token.range.start < range.end;
       token = lexer.next_code()) {
    // Enough for keyword phrases: none of them begins with the same word twice.
    if (!token.is_word(*wanted, sql)) wanted = words.begin();
    if (!token.is_word(*wanted, sql)) continue;
    if (wanted == words.begin()) found.start = token.range.start;
    found.end = token.range.end;
    if (++wanted == words.end()) return found;
  }
  return std::nullopt;
}

std::vector<ByteRange> subcommand_ranges(const StatementContext& context, const AlterTableStmt& stmt) {
  const std::string_view sql = context.sql;
  const std::uint32_t end = context.statement.range.end;
  std::vector<ByteRange> ranges;
  Lexer lexer(sql, context.statement.offset(stmt.relation->location));
  Token token = after_name(lexer, sql);
  ByteRange range{token.range.start, token.range.start};
  int depth = 0;
  for (; token.kind != TokenKind::end && token.range.start < end; token = lexer.next_code()) {
    if (depth == 0 && token.is(',', sql)) {
      ranges.push_back(range);
      range = {};
      continue;
    }
    if (token.is('(', sql) || token.is('[', sql)) ++depth;
    if (token.is(')', sql) || token.is(']', sql)) --depth;
    if (range.empty()) range.start = token.range.start;
    range.end = token.range.end;
  }
  ranges.push_back(range);
  const std::size_t commands = each(stmt.cmds).size();
  if (ranges.size() != commands) ranges.assign(commands, context.statement.range);
  return ranges;
}

ByteRange first_line(std::string_view sql, ByteRange range) {
  const std::size_t line_end = range.of(sql).find_first_of("\r\n");
  if (line_end != std::string_view::npos) range.end = range.start + static_cast<std::uint32_t>(line_end);
  return range;
}

std::optional<std::string> one_line(std::string_view sql, ByteRange range) {
  std::string line;
  Lexer lexer(sql, range.start);
  std::uint32_t last_end = range.start;
  for (Token token = lexer.next(); token.kind != TokenKind::end && token.range.start < range.end;
       token = lexer.next()) {
    if (token.kind == TokenKind::comment) return std::nullopt;
    if (token.range.start != last_end) line += ' ';
    line += token.of(sql);
    last_end = token.range.end;
  }
  if (line.size() > kMaxHintBytes || line.find_first_of("\r\n") != std::string::npos) return std::nullopt;
  return line;
}

std::optional<std::string> edited_statement(const StatementContext& context, std::span<const Edit> edits) {
  const ByteRange statement = context.statement.range;
  std::string text;
  std::uint32_t at = statement.start;
  for (const Edit& edit : edits) {
    text += ByteRange{at, edit.range.start}.of(context.sql);
    text += edit.text;
    at = edit.range.end;
  }
  text += ByteRange{at, statement.end}.of(context.sql);
  auto line = one_line(text, {0, static_cast<std::uint32_t>(text.size())});
  if (line) *line += ';';
  return line;
}

}  // namespace pglatch
