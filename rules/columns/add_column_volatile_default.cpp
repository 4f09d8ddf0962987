#include <fmt/core.h>

#include "analyzer/parse/identifier.h"
#include "rules/support/new_column.h"

namespace pglatch {
namespace {

constexpr int kFirstWithStoredDefaults = 11;

std::string help_for(const Subcommand& subcommand, const ColumnDef& column) {
  const std::string table = subcommand.table();
  const std::string name = quote_identifier_sql(column.colname);
  const Constraint* given = added_constraint(subcommand.command, CONSTR_DEFAULT);
  if (given == nullptr) {
    return fmt::format(
        "Add a plain nullable column, let ALTER TABLE {} ALTER COLUMN {} SET DEFAULT nextval(…) number the new rows, "
        "fill the old ones in batches, and make it NOT NULL the safe way.",
        table, name);
  }
  return fmt::format(
      "Add the column without a default, then give new rows theirs by ALTER TABLE {} ALTER COLUMN {} SET DEFAULT …; "
      "and fill the old rows in batches.",
      table, name);
}

void look_at(const Subcommand& subcommand, const Rule& rule, Reporter& reporter) {
  const auto* column = as<ColumnDef>(subcommand.command.def);
  if (column == nullptr) return;
  const StatementContext& context = subcommand.context;
  const auto hit = subcommand.blocked_during(WorkKind::rewrite);
  if (hit.empty()) return;
  const std::string_view source = default_of_each_row(subcommand, *column);
  if (source.empty()) return;

  Finding finding = make_finding(context, rule, subcommand.range(), subcommand.target.id, hit);
  finding.message = fmt::format(
      "Adding column {} with {} {} while everything is rewritten. {}", quote_identifier_sql(column->colname), source,
      blocking(context, subcommand.target.id, hit), lock_sentence(strongest_lock(context, subcommand.target.id, hit)));
  finding.message += context.pg_version < kFirstWithStoredDefaults
                         ? " Before PostgreSQL 11, any default but NULL is written into every row."
                         : " The value differs from row to row, so each row and each index is written anew.";
  finding.help = help_for(subcommand, *column);
  reporter.report(std::move(finding));
}

void check(const StatementContext& context, const Rule& rule, Reporter& reporter) {
  each_subcommand(context, {AT_AddColumn}, [&](const Subcommand& subcommand) { look_at(subcommand, rule, reporter); });
}

constexpr NodeTag kNodes[] = {T_AlterTableStmt};

}  // namespace

extern const Rule kAddColumnVolatileDefault;
const Rule kAddColumnVolatileDefault{
    "add-column-volatile-default",
    "columns",
    Severity::error,
    "Adding a column with a volatile default rewrites the table while reads and writes "
    "are blocked.",
    kNodes,
    check};

}  // namespace pglatch
