#include <fmt/core.h>

#include "rules/support/alter_table.h"

namespace pglatch {
namespace {

void look_at(const Subcommand& subcommand, const Rule& rule, Reporter& reporter) {
  const Constraint* constraint = added_constraint(subcommand.command, CONSTR_UNIQUE);
  if (constraint == nullptr || is_without_overlaps(*constraint)) return;  // add-exclusion-constraint
  const auto hit = subcommand.blocked_during(WorkKind::index_build);
  if (hit.empty()) return;

  const StatementContext& context = subcommand.context;
  Finding finding = make_finding(context, rule, subcommand.range(), subcommand.target.id, hit);
  finding.message = fmt::format("Adding a UNIQUE constraint {} while its index is built. {}",
                                blocking(context, subcommand.target.id, hit),
                                lock_sentence(strongest_lock(context, subcommand.target.id, hit)));
  finding.help = key_help(subcommand, *constraint, "UNIQUE", "key");
  reporter.report(std::move(finding));
}

void check(const StatementContext& context, const Rule& rule, Reporter& reporter) {
  each_subcommand(context, {AT_AddConstraint, AT_AddColumn},
                  [&](const Subcommand& subcommand) { look_at(subcommand, rule, reporter); });
}

constexpr NodeTag kNodes[] = {T_AlterTableStmt};

}  // namespace

extern const Rule kAddUniqueConstraint;
const Rule kAddUniqueConstraint{"add-unique-constraint",
                                "constraints",
                                Severity::error,
                                "Adding a UNIQUE constraint blocks reads and writes while its index is built.",
                                kNodes,
                                check};

}  // namespace pglatch
