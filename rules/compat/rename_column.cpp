#include <fmt/core.h>

#include <string>

#include "analyzer/parse/identifier.h"
#include "rules/support/impact.h"
#include "rules/support/script_names.h"
#include "rules/support/source_text.h"

namespace pglatch {
namespace {

void check(const StatementContext& context, const Rule& rule, Reporter& reporter) {
  const auto& stmt = *as<RenameStmt>(context.statement.node);
  if (stmt.renameType != OBJECT_COLUMN || context.effects.refused()) return;
  const Relation* relation = find_relation(context, stmt.relation);
  if (relation == nullptr || relation->is_index() || !context.is_live(relation->id)) return;
  if (made_by_script(context, *relation)) return;
  const std::string_view from = text(stmt.subname);
  const std::string_view to = text(stmt.newname);
  const Column* column = relation->column(from);
  if (column != nullptr && made_by_script(context, *column)) return;
  if (is_column_given_later(context, relation->id, from)) return;
  // It takes the place of one that went, or had its name for a moment only.
  if (was_column_free_before(context, relation->id, to)) return;

  const std::string table = context.name(relation->id);
  const std::string old_name = quote_identifier_sql(from);
  const std::string new_name = quote_identifier_sql(to);
  const bool view = relation->kind == RelationKind::view || relation->kind == RelationKind::materialized_view;
  Finding finding = make_finding(context, rule, context.statement.range, relation->id);
  finding.message = fmt::format(
      "Renaming column {} of {} to {} breaks the code that uses the old name. Old and new code run side by side while "
      "a "
      "release is rolled out, and one of them misses its column.",
      old_name, table, new_name);
  finding.help =
      view ? fmt::format(
                 "Have both for a time: create the view anew with {} as a further column at its end, and without {} "
                 "when no code uses that any more.",
                 new_name, old_name)
           : fmt::format(
                 "Change the name in the code's mapping alone; or add column {}, write both, fill it in batches, move "
                 "the code over, then drop {}.",
                 new_name, old_name);
  if (context.code != nullptr) {
    finding.holds_at_end = [id = relation->id, name = std::string(from)](const Catalog& catalog) {
      const Relation* at_end = catalog.find(id);
      return at_end == nullptr || at_end->column(name) == nullptr;
    };
  }
  reporter.report(std::move(finding));
}

constexpr NodeTag kNodes[] = {T_RenameStmt};

}  // namespace

extern const Rule kRenameColumn;
const Rule kRenameColumn{
    "rename-column", "compat", Severity::warning, "Renaming a column breaks the code that uses its old name.",
    kNodes,          check};

}  // namespace pglatch
