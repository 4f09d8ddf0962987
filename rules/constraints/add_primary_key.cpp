#include <fmt/core.h>

#include "rules/support/alter_table.h"

namespace pglatch {
namespace {

std::string_view work_of(bool builds, bool scans) {
  if (builds && scans) return "every row is checked for nulls and its index is built";
  return builds ? "its index is built" : "every row is checked for nulls";
}

void look_at(const Subcommand& subcommand, const Rule& rule, Reporter& reporter) {
  const Constraint* constraint = added_constraint(subcommand.command, CONSTR_PRIMARY);
  if (constraint == nullptr || is_without_overlaps(*constraint)) return;  // add-exclusion-constraint
  const auto building = subcommand.blocked_during(WorkKind::index_build);
  const auto scanning = subcommand.blocked_during(WorkKind::scan);
  if (building.empty() && scanning.empty()) return;

  const StatementContext& context = subcommand.context;
  const auto& hit = building.empty() ? scanning : building;
  Finding finding = make_finding(context, rule, subcommand.range(), subcommand.target.id, hit);
  finding.message = fmt::format("Adding a primary key {} while {}. {}", blocking(context, subcommand.target.id, hit),
                                work_of(!building.empty(), !scanning.empty()),
                                lock_sentence(strongest_lock(context, subcommand.target.id, hit)));
  if (!scanning.empty()) {
    finding.help = "Make the key columns NOT NULL first, the safe way: `pglatch rules set-not-null-scan`.";
  }
  if (!building.empty()) {
    if (!finding.help.empty()) finding.help += ' ';
    finding.help += key_help(subcommand, *constraint, "PRIMARY KEY", "pkey");
  }
  reporter.report(std::move(finding));
}

void check(const StatementContext& context, const Rule& rule, Reporter& reporter) {
  each_subcommand(context, {AT_AddConstraint, AT_AddColumn},
                  [&](const Subcommand& subcommand) { look_at(subcommand, rule, reporter); });
}

constexpr NodeTag kNodes[] = {T_AlterTableStmt};

}  // namespace

extern const Rule kAddPrimaryKey;
const Rule kAddPrimaryKey{"add-primary-key",
                          "constraints",
                          Severity::error,
                          "Adding a primary key blocks reads and writes while its index is built and nulls are looked "
                          "for.",
                          kNodes,
                          check};

}  // namespace pglatch
