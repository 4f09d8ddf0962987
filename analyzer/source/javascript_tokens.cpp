// ECMAScript language specification, "Lexical Grammar": strings, templates, comments, regular expressions.
#include <algorithm>
#include <vector>

#include "analyzer/source/code_tokens.h"

namespace pglatch {
namespace {

constexpr std::size_t kNone = std::string_view::npos;

// Templates within templates.
constexpr int kMaxNesting = 20;

std::size_t end_of_template(std::string_view text, std::size_t open, int nesting);

// Behind the brace that closes an expression in a template.
std::size_t end_of_expression(std::string_view text, std::size_t open, int nesting) {
  std::size_t depth = 0;
  for (std::size_t at = open; at < text.size(); ++at) {
    const char c = text[at];
    if (c == '{') ++depth;
    if (c == '}' && --depth == 0) return at + 1;
    std::size_t close = kNone;
    if (c == '\'' || c == '"') close = find_unescaped(text, c, at + 1, true);
    if (c == '`') {
      close = end_of_template(text, at, nesting + 1);
      if (close == kNone) return kNone;
    }
    if (close != kNone) at = close;
  }
  return kNone;
}

// The backtick that closes the one at `open`.
std::size_t end_of_template(std::string_view text, std::size_t open, int nesting) {
  if (nesting > kMaxNesting) return kNone;
  for (std::size_t at = open + 1; at < text.size(); ++at) {
    if (text[at] == '\\') {
      ++at;
    } else if (text[at] == '`') {
      return at;
    } else if (text[at] == '$' && at + 1 < text.size() && text[at + 1] == '{') {
      const std::size_t end = end_of_expression(text, at + 1, nesting);
      if (end == kNone) return kNone;
      at = end - 1;
    }
  }
  return kNone;
}

class JavaScriptScanner {
 public:
  explicit JavaScriptScanner(std::string_view text) : code_(text), text_(text) {}

  std::vector<CodeToken> run() {
    while (true) {
      code_.skip_space();
      if (code_.at_end()) return code_.take();
      take_one();
    }
  }

 private:
  void take_one() {
    const char c = code_.peek();
    if (c == '/' && code_.peek(1) == '/') return code_.skip_line();
    if (c == '/' && code_.peek(1) == '*') {
      const std::size_t end = text_.find("*/", code_.at() + 2);
      return code_.move_to(end == kNone ? text_.size() : end + 2);
    }
    if (c == '\'' || c == '"') return take_quoted(c);
    if (c == '`') return take_template();
    if (c == '/' && !code_.follows_value() && take_regex()) return;
    if (is_code_letter(c) || c == '$') return code_.take_word("$");
    code_.take_symbol();
  }

  void take_quoted(char quote) {
    const std::size_t body = code_.at() + 1;
    const std::size_t close = code_.find_close(quote, body, true);
    if (close == kNone) return code_.take_symbol();
    code_.take_string(body, close, close + 1, StringStyle::escaped);
  }

  // Of one that is never closed nothing tells where it should have ended.
  void take_template() {
    const std::size_t close = end_of_template(text_, code_.at(), 0);
    if (close == kNone) return code_.move_to(text_.size());
    code_.take_string(code_.at() + 1, close, close + 1, StringStyle::dollar);
  }

  bool take_regex() {
    bool in_class = false;
    for (std::size_t at = code_.at() + 1; at < text_.size() && text_[at] != '\n'; ++at) {
      const char c = text_[at];
      if (c == '\\') {
        ++at;
      } else if (c == '[' || c == ']') {
        in_class = c == '[';
      } else if (c == '/' && !in_class) {
        code_.take_symbol();
        code_.move_to(at + 1);
        return true;
      }
    }
    return false;
  }

  CodeScanner code_;
  std::string_view text_;
};

}  // namespace

std::vector<CodeToken> javascript_tokens(std::string_view text) { return JavaScriptScanner(text).run(); }

}  // namespace pglatch
