#include <fmt/core.h>

#include "analyzer/parse/identifier.h"
#include "rules/support/alter_table.h"

namespace pglatch {
namespace {

#if PG_VERSION_NUM >= 180000
// The constraint that the subcommand makes ENFORCED; empty where it does not.
std::string_view enforced_constraint(const AlterTableCmd& command) {
  const auto* change = as<ATAlterConstraint>(command.def);
  const bool enforces = change != nullptr && change->alterEnforceability && change->is_enforced;
  return enforces ? text(change->conname) : std::string_view();
}
#else
// An older grammar does not know ENFORCED.
std::string_view enforced_constraint(const AlterTableCmd&) { return {}; }
#endif

// The table on the other side, or null.
const Relation* referenced_by(const Subcommand& subcommand, std::string_view name) {
  const TableConstraint* constraint = subcommand.target.constraint(name);
  if (constraint == nullptr || constraint->referenced == subcommand.target.id) return nullptr;
  return subcommand.context.catalog.find(constraint->referenced);
}

void look_at(const Subcommand& subcommand, const Rule& rule, Reporter& reporter) {
  const std::string_view name = enforced_constraint(subcommand.command);
  if (name.empty()) return;
  const auto hit = subcommand.blocked_during(WorkKind::validate_fk);
  if (hit.empty()) return;

  const StatementContext& context = subcommand.context;
  const Relation* referenced = referenced_by(subcommand, name);
  const std::string there = referenced == nullptr || !context.is_live(referenced->id)
                                ? std::string()
                                : fmt::format(", and {} on {}", blocks(context.effects.mode_on(referenced->id)),
                                              context.name(referenced->id));
  const std::string quoted = quote_identifier_sql(name);
  Finding finding = make_finding(context, rule, subcommand.range(), subcommand.target.id, hit);
  finding.message = fmt::format("Enforcing {} {}{} while every row is checked. {}", quoted,
                                blocking(context, subcommand.target.id, hit), there,
                                lock_sentence(strongest_lock(context, subcommand.target.id, hit)));
  finding.help = fmt::format(
      "Add the same foreign key once more under another name, NOT VALID, and check the old rows in a transaction of "
      "its own, while writes go on: ALTER TABLE {0} VALIDATE CONSTRAINT …; then ALTER TABLE {0} DROP CONSTRAINT {1};",
      subcommand.table(), quoted);
  reporter.report(std::move(finding));
}

void check(const StatementContext& context, const Rule& rule, Reporter& reporter) {
  each_subcommand(context, {AT_AlterConstraint},
                  [&](const Subcommand& subcommand) { look_at(subcommand, rule, reporter); });
}

constexpr NodeTag kNodes[] = {T_AlterTableStmt};

}  // namespace

extern const Rule kAlterConstraintEnforced;
const Rule kAlterConstraintEnforced{"alter-constraint-enforced",
                                    "constraints",
                                    Severity::error,
                                    "ALTER CONSTRAINT … ENFORCED checks every row while reads and writes are blocked.",
                                    kNodes,
                                    check};

}  // namespace pglatch
