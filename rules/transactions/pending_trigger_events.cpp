#include <fmt/core.h>

#include <vector>

#include "rules/support/impact.h"
#include "rules/support/lock_queue.h"
#include "rules/support/pending_events.h"
#include "rules/support/source_text.h"

namespace pglatch {
namespace {

// The tables for which the statement calls CheckTableNotInUse() (tablecmds.c): not those that it renames, puts a
// trigger or a comment on, or only locks.
std::vector<const RangeVar*> checked_tables(const Node* node) {
  std::vector<const RangeVar*> tables;
  if (const auto* alter = as<AlterTableStmt>(node)) tables.push_back(alter->relation);
  if (const auto* index = as<IndexStmt>(node)) tables.push_back(index->relation);
  if (const auto* cluster = as<ClusterStmt>(node)) tables.push_back(cluster->relation);
  if (const auto* truncate = as<TruncateStmt>(node)) {
    for (const RangeVar* table : each<RangeVar>(truncate->relations)) tables.push_back(table);
  }
  return tables;
}

std::vector<RelationId> checked(const StatementContext& context) {
  std::vector<RelationId> ids;
  const auto add = [&](const Relation* relation) {
    if (relation == nullptr) return;
    if (relation->kind == RelationKind::table || relation->kind == RelationKind::partitioned_table) {
      ids.push_back(relation->id);
    }
  };
  for (const RangeVar* table : checked_tables(context.statement.node)) add(find_relation(context, table));
  const auto* drop = as<DropStmt>(context.statement.node);
  if (drop != nullptr && drop->removeType == OBJECT_TABLE) {
    for (const List* name : each<List>(drop->objects)) {
      add(context.catalog.find(name_of(name), context.session.search_path()));
    }
  }
  return ids;
}

void check(const StatementContext& context, const Rule& rule, Reporter& reporter) {
  if (context.held.empty() || context.code != nullptr || context.effects.refused()) return;
  if (context.session.in_transaction() != InTransaction::yes) return;
  for (const RelationId table : checked(context)) {
    const auto pending = pending_events(context, table);
    if (!pending) continue;
    Finding finding = make_finding(context, rule, command_range(context), pending->table);
    finding.message = fmt::format(
        "PostgreSQL refuses this statement, because {} has pending trigger events. {} is deferred: its check of the "
        "rows "
        "that the transaction wrote waits for COMMIT.",
        context.name(pending->table), pending->deferred);
    finding.help =
        "Have the rows checked before it: SET CONSTRAINTS ALL IMMEDIATE; or commit first, and change the table in a "
        "transaction of its own.";
    finding.related.push_back({first_line(context.sql, pending->writing->range), "the rows are written here"});
    return reporter.report(std::move(finding));
  }
}

constexpr NodeTag kNodes[] = {T_AlterTableStmt, T_IndexStmt, T_ClusterStmt, T_TruncateStmt, T_DropStmt};

}  // namespace

extern const Rule kPendingTriggerEvents;
const Rule kPendingTriggerEvents{"pending-trigger-events",
                                 "transactions",
                                 Severity::error,
                                 "A table with deferred checks pending cannot be altered in the same transaction.",
                                 kNodes,
                                 check};

}  // namespace pglatch
