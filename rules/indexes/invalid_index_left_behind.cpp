#include <fmt/core.h>

#include <algorithm>

#include "analyzer/parse/identifier.h"
#include "rules/support/impact.h"
#include "rules/support/source_text.h"

namespace pglatch {
namespace {

// Two spellings of an index name can mean the same one: an index is in its table's schema, so the
// CREATE never names a schema, while the DROP may.
bool drops(const Statement& statement, std::string_view index) {
  const auto* drop = as<DropStmt>(statement.node);
  if (drop == nullptr || drop->removeType != OBJECT_INDEX) return false;
  const auto objects = each(drop->objects);
  return std::any_of(objects.begin(), objects.end(),
                     [&](const Node* object) { return name_of(reinterpret_cast<const List*>(object)).name == index; });
}

void check(const StatementContext& context, const Rule& rule, Reporter& reporter) {
  const auto& stmt = *as<IndexStmt>(context.statement.node);
  if (!stmt.concurrent || !stmt.if_not_exists || context.effects.fails) return;
  const Relation* table = find_relation(context, stmt.relation);
  if (table == nullptr || !context.is_live(table->id)) return;
  if (!context.effects.has_work(WorkKind::index_build, table->id)) return;
  const auto& before = context.preceding;
  if (std::any_of(before.begin(), before.end(),
                  [&](const Statement& statement) { return drops(statement, text(stmt.idxname)); })) {
    return;
  }

  const std::string index = quote_qualified(table->schema, text(stmt.idxname));
  const auto phrase = find_words(context.sql, context.statement.range, {"if", "not", "exists"});
  Finding finding = make_finding(context, rule, phrase.value_or(context.statement.range), table->id);
  finding.message = fmt::format(
      "IF NOT EXISTS keeps an invalid index {} that an earlier, failed CONCURRENTLY left behind. Run again, the "
      "statement succeeds with a notice, but queries never use that index, and every write still maintains it.",
      index);
  finding.help = fmt::format(
      "Drop what may be left before building, and leave IF NOT EXISTS out: DROP INDEX CONCURRENTLY IF EXISTS {};",
      index);
  reporter.report(std::move(finding));
}

constexpr NodeTag kNodes[] = {T_IndexStmt};

}  // namespace

extern const Rule kInvalidIndexLeftBehind;
const Rule kInvalidIndexLeftBehind{"invalid-index-left-behind",
                                   "indexes",
                                   Severity::warning,
                                   "CREATE INDEX CONCURRENTLY IF NOT EXISTS keeps the invalid index of a failed "
                                   "earlier attempt.",
                                   kNodes,
                                   check};

}  // namespace pglatch
