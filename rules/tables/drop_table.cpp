#include <fmt/core.h>

#include "rules/support/detach.h"
#include "rules/support/dropped_objects.h"
#include "rules/support/impact.h"
#include "rules/support/source_text.h"

namespace pglatch {
namespace {

bool loses_rows(const StatementContext& context, const DropStmt& stmt, const Relation& table) {
  if (!context.is_live(table.id) || context.effects.mode_on(table.id) == LockMode::none) return false;
  // drop-partition's business; and what is no partition any more was set apart to be dropped.
  if (table.partition_of != kNoRelation || was_detached(context, table)) return false;
  return table.origin != Origin::unknown ||
         !clears_the_way(context, stmt, {NameSpace::relation, table.schema, table.name});
}

// Two tables that change places leave code working, but for the rows that came meanwhile.
std::string message_for(const StatementContext& context, const std::vector<RelationId>& tables) {
  const RelationId first = tables.front();
  if (tables.size() > 1) {
    return fmt::format("Dropping {} loses their rows and breaks all code that still uses them.",
                       name_list(context, tables));
  }
  const Relation& table = *context.catalog.find(first);
  const std::string what = affected(context, first, tables);
  if (is_given_later(context, {NameSpace::relation, table.schema, table.name}, Reach::script)) {
    return fmt::format(
        "Dropping {} loses its rows: what gets its name later in the script has only those that were "
        "copied before.",
        what);
  }
  return fmt::format("Dropping {} loses its rows and breaks all code that still uses it.", what);
}

void check(const StatementContext& context, const Rule& rule, Reporter& reporter) {
  const auto& stmt = *as<DropStmt>(context.statement.node);
  if (stmt.removeType != OBJECT_TABLE || context.effects.locks.empty()) return;
  std::vector<RelationId> tables;
  for (const Node* object : each(stmt.objects)) {
    const NameView name = name_of(reinterpret_cast<const List*>(object));
    const Relation* table = context.catalog.find(name, context.session.search_path());
    if (table != nullptr && loses_rows(context, stmt, *table)) tables.push_back(table->id);
  }
  if (tables.empty()) return;

  const RelationId first = tables.front();
  Finding finding =
      make_finding(context, rule, leading_words(context, {"drop", "table", "if", "exists"}), first, tables);
  finding.worked_on.clear();  // rows are lost, however few
  finding.message = message_for(context, tables);
  if (stmt.missing_ok && context.catalog.find(first)->origin == Origin::unknown) {
    finding.message += " Whether it exists is not known here.";
    if (tables.size() == 1) {
      const Relation& table = *context.catalog.find(first);
      settle_in_code(context, {NameSpace::relation, table.schema, table.name}, finding);
    }
  }
  finding.help =
      "Drop a table only once no running code uses it, in a deployment after that of the code, and with a backup. "
      "Where that is so, say so with `-- pglatch:ignore drop-table reason`.";
  reporter.report(std::move(finding));
}

constexpr NodeTag kNodes[] = {T_DropStmt};

}  // namespace

extern const Rule kDropTable;
const Rule kDropTable{"drop-table",    "tables",
                      Severity::error, "Dropping a table loses its rows and breaks the code that uses it.",
                      kNodes,          check};

}  // namespace pglatch
