#include <fmt/core.h>

#include "rules/support/impact.h"
#include "rules/support/source_text.h"

namespace pglatch {
namespace {

void check(const StatementContext& context, const Rule& rule, Reporter& reporter) {
  const auto& insert = *as<InsertStmt>(context.statement.node);
  // DEFAULT VALUES has no query.
  if (insert.cols != nullptr || insert.selectStmt == nullptr || context.effects.refused()) return;
  const Relation* table = find_relation(context, insert.relation);
  // What the same script has created has the columns that it was written for.
  if (table == nullptr || !context.is_live(table->id)) return;

  Finding finding = make_finding(context, rule, leading_words(context, {"insert", "into"}), table->id);
  finding.message = fmt::format(
      "INSERT into {} takes the columns in whatever order the table has them. Databases that were migrated on other "
      "ways "
      "differ in that; values then go to the wrong columns, or the statement fails.",
      context.name(table->id));
  finding.help = fmt::format("Name the columns behind {}.", context.name(table->id));
  reporter.report(std::move(finding));
}

constexpr NodeTag kNodes[] = {T_InsertStmt};

}  // namespace

extern const Rule kInsertWithoutColumns;
const Rule kInsertWithoutColumns{"insert-without-columns",
                                 "design",
                                 Severity::warning,
                                 "INSERT without a list of columns breaks once a column is added.",
                                 kNodes,
                                 check,
                                 true};

}  // namespace pglatch
