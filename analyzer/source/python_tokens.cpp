// The Python Language Reference, "Lexical analysis": strings, prefixes, comments.
#include <algorithm>
#include <string>

#include "analyzer/base/ascii.h"
#include "analyzer/source/code_tokens.h"

namespace pglatch {
namespace {

constexpr std::size_t kNone = std::string_view::npos;

// How many letters of a prefix stand before a quote here: r, b, f, u, of two any case and order.
std::size_t prefix_length(const CodeScanner& code) {
  std::size_t length = 0;
  while (length < 2 && std::string_view("rbfuRBFU").find(code.peek(length)) != kNone && code.peek(length) != '\0') {
    ++length;
  }
  return code.peek(length) == '\'' || code.peek(length) == '"' ? length : kNone;
}

std::size_t find_triple(std::string_view text, char quote, std::size_t at) {
  while ((at = find_unescaped(text, quote, at, false)) != kNone) {
    if (text.substr(at, 3) == std::string(3, quote)) return at;
    ++at;
  }
  return kNone;
}

void take_string(CodeScanner& code, std::size_t prefix) {
  const std::string letters = to_lower(code.text().substr(code.at(), prefix));
  const bool is_raw = letters.find('r') != std::string::npos;
  const bool has_braces = letters.find('f') != std::string::npos;
  const StringStyle plain = is_raw ? StringStyle::raw : StringStyle::escaped;
  const StringStyle style = has_braces ? (is_raw ? StringStyle::raw_braces : StringStyle::braces) : plain;
  const char quote = code.peek(prefix);
  const bool is_triple = code.peek(prefix + 1) == quote && code.peek(prefix + 2) == quote;
  const std::size_t width = is_triple ? 3 : 1;
  const std::size_t body = code.at() + prefix + width;
  const std::size_t close = is_triple ? find_triple(code.text(), quote, body) : code.find_close(quote, body, true);
  if (close == kNone) {
    // Of an open triple quote nothing tells where it should have ended.
    if (is_triple) {
      code.move_to(code.text().size());
    } else {
      code.take_symbol();
      code.skip_line();
    }
    return;
  }
  code.take_string(body, close, close + width, style);
}

}  // namespace

std::vector<CodeToken> python_tokens(std::string_view text) {
  CodeScanner code(text);
  while (true) {
    code.skip_space();
    if (code.at_end()) return code.take();
    if (code.peek() == '#') {
      code.skip_line();
    } else if (const std::size_t prefix = prefix_length(code); prefix != kNone) {
      take_string(code, prefix);
    } else if (is_code_letter(code.peek())) {
      code.take_word();
    } else {
      code.take_symbol();
    }
  }
}

}  // namespace pglatch
