#include "analyzer/source/lexer.h"

#include <algorithm>
#include <array>

#include "analyzer/base/ascii.h"

namespace pglatch {
namespace {

// What a byte can be in PostgreSQL's scanner (src/backend/parser/scan.l). All bytes above 0x7F are letters to it.
constexpr std::uint8_t kSpace = 1;
constexpr std::uint8_t kLetter = 2;     // begins an identifier or the tag of a dollar quote
constexpr std::uint8_t kDigit = 4;      // goes on with one
constexpr std::uint8_t kDollar = 8;     // goes on with an identifier, but not with a tag
constexpr std::uint8_t kHexDigit = 16;  // of 0x1F
constexpr std::uint8_t kOpening = 32;   // can begin a token of more bytes than this one: 'a', -- a, .5
constexpr std::uint8_t kPlain = 64;     // no comment, and nothing that a comment's bytes can stand in, begins with it

constexpr std::uint8_t kNotPlain = 0xFF & ~kPlain;

constexpr std::array<std::uint8_t, 256> make_classes() {
  std::array<std::uint8_t, 256> classes{};
  for (const char space : {' ', '\t', '\n', '\r', '\f', '\v'}) classes[static_cast<unsigned char>(space)] = kSpace;
  for (unsigned c = 'a'; c <= 'z'; ++c) classes[c] = classes[c - 'a' + 'A'] = kLetter;
  for (unsigned c = 0x80; c <= 0xFF; ++c) classes[c] = kLetter;
  classes['_'] = kLetter;
  for (unsigned c = '0'; c <= '9'; ++c) classes[c] = kDigit | kHexDigit | kOpening;
  for (unsigned c = 'a'; c <= 'f'; ++c) {
    classes[c] |= kHexDigit;
    classes[c - 'a' + 'A'] |= kHexDigit;
  }
  for (const char opening : {'\'', '"', '-', '/', '.'}) classes[static_cast<unsigned char>(opening)] = kOpening;
  classes['$'] = kDollar | kOpening;
  for (std::uint8_t& byte : classes) byte |= kPlain;
  for (const char other : {'\'', '"', '-', '/', '$', '&'}) classes[static_cast<unsigned char>(other)] &= kNotPlain;
  return classes;
}

constexpr std::array<std::uint8_t, 256> kClasses = make_classes();

constexpr std::uint8_t kTagByte = kLetter | kDigit;
constexpr std::uint8_t kWordByte = kLetter | kDigit | kDollar;

constexpr bool is_one_of(char c, std::uint8_t classes) noexcept {
  return (kClasses[static_cast<unsigned char>(c)] & classes) != 0;
}

// 0 past the end: no byte of any token goes on there.
char byte_at(std::string_view text, std::size_t at) noexcept { return at < text.size() ? text[at] : '\0'; }

std::size_t skip(std::string_view text, std::size_t at, std::uint8_t classes) noexcept {
  while (at < text.size() && is_one_of(text[at], classes)) ++at;
  return at;
}

// Where tokens end, by what they are. `at` is a place in the token; kNone: nothing closes it.
constexpr std::size_t kNone = std::string_view::npos;

// Digits with single underscores between them: 1_000.
std::size_t end_of_digits(std::string_view text, std::size_t at, std::uint8_t classes) noexcept {
  while (is_one_of(byte_at(text, at), classes) ||
         (byte_at(text, at) == '_' && is_one_of(byte_at(text, at + 1), classes))) {
    ++at;
  }
  return at;
}

std::size_t end_of_number(std::string_view text, std::size_t start) noexcept {
  if (text[start] == '0') {
    const char radix = to_lower(byte_at(text, start + 1));
    if (radix == 'x' || radix == 'o' || radix == 'b') {
      const std::size_t end = end_of_digits(text, start + 2, radix == 'x' ? kHexDigit : kDigit);
      if (end > start + 2) return end;
    }
  }
  std::size_t end = is_one_of(text[start], kDigit) ? end_of_digits(text, start, kDigit) : start;
  if (byte_at(text, end) == '.' && byte_at(text, end + 1) != '.') {
    ++end;
    if (is_one_of(byte_at(text, end), kDigit)) end = end_of_digits(text, end, kDigit);
  }
  if (to_lower(byte_at(text, end)) == 'e') {
    std::size_t exponent = end + 1;
    if (byte_at(text, exponent) == '+' || byte_at(text, exponent) == '-') ++exponent;
    if (is_one_of(byte_at(text, exponent), kDigit)) end = end_of_digits(text, exponent, kDigit);
  }
  return end;
}

// Behind the closing quote; a doubled one stands for itself.
std::size_t end_of_quoted(std::string_view text, char quote, std::size_t at) noexcept {
  while ((at = text.find(quote, at)) != kNone) {
    if (byte_at(text, at + 1) != quote) return at + 1;
    at += 2;
  }
  return kNone;
}

std::size_t end_of_escape_string(std::string_view text, std::size_t at) noexcept {
  for (; at < text.size(); ++at) {
    if (text[at] == '\\') {
      ++at;
    } else if (text[at] == '\'') {
      if (byte_at(text, at + 1) != '\'') return at + 1;
      ++at;
    }
  }
  return kNone;
}

std::size_t end_of_line_comment(std::string_view text, std::size_t at) noexcept {
  while (at < text.size() && text[at] != '\n' && text[at] != '\r') ++at;
  return at;
}

std::size_t end_of_block_comment(std::string_view text, std::size_t at) noexcept {
  std::size_t depth = 1;
  for (; at + 1 < text.size(); ++at) {
    if (text[at] == '*' && text[at + 1] == '/') {
      ++at;
      if (--depth == 0) return at + 1;
    } else if (text[at] == '/' && text[at + 1] == '*') {
      ++at;
      ++depth;
    }
  }
  return kNone;
}

}  // namespace

inline Token Lexer::take(TokenKind kind, std::size_t start, std::size_t end) noexcept {
  at_ = static_cast<std::uint32_t>(end);
  return {kind, {static_cast<std::uint32_t>(start), at_}, true};
}

// What goes on to the end of the text where nothing closes it.
Token Lexer::take_closed(TokenKind kind, std::size_t start, std::size_t end) noexcept {
  Token token = take(kind, start, std::min(end, text_.size()));
  token.terminated = end != kNone;
  return token;
}

Token Lexer::next() noexcept {
  const std::size_t start = skip(text_, at_, kSpace);
  if (start >= text_.size()) return take(TokenKind::end, text_.size(), text_.size());
  const char first = text_[start];
  if (is_one_of(first, kLetter)) {
    const std::size_t end = skip(text_, start + 1, kWordByte);
    const bool may_be_prefix = end == start + 1 && (byte_at(text_, end) == '\'' || byte_at(text_, end) == '&');
    return may_be_prefix ? take_prefixed(start) : take(TokenKind::word, start, end);
  }
  return is_one_of(first, kOpening) ? take_opened(start) : take(TokenKind::symbol, start, start + 1);
}

// A letter with a quote behind it: the prefix of a string, or a word.
Token Lexer::take_prefixed(std::size_t start) noexcept {
  const char prefix = to_lower(text_[start]);
  if (text_[start + 1] == '\'') {
    if (prefix == 'e') return take_closed(TokenKind::string, start, end_of_escape_string(text_, start + 2));
    if (prefix == 'b' || prefix == 'x' || prefix == 'n') {
      return take_closed(TokenKind::string, start, end_of_quoted(text_, '\'', start + 2));
    }
  } else if (prefix == 'u') {
    const char quote = byte_at(text_, start + 2);
    const TokenKind kind = quote == '"' ? TokenKind::quoted_identifier : TokenKind::string;
    if (quote == '\'' || quote == '"') return take_closed(kind, start, end_of_quoted(text_, quote, start + 3));
  }
  return take(TokenKind::word, start, start + 1);
}

// What begins with a digit, a quote or a symbol that can be the first of several bytes.
Token Lexer::take_opened(std::size_t start) noexcept {
  const char second = byte_at(text_, start + 1);
  switch (text_[start]) {
    case '\'':
      return take_closed(TokenKind::string, start, end_of_quoted(text_, '\'', start + 1));
    case '"':
      return take_closed(TokenKind::quoted_identifier, start, end_of_quoted(text_, '"', start + 1));
    case '$':
      return take_dollar(start);
    case '-':
      if (second != '-') break;
      return take(TokenKind::comment, start, end_of_line_comment(text_, start + 2));
    case '/':
      if (second != '*') break;
      return take_closed(TokenKind::comment, start, end_of_block_comment(text_, start + 2));
    case '.':
      // .5 is a number, but the dots of 1..5 are an operator of PL/pgSQL.
      if (!is_one_of(second, kDigit) || (start > 0 && text_[start - 1] == '.')) break;
      return take(TokenKind::number, start, end_of_number(text_, start));
    default:
      return take(TokenKind::number, start, end_of_number(text_, start));
  }
  return take(TokenKind::symbol, start, start + 1);
}

Token Lexer::take_dollar(std::size_t start) noexcept {
  if (is_one_of(byte_at(text_, start + 1), kDigit)) {
    return take(TokenKind::parameter, start, skip(text_, start + 1, kDigit));
  }
  const std::size_t tag_end = skip(text_, start + 1, kTagByte);
  if (byte_at(text_, tag_end) != '$') return take(TokenKind::symbol, start, start + 1);
  const std::string_view delimiter = text_.substr(start, tag_end + 1 - start);
  const std::size_t end = text_.find(delimiter, tag_end + 1);
  return take_closed(TokenKind::dollar_string, start, end == kNone ? kNone : end + delimiter.size());
}

Token Lexer::next_code() noexcept {
  Token token = next();
  while (token.kind == TokenKind::comment) token = next();
  return token;
}

std::uint32_t skip_space_and_comments(std::string_view text, std::uint32_t offset) noexcept {
  return Lexer(text, offset).next_code().range.start;
}

bool may_have_comments(std::string_view text) noexcept { return text.find("--") != kNone || text.find("/*") != kNone; }

std::vector<ByteRange> find_comments(std::string_view text) {
  std::vector<ByteRange> comments;
  if (!may_have_comments(text)) return comments;
  // Most of a text need not be cut into tokens. What the rest belongs to begins with the word in front of it, if there
  // is one: the prefix of a string (E'', U&''), or a name with a dollar in it.
  std::size_t end = 0;  // of the token before
  for (std::size_t at = skip(text, 0, kPlain); at < text.size(); at = skip(text, end, kPlain)) {
    std::size_t start = at;
    while (start > end && is_one_of(text[start - 1], kWordByte)) --start;
    Lexer lexer(text, static_cast<std::uint32_t>(start));
    Token token = lexer.next();
    while (token.range.end <= at) token = lexer.next();
    if (token.kind == TokenKind::comment) comments.push_back(token.range);
    end = token.range.end;
  }
  return comments;
}

}  // namespace pglatch
