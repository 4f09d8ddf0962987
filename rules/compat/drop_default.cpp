#include <fmt/core.h>

#include "analyzer/parse/identifier.h"
#include "rules/support/later_subcommands.h"
#include "rules/support/new_column.h"
#include "rules/support/script_names.h"

namespace pglatch {
namespace {

// INSERT statements that leave the column out work again: it has another default, numbers itself, may be NULL or is
// gone.
bool lets_insert(const AlterTableCmd& command, std::string_view column) {
  switch (command.subtype) {
    case AT_ColumnDefault:
      return command.def != nullptr && text(command.name) == column;
    case AT_AddIdentity:
    case AT_DropNotNull:
    case AT_DropColumn:
      return text(command.name) == column;
    default:
      return false;
  }
}

struct DroppedDefault {
  bool required = false;  // the column is NOT NULL and had a default
  bool is_new = false;    // the script adds it
};

// ADD COLUMN … NOT NULL DEFAULT of the same ALTER TABLE.
bool is_added_here(const Subcommand& subcommand, std::string_view name) {
  std::uint32_t index = 0;
  for (const AlterTableCmd* command : each<AlterTableCmd>(subcommand.statement.cmds)) {
    const Subcommand other{subcommand.context, subcommand.statement, *command, subcommand.target, index++};
    const auto* column = command->subtype == AT_AddColumn ? as<ColumnDef>(command->def) : nullptr;
    if (column == nullptr || text(column->colname) != name) continue;
    return added_constraint(*command, CONSTR_NOTNULL) != nullptr && fills_old_rows(other, *column);
  }
  return false;
}

DroppedDefault dropped_default(const Subcommand& subcommand, std::string_view name) {
  const Column* column = subcommand.target.column(name);
  if (column == nullptr) {
    const bool is_new = is_added_here(subcommand, name);
    return {is_new, is_new};
  }
  return {column->not_null && (column->has_default || column->type.serial),
          made_by_script(subcommand.context, *column)};
}

void look_at(const Subcommand& subcommand, const Rule& rule, Reporter& reporter) {
  if (subcommand.command.def != nullptr) return;
  const StatementContext& context = subcommand.context;
  const RelationId target = subcommand.target.id;
  if (context.effects.refused() || !context.is_live(target)) return;
  const std::string_view name = text(subcommand.command.name);
  const DroppedDefault dropped = dropped_default(subcommand, name);
  if (!dropped.required) return;
  const auto settles = [&](const AlterTableCmd& command) { return lets_insert(command, name); };
  if (settled_in_script(subcommand, settles) || is_dropped_later(subcommand)) return;

  Finding finding = make_finding(context, rule, subcommand.range(), target);
  finding.message = fmt::format(
      "INSERT statements on {} that leave out column {} fail from now on: it is NOT NULL and its default is dropped. ",
      context.name(target), quote_identifier_sql(name));
  finding.message += dropped.is_new ? "Code that was deployed before this migration does not know the column, and so "
                                      "leaves it out."
                                    : "Running code that relies on the default breaks with the statement's commit.";
  finding.help = "Keep the default until all running code writes the column, and drop it in a later migration.";
  reporter.report(std::move(finding));
}

void check(const StatementContext& context, const Rule& rule, Reporter& reporter) {
  each_command(context, {AT_ColumnDefault}, [&](const Subcommand& subcommand) { look_at(subcommand, rule, reporter); });
}

constexpr NodeTag kNodes[] = {T_AlterTableStmt};

}  // namespace

extern const Rule kDropDefault;
const Rule kDropDefault{"drop-default",
                        "compat",
                        Severity::warning,
                        "INSERT statements that leave out a NOT NULL column fail once its default is gone.",
                        kNodes,
                        check};

}  // namespace pglatch
