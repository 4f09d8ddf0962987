#include "rules/support/source_text.h"

#include <algorithm>

#include "analyzer/base/ascii.h"
#include "analyzer/parse/identifier.h"
#include "analyzer/source/lexer.h"

namespace pglatch {
namespace {

constexpr std::size_t kMaxHintBytes = 160;

bool is_one_of(const Token& token, std::initializer_list<std::string_view> words, std::string_view sql) {
  if (token.kind != TokenKind::word) return false;
  return std::any_of(words.begin(), words.end(),
                     [written = token.of(sql)](std::string_view word) { return equal_ignoring_case(written, word); });
}

// What a name without quotes consists of.
bool is_name_byte(char c) noexcept {
  const char letter = to_lower(c);
  return (letter >= 'a' && letter <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '$' ||
         static_cast<unsigned char>(c) >= 0x80;
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

// One without quotes is a row of bytes so long that one of them has a place that is a multiple of that length.
bool may_have_long_name(std::string_view text) noexcept {
  if (text.find('"') != std::string_view::npos) return true;
  constexpr std::size_t kLong = kMaxIdentifierBytes + 1;
  for (std::size_t at = 0; at < text.size(); at += kLong) {
    std::size_t start = at;
    std::size_t end = at;
    while (start > 0 && is_name_byte(text[start - 1])) --start;
    while (end < text.size() && is_name_byte(text[end])) ++end;
    if (end - start >= kLong) return true;
  }
  return false;
}

ByteRange first_line(std::string_view sql, ByteRange range) {
  std::string_view line = range.of(sql);
  line = line.substr(0, line.find('\n'));
  line = line.substr(0, line.find('\r'));
  return {range.start, range.start + static_cast<std::uint32_t>(line.size())};
}

std::optional<std::string> one_line(std::string_view sql, ByteRange range) {
  std::string line;
  line.reserve(kMaxHintBytes);
  Lexer lexer(sql, range.start);
  std::uint32_t last_end = range.start;
  for (Token token = lexer.next(); token.kind != TokenKind::end && token.range.start < range.end;
       token = lexer.next()) {
    if (token.kind == TokenKind::comment || line.size() > kMaxHintBytes) return std::nullopt;
    if (token.range.start != last_end) line += ' ';
    line += token.of(sql);
    last_end = token.range.end;
  }
  const bool has_break = line.find('\n') != std::string::npos || line.find('\r') != std::string::npos;
  if (line.size() > kMaxHintBytes || has_break) return std::nullopt;
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
