// Where statements end. PostgreSQL's grammar has a semicolon inside of a statement in two places only
// (src/backend/parser/gram.y: RuleActionMulti and routine_body_stmt_list), so the first words of a
// statement decide what its semicolons mean.
#include <cstdint>
#include <string_view>
#include <vector>

#include "analyzer/source/lexer.h"

namespace pglatch {
namespace {

// Follows one statement and knows whether a semicolon would end it.
class StatementEnd {
 public:
  explicit StatementEnd(std::string_view text) noexcept : text_(text) {}

  [[nodiscard]] bool ends_at_semicolon() const noexcept { return depth_ == 0; }

  void feed(const Token& token) noexcept {
    switch (kind_) {
      case Kind::unknown:
        kind_ = token.is_word("create", text_) ? Kind::create : Kind::other;
        break;
      case Kind::create:
        if (token.is_word("function", text_) || token.is_word("procedure", text_)) {
          kind_ = Kind::routine;
        } else if (token.is_word("rule", text_)) {
          kind_ = Kind::rule;
        } else if (!token.is_word("or", text_) && !token.is_word("replace", text_)) {
          kind_ = Kind::other;
        }
        break;
      case Kind::rule:
        if (token.is('(', text_)) {
          ++depth_;
        } else if (token.is(')', text_) && depth_ > 0) {
          --depth_;
        }
        break;
      case Kind::routine:
        feed_routine(token);
        break;
      case Kind::other:
        break;
    }
  }

 private:
  enum class Kind : std::uint8_t { unknown, create, routine, rule, other };

  // BEGIN ATOMIC … END. A CASE has an END of its own; after a dot or AS both are names.
  void feed_routine(const Token& token) noexcept {
    const bool is_name = previous_.is('.', text_) || previous_.is_word("as", text_);
    if (token.kind == TokenKind::word && !is_name) {
      if (token.is_word("atomic", text_)) {
        if (previous_.is_word("begin", text_)) ++depth_;
      } else if (depth_ > 0 && token.is_word("case", text_)) {
        ++depth_;
      } else if (depth_ > 0 && token.is_word("end", text_)) {
        --depth_;
      }
    }
    previous_ = token;
  }

  std::string_view text_;
  Kind kind_ = Kind::unknown;
  std::uint32_t depth_ = 0;  // of parentheses in a rule, of BEGIN ATOMIC and CASE in a routine
  Token previous_;
};

}  // namespace

std::vector<ByteRange> split_statements(std::string_view text) {
  std::vector<ByteRange> statements;
  Lexer lexer(text);
  StatementEnd end(text);
  ByteRange statement;
  for (Token token = lexer.next(); token.kind != TokenKind::end; token = lexer.next()) {
    if (token.kind == TokenKind::comment && token.terminated) continue;
    if (token.is(';', text) && end.ends_at_semicolon()) {
      if (!statement.empty()) statements.push_back(statement);
      statement = {};
      end = StatementEnd(text);
      continue;
    }
    if (statement.empty()) statement.start = token.range.start;
    statement.end = token.range.end;
    end.feed(token);
  }
  if (!statement.empty()) statements.push_back(statement);
  return statements;
}

}  // namespace pglatch
