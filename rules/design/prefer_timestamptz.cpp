#include <fmt/core.h>

#include "rules/support/table_definition.h"

namespace pglatch {
namespace {

void look_at(const TypedColumn& column, const Rule& rule, Reporter& reporter) {
  if (!column.is_builtin("timestamp")) return;
  const TypeRef type = type_ref(&column.type);
  TypeRef better = type;
  better.name = "timestamptz";
  Finding finding = column.finding(rule);
  finding.message = fmt::format(
      "{} does not say which moment it means. A timestamp without time zone is a clock's face: sessions in other time "
      "zones read it as another moment, and an hour of each autumn is there twice.",
      column.display());
  finding.help = fmt::format("Make it {} (timestamptz), which takes the same 8 bytes.", format_type(better));
  reporter.report(std::move(finding));
}

void check(const StatementContext& context, const Rule& rule, Reporter& reporter) {
  each_typed_column(context, [&](const TypedColumn& column) { look_at(column, rule, reporter); });
}

}  // namespace

extern const Rule kPreferTimestamptz;
const Rule kPreferTimestamptz{"prefer-timestamptz",
                              "design",
                              Severity::info,
                              "timestamp without time zone does not say which moment it means.",
                              kTableDefinitions,
                              check,
                              true};

}  // namespace pglatch
