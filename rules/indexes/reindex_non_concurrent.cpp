#include <fmt/core.h>

#include <algorithm>

#include "analyzer/locks/options.h"
#include "analyzer/parse/identifier.h"
#include "rules/support/impact.h"
#include "rules/support/source_text.h"

namespace pglatch {
namespace {

constexpr int kFirstConcurrently = 12;

std::string_view word_of(ReindexObjectType kind) {
  switch (kind) {
    case REINDEX_OBJECT_INDEX:
      return "index";
    case REINDEX_OBJECT_TABLE:
      return "table";
    case REINDEX_OBJECT_SCHEMA:
      return "schema";
    case REINDEX_OBJECT_SYSTEM:
      return "system";
    case REINDEX_OBJECT_DATABASE:
      return "database";
  }
  return "index";
}

bool is_many(const ReindexStmt& stmt) { return stmt.kind != REINDEX_OBJECT_INDEX && stmt.kind != REINDEX_OBJECT_TABLE; }

// From REINDEX to the kind of object, options in parentheses included.
ByteRange keywords(const StatementContext& context, const ReindexStmt& stmt) {
  const ByteRange kind =
      find_words(context.sql, context.statement.range, {word_of(stmt.kind)}).value_or(context.statement.range);
  return {context.statement.range.start, kind.end};
}

bool is_exclusion(const StatementContext& context, const Relation& index) {
  const Relation* table = context.catalog.find(index.index->table);
  return table != nullptr && std::any_of(table->constraints.begin(), table->constraints.end(), [&](const auto& one) {
           return one.kind == ConstraintKind::exclusion && one.index == index.id;
         });
}

// REINDEX CONCURRENTLY passes over what it cannot do, or refuses it.
bool has_concurrent_form(const StatementContext& context, const ReindexStmt& stmt, const Relation* target) {
  if (stmt.kind == REINDEX_OBJECT_SYSTEM) return false;
  return target == nullptr || !target->is_index() || !is_exclusion(context, *target);
}

std::string help_for(const StatementContext& context, const ReindexStmt& stmt, const Relation* target,
                     const Edit& edit) {
  if (!has_concurrent_form(context, stmt, target)) {
    return stmt.kind == REINDEX_OBJECT_SYSTEM
               ? "The system catalogs have no other form: do it in a maintenance window, and only where one of their "
                 "indexes is known to be damaged."
               : "REINDEX CONCURRENTLY refuses the index of an exclusion constraint: do it in a maintenance window.";
  }
  if (context.pg_version < kFirstConcurrently) {
    return "Before PostgreSQL 12 there is no REINDEX CONCURRENTLY: build a second index by CREATE INDEX CONCURRENTLY, "
           "drop the old one by DROP INDEX CONCURRENTLY, and give the new one its name; swap that of a constraint by "
           "ALTER TABLE … DROP CONSTRAINT …, ADD CONSTRAINT … USING INDEX ….";
  }
  return fmt::format("Run it alone, outside of a transaction: {}",
                     edited_statement(context, {&edit, 1}).value_or("REINDEX … CONCURRENTLY …;"));
}

bool can_fix(const StatementContext& context, const ReindexStmt& stmt, const Relation* target) {
  return context.pg_version >= kFirstConcurrently && concurrently_is_sure(context) && target != nullptr &&
         target->origin != Origin::unknown && target->kind == RelationKind::index &&
         has_concurrent_form(context, stmt, target);
}

// What waits, in words; empty where nothing does.
std::string where_blocked(const StatementContext& context, const ReindexStmt& stmt, const Relation* target,
                          const std::vector<RelationId>& hit) {
  if (stmt.kind == REINDEX_OBJECT_SYSTEM) return "every system catalog, one by one,";
  if (is_many(stmt)) {
    // Whatever the catalog shows of it, there is more.
    if (hit.empty() && context.catalog.complete) return {};
    return stmt.kind == REINDEX_OBJECT_SCHEMA
               ? fmt::format("every table of schema {}, one by one,", quote_identifier_sql(text(stmt.name)))
               : "every table of the database, one by one,";
  }
  if (!hit.empty()) return hit.size() == 1 ? context.name(hit.front()) : name_list(context, hit);
  // An index of a table that nobody has seen.
  const bool unknown = target != nullptr && target->is_index() && target->index->table == kNoRelation;
  return unknown && context.is_live(target->id) ? "the table of " + context.name(target->id) : std::string();
}

void check(const StatementContext& context, const Rule& rule, Reporter& reporter) {
  const auto& stmt = *as<ReindexStmt>(context.statement.node);
  if (locks::has_option(stmt.params, "concurrently") || context.effects.refused()) return;
  const Relation* target = find_relation(context, stmt.relation);
  const auto hit = blocked_during(context, WorkKind::index_build);
  const std::string where = where_blocked(context, stmt, target, hit);
  if (where.empty()) return;

  const ByteRange range = keywords(context, stmt);
  Finding finding = make_finding(context, rule, range, target == nullptr ? kNoRelation : target->id, hit);
  finding.message = fmt::format(
      "REINDEX blocks writes and new reads on {} while the index is built. The SHARE lock on the table keeps writers "
      "out; the ACCESS EXCLUSIVE lock on its index stops every query, since the planner locks all indexes of a table.",
      where);
  const Edit edit = insert_concurrently(context.sql, range);
  finding.help = help_for(context, stmt, target, edit);
  if (can_fix(context, stmt, target)) finding.fix = Fix{"rebuild the index with CONCURRENTLY", {edit}};
  reporter.report(std::move(finding));
}

constexpr NodeTag kNodes[] = {T_ReindexStmt};

}  // namespace

extern const Rule kReindexNonConcurrent;
const Rule kReindexNonConcurrent{"reindex-non-concurrent",
                                 "indexes",
                                 Severity::error,
                                 "REINDEX without CONCURRENTLY blocks writes and new reads while the index is built.",
                                 kNodes,
                                 check};

}  // namespace pglatch
