#include "rules/recipes/key_index.h"

#include <fmt/format.h>

#include <utility>

#include "analyzer/parse/identifier.h"
#include "rules/recipes/code_tokens.h"
#include "rules/support/column_list.h"

namespace pglatch {
namespace {

// "WITH (fillfactor = 70)" as it is written in the constraint, if it is.
std::string storage_parameters(std::string_view body) {
  const Tokens tokens = code_tokens(body);
  for (std::size_t i = 0; i + 1 < tokens.size(); i = tokens[i].is('(', body) ? skip_group(body, tokens, i) : i + 1) {
    if (!tokens[i].is_word("with", body)) continue;
    return text_of(body, tokens, i, skip_group(body, tokens, i + 1));
  }
  return {};
}

}  // namespace

std::optional<KeyIndex> key_index(const AlterPart& part, std::string_view table) {
  const Constraint& node = *part.constraint;
  std::string definition = fmt::format("({})", column_list(part.columns));
  if (!part.included.empty()) definition += fmt::format(" INCLUDE ({})", column_list(part.included));
  if (node.nulls_not_distinct) definition += " NULLS NOT DISTINCT";
  if (node.options != nullptr) definition += ' ' + storage_parameters(part.body);
  if (node.indexspace != nullptr) definition += fmt::format(" TABLESPACE {}", quote_identifier_sql(node.indexspace));

  KeyIndex index;
  index.sql = fmt::format("CREATE UNIQUE INDEX {} ON {} {}", quote_identifier_sql(part.name), table, definition);
  index.parsed = parse(index.sql);
  if (!index.parsed.errors.empty() || index.parsed.statements.size() != 1) return std::nullopt;
  const auto* create = as<IndexStmt>(index.parsed.statements.front().node);
  if (create == nullptr) return std::nullopt;
  auto statement = take_apart(index.sql, *create);
  if (!statement) return std::nullopt;
  index.statement = std::move(*statement);
  return index;
}

std::string_view kind_of_key(const TableConstraint& key) {
  return key.kind == ConstraintKind::primary_key ? "PRIMARY KEY" : "UNIQUE";
}

std::string_view deferrability(const TableConstraint& key) {
  if (!key.deferrable) return {};
  return key.initially_deferred ? " DEFERRABLE INITIALLY DEFERRED" : " DEFERRABLE";
}

std::string using_index(const AlterPart& part, std::string_view index) {
  return fmt::format("{} USING INDEX {}{}{}", part.constraint->contype == CONSTR_PRIMARY ? "PRIMARY KEY" : "UNIQUE",
                     quote_identifier_sql(index), part.attributes.empty() ? "" : " ", part.attributes);
}

}  // namespace pglatch
