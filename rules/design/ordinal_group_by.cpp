#include <fmt/core.h>

#include "rules/support/expressions.h"
#include "rules/support/impact.h"
#include "rules/support/stored_query.h"

namespace pglatch {
namespace {

const A_Const* as_number(const Node* node) {
  const auto* constant = as<A_Const>(node);
  return constant != nullptr && !constant->isnull && constant->val.node.type == T_Integer ? constant : nullptr;
}

struct Ordinal {
  const A_Const* number = nullptr;
  std::string_view clause;
};

Ordinal first_ordinal(const SelectStmt& query) {
  for (const Node* item : each(query.groupClause)) {
    if (const A_Const* number = as_number(item)) return {number, "GROUP BY"};
  }
  for (const SortBy* item : each<SortBy>(query.sortClause)) {
    if (const A_Const* number = as_number(item->node)) return {number, "ORDER BY"};
  }
  return {};
}

void look_at(const StatementContext& context, const StoredQuery& stored, const SelectStmt& query, const Rule& rule,
             Reporter& reporter) {
  const Ordinal ordinal = first_ordinal(query);
  if (ordinal.number == nullptr) return;
  Finding finding = make_finding(context, rule, stored.token_at(ordinal.number->location), kNoRelation);
  finding.relations.push_back(stored.name());
  finding.message = fmt::format(
      "{} {} in {} {} means whatever comes at that place of the list. Whoever adds or moves a column there changes the "
      "{} as well.",
      ordinal.clause, ordinal.number->val.ival.ival, stored.kind(), stored.name(),
      ordinal.clause == "GROUP BY" ? "grouping" : "order");
  finding.help = "Name the column or repeat the expression.";
  reporter.report(std::move(finding));
}

void check(const StatementContext& context, const Rule& rule, Reporter& reporter) {
  if (context.effects.refused()) return;
  const StoredQuery stored(context);
  walk(stored.query(), [&](const Node* node) {
    if (const auto* query = as<SelectStmt>(node)) look_at(context, stored, *query, rule, reporter);
    return Walk::into;
  });
}

}  // namespace

extern const Rule kOrdinalGroupBy;
const Rule kOrdinalGroupBy{"ordinal-group-by",
                           "design",
                           Severity::info,
                           "A number in GROUP BY or ORDER BY means another column once the list changes.",
                           kStoredQueries,
                           check,
                           true};

}  // namespace pglatch
