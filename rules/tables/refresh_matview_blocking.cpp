#include <fmt/core.h>

#include <algorithm>

#include "rules/support/impact.h"
#include "rules/support/source_text.h"

namespace pglatch {
namespace {

// A unique index on plain columns for all rows, which CONCURRENTLY tells rows apart by (is_usable_unique_index() in
// matview.c).
bool has_identity(const StatementContext& context, const Relation& view) {
  return std::any_of(view.indexes.begin(), view.indexes.end(), [&](RelationId id) {
    const IndexDetails& index = *context.catalog.find(id)->index;
    const bool of_columns = std::find(index.columns.begin(), index.columns.end(), "") == index.columns.end();
    return index.unique && index.valid && !index.partial && of_columns;
  });
}

void report_emptied(const StatementContext& context, const Relation& view, const Rule& rule, Reporter& reporter) {
  const ByteRange words = find_words(context.sql, context.statement.range, {"with", "no", "data"})
                              .value_or(leading_words(context, {"refresh", "materialized", "view"}));
  Finding finding = make_finding(context, rule, words, view.id);
  finding.message = fmt::format(
      "WITH NO DATA empties {}, and queries that read it fail until it is refreshed again: \"has not been populated\".",
      context.name(view.id));
  finding.help = "Leave WITH NO DATA out, and refresh it CONCURRENTLY.";
  reporter.report(std::move(finding));
}

void check(const StatementContext& context, const Rule& rule, Reporter& reporter) {
  const auto& stmt = *as<RefreshMatViewStmt>(context.statement.node);
  if (stmt.concurrent || context.effects.refused()) return;
  const Relation* view = find_relation(context, stmt.relation);
  // Nobody can read a view that was not populated yet.
  if (view == nullptr || !view->populated || !context.is_live(view->id)) return;
  if (stmt.skipData) return report_emptied(context, *view, rule, reporter);
  const auto hit = blocked_during(context, WorkKind::rewrite);
  if (hit.empty()) return;

  const ByteRange words = leading_words(context, {"refresh", "materialized", "view"});
  const Edit edit = insert_concurrently(context.sql, words);
  const std::string concurrent =
      edited_statement(context, {&edit, 1}).value_or("REFRESH MATERIALIZED VIEW CONCURRENTLY …;");
  Finding finding = make_finding(context, rule, words, view->id, hit);
  finding.message =
      fmt::format("REFRESH MATERIALIZED VIEW {} while its query runs and its indexes are built. {}",
                  blocking(context, view->id, hit), lock_sentence(strongest_lock(context, view->id, hit)));
  if (has_identity(context, *view)) {
    finding.help = fmt::format("Let it be read meanwhile: {}", concurrent);
    if (context.code == nullptr) finding.fix = Fix{"refresh the materialized view with CONCURRENTLY", {edit}};
  } else {
    finding.help = fmt::format(
        "Let it be read meanwhile: {} This needs a unique index on columns of the view for all rows: CREATE UNIQUE "
        "INDEX CONCURRENTLY … ON {} (…);",
        concurrent, context.name(view->id));
  }
  reporter.report(std::move(finding));
}

constexpr NodeTag kNodes[] = {T_RefreshMatViewStmt};

}  // namespace

extern const Rule kRefreshMatviewBlocking;
const Rule kRefreshMatviewBlocking{
    "refresh-matview-blocking",
    "tables",
    Severity::error,
    "REFRESH MATERIALIZED VIEW without CONCURRENTLY blocks reads while the view is computed.",
    kNodes,
    check};

}  // namespace pglatch
