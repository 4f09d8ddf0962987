#include <fmt/core.h>

#include <algorithm>
#include <vector>

#include "rules/support/impact.h"
#include "rules/support/stored_query.h"

namespace pglatch {
namespace {

// Finds the * by which columns of a table get into the result of a query, be it through subqueries or CTEs. A query
// can name a CTE over and over, so what is looked at is counted.
class StarFinder {
 public:
  const ColumnRef* find(const Node* node) {
    const auto* query = as<SelectStmt>(node);
    if (query == nullptr || left_-- <= 0) return nullptr;
    const std::size_t outer = scopes_.size();
    scopes_.push_back(query->withClause);
    const ColumnRef* star = find_in(*query);
    scopes_.resize(outer);
    return star;
  }

 private:
  const ColumnRef* find_in(const SelectStmt& query) {
    if (query.op != SETOP_NONE) {
      const ColumnRef* star = find(reinterpret_cast<const Node*>(query.larg));
      return star != nullptr ? star : find(reinterpret_cast<const Node*>(query.rarg));
    }
    for (const ResTarget* target : each<ResTarget>(query.targetList)) {
      const auto* column = as<ColumnRef>(target->val);
      if (column == nullptr || each(column->fields).back()->type != T_A_Star) continue;
      const auto fields = each(column->fields);
      const std::string_view of = fields.size() < 2 ? std::string_view() : string_value(fields[fields.size() - 2]);
      const auto sources = each(query.fromClause);
      if (std::any_of(sources.begin(), sources.end(), [&](const Node* source) { return is_open(source, of); })) {
        return column;
      }
    }
    return nullptr;
  }

  // The columns of a source (`of` where the * has a name in front) are those of a table.
  bool is_open(const Node* source, std::string_view of) {
    if (left_-- <= 0) return false;
    if (const auto* join = as<JoinExpr>(source)) return is_open(join->larg, of) || is_open(join->rarg, of);
    if (const auto* table = as<RangeVar>(source)) {
      if (!of.empty() && of != text(table->alias == nullptr ? table->relname : table->alias->aliasname)) return false;
      const CommonTableExpr* cte = table->schemaname == nullptr ? find_cte(text(table->relname)) : nullptr;
      return cte == nullptr || find(cte->ctequery) != nullptr;
    }
    const auto* subquery = as<RangeSubselect>(source);
    if (subquery == nullptr) return false;
    const bool is_meant = of.empty() || (subquery->alias != nullptr && of == text(subquery->alias->aliasname));
    return is_meant && find(subquery->subquery) != nullptr;
  }

  [[nodiscard]] const CommonTableExpr* find_cte(std::string_view name) const {
    for (auto scope = scopes_.rbegin(); scope != scopes_.rend(); ++scope) {
      if (*scope == nullptr) continue;
      for (const CommonTableExpr* cte : each<CommonTableExpr>((*scope)->ctes)) {
        if (text(cte->ctename) == name) return cte;
      }
    }
    return nullptr;
  }

  std::vector<const WithClause*> scopes_;
  int left_ = 500;
};

// The result of a function is fixed by the columns that it names. A type that is a table's follows that table, as the
// * does; one column alone may have such a type.
bool returns_named_columns(const CreateFunctionStmt& function) {
  const auto parameters = each<FunctionParameter>(function.parameters);
  return std::count_if(parameters.begin(), parameters.end(), [](const FunctionParameter* parameter) {
           return parameter->mode == FUNC_PARAM_TABLE || parameter->mode == FUNC_PARAM_OUT;
         }) > 1;
}

ByteRange up_to_star(std::string_view sql, ByteRange range) {
  const std::size_t star = sql.find('*', range.start);
  if (star != std::string_view::npos) range.end = static_cast<std::uint32_t>(star) + 1;
  return range;
}

void check(const StatementContext& context, const Rule& rule, Reporter& reporter) {
  const auto* function = as<CreateFunctionStmt>(context.statement.node);
  if (context.effects.refused() || (function != nullptr && !returns_named_columns(*function))) return;
  const StoredQuery stored(context);
  const ColumnRef* star = StarFinder().find(reinterpret_cast<const Node*>(stored.query()));
  if (star == nullptr) return;

  const bool in_string = function != nullptr && function->sql_body == nullptr;
  const ByteRange range = stored.token_at(star->location);
  Finding finding = make_finding(context, rule, in_string ? range : up_to_star(context.sql, range), kNoRelation);
  finding.relations.push_back(stored.name());
  finding.message =
      function == nullptr
          ? fmt::format(
                "The * in {} {} stands for the columns of today. Columns that are added later do not appear in "
                "it; and made anew from the same text, it is not the same any more.",
                stored.kind(), stored.name())
          : fmt::format(
                "The * in {} {} changes with the table, what the function returns does not. As soon as a column "
                "is added, calls fail.",
                stored.kind(), stored.name());
  finding.help = "List the columns.";
  reporter.report(std::move(finding));
}

}  // namespace

extern const Rule kSelectStar;
const Rule kSelectStar{"select-star",
                       "design",
                       Severity::info,
                       "SELECT * in a view or function freezes or follows the columns by surprise.",
                       kStoredQueries,
                       check,
                       true};

}  // namespace pglatch
