#include <fmt/core.h>

#include "analyzer/parse/identifier.h"
#include "rules/support/later_subcommands.h"
#include "rules/support/script_names.h"

namespace pglatch {
namespace {

// NULL is forbidden again, or there is no such column any more.
bool forbids_null(const AlterTableCmd& command, std::string_view column) {
  const bool ends = command.subtype == AT_SetNotNull || command.subtype == AT_DropColumn;
  return ends && text(command.name) == column;
}

void look_at(const Subcommand& subcommand, const Rule& rule, Reporter& reporter) {
  const StatementContext& context = subcommand.context;
  const RelationId target = subcommand.target.id;
  if (context.effects.refused() || !context.is_live(target)) return;
  const std::string_view name = text(subcommand.command.name);
  const Column* column = subcommand.target.column(name);
  // It is nullable already, or no code knows it yet.
  if (column != nullptr && (!column->not_null || made_by_script(context, *column))) return;
  const auto settles = [&](const AlterTableCmd& command) { return forbids_null(command, name); };
  if (settled_in_script(subcommand, settles) || is_dropped_later(subcommand)) return;

  Finding finding = make_finding(context, rule, subcommand.range(), target);
  finding.message = fmt::format(
      "Column {} of {} can hold NULL from now on, which code that reads it may not expect. No row is touched, but "
      "clients that map the column to a type without NULL fail at the first one.",
      quote_identifier_sql(name), affected(context, target, {}));
  finding.help =
      "Deploy code that can read NULL first, and only then code that writes it; views, functions and reports that read "
      "the column count as well.";
  reporter.report(std::move(finding));
}

void check(const StatementContext& context, const Rule& rule, Reporter& reporter) {
  each_command(context, {AT_DropNotNull}, [&](const Subcommand& subcommand) { look_at(subcommand, rule, reporter); });
}

constexpr NodeTag kNodes[] = {T_AlterTableStmt};

}  // namespace

extern const Rule kDropNotNull;
const Rule kDropNotNull{
    "drop-not-null", "compat", Severity::warning, "Code that reads a column which was NOT NULL may not expect NULL.",
    kNodes,          check};

}  // namespace pglatch
