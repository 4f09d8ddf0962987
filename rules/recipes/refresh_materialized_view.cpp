// REFRESH MATERIALIZED VIEW: CONCURRENTLY, which writes the difference while the view is read. It needs a view that was
// populated before, and a unique index to tell the rows apart by. The first population stays as it is: nobody can read
// the view before.
//
// PostgreSQL documentation, REFRESH MATERIALIZED VIEW; is_usable_unique_index() in matview.c.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "analyzer/parse/identifier.h"
#include "rules/recipes/index_checks.h"
#include "rules/recipes/partitioned_index.h"
#include "rules/recipes/recipes.h"
#include "rules/support/impact.h"

namespace pglatch {
namespace {

// On plain columns, for all rows.
bool identifies_rows(const IndexDetails& index) {
  const bool has_expression = std::find(index.columns.begin(), index.columns.end(), "") != index.columns.end();
  return index.unique && !index.partial && !has_expression;
}

// One that can be used, else one that is only invalid, else null.
const Relation* find_identity(const StatementContext& context, const Relation& view) {
  const Relation* invalid = nullptr;
  for (const RelationId id : view.indexes) {
    const Relation* index = context.catalog.find(id);
    if (index == nullptr || !identifies_rows(*index->index)) continue;
    if (index->index->valid) return index;
    invalid = index;
  }
  return invalid;
}

std::optional<Refusal> why_not(const Relation& view, const Relation* identity) {
  const std::string name = display_name(view);
  if (identity == nullptr) {
    return Refusal{
        fmt::format("{} has no unique index on plain columns for all rows: without one REFRESH … CONCURRENTLY cannot "
                    "tell its rows apart.",
                    name),
        fmt::format("Choose the columns that tell the rows of the view apart, which only you can know; run CREATE "
                    "UNIQUE INDEX CONCURRENTLY … ON {} (…), and make the plan again with it in the schema.",
                    name)};
  }
  if (identity->index->valid) return std::nullopt;
  return Refusal{fmt::format("The unique index {} of {} is invalid: REFRESH … CONCURRENTLY cannot tell the rows apart "
                             "by it.",
                             display_name(*identity), name),
                 fmt::format("Run REINDEX INDEX CONCURRENTLY {}, and make the plan again.", display_name(*identity))};
}

void assume(const std::string& view, bool knows_identity, Rewrite& rewrite) {
  constexpr std::string_view kHasIdentity =
      "\n    AND EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.oid AND i.indisunique AND i.indisvalid AND "
      "i.indimmediate\n"
      "      AND i.indpred IS NULL AND i.indexprs IS NULL)";
  rewrite.assumptions.push_back(
      {fmt::format("{} is a materialized view that has been populated{}: the migrations do not show it.", view,
                   knows_identity ? "" : ", with a unique index on plain columns for all rows"),
       fmt::format("SELECT EXISTS (\n"
                   "  SELECT FROM pg_class c WHERE c.oid = to_regclass({}) AND c.relkind = 'm' AND c.relispopulated{})",
                   quote_literal_sql(view), knows_identity ? "" : kHasIdentity),
       fmt::format("Populate it, and run CREATE UNIQUE INDEX CONCURRENTLY … ON {} (…) over the columns that tell its "
                   "rows apart.",
                   view)});
}

std::optional<Rewrite> rewrite(const StatementContext& context) {
  const auto& statement = *as<RefreshMatViewStmt>(context.statement.node);
  if (statement.concurrent || statement.skipData || context.effects.refused()) return std::nullopt;
  const Relation* view = find_relation(context, statement.relation);
  if (view == nullptr || view->kind != RelationKind::materialized_view) return std::nullopt;
  if (!view->populated || !context.is_live(view->id)) return std::nullopt;
  Rewrite result;
  const Relation* identity = find_identity(context, *view);
  const bool is_known = view->origin != Origin::unknown;
  if (auto refusal = is_known || identity != nullptr ? why_not(*view, identity) : std::nullopt) {
    result.refusal = std::move(refusal);
    return result;
  }
  const std::string name = display_name(*view);
  Step step;
  step.title = fmt::format("Refresh {} while it is read", name);
  step.step_class = StepClass::validate;
  step.sql = {fmt::format("REFRESH MATERIALIZED VIEW CONCURRENTLY {}", name)};
  step.watch = lock_waits();
  step.on_failure = kRunAgain;
  Phase& phase = result.phases.emplace_back();
  phase.kind = PhaseKind::migrate;
  phase.title = fmt::format("Refresh {}", name);
  phase.steps.push_back(std::move(step));
  if (!is_known) assume(name, identity != nullptr, result);
  result.notes.push_back(
      fmt::format("{} is computed beside the old rows and the difference is written: that takes longer where most rows "
                  "change, needs temporary space for all of them, and leaves dead rows to VACUUM.",
                  name));
  return result;
}

constexpr NodeTag kNodes[] = {T_RefreshMatViewStmt};
constexpr std::string_view kRules[] = {"refresh-matview-blocking"};

}  // namespace

const Recipe kRefreshMaterializedViewRecipe{"refresh-materialized-view", "REFRESH MATERIALIZED VIEW: CONCURRENTLY",
                                            kNodes, kRules, rewrite};

}  // namespace pglatch
