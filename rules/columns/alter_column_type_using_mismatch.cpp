#include <fmt/core.h>

#include <algorithm>

#include "analyzer/parse/identifier.h"
#include "rules/support/column_type_change.h"

namespace pglatch {
namespace {

void look_at(const Subcommand& subcommand, const Rule& rule, Reporter& reporter) {
  const ColumnDef* definition = new_type(subcommand);
  if (definition == nullptr || definition->raw_default == nullptr) return;
  const StatementContext& context = subcommand.context;
  const RelationId target = subcommand.target.id;
  if (context.effects.refused() || !context.is_live(target)) return;
  const std::vector<std::string> read = columns_of(definition->raw_default);
  const std::string_view column = text(subcommand.command.name);
  // One that reads no column at all throws the values away on purpose.
  if (read.empty() || std::find(read.begin(), read.end(), column) != read.end()) return;

  Finding finding = make_finding(context, rule, subcommand.range(), target);
  const ByteRange all = subcommand.range();
  if (const auto clause = find_words(context.sql, all, {"using"})) {
    finding.range = first_line(context.sql, {clause->start, all.end});
  }
  const std::string name = quote_identifier_sql(column);
  finding.message = fmt::format(
      "USING fills column {} of {} from {} and not from itself, so that its own values are lost. The new type is given "
      "what the expression computes in each row, whatever the column held.",
      name, context.name(target), quote_identifier_sql(read.front()));
  finding.help = fmt::format(
      "Convert the column itself: USING {}::{}. If the other one is meant, add a new column, fill it by UPDATE in "
      "batches, and drop the old one when nothing needs it any more.",
      name, format_type(type_ref(definition->typeName)));
  reporter.report(std::move(finding));
}

void check(const StatementContext& context, const Rule& rule, Reporter& reporter) {
  each_command(context, {AT_AlterColumnType},
               [&](const Subcommand& subcommand) { look_at(subcommand, rule, reporter); });
}

constexpr NodeTag kNodes[] = {T_AlterTableStmt};

}  // namespace

extern const Rule kAlterColumnTypeUsingMismatch;
const Rule kAlterColumnTypeUsingMismatch{
    "alter-column-type-using-mismatch",
    "columns",
    Severity::warning,
    "USING that reads another column than the one it fills loses that one's values.",
    kNodes,
    check};

}  // namespace pglatch
