#include "analyzer/source/code_tokens.h"

#include <algorithm>

#include "analyzer/base/ascii.h"

namespace pglatch {
namespace {

constexpr std::size_t kNone = std::string_view::npos;

// What strings of more text than this put in is not looked for to its end: expressions are short.
constexpr std::size_t kMaxExpression = 10'000;

int hex_digit(char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  const char lower = to_lower(c);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

// UTF-8; half of a surrogate pair and NUL, which no SQL can have, become a question mark.
std::string encoded(std::uint32_t code) {
  if (code == 0 || code > 0x10FFFF || (code >= 0xD800 && code < 0xE000)) return "?";
  const auto byte = [](std::uint32_t value) { return static_cast<char>(value); };
  if (code < 0x80) return {byte(code)};
  if (code < 0x800) return {byte(0xC0 | code >> 6), byte(0x80 | (code & 0x3F))};
  if (code < 0x10000) return {byte(0xE0 | code >> 12), byte(0x80 | (code >> 6 & 0x3F)), byte(0x80 | (code & 0x3F))};
  return {byte(0xF0 | code >> 18), byte(0x80 | (code >> 12 & 0x3F)), byte(0x80 | (code >> 6 & 0x3F)),
          byte(0x80 | (code & 0x3F))};
}

// Adds the body of one string.
class StringReader {
 public:
  StringReader(std::string_view text, const CodeToken& string, EmbeddedText& out)
      : text_(text.substr(0, string.body.end)), style_(string.style), at_(string.body.start), out_(out) {}

  void read() {
    while (at_ < text_.size()) {
      const std::size_t special = std::min(text_.find_first_of("\\{}#$", at_), text_.size());
      put(at_, special);
      at_ = special;
      if (at_ == text_.size()) return;
      if (!take_special()) {
        put(at_, at_ + 1);
        ++at_;
      }
    }
  }

 private:
  bool take_special() {
    const char c = text_[at_];
    const char next = at_ + 1 < text_.size() ? text_[at_ + 1] : '\0';
    if (c == '\\') return take_backslash(next);
    const bool has_braces = style_ == StringStyle::braces || style_ == StringStyle::raw_braces;
    if (has_braces && (c == '{' || c == '}') && next == c) {
      out_.add({&c, 1}, static_cast<std::uint32_t>(at_));
      at_ += 2;
      return true;
    }
    if (has_braces && c == '{') return take_expression(at_);
    if (style_ == StringStyle::hash && c == '#' && next == '{') return take_expression(at_ + 1);
    if (style_ == StringStyle::dollar && c == '$' && next == '{') return take_expression(at_ + 1);
    return false;
  }

  bool take_expression(std::size_t brace) {
    const std::size_t end = end_of_braces(text_.substr(0, brace + kMaxExpression), brace);
    if (end == kNone) {
      style_ = StringStyle::escaped;  // what is never closed is no expression, and none comes after it
      return false;
    }
    out_.add_placeholder(text_, {static_cast<std::uint32_t>(at_), static_cast<std::uint32_t>(end)});
    at_ = end;
    return true;
  }

  bool take_backslash(char next) {
    if (style_ == StringStyle::raw || style_ == StringStyle::raw_braces || next == '\0') return false;
    if (style_ == StringStyle::single && next != '\'' && next != '\\') return false;
    if (next == '\r' || next == '\n') {  // the line goes on
      at_ += next == '\r' && at_ + 2 < text_.size() && text_[at_ + 2] == '\n' ? 3U : 2U;
      return true;
    }
    const std::size_t start = at_;
    std::string meant = escape(next);
    out_.add(meant, static_cast<std::uint32_t>(start));
    return true;
  }

  // Moves behind the escape.
  std::string escape(char letter) {
    at_ += 2;
    switch (letter) {
      case 'n':
        return "\n";
      case 't':
        return "\t";
      case 'r':
        return "\r";
      case 'x':
        return number(2);
      case 'u':
        return at_ < text_.size() && text_[at_] == '{' ? number_in_braces() : number(4);
      case 'U':
        return number(8);
      default:
        return is_code_letter(letter) && static_cast<unsigned char>(letter) < 0x80 ? std::string("\\") + letter
                                                                                   : std::string(1, letter);
    }
  }

  std::string number(std::size_t digits) {
    std::uint32_t code = 0;
    for (; digits > 0 && at_ < text_.size() && hex_digit(text_[at_]) >= 0; --digits, ++at_) {
      code = code * 16 + static_cast<std::uint32_t>(hex_digit(text_[at_]));
    }
    return encoded(code);
  }

  std::string number_in_braces() {
    ++at_;
    std::string meant = number(6);
    if (at_ < text_.size() && text_[at_] == '}') ++at_;
    return meant;
  }

  void put(std::size_t start, std::size_t end) {
    out_.add(text_.substr(start, end - start), static_cast<std::uint32_t>(start));
  }

  std::string_view text_;
  StringStyle style_;
  std::size_t at_;
  EmbeddedText& out_;
};

}  // namespace

void add_string(std::string_view text, const CodeToken& string, EmbeddedText& out) {
  StringReader(text, string, out).read();
}

std::size_t find_unescaped(std::string_view text, char quote, std::size_t at, bool in_line) noexcept {
  for (; at < text.size(); ++at) {
    if (text[at] == '\\') {
      ++at;
    } else if (text[at] == quote) {
      return at;
    } else if (in_line && text[at] == '\n') {
      return kNone;
    }
  }
  return kNone;
}

std::size_t end_of_braces(std::string_view text, std::size_t open) noexcept {
  std::size_t depth = 0;
  for (std::size_t at = open; at < text.size(); ++at) {
    const char c = text[at];
    if (c == '{') ++depth;
    if (c == '}' && --depth == 0) return at + 1;
    if (c == '\'' || c == '"') {
      const std::size_t close = find_unescaped(text, c, at + 1, true);
      if (close != kNone) at = close;
    }
  }
  return kNone;
}

void CodeScanner::skip_blanks() noexcept {
  while (at_ < text_.size() && text_[at_] != '\n' && is_space(text_[at_])) ++at_;
}

void CodeScanner::skip_space() noexcept {
  for (skip_blanks(); peek() == '\n'; skip_blanks()) begin_line(at_ + 1);
}

void CodeScanner::begin_line(std::size_t offset) noexcept {
  at_ = line_ = offset;
  begins_line_ = true;
}

void CodeScanner::skip_line() noexcept { at_ = std::min(text_.find('\n', at_), text_.size()); }

void CodeScanner::add(CodeToken::Kind kind, std::size_t end) {
  if (begins_line_) indent_ = static_cast<std::uint32_t>(at_ - line_);
  CodeToken& token = tokens_.emplace_back();
  token.kind = kind;
  token.begins_line = begins_line_;
  token.range = {static_cast<std::uint32_t>(at_), static_cast<std::uint32_t>(end)};
  token.indent = indent_;
  begins_line_ = false;
  at_ = end;
}

void CodeScanner::take_word(std::string_view further_letters) {
  std::size_t end = at_ + 1;
  while (end < text_.size() && (is_code_letter(text_[end]) || further_letters.find(text_[end]) != kNone)) ++end;
  add(CodeToken::Kind::word, end);
}

void CodeScanner::take_symbol() { add(CodeToken::Kind::symbol, at_ + 1); }

void CodeScanner::take_string(std::size_t body, std::size_t body_end, std::size_t end, StringStyle style) {
  add(CodeToken::Kind::string, end);
  tokens_.back().style = style;
  tokens_.back().body = {static_cast<std::uint32_t>(body), static_cast<std::uint32_t>(body_end)};
  // Behind an announced here-document the line is still the same.
  const std::size_t last_line = text_.substr(body, end - body).rfind('\n');
  if (last_line != kNone) line_ = body + last_line + 1;
}

std::size_t CodeScanner::find_close(char quote, std::size_t at, bool in_line) noexcept {
  const auto known = open_until_.find(quote);
  if (known != open_until_.end() && at < known->second) return kNone;
  const std::size_t found = find_unescaped(text_, quote, at, in_line);
  if (found == kNone) open_until_[quote] = in_line ? std::min(text_.find('\n', at), text_.size()) : text_.size();
  return found;
}

bool CodeScanner::follows_value() const noexcept {
  if (tokens_.empty()) return false;
  const CodeToken& last = tokens_.back();
  if (last.kind == CodeToken::Kind::symbol) {
    const char c = text_[last.range.start];
    return c == ')' || c == ']' || c == '}';
  }
  static constexpr std::string_view kKeywords[] = {"return", "case", "typeof", "in",   "of",    "and", "or",  "not",
                                                   "if",     "when", "unless", "then", "while", "do",  "else"};
  const std::string_view word = last.range.of(text_);
  return last.kind == CodeToken::Kind::string ||
         std::find(std::begin(kKeywords), std::end(kKeywords), word) == std::end(kKeywords);
}

std::vector<CodeToken> CodeScanner::take() {
  at_ = text_.size();
  add(CodeToken::Kind::end, at_);
  return std::move(tokens_);
}

}  // namespace pglatch
