#include "rules/support/table_units.h"

#include <algorithm>

namespace pglatch {
namespace {

bool is_table(const Relation& relation) {
  return relation.kind == RelationKind::table || relation.kind == RelationKind::partitioned_table ||
         relation.kind == RelationKind::materialized_view || relation.kind == RelationKind::foreign_table;
}

// A foreign key of `from`, or of a table below it, references the tree of `to`.
bool references(const Catalog& catalog, RelationId from, RelationId to) {
  for (const RelationId member : catalog.with_descendants(to)) {
    const Relation* relation = catalog.find(member);
    if (relation == nullptr) continue;
    if (std::any_of(relation->referenced_by.begin(), relation->referenced_by.end(),
                    [&](RelationId referencing) { return unit_of(catalog, referencing) == from; })) {
      return true;
    }
  }
  return false;
}

// The table that a statement adds a foreign key to, or takes one from: locked together with the referenced one by that
// statement alone, which cannot be helped.
RelationId referencing_unit(const StatementContext& context) {
  for (const TakenLock& lock : context.effects.locks) {
    if (lock.reason == LockReason::target) return unit_of(context.catalog, lock.relation);
  }
  return kNoRelation;
}

}  // namespace

std::vector<TableUnit> tables_to_wait_for(const StatementContext& context) {
  std::vector<TableUnit> tables;
  for (const TakenLock& lock : locks_to_wait_for(context)) {
    const RelationId unit = unit_of(context.catalog, lock.relation);
    const Relation* relation = context.catalog.find(unit);
    if (relation == nullptr || !is_table(*relation) || !context.is_live(unit)) continue;
    if (std::none_of(tables.begin(), tables.end(), [unit](const TableUnit& one) { return one.table == unit; })) {
      tables.push_back({unit, lock});
    }
  }
  return tables;
}

std::optional<SecondTable> second_table(const StatementContext& context) {
  if (context.effects.locks.empty() || context.held.empty() || context.code != nullptr) return std::nullopt;
  const auto tables = tables_to_wait_for(context);
  if (tables.empty()) return std::nullopt;
  const auto held = earlier_locks(context);
  const RelationId target = referencing_unit(context);
  std::optional<SecondTable> found;
  for (const TableUnit& table : tables) {
    const bool known =
        std::any_of(held.begin(), held.end(), [&](const EarlierLock& lock) { return lock.unit == table.table; });
    if (known) continue;
    for (const EarlierLock& lock : held) {
      const Relation* relation = context.catalog.find(lock.unit);
      if (relation != nullptr && !is_table(*relation)) continue;
      if (table.lock.reason == LockReason::referenced && lock.unit == target) continue;
      const bool inverted = relation != nullptr && references(context.catalog, lock.unit, table.table);
      if (!found || (inverted && !found->inverted)) found = SecondTable{table, lock, inverted};
    }
  }
  return found;
}

}  // namespace pglatch
