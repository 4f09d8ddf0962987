#include <fmt/core.h>

#include <algorithm>

#include "rules/support/new_index.h"
#include "rules/support/source_text.h"

namespace pglatch {
namespace {

// ANALYZE, of everything or of this table.
bool analyzes(const Statement& statement, const StatementContext& context, RelationId table) {
  const auto* vacuum = as<VacuumStmt>(statement.node);
  if (vacuum == nullptr) return false;
  const auto options = each<DefElem>(vacuum->options);
  const bool analyze = !vacuum->is_vacuumcmd || std::any_of(options.begin(), options.end(), [](const DefElem* option) {
    return text(option->defname) == "analyze";
  });
  const auto tables = each<VacuumRelation>(vacuum->rels);
  return analyze && (tables.empty() || std::any_of(tables.begin(), tables.end(), [&](const VacuumRelation* each_one) {
                       const Relation* known = find_relation(context, each_one->relation);
                       return known != nullptr && known->id == table;
                     }));
}

void check(const StatementContext& context, const Rule& rule, Reporter& reporter) {
  const auto& index = *as<IndexStmt>(context.statement.node);
  const auto elements = each<IndexElem>(index.indexParams);
  const bool has_expression =
      std::any_of(elements.begin(), elements.end(), [](const IndexElem* element) { return element->expr != nullptr; });
  if (!has_expression) return;
  const Relation* table = table_of_new_index(context, index);
  if (table == nullptr || !context.is_live(table->id)) return;
  if (std::any_of(context.following.begin(), context.following.end(),
                  [&](const Statement& statement) { return analyzes(statement, context, table->id); })) {
    return;
  }

  Finding finding =
      make_finding(context, rule, leading_words(context, {"create", "unique", "index", "concurrently"}), table->id);
  finding.message = fmt::format(
      "Nothing is known of the values of this index on {} until the table is analyzed. Statistics of an expression are "
      "gathered only once an index has it; until then the planner guesses, and may not use the index at all.",
      context.name(table->id));
  finding.help = fmt::format("Add a statement after it: ANALYZE {};", context.name(table->id));
  reporter.report(std::move(finding));
}

constexpr NodeTag kNodes[] = {T_IndexStmt};

}  // namespace

extern const Rule kExpressionIndexNeedsAnalyze;
const Rule kExpressionIndexNeedsAnalyze{"expression-index-needs-analyze",
                                        "policy",
                                        Severity::info,
                                        "The planner knows nothing of a new expression index before the next ANALYZE.",
                                        kNodes,
                                        check,
                                        true};

}  // namespace pglatch
