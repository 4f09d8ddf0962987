// DROP INDEX: CONCURRENTLY, one by one. The index of a partitioned table can only be dropped under
// AccessExclusiveLock on the whole tree: briefly, retried.
//
// PostgreSQL documentation, DROP INDEX: one name per CONCURRENTLY, no CASCADE, no constraint's index.
#include <fmt/format.h>

#include <algorithm>

#include "analyzer/parse/identifier.h"
#include "rules/recipes/index_checks.h"
#include "rules/recipes/recipes.h"

namespace pglatch {
namespace {

bool backs_constraint(const Relation& index, const Catalog& catalog) {
  if (index.index->primary) return true;
  const Relation* table = catalog.find(index.index->table);
  return table != nullptr &&
         std::any_of(table->constraints.begin(), table->constraints.end(),
                     [&](const TableConstraint& constraint) { return constraint.index == index.id; });
}

// What makes the index again, where the catalog knows what it was.
std::vector<Rollback> recreate(const Relation& index, const Catalog& catalog) {
  const Relation* table = catalog.find(index.index->table);
  if (table == nullptr || index.index->definition.empty() || index.kind == RelationKind::partitioned_index) return {};
  return {{StepClass::concurrent,
           fmt::format("CREATE {}INDEX CONCURRENTLY IF NOT EXISTS {} ON {} {}", index.index->unique ? "UNIQUE " : "",
                       quote_identifier_sql(index.name), display_name(*table), index.index->definition)}};
}

Step drop_step(const Relation& index, const Catalog& catalog) {
  const std::string name = display_name(index);
  const bool partitioned = index.kind == RelationKind::partitioned_index;
  Step step;
  step.title = partitioned ? fmt::format("Drop {} with its partitions' indexes", name)
                           : fmt::format("Drop {} without blocking its table", name);
  step.step_class = partitioned ? StepClass::brief : StepClass::concurrent;
  step.sql = {fmt::format("DROP INDEX {}IF EXISTS {}", partitioned ? "" : "CONCURRENTLY ", name)};
  step.already_done = fmt::format("SELECT to_regclass({}) IS NULL", quote_literal_sql(name));
  step.verify = step.already_done;
  step.watch = lock_waits();
  step.on_failure = partitioned ? "Nothing is left behind: run the script again."
                                : fmt::format("{} may be left INVALID: run the script again, it drops the rest.", name);
  step.rollback = recreate(index, catalog);
  return step;
}

std::optional<Rewrite> rewrite(const StatementContext& context) {
  const auto& node = *as<DropStmt>(context.statement.node);
  if (node.removeType != OBJECT_INDEX || node.behavior == DROP_CASCADE) return std::nullopt;
  Rewrite result;
  Phase& phase = result.phases.emplace_back();
  phase.kind = PhaseKind::contract;
  phase.title = "Drop indexes";
  for (const Node* object : each(node.objects)) {
    const NameView name = name_of(reinterpret_cast<const List*>(object));
    const Relation* index = context.catalog.find(name, context.session.search_path());
    if (index == nullptr || !index->is_index() || !context.is_live(index->id)) return std::nullopt;
    if (backs_constraint(*index, context.catalog) || index->index->parent != kNoRelation) return std::nullopt;
    phase.steps.push_back(drop_step(*index, context.catalog));
    if (index->origin == Origin::unknown) {
      const std::string literal = quote_literal_sql(display_name(*index));
      result.assumptions.push_back(
          {fmt::format("{} belongs to no constraint and to no partitioned table: the migrations do not show it.",
                       display_name(*index)),
           fmt::format("SELECT NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = to_regclass({0}))\n"
                       "  AND NOT EXISTS (SELECT FROM pg_class WHERE oid = to_regclass({0}) AND (relkind <> 'i' OR "
                       "relispartition))",
                       literal),
           "Make the plan again with the schema of the database (--schema)."});
    }
    if (phase.steps.back().rollback.empty()) {
      result.preflight.push_back(
          {fmt::format("Definition of {}, to be kept for a rollback", display_name(*index)),
           fmt::format("SELECT pg_get_indexdef(to_regclass({}))", quote_literal_sql(display_name(*index))), "one row",
           false});
    }
    result.preflight.push_back(
        {fmt::format("Use of {} since the statistics were reset, on this server only", display_name(*index)),
         fmt::format("SELECT idx_scan, idx_tup_read FROM pg_stat_user_indexes WHERE indexrelid = to_regclass({})",
                     quote_literal_sql(display_name(*index))),
         "no scans that matter (ask replicas too)", false});
  }
  return result;
}

constexpr NodeTag kNodes[] = {T_DropStmt};
constexpr std::string_view kRules[] = {"drop-index-non-concurrent", "concurrently-in-transaction"};

}  // namespace

const Recipe kDropIndexRecipe{"drop-index", "DROP INDEX: CONCURRENTLY, one by one", kNodes, kRules, rewrite};

}  // namespace pglatch
