#include "rules/recipes/index_statement.h"

#include <fmt/format.h>

#include <algorithm>

#include "analyzer/base/ascii.h"
#include "analyzer/parse/identifier.h"
#include "rules/recipes/code_tokens.h"

namespace pglatch {
namespace {

// Index of the first token after the relation's name, or 0: CREATE … ON [ONLY] [schema .] name [*].
std::size_t after_relation(std::string_view text, const Tokens& tokens, const IndexStmt& node) {
  std::size_t at = 0;
  // An index may be named "on" only in quotes, so the first bare ON is the keyword.
  while (at < tokens.size() && !tokens[at].is_word("on", text)) ++at;
  if (++at < tokens.size() && !node.relation->inh && tokens[at].is_word("only", text)) ++at;
  const bool parenthesised = at < tokens.size() && tokens[at].is('(', text);  // ONLY (t)
  at += parenthesised ? 2 : 1;
  while (at + 1 < tokens.size() && tokens[at].is('.', text)) at += 2;
  if (parenthesised) ++at;
  if (at < tokens.size() && tokens[at].is('*', text)) ++at;
  return at < tokens.size() ? at : 0;
}

// An element of the column list is a column, a function call, or an expression in parentheses; what
// follows is collation, operator class and order.
std::size_t end_of_key(std::string_view text, const Tokens& tokens, std::size_t at) {
  if (tokens[at].is('(', text)) return skip_group(text, tokens, at);
  ++at;
  while (at + 1 < tokens.size() && tokens[at].is('.', text)) at += 2;
  if (at < tokens.size() && tokens[at].is('(', text)) return skip_group(text, tokens, at);
  return at;
}

std::vector<std::string> keys_of(std::string_view text, const Tokens& tokens, std::size_t open) {
  std::vector<std::string> keys;
  const std::size_t close = skip_group(text, tokens, open) - 1;
  for (std::size_t at = open + 1; at < close;) {
    const std::size_t end = end_of_key(text, tokens, at);
    keys.push_back(text_of(text, tokens, at, end));
    // An operator class follows with parameters, perhaps: gist_trgm_ops (siglen = 32).
    for (at = end; at < close && !tokens[at].is(',', text);) {
      at = tokens[at].is('(', text) ? skip_group(text, tokens, at) : at + 1;
    }
    ++at;
  }
  return keys;
}

// Tokens of a definition without the default method.
std::vector<std::string> normalized(std::string_view definition) {
  std::vector<std::string> words;
  for (const Token& token : code_tokens(definition)) {
    const std::string_view word = token.of(definition);
    words.push_back(token.kind == TokenKind::word ? to_lower(word) : std::string(word));
  }
  if (words.size() > 2 && words[0] == "using" && words[1] == "btree") words.erase(words.begin(), words.begin() + 2);
  return words;
}

}  // namespace

bool IndexStatement::has_expression() const {
  const auto elements = each<IndexElem>(node->indexParams);
  return std::any_of(elements.begin(), elements.end(), [](const IndexElem* e) { return e->expr != nullptr; });
}

std::optional<IndexStatement> take_apart(const StatementContext& context, const IndexStmt& node) {
  return take_apart(context.statement.range.of(context.sql), node);
}

std::optional<IndexStatement> take_apart(std::string_view text, const IndexStmt& node) {
  const Tokens tokens = code_tokens(text);
  const std::size_t start = after_relation(text, tokens, node);
  if (start == 0) return std::nullopt;
  std::size_t open = start;
  if (tokens[open].is_word("using", text)) open += 2;
  if (open >= tokens.size() || !tokens[open].is('(', text)) return std::nullopt;

  IndexStatement statement;
  statement.node = &node;
  statement.definition = text_of(text, tokens, start, tokens.size());
  statement.keys = keys_of(text, tokens, open);
  if (statement.keys.size() != each(node.indexParams).size()) return std::nullopt;
  for (std::size_t at = skip_group(text, tokens, open); node.whereClause != nullptr && at < tokens.size();) {
    if (tokens[at].is_word("where", text)) {
      statement.predicate = text_of(text, tokens, at + 1, tokens.size());
      break;
    }
    at = tokens[at].is('(', text) ? skip_group(text, tokens, at) : at + 1;
  }
  return statement;
}

std::string create_index_sql(const IndexStatement& statement, const IndexForm& form) {
  return fmt::format("CREATE {}INDEX {}IF NOT EXISTS {} ON {}{} {}", statement.node->unique ? "UNIQUE " : "",
                     form.concurrently ? "CONCURRENTLY " : "", quote_identifier_sql(form.name),
                     form.only ? "ONLY " : "", form.relation, statement.definition);
}

bool same_definition(std::string_view a, std::string_view b) { return normalized(a) == normalized(b); }

}  // namespace pglatch
