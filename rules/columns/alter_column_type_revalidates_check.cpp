#include <fmt/core.h>

#include <algorithm>

#include "analyzer/parse/identifier.h"
#include "rules/support/column_type_change.h"

namespace pglatch {
namespace {

bool is_checked_again(const TableConstraint& constraint, std::string_view column) {
  return constraint.kind == ConstraintKind::check && constraint.validated && constraint.enforced &&
         std::find(constraint.columns.begin(), constraint.columns.end(), column) != constraint.columns.end();
}

// The CHECKs that mention the column, each name once: partitions have those of their parent.
std::vector<std::string> checks_of(const Subcommand& subcommand, const std::vector<RelationId>& hit) {
  std::vector<std::string> names;
  for (const RelationId id : hit) {
    const Relation* table = subcommand.context.catalog.find(id);
    if (table == nullptr) continue;
    for (const TableConstraint& constraint : table->constraints) {
      if (!is_checked_again(constraint, text(subcommand.command.name))) continue;
      const std::string name = quote_identifier_sql(constraint.name);
      if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
    }
  }
  return names;
}

void look_at(const Subcommand& subcommand, const Rule& rule, Reporter& reporter) {
  const ColumnDef* definition = new_type(subcommand);
  if (definition == nullptr) return;
  const auto hit = subcommand.blocked_during(WorkKind::scan);
  if (hit.empty()) return;
  const std::vector<std::string> checks = checks_of(subcommand, hit);
  if (checks.empty()) return;

  const StatementContext& context = subcommand.context;
  const RelationId target = subcommand.target.id;
  Finding finding = make_finding(context, rule, subcommand.range(), target, hit);
  const std::string what =
      checks.size() == 1 ? "CHECK " + checks.front() : fmt::format("{} CHECK constraints", checks.size());
  finding.message =
      fmt::format("Changing {} {} while every row is tried against {}. {} ", change_to_type(subcommand, *definition),
                  blocking(context, target, hit), what, lock_sentence(strongest_lock(context, target, hit)));
  finding.message += "The rows stay as they are, but a constraint that mentions the column is made again.";
  finding.help = fmt::format(
      "Drop the CHECK and add it again NOT VALID in the same ALTER TABLE, then check the old rows in a transaction of "
      "its own, while writes go on: ALTER TABLE {} VALIDATE CONSTRAINT {};",
      subcommand.table(), checks.front());
  reporter.report(std::move(finding));
}

void check(const StatementContext& context, const Rule& rule, Reporter& reporter) {
  each_subcommand(context, {AT_AlterColumnType},
                  [&](const Subcommand& subcommand) { look_at(subcommand, rule, reporter); });
}

constexpr NodeTag kNodes[] = {T_AlterTableStmt};

}  // namespace

extern const Rule kAlterColumnTypeRevalidatesCheck;
const Rule kAlterColumnTypeRevalidatesCheck{
    "alter-column-type-revalidates-check",
    "columns",
    Severity::error,
    "A change of type checks a CHECK constraint again on every row while reads and writes are blocked.",
    kNodes,
    check};

}  // namespace pglatch
