// Inside plpgsql.cpp: the tokens of PL/pgSQL code with a place among them, and the pieces that are found.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "analyzer/base/ascii.h"
#include "analyzer/parse/plpgsql.h"
#include "analyzer/source/lexer.h"

namespace pglatch {

/// What a reader of PL/pgSQL works with. The first error ends it all: from then on it stands at the end, and every
/// function of the reader looks at failed().
class PlpgsqlTokens {
 public:
  using Words = std::initializer_list<std::string_view>;

  explicit PlpgsqlTokens(std::string_view body) : body_(body) {
    code_.text = body;
    Lexer lexer(body);
    do {
      tokens_.push_back(lexer.next_code());
    } while (tokens_.back().kind != TokenKind::end);
  }

 protected:
  // Tokens -----------------------------------------------------------------------------------------

  [[nodiscard]] const Token& token(std::size_t ahead = 0) const noexcept {
    return tokens_[std::min(at_ + ahead, tokens_.size() - 1)];
  }
  [[nodiscard]] bool is(std::string_view word, std::size_t ahead = 0) const noexcept {
    return token(ahead).is_word(word, body_);
  }
  [[nodiscard]] bool is(char symbol, std::size_t ahead = 0) const noexcept { return token(ahead).is(symbol, body_); }
  [[nodiscard]] bool is_any(Words words) const noexcept {
    return std::any_of(words.begin(), words.end(), [this](std::string_view word) { return is(word); });
  }
  [[nodiscard]] bool is_name() const noexcept {
    return token().kind == TokenKind::word || token().kind == TokenKind::quoted_identifier;
  }
  // Two symbols without anything between them: ":=", "<<".
  [[nodiscard]] bool is_pair(char first, char second, std::size_t ahead = 0) const noexcept {
    return is_pair_at(std::min(at_ + ahead, tokens_.size() - 1), first, second);
  }
  [[nodiscard]] bool is_pair_at(std::size_t at, char first, char second) const noexcept {
    return at + 1 < tokens_.size() && tokens_[at].is(first, body_) && tokens_[at + 1].is(second, body_) &&
           tokens_[at].range.end == tokens_[at + 1].range.start;
  }
  [[nodiscard]] bool at_end() const noexcept { return token().kind == TokenKind::end; }
  [[nodiscard]] bool failed() const noexcept { return code_.error.has_value(); }

  void fail() {
    if (failed()) return;
    const ByteRange where = token().range;
    code_.error = PlpgsqlError{where, at_end() ? std::string("syntax error at end of input")
                                               : fmt::format("syntax error at or near \"{}\"", where.of(body_))};
    at_ = tokens_.size() - 1;
  }
  bool accept(std::string_view word) noexcept {
    if (!is(word)) return false;
    ++at_;
    return true;
  }
  bool accept(char symbol) noexcept {
    if (!is(symbol)) return false;
    ++at_;
    return true;
  }
  template <class What>
  void expect(What what) {
    if (!accept(what)) fail();
  }

  // Pieces -----------------------------------------------------------------------------------------

  [[nodiscard]] bool is_conditional() const noexcept { return conditional_ > 0 || left_; }

  // From one token to before another.
  [[nodiscard]] ByteRange range(std::size_t first, std::size_t last) const noexcept {
    return {tokens_[first].range.start, tokens_[last - 1].range.end};
  }
  void add(PlpgsqlKind kind, std::size_t first, std::size_t last) {
    if (first == last || dead_) return;
    code_.pieces.push_back({kind, range(first, last), is_conditional(), guard_});
  }
  void add_expression(std::size_t first, std::size_t last) {
    for (std::size_t i = first; i < last; ++i) {
      if (!tokens_[i].is('(', body_) && !tokens_[i].is_word("from", body_)) continue;
      return add(PlpgsqlKind::expression, first, last);
    }
  }
  // Values -----------------------------------------------------------------------------------------

  void flow(PlpgsqlFlowKind kind, bool exhaustive = false) {
    code_.flow.push_back({kind, code_.pieces.size(), {}, {}, exhaustive});
  }
  // The variable's name as PostgreSQL folds it.
  [[nodiscard]] std::string folded(std::size_t at) const {
    const std::string_view name = tokens_[at].of(body_);
    if (tokens_[at].kind == TokenKind::quoted_identifier) return std::string(name.substr(1, name.size() - 2));
    return to_lower(name);
  }
  void assign(std::string variable, ByteRange value) {
    code_.flow.push_back({PlpgsqlFlowKind::assign, code_.pieces.size(), std::move(variable), value, false});
  }
  // Whatever variables are named there get values that are not known.
  void forget(std::size_t first, std::size_t last) {
    for (std::size_t i = first; i < last; ++i) {
      const TokenKind kind = tokens_[i].kind;
      if (kind == TokenKind::word || kind == TokenKind::quoted_identifier) assign(folded(i), {});
    }
  }

  // The declaration of a variable, with its type to come.
  void declare(std::size_t name) {
    const std::size_t type = is("constant") ? 1 : 0;
    const bool is_text = is("text", type) || is("varchar", type) || is("name", type) || is("regclass", type);
    const bool is_whole =
        is(';', type + 1) || is(':', type + 1) || is('=', type + 1) || is("default", type + 1) || is("not", type + 1);
    if (is_text && is_whole) texts_.insert(folded(name));
    forget(name, name + 1);
  }
  // The variable of that token gets the value of an expression.
  void set(std::size_t name, std::size_t first, std::size_t last) {
    if (failed() || first == last || dead_) return;
    const std::string variable = folded(name);
    assign(variable, texts_.count(variable) > 0 ? range(first, last) : ByteRange());
  }
  // The variables that a loop gives values.
  void skip_target(Words until) {
    const std::size_t first = at_;
    skip_to(until);
    if (!failed()) forget(first, at_);
  }

  void blank(std::size_t first, std::size_t last) {
    const ByteRange gone = range(first, last);
    for (std::uint32_t i = gone.start; i < gone.end; ++i) {
      if (code_.text[i] != '\n' && code_.text[i] != '\r') code_.text[i] = ' ';
    }
  }

  // Expressions with commas between them, from one token to before another. A cursor's argument may have a name.
  void add_list(std::size_t first, std::size_t last) {
    int depth = 0;
    for (std::size_t i = first; i < last; ++i) {
      if (tokens_[i].is('(', body_) || tokens_[i].is('[', body_)) ++depth;
      if (tokens_[i].is(')', body_) || tokens_[i].is(']', body_)) --depth;
      if (depth > 0) continue;
      const bool named = i == first + 1 && (is_pair_at(i, ':', '=') || is_pair_at(i, '=', '>'));
      if (named) first = i + 2;
      if (!tokens_[i].is(',', body_)) continue;
      add_expression(first, i);
      first = i + 1;
    }
    add_expression(first, last);
  }

  // The arguments of a cursor, in parentheses or not there at all.
  void add_arguments(std::size_t first, std::size_t last) {
    if (last > first + 2) add_list(first + 1, last - 1);
  }

  // Goes to the first of the words or symbols outside of all brackets (read_sql_construct() in pl_gram.y); fails
  // where a semicolon or the end comes first.
  void skip_to(Words words, std::string_view symbols = {}) {
    int depth = 0;
    for (; !at_end(); ++at_) {
      if (is('(') || is('[')) ++depth;
      if (is(')') || is(']')) --depth;
      if (depth < 0) break;
      if (is(';') && symbols.find(';') == std::string_view::npos) break;
      if (depth > 0) continue;
      if (is_any(words)) return;
      if (token().kind != TokenKind::symbol) continue;
      const char symbol = body_[token().range.start];
      if (symbols.find(symbol) == std::string_view::npos) continue;
      if (symbol != '.' || is_pair('.', '.')) return;
    }
    fail();
  }
  // An expression up to one of these, which is not consumed.
  void expression_to(Words words, std::string_view symbols = {}) {
    const std::size_t first = at_;
    skip_to(words, symbols);
    if (failed()) return;
    if (first == at_) return fail();
    add_expression(first, at_);
  }
  // Expressions with commas between them.
  void expressions_to(Words words, std::string_view symbols) {
    std::string until(symbols);
    until += ',';
    do {
      expression_to(words, until);
    } while (!failed() && accept(','));
  }

  std::string_view body_;
  std::vector<Token> tokens_;
  std::size_t at_ = 0;
  PlpgsqlCode code_;
  std::uint32_t guard_ = 0;
  std::set<std::string> texts_;  // variables of text types
  int conditional_ = 0;          // branches, loops and handlers around
  bool left_ = false;            // EXIT, CONTINUE or RETURN may have been taken
  bool returned_ = false;        // RETURN may have been
  bool dead_ = false;            // RETURN or RAISE was taken for certain
};

}  // namespace pglatch
