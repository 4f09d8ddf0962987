#include "analyzer/parse/parser.h"

#include <algorithm>
#include <cassert>
#include <iterator>
#include <utility>

#include "analyzer/parse/access.h"
#include "analyzer/source/lexer.h"
#include "analyzer/source/line_index.h"

namespace pglatch {
namespace {

// The statement's own text: RawStmt's begins after the last semicolon (PostgreSQL 17) and ends at the
// next one, comments and blanks included.
ByteRange trimmed(std::string_view sql, std::uint32_t start, std::uint32_t end) {
  start = std::min(skip_space_and_comments(sql, start), end);
  while (end > start && (sql[end - 1] == ' ' || sql[end - 1] == '\n' || sql[end - 1] == '\r' || sql[end - 1] == '\t' ||
                         sql[end - 1] == '\f' || sql[end - 1] == '\v')) {
    --end;
  }
  return {start, end};
}

void collect(const List* tree, std::string_view sql, std::uint32_t base, std::uint32_t end,
             std::vector<Statement>& statements) {
  for (const RawStmt* raw : each<RawStmt>(tree)) {
    const auto start = base + static_cast<std::uint32_t>(std::max(raw->stmt_location, 0));
    const auto length = static_cast<std::uint32_t>(raw->stmt_len);
    statements.push_back({raw->stmt, trimmed(sql, start, length == 0 ? end : start + length), base});
  }
}

// An unterminated quote is a token, and a part of the message, that runs to the end of the file: its
// first line says it all.
std::string_view first_line(std::string_view text) { return text.substr(0, text.find_first_of("\r\n")); }

std::string message_of(const PgQueryError& error) {
  const std::string_view message = text(error.message);
  std::string line(first_line(message));
  if (line.size() < message.size() && message.back() == '"') line += '"';
  return line;
}

// The token at which the parser gave up; at the end of its input, the last one before.
ByteRange token_at(std::string_view sql, std::uint32_t offset, ByteRange statement) {
  if (offset < statement.end) {
    Lexer lexer(sql.substr(0, statement.end), offset);
    const Token token = lexer.next();
    if (token.kind != TokenKind::end && token.range.start == offset) {
      return {offset, offset + static_cast<std::uint32_t>(first_line(token.of(sql)).size())};
    }
  }
  ByteRange last{statement.start, statement.start};
  Lexer lexer(sql.substr(0, statement.end), statement.start);
  for (Token token = lexer.next_code(); token.kind != TokenKind::end; token = lexer.next_code()) last = token.range;
  return last;
}

// A script of a big file of another language is a little SQL and very many blanks, which PostgreSQL's scanner takes its
// time for: what it gets begins behind those in front, and where many follow is a copy of what they follow.
ByteRange part_to_parse(std::string_view sql, std::string& copy) {
  constexpr std::uint32_t kManyBlanks = 4096;
  const auto is_blank = [](char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; };
  const auto first = std::find_if_not(sql.begin(), sql.end(), is_blank);
  const auto last = std::find_if_not(sql.rbegin(), std::make_reverse_iterator(first), is_blank).base();
  ByteRange part{static_cast<std::uint32_t>(first - sql.begin()), static_cast<std::uint32_t>(sql.size())};
  const auto end = static_cast<std::uint32_t>(last - sql.begin());
  if (end == part.start || part.end - end < kManyBlanks) return part;
  part.end = end;
  copy = part.of(sql);
  return part;
}

}  // namespace

ParsedScript::ParsedScript(ParsedScript&& other) noexcept
    : statements(std::move(other.statements)),
      errors(std::move(other.errors)),
      context_(std::exchange(other.context_, nullptr)) {}

ParsedScript& ParsedScript::operator=(ParsedScript&& other) noexcept {
  std::swap(statements, other.statements);
  std::swap(errors, other.errors);
  std::swap(context_, other.context_);
  return *this;
}

ParsedScript::~ParsedScript() {
  if (context_ != nullptr) pg_query_exit_memory_context(static_cast<MemoryContext>(context_));
}

bool raw_parse_succeeds(std::string_view sql) {
  const MemoryContext context = pg_query_enter_memory_context();
  auto parsed = pg_query_raw_parse(sql.data(), PG_QUERY_PARSE_DEFAULT);
  const bool succeeded = parsed.error == nullptr;
  free(parsed.stderr_buffer);
  if (!succeeded) pg_query_free_error(parsed.error);
  pg_query_exit_memory_context(context);
  return succeeded;
}

ParsedScript parse(std::string_view sql) {
  assert(sql.data()[sql.size()] == '\0');
  ParsedScript result;
  result.context_ = pg_query_enter_memory_context();

  std::string copy;
  const ByteRange part = part_to_parse(sql, copy);
  const char* const source = copy.empty() ? sql.data() + part.start : copy.c_str();
  auto whole = pg_query_raw_parse(source, PG_QUERY_PARSE_DEFAULT);
  free(whole.stderr_buffer);
  if (whole.error == nullptr) {
    collect(whole.tree, sql, part.start, part.end, result.statements);
    return result;
  }
  pg_query_free_error(whole.error);

  std::string alone;
  for (const ByteRange range : split_statements(sql)) {
    alone.assign(range.of(sql));
    auto parsed = pg_query_raw_parse(alone.c_str(), PG_QUERY_PARSE_DEFAULT);
    free(parsed.stderr_buffer);
    if (parsed.error == nullptr) {
      collect(parsed.tree, sql, range.start, range.end, result.statements);
      continue;
    }
    const std::uint32_t offset = range.start + offset_of_character(alone, parsed.error->cursorpos);
    result.errors.push_back({range, token_at(sql, offset, range), message_of(*parsed.error)});
    pg_query_free_error(parsed.error);
  }
  return result;
}

}  // namespace pglatch
