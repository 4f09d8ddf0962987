#include "rules/recipes/row_change.h"

#include <fmt/format.h>

#include "analyzer/parse/identifier.h"
#include "rules/recipes/code_tokens.h"
#include "rules/support/impact.h"

namespace pglatch {
namespace {

// Joins nested deeper than this are not looked into.
constexpr int kMaxDepth = 50;

std::string alias_of(const RangeVar& name) {
  return quote_identifier_sql(text(name.alias != nullptr ? name.alias->aliasname : name.relname));
}

// The table that FROM begins with.
const RangeVar* leftmost(const List* from) {
  if (from == nullptr) return nullptr;
  const Node* item = each(from)[0];
  for (int depth = 0; depth < kMaxDepth; ++depth) {
    const auto* join = as<JoinExpr>(item);
    if (join == nullptr) break;
    item = join->larg;
  }
  return as<RangeVar>(item);
}

}  // namespace

std::optional<RowChange> row_change(const StatementContext& context) {
  const Node* node = context.statement.node;
  RowChange change;
  const RangeVar* target = nullptr;
  if (const auto* update = as<UpdateStmt>(node)) {
    target = change.walked_name = update->relation;
    change.where = update->whereClause;
    change.from = update->fromClause;
    change.targets = update->targetList;
  } else if (const auto* removal = as<DeleteStmt>(node)) {
    change.kind = RowChangeKind::remove;
    target = change.walked_name = removal->relation;
    change.where = removal->whereClause;
    change.from = removal->usingClause;
  } else if (const auto* insert = as<InsertStmt>(node)) {
    change.kind = RowChangeKind::insert;
    change.query = as<SelectStmt>(insert->selectStmt);
    if (change.query == nullptr || change.query->op != SETOP_NONE) return std::nullopt;
    target = insert->relation;
    change.walked_name = leftmost(change.query->fromClause);
    change.where = change.query->whereClause;
    change.from = change.query->fromClause;
    change.targets = change.query->targetList;
  }
  if (target == nullptr || change.walked_name == nullptr) return std::nullopt;
  change.changed = find_relation(context, target);
  change.walked = find_relation(context, change.walked_name);
  if (change.changed == nullptr || change.walked == nullptr) return std::nullopt;
  change.alias = alias_of(*change.walked_name);
  return change;
}

std::optional<std::string> with_condition(const StatementContext& context, std::string_view condition) {
  const std::string sql = without_comments(context.statement.range.of(context.sql));
  const Tokens tokens = code_tokens(sql);
  const bool inserts = context.statement.node->type == T_InsertStmt;
  bool has_query = !inserts;
  std::size_t where = tokens.size();
  for (std::size_t i = 0; i < tokens.size();) {
    if (tokens[i].is('(', sql)) {
      i = skip_group(sql, tokens, i);
      continue;
    }
    has_query = has_query || tokens[i].is_word("select", sql);
    if (has_query && tokens[i].is_word("where", sql)) where = i;
    ++i;
  }
  if (!has_query) return std::nullopt;
  if (where == tokens.size()) return fmt::format("{}\nWHERE {}", sql, condition);
  return fmt::format("{}WHERE ({})\n  AND {}", sql.substr(0, tokens[where].range.start),
                     text_of(sql, tokens, where + 1, tokens.size()), condition);
}

}  // namespace pglatch
