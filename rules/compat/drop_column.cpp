#include <fmt/core.h>

#include <algorithm>
#include <string>
#include <vector>

#include "analyzer/catalog/dependencies.h"
#include "analyzer/parse/identifier.h"
#include "rules/support/alter_table.h"
#include "rules/support/script_names.h"
#include "rules/support/word_list.h"

namespace pglatch {
namespace {

// The indexes and constraints that go with a column, unasked, as messages call them.
std::vector<std::string> parts_of(const Subcommand& subcommand, std::string_view column) {
  const Catalog& catalog = subcommand.context.catalog;
  const auto& constraints = subcommand.target.constraints;
  std::vector<std::string> parts;
  for (const Dependent& dependent :
       find_dependents(catalog, {ObjectAddress::of_column(subcommand.target.id, column)})) {
    const ObjectAddress& object = dependent.object;
    if (!dependent.automatic) continue;
    if (object.object_class == ObjectClass::constraint) {
      parts.push_back("constraint " + quote_identifier_sql(object.name));
    } else if (object.object_class == ObjectClass::relation) {
      // The index of a constraint has its name.
      const Relation* index = catalog.find(object.relation);
      const bool of_constraint = std::any_of(constraints.begin(), constraints.end(),
                                             [&](const TableConstraint& one) { return one.index == object.relation; });
      if (index != nullptr && index->is_index() && !of_constraint) {
        parts.push_back("index " + quote_identifier_sql(index->name));
      }
    }
  }
  return parts;
}

void look_at(const Subcommand& subcommand, const Rule& rule, Reporter& reporter) {
  const StatementContext& context = subcommand.context;
  const Relation& table = subcommand.target;
  if (!context.is_live(table.id) || made_by_script(context, table)) return;
  const std::string_view name = text(subcommand.command.name);
  const Column* column = table.column(name);
  if (column == nullptr ? table.columns_known : made_by_script(context, *column)) return;
  if (is_column_replaced(context, table, name)) return;

  const bool computed = column != nullptr && column->generated != 0;
  const bool attribute = table.kind == RelationKind::composite_type;
  const std::vector<std::string> parts = parts_of(subcommand, name);
  Finding finding = make_finding(context, rule, subcommand.range(), table.id);
  finding.message = fmt::format(
      "Dropping {}{} {} of {} {}breaks the code that still uses it.{}", computed ? "generated " : "",
      attribute ? "attribute" : "column", quote_identifier_sql(name), affected(context, table.id, {}),
      computed ? "" : "loses its values for good and ",
      attribute ? "" : " So do libraries fail that remember which columns the table had, until they are restarted.");
  if (!parts.empty()) finding.message += fmt::format(" It takes {} along.", word_list(parts));
  finding.help = "Deploy code that no longer uses it first, and drop it in a later migration.";
  if (computed) finding.severity = Severity::warning;
  reporter.report(std::move(finding));
}

void check(const StatementContext& context, const Rule& rule, Reporter& reporter) {
  if (context.effects.refused()) return;
  each_command(context, {AT_DropColumn}, [&](const Subcommand& subcommand) { look_at(subcommand, rule, reporter); });
}

constexpr NodeTag kNodes[] = {T_AlterTableStmt};

}  // namespace

extern const Rule kDropColumn;
const Rule kDropColumn{"drop-column",   "compat",
                       Severity::error, "Dropping a column loses its values and breaks the code that uses it.",
                       kNodes,          check};

}  // namespace pglatch
