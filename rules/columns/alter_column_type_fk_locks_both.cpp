#include <fmt/core.h>

#include "rules/support/column_type_change.h"

namespace pglatch {
namespace {

void look_at(const Subcommand& subcommand, const Rule& rule, Reporter& reporter) {
  const ColumnDef* definition = new_type(subcommand);
  if (definition == nullptr) return;
  // alter-column-type-rewrite tells of both tables.
  if (!subcommand.blocked_during(WorkKind::rewrite).empty()) return;
  const auto others = other_sides(subcommand);
  if (others.empty()) return;

  const StatementContext& context = subcommand.context;
  const RelationId target = subcommand.target.id;
  Finding finding = make_finding(context, rule, subcommand.range(), target);
  for (const RelationId other : others) finding.relations.push_back(context.name(other));
  const TakenLock lock = strongest_lock(context, target, others);
  finding.message = fmt::format(
      "Changing {} also blocks {} on {}, on the other side of its foreign key, for a moment. {} ",
      change_to_type(subcommand, *definition), blocks(lock.mode), name_list(context, others), lock_sentence(lock));
  finding.message +=
      "No foreign key is checked again, but the constraint is made again: the statement waits for the one table while "
      "all wait for it at the other.";
  finding.help =
      "SET lock_timeout to a few seconds and try again when it strikes, so that a long query on either table does not "
      "hold up everybody; keep it in a transaction of its own.";
  reporter.report(std::move(finding));
}

void check(const StatementContext& context, const Rule& rule, Reporter& reporter) {
  each_command(context, {AT_AlterColumnType},
               [&](const Subcommand& subcommand) { look_at(subcommand, rule, reporter); });
}

constexpr NodeTag kNodes[] = {T_AlterTableStmt};

}  // namespace

extern const Rule kAlterColumnTypeFkLocksBoth;
const Rule kAlterColumnTypeFkLocksBoth{
    "alter-column-type-fk-locks-both",
    "columns",
    Severity::warning,
    "Changing the type of a foreign key column locks the tables on both sides of it.",
    kNodes,
    check};

}  // namespace pglatch
