#include <fmt/core.h>

#include "rules/support/table_definition.h"

namespace pglatch {
namespace {

// A json column that is added to a table in use is add-column-json's.
bool is_of_interest(const TypedColumn& column) {
  if (column.by != DefinedBy::add_column) return true;
  const Relation* table = find_relation(column.context, &column.table);
  return table != nullptr && !column.context.is_live(table->id);
}

void look_at(const TypedColumn& column, const Rule& rule, Reporter& reporter) {
  if (!column.is_builtin("json") || !is_of_interest(column)) return;
  Finding finding = column.finding(rule);
  finding.message = fmt::format(
      "{} keeps its JSON as text, parsed anew by each query that looks inside. json has no equality either: DISTINCT, "
      "GROUP BY and UNION fail on it, and no index helps to search in it.",
      column.display());
  finding.help = "Make it jsonb, unless the order of keys or the blanks have to come back as they were written.";
  reporter.report(std::move(finding));
}

void check(const StatementContext& context, const Rule& rule, Reporter& reporter) {
  each_typed_column(context, [&](const TypedColumn& column) { look_at(column, rule, reporter); });
}

}  // namespace

extern const Rule kPreferJsonb;
const Rule kPreferJsonb{"prefer-jsonb",
                        "design",
                        Severity::info,
                        "json keeps text as written and can hardly be compared or indexed.",
                        kTableDefinitions,
                        check,
                        true};

}  // namespace pglatch
