#include "analyzer/source/lexer.h"

#include <array>
#include <cassert>

#include "analyzer/base/ascii.h"

namespace pglatch {
namespace {

// What a byte can be in PostgreSQL's scanner (src/backend/parser/scan.l). All bytes above 0x7F are letters to it.
enum ByteClass : std::uint8_t {
  kSpace = 1,
  kLetter = 2,    // begins an identifier or the tag of a dollar quote
  kDigit = 4,     // goes on with one
  kDollar = 8,    // goes on with an identifier, but not with a tag
  kHexDigit = 16  // of 0x1F
};

constexpr std::array<std::uint8_t, 256> make_classes() {
  std::array<std::uint8_t, 256> classes{};
  for (const char space : {' ', '\t', '\n', '\r', '\f', '\v'}) classes[static_cast<unsigned char>(space)] = kSpace;
  for (unsigned c = 'a'; c <= 'z'; ++c) classes[c] = classes[c - 'a' + 'A'] = kLetter;
  for (unsigned c = 0x80; c <= 0xFF; ++c) classes[c] = kLetter;
  classes['_'] = kLetter;
  for (unsigned c = '0'; c <= '9'; ++c) classes[c] = kDigit | kHexDigit;
  for (unsigned c = 'a'; c <= 'f'; ++c) {
    classes[c] |= kHexDigit;
    classes[c - 'a' + 'A'] |= kHexDigit;
  }
  classes['$'] = kDollar;
  return classes;
}

constexpr std::array<std::uint8_t, 256> kClasses = make_classes();

constexpr std::uint8_t kTagByte = kLetter | kDigit;
constexpr std::uint8_t kWordByte = kLetter | kDigit | kDollar;

// Finds where the token that begins at a place ends. Offsets are bytes of `text`.
class Scan {
 public:
  explicit Scan(std::string_view text) noexcept : text_(text) {}

  [[nodiscard]] std::size_t size() const noexcept { return text_.size(); }

  // 0 past the end: no byte of any token goes on there.
  [[nodiscard]] char at(std::size_t offset) const noexcept { return offset < text_.size() ? text_[offset] : '\0'; }
  [[nodiscard]] bool is(std::size_t offset, std::uint8_t classes) const noexcept {
    return offset < text_.size() && (kClasses[static_cast<unsigned char>(text_[offset])] & classes) != 0;
  }
  [[nodiscard]] std::size_t skip(std::size_t offset, std::uint8_t classes) const noexcept {
    while (is(offset, classes)) ++offset;
    return offset;
  }

  // The token at `start`, which is in the text and no white space.
  [[nodiscard]] Token token(std::size_t start) const noexcept;

 private:
  [[nodiscard]] Token word(std::size_t start) const noexcept;
  [[nodiscard]] Token number(std::size_t start) const noexcept;
  [[nodiscard]] Token quoted(TokenKind kind, std::size_t start, std::size_t inside) const noexcept;
  [[nodiscard]] Token escape_string(std::size_t start, std::size_t inside) const noexcept;
  [[nodiscard]] Token dollar(std::size_t start) const noexcept;
  [[nodiscard]] Token line_comment(std::size_t start) const noexcept;
  [[nodiscard]] Token block_comment(std::size_t start) const noexcept;

  [[nodiscard]] std::size_t digits(std::size_t at, std::uint8_t classes) const noexcept;

  [[nodiscard]] static Token make(TokenKind kind, std::size_t start, std::size_t end) noexcept {
    return {kind, {static_cast<std::uint32_t>(start), static_cast<std::uint32_t>(end)}, true};
  }
  [[nodiscard]] Token unterminated(TokenKind kind, std::size_t start) const noexcept {
    Token token = make(kind, start, size());
    token.terminated = false;
    return token;
  }

  std::string_view text_;
};

Token Scan::token(std::size_t start) const noexcept {
  const char first = text_[start];
  if (is(start, kLetter)) return word(start);
  if (is(start, kDigit)) return number(start);
  const char second = at(start + 1);
  switch (first) {
    case '\'':
      return quoted(TokenKind::string, start, start + 1);
    case '"':
      return quoted(TokenKind::quoted_identifier, start, start + 1);
    case '$':
      return dollar(start);
    case '-':
      if (second == '-') return line_comment(start);
      break;
    case '/':
      if (second == '*') return block_comment(start);
      break;
    case '.':
      // .5 is a number, but the dots of 1..5 are an operator of PL/pgSQL.
      if (is(start + 1, kDigit) && (start == 0 || text_[start - 1] != '.')) return number(start);
      break;
    default:
      break;
  }
  return make(TokenKind::symbol, start, start + 1);
}

Token Scan::word(std::size_t start) const noexcept {
  // A quote after one letter makes it the prefix of a string.
  const char second = at(start + 1);
  if (second == '\'') {
    const char prefix = to_lower(text_[start]);
    if (prefix == 'e') return escape_string(start, start + 2);
    if (prefix == 'b' || prefix == 'x' || prefix == 'n') return quoted(TokenKind::string, start, start + 2);
  } else if (second == '&' && to_lower(text_[start]) == 'u') {
    const char quote = at(start + 2);
    if (quote == '\'') return quoted(TokenKind::string, start, start + 3);
    if (quote == '"') return quoted(TokenKind::quoted_identifier, start, start + 3);
  }
  return make(TokenKind::word, start, skip(start + 1, kWordByte));
}

// Digits with single underscores between them: 1_000.
std::size_t Scan::digits(std::size_t at, std::uint8_t classes) const noexcept {
  while (is(at, classes) || (this->at(at) == '_' && is(at + 1, classes))) ++at;
  return at;
}

Token Scan::number(std::size_t start) const noexcept {
  if (text_[start] == '0') {
    const char radix = to_lower(at(start + 1));
    if (radix == 'x' || radix == 'o' || radix == 'b') {
      const std::size_t end = digits(start + 2, radix == 'x' ? kHexDigit : kDigit);
      if (end > start + 2) return make(TokenKind::number, start, end);
    }
  }
  std::size_t end = is(start, kDigit) ? digits(start, kDigit) : start;
  if (at(end) == '.' && at(end + 1) != '.') {
    ++end;
    if (is(end, kDigit)) end = digits(end, kDigit);
  }
  if (to_lower(at(end)) == 'e') {
    std::size_t exponent = end + 1;
    if (at(exponent) == '+' || at(exponent) == '-') ++exponent;
    if (is(exponent, kDigit)) end = digits(exponent, kDigit);
  }
  return make(TokenKind::number, start, end);
}

// To the closing quote; a doubled one stands for itself.
Token Scan::quoted(TokenKind kind, std::size_t start, std::size_t inside) const noexcept {
  const char quote = text_[inside - 1];
  while ((inside = text_.find(quote, inside)) != std::string_view::npos) {
    if (at(inside + 1) != quote) return make(kind, start, inside + 1);
    inside += 2;
  }
  return unterminated(kind, start);
}

Token Scan::escape_string(std::size_t start, std::size_t inside) const noexcept {
  for (; inside < size(); ++inside) {
    if (text_[inside] == '\\') {
      ++inside;
    } else if (text_[inside] == '\'') {
      if (at(inside + 1) != '\'') return make(TokenKind::string, start, inside + 1);
      ++inside;
    }
  }
  return unterminated(TokenKind::string, start);
}

Token Scan::dollar(std::size_t start) const noexcept {
  if (is(start + 1, kDigit)) return make(TokenKind::parameter, start, skip(start + 1, kDigit));
  const std::size_t tag_end = skip(start + 1, kTagByte);
  if (at(tag_end) != '$') return make(TokenKind::symbol, start, start + 1);
  const std::string_view delimiter = text_.substr(start, tag_end + 1 - start);
  const std::size_t end = text_.find(delimiter, tag_end + 1);
  if (end == std::string_view::npos) return unterminated(TokenKind::dollar_string, start);
  return make(TokenKind::dollar_string, start, end + delimiter.size());
}

Token Scan::line_comment(std::size_t start) const noexcept {
  std::size_t end = start + 2;
  while (end < size() && text_[end] != '\n' && text_[end] != '\r') ++end;
  return make(TokenKind::comment, start, end);
}

Token Scan::block_comment(std::size_t start) const noexcept {
  std::size_t depth = 1;
  for (std::size_t at = start + 2; at + 1 < size(); ++at) {
    if (text_[at] == '*' && text_[at + 1] == '/') {
      ++at;
      if (--depth == 0) return make(TokenKind::comment, start, at + 1);
    } else if (text_[at] == '/' && text_[at + 1] == '*') {
      ++at;
      ++depth;
    }
  }
  return unterminated(TokenKind::comment, start);
}

}  // namespace

bool Token::is_word(std::string_view keyword, std::string_view text) const noexcept {
  if (kind != TokenKind::word || range.size() != keyword.size()) return false;
  for (std::size_t at = 0; at < keyword.size(); ++at) {
    if (to_lower(text[range.start + at]) != keyword[at]) return false;
  }
  return true;
}

Token Lexer::next() noexcept {
  const Scan scan(text_);
  const std::size_t start = scan.skip(at_, kSpace);
  if (start >= text_.size()) {
    at_ = static_cast<std::uint32_t>(text_.size());
    return {TokenKind::end, {at_, at_}, true};
  }
  const Token token = scan.token(start);
  at_ = token.range.end;
  return token;
}

Token Lexer::next_code() noexcept {
  Token token = next();
  while (token.kind == TokenKind::comment) token = next();
  return token;
}

std::uint32_t skip_space_and_comments(std::string_view text, std::uint32_t offset) noexcept {
  return Lexer(text, offset).next_code().range.start;
}

std::vector<ByteRange> find_comments(std::string_view text) {
  std::vector<ByteRange> comments;
  if (text.find("--") == std::string_view::npos && text.find("/*") == std::string_view::npos) return comments;
  Lexer lexer(text);
  for (Token token = lexer.next(); token.kind != TokenKind::end; token = lexer.next()) {
    if (token.kind == TokenKind::comment) comments.push_back(token.range);
  }
  return comments;
}

}  // namespace pglatch
