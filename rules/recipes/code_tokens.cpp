#include "rules/recipes/code_tokens.h"

#include <algorithm>
#include <cctype>

namespace pglatch {

Tokens code_tokens(std::string_view text) {
  Tokens tokens;
  tokens.reserve(text.size() / 4);
  Lexer lexer(text);
  for (Token token = lexer.next_code(); token.kind != TokenKind::end; token = lexer.next_code()) {
    tokens.push_back(token);
  }
  return tokens;
}

std::string text_of(std::string_view text, const Tokens& tokens, std::size_t from, std::size_t to) {
  std::string out;
  for (std::size_t i = from; i < to; ++i) {
    if (i > from) {
      const std::uint32_t gap_start = tokens[i - 1].range.end;
      const std::string_view gap = text.substr(gap_start, tokens[i].range.start - gap_start);
      const bool blank = std::all_of(gap.begin(), gap.end(), [](unsigned char c) { return std::isspace(c) != 0; });
      out += blank ? gap : " ";
    }
    out += tokens[i].of(text);
  }
  return out;
}

std::size_t skip_group(std::string_view text, const Tokens& tokens, std::size_t open) {
  int depth = 0;
  for (std::size_t i = open; i < tokens.size(); ++i) {
    if (tokens[i].is('(', text)) ++depth;
    if (tokens[i].is(')', text) && --depth == 0) return i + 1;
  }
  return tokens.size();
}

std::string without_comments(std::string_view text) {
  const Tokens tokens = code_tokens(text);
  return text_of(text, tokens, 0, tokens.size());
}

}  // namespace pglatch
