#include <fmt/core.h>

#include "analyzer/parse/identifier.h"
#include "rules/support/alter_table.h"

namespace pglatch {
namespace {

constexpr int kFirstThatReindexesIntoTablespace = 14;

// "public.orders and its 2 partitions"; of an index, whose lock every query of its table needs when it is planned, the
// table.
std::string blocked_relation(const Subcommand& subcommand, const std::vector<RelationId>& hit) {
  const RelationId table = subcommand.target.index->table;
  if (table != kNoRelation) return subcommand.context.name(table);
  if (subcommand.target.is_index()) return "the table of " + subcommand.table();
  return affected(subcommand.context, subcommand.target.id, hit);
}

std::string index_help(const Subcommand& subcommand, std::string_view tablespace) {
  if (subcommand.context.pg_version >= kFirstThatReindexesIntoTablespace) {
    return fmt::format(
        "Build it anew over there, alone and outside of a transaction: REINDEX (TABLESPACE {}) INDEX "
        "CONCURRENTLY {};",
        tablespace, subcommand.table());
  }
  return fmt::format(
      "Build a second index with CREATE INDEX CONCURRENTLY … TABLESPACE {}, then DROP INDEX CONCURRENTLY "
      "{};",
      tablespace, subcommand.table());
}

void look_at(const Subcommand& subcommand, const Rule& rule, Reporter& reporter) {
  const auto hit = subcommand.blocked_during(WorkKind::rewrite);
  if (hit.empty()) return;

  const StatementContext& context = subcommand.context;
  const RelationId target = subcommand.target.id;
  const std::string tablespace = quote_identifier_sql(text(subcommand.command.name));
  const TakenLock lock = strongest_lock(context, target, hit);
  Finding finding = make_finding(context, rule, subcommand.range(), target, hit);
  finding.message =
      fmt::format("Moving {} to tablespace {} blocks {} on {} while its files are copied. {}", subcommand.table(),
                  tablespace, blocks(lock.mode), blocked_relation(subcommand, hit), lock_sentence(lock));
  finding.help = subcommand.target.is_index()
                     ? index_help(subcommand, tablespace)
                     : fmt::format(
                           "To move a table while reads and writes go on, use pg_repack --tablespace={}, outside "
                           "of migrations; or put only new tables and partitions there.",
                           tablespace);
  reporter.report(std::move(finding));
}

std::string_view kind_of(const AlterTableMoveAllStmt& stmt) {
  if (stmt.objtype == OBJECT_INDEX) return "indexes";
  return stmt.objtype == OBJECT_MATVIEW ? "materialized views" : "tables";
}

// ALTER TABLE ALL IN TABLESPACE: what is in there is known only as far as migrations put it there.
void move_all(const StatementContext& context, const AlterTableMoveAllStmt& stmt, const Rule& rule,
              Reporter& reporter) {
  const std::string_view from = text(stmt.orig_tablespacename);
  const std::string_view to = text(stmt.new_tablespacename);
  const auto hit = blocked_during(context, WorkKind::rewrite);
  if (from == to || (hit.empty() && context.catalog.complete)) return;
  Finding finding =
      make_finding(context, rule, leading_words(context, {"alter", "table", "index", "materialized", "view", "all"}),
                   hit.empty() ? kNoRelation : hit.front(), hit);
  finding.message = fmt::format(
      "Moving all {} out of tablespace {} locks all of them at once and blocks reads and writes while their files are "
      "copied. The locks are held until the last one is copied{}.",
      kind_of(stmt), quote_identifier_sql(from), hit.empty() ? "" : ": " + name_list(context, hit));
  finding.help = fmt::format(
      "Move them one by one, each in a transaction of its own, by a way that lets reads and writes "
      "go on: {}.",
      stmt.objtype == OBJECT_INDEX && context.pg_version >= kFirstThatReindexesIntoTablespace
          ? fmt::format("REINDEX (TABLESPACE {}) INDEX CONCURRENTLY", quote_identifier_sql(to))
          : fmt::format("pg_repack --tablespace={}", quote_identifier_sql(to)));
  reporter.report(std::move(finding));
}

void check(const StatementContext& context, const Rule& rule, Reporter& reporter) {
  if (const auto* all = as<AlterTableMoveAllStmt>(context.statement.node)) {
    if (!context.effects.refused()) move_all(context, *all, rule, reporter);
    return;
  }
  each_subcommand(context, {AT_SetTableSpace},
                  [&](const Subcommand& subcommand) { look_at(subcommand, rule, reporter); });
}

constexpr NodeTag kNodes[] = {T_AlterTableStmt, T_AlterTableMoveAllStmt};

}  // namespace

extern const Rule kSetTablespace;
const Rule kSetTablespace{
    "set-tablespace", "tables",
    Severity::error,  "Another tablespace means copying all files while reads and writes are blocked.",
    kNodes,           check};

}  // namespace pglatch
