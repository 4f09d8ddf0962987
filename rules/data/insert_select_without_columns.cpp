#include <fmt/core.h>

#include "rules/support/impact.h"
#include "rules/support/source_text.h"

namespace pglatch {
namespace {

// SELECT FROM a table: rows of no columns. DEFAULT VALUES has no query, VALUES no FROM.
bool selects_nothing(const SelectStmt* select) {
  return select != nullptr && select->op == SETOP_NONE && select->targetList == nullptr &&
         select->fromClause != nullptr;
}

void check(const StatementContext& context, const Rule& rule, Reporter& reporter) {
  const auto& insert = *as<InsertStmt>(context.statement.node);
  // With a list of columns PostgreSQL refuses it.
  if (insert.cols != nullptr || !selects_nothing(as<SelectStmt>(insert.selectStmt))) return;
  const Relation* table = find_relation(context, insert.relation);
  if (table == nullptr) return;

  const auto from = find_words(context.sql, context.statement.range, {"select", "from"});
  Finding finding = make_finding(context, rule, from.value_or(context.statement.range), table->id);
  finding.message = fmt::format(
      "SELECT FROM names no column, so each row that it finds becomes a row of defaults in {}: nothing of it is "
      "copied. "
      "It only fails where a column without a default takes no NULL.",
      context.name(table->id));
  finding.help = "Name the columns, behind INTO and behind SELECT.";
  reporter.report(std::move(finding));
}

constexpr NodeTag kNodes[] = {T_InsertStmt};

}  // namespace

extern const Rule kInsertSelectWithoutColumns;
const Rule kInsertSelectWithoutColumns{"insert-select-without-columns",
                                       "data",
                                       Severity::error,
                                       "INSERT … SELECT FROM without columns stores rows of defaults.",
                                       kNodes,
                                       check};

}  // namespace pglatch
