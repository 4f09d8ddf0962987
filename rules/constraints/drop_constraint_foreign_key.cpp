#include <fmt/core.h>

#include <algorithm>

#include "analyzer/parse/identifier.h"
#include "rules/support/alter_table.h"
#include "rules/support/lock_queue.h"
#include "rules/support/timeouts.h"

namespace pglatch {
namespace {

bool goes_with(const AlterTableCmd& command, const TableConstraint& constraint) {
  const std::string_view name = text(command.name);
  if (command.subtype == AT_DropConstraint) return constraint.name == name;
  const auto& columns = constraint.columns;
  return command.subtype == AT_DropColumn && std::find(columns.begin(), columns.end(), name) != columns.end();
}

// Which constraints it dropped is forgotten.
bool may_drop_key(const Node* node) {
  const auto* alter = as<AlterTableStmt>(node);
  if (alter == nullptr) return false;
  const auto commands = each<AlterTableCmd>(alter->cmds);
  return std::any_of(commands.begin(), commands.end(), [](const AlterTableCmd* command) {
    return command->subtype == AT_DropConstraint || command->subtype == AT_DropColumn;
  });
}

void look_at(const Subcommand& subcommand, const Rule& rule, Reporter& reporter) {
  const StatementContext& context = subcommand.context;
  for (const TableConstraint& key : subcommand.target.constraints) {
    if (key.kind != ConstraintKind::foreign_key || !goes_with(subcommand.command, key)) continue;
    const LockMode mode = context.effects.mode_on(key.referenced);
    if (key.referenced == subcommand.target.id || !blocks_reads(mode) || !context.is_live(key.referenced)) continue;
    if (adds_no_lock(context, may_drop_key)) return;

    const std::string here = context.is_live(subcommand.target.id)
                                 ? fmt::format(" and on {}", affected(context, subcommand.target.id, {}))
                                 : std::string();
    Finding finding = make_finding(context, rule, subcommand.range(), subcommand.target.id, {key.referenced});
    finding.worked_on.clear();  // however small they are, the lock is waited for
    finding.message = fmt::format(
        "Dropping foreign key {} blocks {} on {}{}. It removes triggers from both tables: the {} lock waits for all "
        "that use either, and whatever comes after it waits behind it.",
        quote_identifier_sql(key.name), blocks(mode), affected(context, key.referenced, {}), here, sql_name(mode));
    finding.help = fmt::format(
        "Drop it alone, in a transaction of its own, with a short lock_timeout, and try again where it fails: SET "
        "lock_timeout = '2s'; ALTER TABLE {} DROP CONSTRAINT {};",
        subcommand.table(), quote_identifier_sql(key.name));
    return reporter.report(std::move(finding));
  }
}

void check(const StatementContext& context, const Rule& rule, Reporter& reporter) {
  // With a short lock_timeout nothing is left to do better.
  if (context.effects.locks.size() < 2 || waits_briefly(context)) return;
  each_command(context, {AT_DropConstraint, AT_DropColumn},
               [&](const Subcommand& subcommand) { look_at(subcommand, rule, reporter); });
}

constexpr NodeTag kNodes[] = {T_AlterTableStmt};

}  // namespace

extern const Rule kDropConstraintForeignKey;
const Rule kDropConstraintForeignKey{
    "drop-constraint-foreign-key",
    "constraints",
    Severity::warning,
    "Dropping a foreign key blocks reads and writes on the tables on both sides of it.",
    kNodes,
    check};

}  // namespace pglatch
