#include <fmt/core.h>

#include "analyzer/catalog/object_names.h"
#include "analyzer/parse/identifier.h"
#include "rules/support/alter_table.h"

namespace pglatch {
namespace {

std::vector<std::string> names_in(const List* list) {
  std::vector<std::string> names;
  for (const Node* node : each(list)) names.emplace_back(string_value(node));
  return names;
}

// Its own name, or that which PostgreSQL gives it.
std::string name_of_constraint(const Subcommand& subcommand, const Constraint& constraint) {
  if (constraint.conname != nullptr) return constraint.conname;
  std::string column;
  const char* label = "check";
  if (constraint.contype == CONSTR_FOREIGN) {
    column = join_column_names(names_in(constraint.fk_attrs));
    label = "fkey";
  } else if (constraint.contype == CONSTR_NOTNULL) {
    column = join_column_names(names_in(constraint.keys));
    label = "not_null";
  } else if (const auto columns = columns_of(constraint.raw_expr); columns.size() == 1) {
    column = columns.front();
  }
  return choose_constraint_name(subcommand.context.catalog, subcommand.target, column, label);
}

void look_at(const Subcommand& subcommand, const Rule& rule, Reporter& reporter) {
  const auto* constraint = as<Constraint>(subcommand.command.def);
  if (constraint == nullptr || !constraint->skip_validation) return;
  const StatementContext& context = subcommand.context;
  if (!context.is_live(subcommand.target.id)) return;

  const std::string name = name_of_constraint(subcommand, *constraint);
  Finding finding = make_finding(context, rule, subcommand.range(), subcommand.target.id);
  finding.message = fmt::format(
      "Constraint {} of {} is added NOT VALID and never validated. New rows obey it, old ones may not, so that neither "
      "queries nor SET NOT NULL can rely on it.",
      quote_identifier_sql(name), subcommand.table());
  finding.help = fmt::format(
      "Check the old rows in a later transaction or migration, while reads and writes go on: ALTER TABLE {} VALIDATE "
      "CONSTRAINT {};",
      subcommand.table(), quote_identifier_sql(name));
  finding.holds_at_end = [table = subcommand.target.id, name](const Catalog& catalog) {
    const Relation* relation = catalog.find(table);
    const TableConstraint* left = relation == nullptr ? nullptr : relation->constraint(name);
    return left != nullptr && left->enforced && !left->validated;
  };
  reporter.report(std::move(finding));
}

void check(const StatementContext& context, const Rule& rule, Reporter& reporter) {
  if (context.effects.refused()) return;
  each_command(context, {AT_AddConstraint}, [&](const Subcommand& subcommand) { look_at(subcommand, rule, reporter); });
}

constexpr NodeTag kNodes[] = {T_AlterTableStmt};

}  // namespace

extern const Rule kConstraintLeftNotValid;
const Rule kConstraintLeftNotValid{"constraint-left-not-valid",
                                   "constraints",
                                   Severity::info,
                                   "A constraint was added NOT VALID and is never validated.",
                                   kNodes,
                                   check};

}  // namespace pglatch
