// REINDEX INDEX and REINDEX TABLE: CONCURRENTLY, which builds new indexes beside the old ones. What interrupted
// attempts left is dropped before: PostgreSQL names it by the index and "_ccnew" or "_ccold".
//
// PostgreSQL documentation, REINDEX, "Rebuilding Indexes Concurrently"; ReindexRelationConcurrently() in indexcmds.c.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "analyzer/locks/options.h"
#include "analyzer/parse/identifier.h"
#include "rules/recipes/code_tokens.h"
#include "rules/recipes/index_checks.h"
#include "rules/recipes/partitioned_index.h"
#include "rules/recipes/recipes.h"
#include "rules/recipes/reindex_steps.h"
#include "rules/support/impact.h"

namespace pglatch {
namespace {

constexpr int kFirstConcurrently = 12;
constexpr int kFirstPartitioned = 14;

// An index that an ordinary REINDEX TABLE rebuilds and REINDEX TABLE CONCURRENTLY does not.
const Relation* find_passed_over(const Relation& target, const Catalog& catalog) {
  for (const RelationId id : catalog.with_descendants(target.id)) {
    const Relation& table = *catalog.find(id);
    for (const RelationId index_id : table.indexes) {
      const Relation* index = catalog.find(index_id);
      if (index == nullptr || index->kind != RelationKind::index) continue;
      if (!index->index->valid || is_exclusion(table, index_id)) return index;
    }
  }
  return nullptr;
}

// The statement with CONCURRENTLY behind the kind of object, else as it is written.
std::string concurrent_form(const StatementContext& context, const ReindexStmt& statement) {
  const std::string sql = without_comments(context.statement.range.of(context.sql));
  const std::string_view kind = statement.kind == REINDEX_OBJECT_INDEX ? "index" : "table";
  const Tokens tokens = code_tokens(sql);
  for (std::size_t i = 1; i < tokens.size(); i = tokens[i].is('(', sql) ? skip_group(sql, tokens, i) : i + 1) {
    if (!tokens[i].is_word(kind, sql)) continue;
    return fmt::format("{} CONCURRENTLY {}", text_of(sql, tokens, 0, i + 1),
                       text_of(sql, tokens, i + 1, tokens.size()));
  }
  return {};
}

Step check_all_valid(const Relation& target) {
  return check_step(
      fmt::format("Check that no index of {} is invalid: CONCURRENTLY would pass over it", display_name(target)),
      fmt::format("SELECT NOT EXISTS (\n"
                  "  SELECT FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid\n"
                  "  WHERE c.relkind = 'i' AND NOT i.indisvalid AND i.indrelid IN (\n"
                  "    {}))",
                  tables_of_indexes(target)),
      "Drop the invalid index CONCURRENTLY, or rebuild it with REINDEX INDEX CONCURRENTLY; then run the "
      "script again.");
}

std::optional<Refusal> why_not(const StatementContext& context, const ReindexStmt& statement, const Relation& target) {
  const bool partitioned =
      target.kind == RelationKind::partitioned_table || target.kind == RelationKind::partitioned_index;
  if (context.pg_version < kFirstConcurrently || (partitioned && context.pg_version < kFirstPartitioned)) {
    return Refusal{
        fmt::format("PostgreSQL {} has no REINDEX CONCURRENTLY for {}.", context.pg_version, display_name(target)),
        "Build a second index CONCURRENTLY, drop the old one CONCURRENTLY, and give the new one its name."};
  }
  if (statement.kind == REINDEX_OBJECT_INDEX) {
    const Relation* table = context.catalog.find(target.index->table);
    if (table == nullptr || !is_exclusion(*table, target.id)) return std::nullopt;
    return Refusal{fmt::format("PostgreSQL refuses REINDEX CONCURRENTLY of {}: it belongs to an exclusion constraint.",
                               display_name(target)),
                   "Rebuild it while nobody needs the table."};
  }
  const Relation* passed_over = find_passed_over(target, context.catalog);
  if (passed_over == nullptr) return std::nullopt;
  return Refusal{fmt::format("REINDEX TABLE CONCURRENTLY passes over {}: it is invalid, or belongs to an exclusion "
                             "constraint.",
                             display_name(*passed_over)),
                 "Rebuild the other indexes one by one with REINDEX INDEX CONCURRENTLY, an invalid one too; that of an "
                 "exclusion constraint while nobody needs the table."};
}

std::optional<Rewrite> rewrite(const StatementContext& context) {
  const auto& statement = *as<ReindexStmt>(context.statement.node);
  const bool is_index = statement.kind == REINDEX_OBJECT_INDEX;
  if (!is_index && statement.kind != REINDEX_OBJECT_TABLE) return std::nullopt;
  // A refusal that only a transaction block is to blame for goes away with it.
  if (locks::has_option(statement.params, "concurrently")) return std::nullopt;
  const Relation* target = find_relation(context, statement.relation);
  if (target == nullptr || !context.is_live(target->id) || target->is_index() != is_index) return std::nullopt;
  std::string sql = concurrent_form(context, statement);
  if (sql.empty()) return std::nullopt;
  Rewrite result;
  if (auto refusal = why_not(context, statement, *target)) {
    result.refusal = std::move(refusal);
    return result;
  }
  const Relation* table = is_index ? context.catalog.find(target->index->table) : target;
  Phase& phase = result.phases.emplace_back();
  phase.kind = PhaseKind::migrate;
  phase.title = fmt::format("Rebuild {}", display_name(*target));
  phase.steps.push_back(drop_reindex_leftovers(*target));
  if (!is_index) phase.steps.push_back(check_all_valid(*target));
  phase.steps.push_back(rebuild(*target, std::move(sql)));
  if (is_index) phase.steps.back().verify = index_is_valid(display_name(*target));
  if (table != nullptr) {
    result.preflight = build_preflight(display_name(*table), table->kind == RelationKind::partitioned_table);
  }
  return result;
}

constexpr NodeTag kNodes[] = {T_ReindexStmt};
constexpr std::string_view kRules[] = {"reindex-non-concurrent"};

}  // namespace

const Recipe kReindexRecipe{"reindex", "REINDEX: CONCURRENTLY, with leftovers removed", kNodes, kRules, rewrite};

}  // namespace pglatch
