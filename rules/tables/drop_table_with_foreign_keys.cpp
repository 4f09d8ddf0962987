#include <fmt/core.h>

#include <algorithm>

#include "analyzer/parse/identifier.h"
#include "rules/support/dropped_later.h"
#include "rules/support/impact.h"
#include "rules/support/source_text.h"

namespace pglatch {
namespace {

struct Neighbours {
  std::vector<RelationId> referenced;
  std::vector<RelationId> referencing;
};

// The other tables that are locked: live, and not dropped themselves, now or later.
Neighbours neighbours_of(const StatementContext& context) {
  Neighbours neighbours;
  for (const TakenLock& lock : context.effects.locks) {
    if (!blocks_writes(lock.mode) || !context.is_live(lock.relation)) continue;
    if (lock.reason != LockReason::referenced && lock.reason != LockReason::referencing) continue;
    if (is_dropped_later(context, lock.relation)) continue;
    if (lock.reason == LockReason::referenced) neighbours.referenced.push_back(lock.relation);
    if (lock.reason == LockReason::referencing) neighbours.referencing.push_back(lock.relation);
  }
  return neighbours;
}

// The first table that the statement names.
const Relation* first_table(const StatementContext& context, const DropStmt& stmt) {
  for (const Node* object : each(stmt.objects)) {
    const NameView name = name_of(reinterpret_cast<const List*>(object));
    if (const Relation* table = context.catalog.find(name, context.session.search_path())) return table;
  }
  return nullptr;
}

// The statement that drops one of the foreign keys alone; what it locks is only locked for as long as that takes.
std::string drop_key(const StatementContext& context, const Relation& table, const Neighbours& neighbours) {
  const auto statement = [&](const Relation& referencing, const TableConstraint& key) {
    return fmt::format("ALTER TABLE {} DROP CONSTRAINT {};", context.name(referencing.id),
                       quote_identifier_sql(key.name));
  };
  for (const TableConstraint& key : table.constraints) {
    if (key.kind == ConstraintKind::foreign_key && !neighbours.referenced.empty() &&
        key.referenced == neighbours.referenced.front()) {
      return statement(table, key);
    }
  }
  for (const RelationId id : neighbours.referencing) {
    const Relation& referencing = *context.catalog.find(id);
    for (const TableConstraint& key : referencing.constraints) {
      if (key.kind == ConstraintKind::foreign_key && key.referenced == table.id) return statement(referencing, key);
    }
  }
  return "ALTER TABLE … DROP CONSTRAINT …;";
}

void check(const StatementContext& context, const Rule& rule, Reporter& reporter) {
  const auto& stmt = *as<DropStmt>(context.statement.node);
  if (stmt.removeType != OBJECT_TABLE || context.effects.locks.empty()) return;
  const Neighbours neighbours = neighbours_of(context);
  if (neighbours.referenced.empty() && neighbours.referencing.empty()) return;
  const Relation* table = first_table(context, stmt);
  if (table == nullptr) return;

  std::vector<RelationId> all = neighbours.referenced;
  all.insert(all.end(), neighbours.referencing.begin(), neighbours.referencing.end());
  const TakenLock lock = strongest_lock(context, all.front(), all);
  Finding finding =
      make_finding(context, rule, leading_words(context, {"drop", "table", "if", "exists"}), table->id, all);
  finding.message = fmt::format(
      "Dropping {} blocks {} on {} as well, because of foreign keys{}. {} While it waits for "
      "one of them, it keeps the others locked.",
      context.name(table->id), blocks(lock.mode), name_list(context, all),
      neighbours.referencing.empty() ? "" : ", some of which CASCADE takes away", lock_sentence(lock));
  finding.help = fmt::format(
      "Drop the foreign keys first, each in a short transaction of its own with a lock_timeout, then the table: {}",
      drop_key(context, *table, neighbours));
  reporter.report(std::move(finding));
}

constexpr NodeTag kNodes[] = {T_DropStmt};

}  // namespace

extern const Rule kDropTableWithForeignKeys;
const Rule kDropTableWithForeignKeys{"drop-table-with-foreign-keys",
                                     "tables",
                                     Severity::warning,
                                     "Dropping a table with foreign keys locks the tables on their other side as well.",
                                     kNodes,
                                     check};

}  // namespace pglatch
