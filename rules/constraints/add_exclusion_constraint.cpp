#include <fmt/core.h>

#include "rules/support/alter_table.h"

namespace pglatch {
namespace {

// What the subcommand adds, in words; null where it is nothing of the kind.
const char* kind_of(const AlterTableCmd& command) {
  if (added_constraint(command, CONSTR_EXCLUSION) != nullptr) return "an exclusion constraint";
  const Constraint* unique = added_constraint(command, CONSTR_UNIQUE);
  if (unique != nullptr && is_without_overlaps(*unique)) return "UNIQUE … WITHOUT OVERLAPS";
  const Constraint* primary = added_constraint(command, CONSTR_PRIMARY);
  return primary != nullptr && is_without_overlaps(*primary) ? "PRIMARY KEY … WITHOUT OVERLAPS" : nullptr;
}

void look_at(const Subcommand& subcommand, const Rule& rule, Reporter& reporter) {
  const char* kind = kind_of(subcommand.command);
  if (kind == nullptr) return;
  const auto hit = subcommand.blocked_during(WorkKind::index_build);
  if (hit.empty()) return;

  const StatementContext& context = subcommand.context;
  Finding finding = make_finding(context, rule, subcommand.range(), subcommand.target.id, hit);
  finding.message = fmt::format(
      "Adding {} {} while its index is built. {} There is no online form of it: no CONCURRENTLY, no NOT VALID, no "
      "USING INDEX.",
      kind, blocking(context, subcommand.target.id, hit),
      lock_sentence(strongest_lock(context, subcommand.target.id, hit)));
  finding.help = fmt::format(
      "Do it in a maintenance window, or build a new table that has the constraint: keep it in step with {} by a "
      "trigger, copy the rows in batches, then swap the names.",
      subcommand.table());
  reporter.report(std::move(finding));
}

void check(const StatementContext& context, const Rule& rule, Reporter& reporter) {
  each_subcommand(context, {AT_AddConstraint, AT_AddColumn},
                  [&](const Subcommand& subcommand) { look_at(subcommand, rule, reporter); });
}

constexpr NodeTag kNodes[] = {T_AlterTableStmt};

}  // namespace

extern const Rule kAddExclusionConstraint;
const Rule kAddExclusionConstraint{
    "add-exclusion-constraint",
    "constraints",
    Severity::error,
    "An exclusion constraint blocks reads and writes while its index is built, and has no online form.",
    kNodes,
    check};

}  // namespace pglatch
