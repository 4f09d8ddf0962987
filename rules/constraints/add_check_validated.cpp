#include "analyzer/base/concat.h"
#include "rules/support/alter_table.h"

namespace pglatch {
namespace {

void look_at(const Subcommand& subcommand, const Rule& rule, Reporter& reporter) {
  const Constraint* constraint = added_constraint(subcommand.command, CONSTR_CHECK);
  if (constraint == nullptr) return;
  const auto hit = subcommand.blocked_during(WorkKind::scan);
  if (hit.empty()) return;

  const StatementContext& context = subcommand.context;
  Finding finding = make_finding(context, rule, subcommand.range(), subcommand.target.id, hit);
  finding.message =
      concat({"Adding a validated CHECK constraint ", blocking(context, subcommand.target.id, hit),
              " while every row is checked. ", lock_sentence(strongest_lock(context, subcommand.target.id, hit))});
  finding.help = not_valid_help(subcommand, *constraint, "check");
  reporter.report(std::move(finding));
}

void check(const StatementContext& context, const Rule& rule, Reporter& reporter) {
  each_subcommand(context, {AT_AddConstraint, AT_AddColumn},
                  [&](const Subcommand& subcommand) { look_at(subcommand, rule, reporter); });
}

constexpr NodeTag kNodes[] = {T_AlterTableStmt};

}  // namespace

extern const Rule kAddCheckValidated;
const Rule kAddCheckValidated{"add-check-validated",
                              "constraints",
                              Severity::error,
                              "Adding a CHECK constraint without NOT VALID blocks reads and writes while every row is "
                              "checked.",
                              kNodes,
                              check};

}  // namespace pglatch
