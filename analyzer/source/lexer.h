// PostgreSQL's lexical structure, tolerant of anything: never fails, covers every byte. It serves
// where PostgreSQL's own scanner cannot: psql input, files with an unterminated quote, finding the
// place of a keyword in a statement that is to be edited. The grammar itself is libpg_query's.
//
// PostgreSQL documentation, "Lexical Structure"; psql's rules for variables and backslashes from its
// reference page, "Meta-Commands" and "SQL Interpolation".
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "analyzer/base/ascii.h"
#include "analyzer/base/byte_range.h"

namespace pglatch {

enum class TokenKind : std::uint8_t {
  word,               ///< keyword or unquoted identifier
  quoted_identifier,  ///< "…", U&"…"
  string,             ///< '…', E'…', B'…', X'…', N'…', U&'…'
  dollar_string,      ///< $tag$…$tag$
  number,
  parameter,  ///< $1
  comment,    ///< -- to the end of the line (without its ending), or /* … */ nested
  symbol,     ///< one byte of anything else: ; ( ) , operators
  end,        ///< nothing left
};

struct Token {
  TokenKind kind = TokenKind::end;
  ByteRange range;
  bool terminated = true;  ///< false for a quote or comment that runs into the end of the text

  [[nodiscard]] std::string_view of(std::string_view text) const { return range.of(text); }
  [[nodiscard]] bool is(char symbol, std::string_view text) const {
    return kind == TokenKind::symbol && text[range.start] == symbol;
  }
  /// A word equal to `keyword` (given in lower case), whatever its case in the text.
  [[nodiscard]] bool is_word(std::string_view keyword, std::string_view text) const noexcept {
    return kind == TokenKind::word && range.size() == keyword.size() && equal_ignoring_case(range.of(text), keyword);
  }
};

/// Reads tokens from `text` one by one; white space is skipped.
class Lexer {
 public:
  explicit Lexer(std::string_view text, std::uint32_t start = 0) noexcept : text_(text), at_(start) {}

  /// The next token, comments included. After the end it gives `end` tokens.
  Token next() noexcept;

  /// The next token that is no comment.
  Token next_code() noexcept;

 private:
  Token take(TokenKind kind, std::size_t start, std::size_t end) noexcept;
  Token take_closed(TokenKind kind, std::size_t start, std::size_t end) noexcept;
  Token take_prefixed(std::size_t start) noexcept;
  Token take_opened(std::size_t start) noexcept;
  Token take_dollar(std::size_t start) noexcept;

  std::string_view text_;
  std::uint32_t at_;
};

/// The first byte at or after `offset` that is neither white space nor part of a comment.
[[nodiscard]] std::uint32_t skip_space_and_comments(std::string_view text, std::uint32_t offset) noexcept;

/// Whether the text has what a comment begins with, which may stand in a string.
[[nodiscard]] bool may_have_comments(std::string_view text) noexcept;

/// All comments of the text, in order.
[[nodiscard]] std::vector<ByteRange> find_comments(std::string_view text);

/// Cuts a text into statements at its semicolons, except where the grammar has them inside of a
/// statement: the BEGIN ATOMIC … END body of an SQL function and the parentheses of CREATE RULE … DO.
/// Elsewhere a semicolon ends a statement even in parentheses, so that one that is never closed costs
/// its own statement only. Ranges exclude leading comments, trailing comments and the semicolon;
/// pieces with nothing but comments are left out. A comment that is never closed counts as code, since
/// PostgreSQL rejects it.
[[nodiscard]] std::vector<ByteRange> split_statements(std::string_view text);

}  // namespace pglatch
