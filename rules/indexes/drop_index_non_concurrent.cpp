#include <fmt/core.h>

#include <algorithm>

#include "rules/support/dropped_later.h"
#include "rules/support/dropped_objects.h"
#include "rules/support/impact.h"
#include "rules/support/lock_queue.h"
#include "rules/support/source_text.h"

namespace pglatch {
namespace {

struct Dropped {
  std::vector<RelationId> indexes;  // live ones
  std::vector<RelationId> tables;   // live ones that are locked; an unknown index has none
  bool partitioned = false;
};

Dropped dropped_by(const StatementContext& context, const DropStmt& stmt) {
  Dropped dropped;
  for (const Node* object : each(stmt.objects)) {
    const NameView name = name_of(reinterpret_cast<const List*>(object));
    const Relation* index = context.catalog.find(name, context.session.search_path());
    if (index == nullptr || !index->is_index() || !context.is_live(index->id)) continue;
    if (!blocks_writes(context.effects.mode_on(index->id))) continue;
    dropped.indexes.push_back(index->id);
    dropped.partitioned |= index->kind == RelationKind::partitioned_index;
    const RelationId table = index->index->table;
    if (table != kNoRelation && std::find(dropped.tables.begin(), dropped.tables.end(), table) == dropped.tables.end())
      dropped.tables.push_back(table);
  }
  return dropped;
}

bool drops_index(const Node* node) {
  const auto* drop = as<DropStmt>(node);
  return drop != nullptr && drop->removeType == OBJECT_INDEX;
}

bool backs_constraint(const Relation& table, RelationId index) {
  return std::any_of(table.constraints.begin(), table.constraints.end(),
                     [&](const TableConstraint& constraint) { return constraint.index == index; });
}

bool can_fix(const StatementContext& context, const DropStmt& stmt, const Dropped& dropped) {
  if (!concurrently_is_sure(context) || each(stmt.objects).size() != 1 || stmt.behavior == DROP_CASCADE) return false;
  if (dropped.indexes.size() != 1 || dropped.tables.size() != 1) return false;
  const Relation& index = *context.catalog.find(dropped.indexes.front());
  const Relation& table = *context.catalog.find(dropped.tables.front());
  return index.origin != Origin::unknown && table.origin != Origin::unknown && table.has_storage() &&
         index.kind == RelationKind::index && index.index->parent == kNoRelation && !backs_constraint(table, index.id);
}

// Nothing that is shown made one of them, and the statement asks whether they are there.
bool are_hardly_there(const StatementContext& context, const DropStmt& stmt, const Dropped& dropped) {
  const bool unknown = std::all_of(dropped.indexes.begin(), dropped.indexes.end(), [&](RelationId index) {
    return context.catalog.find(index)->origin == Origin::unknown;
  });
  return stmt.missing_ok && unknown && shows_tables(context.catalog);
}

std::string help_for(const StatementContext& context, const DropStmt& stmt, const Dropped& dropped, const Edit& edit) {
  if (dropped.partitioned) {
    return "The index of a partitioned table cannot be dropped concurrently: run `pglatch plan` for a form that waits "
           "for its locks only briefly and tries again.";
  }
  if (stmt.behavior == DROP_CASCADE) {
    return "Drop the constraints that depend on the index first, then the index alone: DROP INDEX CONCURRENTLY has no "
           "CASCADE.";
  }
  if (each(stmt.objects).size() > 1) {
    return "Drop them one by one, each alone and outside of a transaction: DROP INDEX CONCURRENTLY takes one index.";
  }
  return fmt::format("Run it alone, outside of a transaction: {}",
                     edited_statement(context, {&edit, 1}).value_or("DROP INDEX CONCURRENTLY …;"));
}

void check(const StatementContext& context, const Rule& rule, Reporter& reporter) {
  const auto& stmt = *as<DropStmt>(context.statement.node);
  if (stmt.removeType != OBJECT_INDEX || stmt.concurrent || context.effects.fails) return;
  const Dropped dropped = dropped_by(context, stmt);
  if (dropped.indexes.empty()) return;
  const bool tables_go_too = std::all_of(dropped.tables.begin(), dropped.tables.end(),
                                         [&](RelationId table) { return is_dropped_later(context, table); });
  if (tables_go_too && !dropped.tables.empty()) return;  // drop-table says it
  if (adds_no_lock(context, drops_index)) return;

  const TakenLock lock = strongest_lock(context, dropped.indexes.front(), dropped.tables);
  const std::string where = dropped.tables.empty()       ? "the table of " + context.name(dropped.indexes.front())
                            : dropped.tables.size() == 1 ? affected(context, dropped.tables.front(), dropped.tables)
                                                         : name_list(context, dropped.tables);
  const ByteRange keywords = leading_words(context, {"drop", "index"});
  Finding finding = make_finding(context, rule, keywords, dropped.indexes.front(), dropped.tables);
  finding.message = fmt::format(
      "DROP INDEX blocks {} on {} from the moment it asks for its lock. {} Whatever comes after it queues behind it, "
      "also while it still waits for running queries to end.",
      blocks(lock.mode), where, lock_sentence(lock));
  if (are_hardly_there(context, stmt, dropped)) {
    finding.severity = Severity::info;
    finding.message += " No migration makes the index: where it is not there, nothing happens.";
  }
  const Edit edit = insert_concurrently(context.sql, keywords);
  finding.help = help_for(context, stmt, dropped, edit);
  if (can_fix(context, stmt, dropped)) finding.fix = Fix{"drop the index with CONCURRENTLY", {edit}};
  reporter.report(std::move(finding));
}

constexpr NodeTag kNodes[] = {T_DropStmt};

}  // namespace

extern const Rule kDropIndexNonConcurrent;
const Rule kDropIndexNonConcurrent{"drop-index-non-concurrent",
                                   "indexes",
                                   Severity::warning,
                                   "DROP INDEX without CONCURRENTLY blocks reads and writes on the table.",
                                   kNodes,
                                   check};

}  // namespace pglatch
