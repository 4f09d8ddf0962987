// CREATE INDEX on an ordinary table or materialized view: CONCURRENTLY, with leftovers of earlier
// attempts removed and validity asked for afterwards.
#include <fmt/format.h>

#include "analyzer/parse/identifier.h"
#include "rules/recipes/index_checks.h"
#include "rules/recipes/index_names.h"
#include "rules/recipes/index_statement.h"
#include "rules/recipes/recipes.h"

namespace pglatch {
namespace {

Step build_step(const IndexStatement& statement, const std::string& name, const std::string& index,
                const std::string& table) {
  Step step;
  step.title = fmt::format("Build {}index {} on {} without blocking writes", statement.node->unique ? "unique " : "",
                           index, table);
  step.step_class = StepClass::concurrent;
  step.sql = {create_index_sql(statement, {name, table, true, false})};
  step.already_done = index_is_done(statement, index, table);
  step.leftovers = build_leftovers(index, table);
  step.watch = build_progress(table);
  step.on_failure = fmt::format(
      "An interrupted or failed build leaves {} INVALID: it is used by no query and slows down every write{}. Run the "
      "script again: it drops what is left and builds anew. If another session is still building it, wait for that.",
      index, statement.node->unique ? ", and may refuse rows already" : "");
  step.verify = step.already_done;
  step.rollback = {{StepClass::concurrent, fmt::format("DROP INDEX CONCURRENTLY IF EXISTS {}", index)}};
  return step;
}

// Only ANALYZE gathers the statistics of an indexed expression.
Step analyze_step(const Relation& table, const std::string& name, const std::string& index) {
  Step step;
  step.title = fmt::format("Gather statistics for the expressions of {}", index);
  step.step_class = StepClass::validate;
  step.sql = {fmt::format("ANALYZE {}", display_name(table))};
  step.already_done = fmt::format("SELECT EXISTS (SELECT FROM pg_stats WHERE schemaname = {} AND tablename = {})",
                                  quote_literal_sql(table.schema), quote_literal_sql(name));
  step.watch =
      "SELECT pid, relid::regclass, phase, sample_blks_scanned, sample_blks_total FROM "
      "pg_stat_progress_analyze";
  step.on_failure = "Nothing is left behind: run the script again.";
  return step;
}

// An index of a table that others use.
struct NewIndex {
  const Relation* table;
  IndexStatement statement;
  std::string name;
};

std::optional<NewIndex> new_index(const StatementContext& context) {
  const auto& node = *as<IndexStmt>(context.statement.node);
  const Relation* table = context.catalog.find(name_of(node.relation), context.session.search_path());
  if (table == nullptr || !table->has_storage() || !context.is_live(table->id)) return std::nullopt;
  auto statement = take_apart(context, node);
  if (!statement) return std::nullopt;
  std::string name =
      node.idxname != nullptr ? std::string(node.idxname) : default_index_name(node, *table, context.catalog);
  // It is there: the original leaves it alone, whatever it is.
  if (node.if_not_exists && context.catalog.find({table->schema, name}, {}) != nullptr) return std::nullopt;
  return NewIndex{table, std::move(*statement), std::move(name)};
}

bool has_form(const StatementContext& context) { return new_index(context).has_value(); }

std::optional<Rewrite> rewrite(const StatementContext& context) {
  const auto found = new_index(context);
  if (!found) return std::nullopt;
  const auto& [table, statement, name] = *found;
  const IndexStmt& node = *statement.node;
  const std::string index = quote_qualified(table->schema, name);
  const std::string table_name = display_name(*table);
  Rewrite result;
  Phase& phase = result.phases.emplace_back();
  phase.kind = PhaseKind::migrate;
  phase.title = fmt::format("Build {}", index);
  phase.steps.push_back(build_step(statement, name, index, table_name));
  if (statement.has_expression()) phase.steps.push_back(analyze_step(*table, name, index));

  if (table->origin == Origin::unknown) {
    result.assumptions.push_back(
        {fmt::format("{} is an ordinary table or materialized view: the migrations do not show it.", table_name),
         fmt::format("SELECT EXISTS (SELECT FROM pg_class WHERE oid = to_regclass({}) AND relkind IN ('r', 'm'))",
                     quote_literal_sql(table_name)),
         "Make the plan again with the schema of the database (--schema)."});
  }
  result.preflight = build_preflight(table_name, false);
  if (node.unique) result.preflight.push_back(duplicates_preflight(statement, table_name));
  if (node.idxname == nullptr) {
    result.notes.push_back(fmt::format("The index had no name: {} is what PostgreSQL would call it.", index));
  }
  return result;
}

constexpr NodeTag kNodes[] = {T_IndexStmt};
constexpr std::string_view kRules[] = {"create-index-non-concurrent", "concurrently-in-transaction",
                                       "invalid-index-left-behind"};

}  // namespace

const Recipe kCreateIndexRecipe{
    "create-index", "CREATE INDEX on a table: CONCURRENTLY, checked and repeatable", kNodes, kRules, rewrite, {}, {},
    has_form};

}  // namespace pglatch
