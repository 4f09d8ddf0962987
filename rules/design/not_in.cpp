#include <fmt/core.h>

#include <algorithm>

#include "rules/support/expressions.h"
#include "rules/support/impact.h"
#include "rules/support/source_text.h"

namespace pglatch {
namespace {

// The last name of a column: "id" of o.id.
std::string_view column_name(const Node* node) {
  const auto* column = as<ColumnRef>(node);
  return column == nullptr ? std::string_view() : string_value(each(column->fields).back());
}

// One of the conditions that all have to hold is "column IS NOT NULL".
bool excludes_null(const Node* condition, std::string_view column) {
  if (const auto* test = as<NullTest>(condition)) {
    return test->nulltesttype == IS_NOT_NULL && column_name(reinterpret_cast<const Node*>(test->arg)) == column;
  }
  const auto* conjunction = as<BoolExpr>(condition);
  if (conjunction == nullptr || conjunction->boolop != AND_EXPR) return false;
  const auto terms = each(conjunction->args);
  return std::any_of(terms.begin(), terms.end(), [&](const Node* term) {
    const auto* test = as<NullTest>(term);
    return test != nullptr && excludes_null(term, column);
  });
}

// The argument of min() or max() over groups, which is null only where all of a group's values are.
const Node* least_or_greatest(const SelectStmt& query, const Node* result) {
  const auto* call = as<FuncCall>(result);
  if (call == nullptr || query.groupClause == nullptr || each(call->args).size() != 1) return result;
  const std::string_view function = name_of(call->funcname).name;
  return function == "min" || function == "max" ? each(call->args)[0] : result;
}

// The subquery is one column of one table which is declared NOT NULL, or it leaves nulls out itself.
bool never_returns_null(const StatementContext& context, const SelectStmt& query) {
  const auto targets = each<ResTarget>(query.targetList);
  if (query.op != SETOP_NONE || targets.size() != 1) return false;
  const std::string_view column = column_name(least_or_greatest(query, targets[0]->val));
  if (column.empty()) return false;
  if (excludes_null(query.whereClause, column)) return true;
  const auto tables = each(query.fromClause);
  const Relation* table = tables.size() == 1 ? find_relation(context, as<RangeVar>(tables[0])) : nullptr;
  if (table == nullptr) return false;
  // Of a table that nothing is known of, the column "id" is the key.
  if (!table->columns_known && column == "id") return true;
  const Column* known = table->column(column);
  return known != nullptr && known->not_null;
}

void look_at(const StatementContext& context, const BoolExpr& negation, const Rule& rule, Reporter& reporter) {
  const auto* in = negation.boolop == NOT_EXPR ? as<SubLink>(each(negation.args)[0]) : nullptr;
  if (in == nullptr || in->subLinkType != ANY_SUBLINK || in->operName != nullptr) return;
  const auto* query = as<SelectStmt>(in->subselect);
  if (query == nullptr || each(query->valuesLists).size() > 0 || never_returns_null(context, *query)) return;

  const ByteRange from{context.statement.offset(negation.location), context.statement.range.end};
  Finding finding = make_finding(
      context, rule, find_words(context.sql, from, {"not", "in"}).value_or(ByteRange{from.start, from.start + 3}),
      kNoRelation);
  finding.message =
      "NOT IN is never true once the subquery returns a NULL. The statement then finds no rows, without an error; and "
      "such a subquery is never planned as a join.";
  finding.help = "Write NOT EXISTS (SELECT 1 FROM … WHERE …), or leave nulls out of the subquery by IS NOT NULL.";
  reporter.report(std::move(finding));
}

void check(const StatementContext& context, const Rule& rule, Reporter& reporter) {
  walk_statement(context.statement.node, [&](const Node* node) {
    if (const auto* negation = as<BoolExpr>(node)) look_at(context, *negation, rule, reporter);
    return Walk::into;
  });
}

}  // namespace

extern const Rule kNotIn;
const Rule kNotIn{"not-in",
                  "design",
                  Severity::warning,
                  "NOT IN with a subquery is never true once the subquery returns a NULL.",
                  kWithExpressions,
                  check,
                  true};

}  // namespace pglatch
