#include "analyzer/plan/locked_tables.h"

#include <fmt/format.h>

#include <algorithm>

namespace pglatch {
namespace {

constexpr int kMaxTreeHeight = 1000;

RelationId unit_of(const Catalog& catalog, RelationId id) {
  const Relation* relation = catalog.find(id);
  if (relation != nullptr && relation->is_index()) relation = catalog.find(relation->index->table);
  for (int height = 0; relation != nullptr && height < kMaxTreeHeight; ++height) {
    const RelationId parent = relation->partition_of != kNoRelation ? relation->partition_of
                              : relation->inherits.empty()          ? kNoRelation
                                                                    : relation->inherits.front();
    const Relation* above = catalog.find(parent);
    if (above == nullptr) return relation->id;
    relation = above;
  }
  return relation == nullptr ? kNoRelation : relation->id;
}

bool is_table(const Relation& relation) {
  return relation.kind == RelationKind::table || relation.kind == RelationKind::partitioned_table ||
         relation.kind == RelationKind::materialized_view || relation.kind == RelationKind::foreign_table;
}

std::vector<RelationId> referenced_by_tree(const Catalog& catalog, RelationId unit) {
  std::vector<RelationId> all;
  for (const RelationId member : catalog.with_descendants(unit)) {
    const Relation* relation = catalog.find(member);
    if (relation == nullptr) continue;
    for (const TableConstraint& constraint : relation->constraints) {
      if (constraint.referenced != kNoRelation) all.push_back(unit_of(catalog, constraint.referenced));
    }
  }
  return all;
}

bool locks_all_below(const StatementContext& context, RelationId table) {
  for (const RelationId member : context.catalog.with_descendants(table)) {
    if (!blocks_writes(context.effects.mode_on(member))) return false;
  }
  return true;
}

bool has(const std::vector<RelationId>& all, RelationId one) {
  return std::find(all.begin(), all.end(), one) != all.end();
}

}  // namespace

std::vector<LockedTable> locked_tables(const StatementContext& context) {
  std::vector<LockedTable> tables;
  for (const TakenLock& lock : context.effects.locks) {
    if (!blocks_writes(lock.mode) || lock.conditional || !context.is_live(lock.relation)) continue;
    const Relation* relation = context.catalog.find(lock.relation);
    const RelationId unit = unit_of(context.catalog, lock.relation);
    const Relation* top = context.catalog.find(unit);
    if (relation == nullptr || top == nullptr || !is_table(*top)) continue;
    LockedTable table;
    table.unit = unit;
    table.name = display_name(*relation);
    table.mode = lock.mode;
    // To reference a table takes less than the right to lock it.
    table.can_be_locked = lock.reason == LockReason::target &&
                          (relation->kind == RelationKind::table || relation->kind == RelationKind::partitioned_table);
    table.alone = !relation->is_index() && !locks_all_below(context, lock.relation);
    table.references = referenced_by_tree(context.catalog, unit);
    add_locked_tables({table}, tables);
  }
  return tables;
}

void add_locked_tables(const std::vector<LockedTable>& more, std::vector<LockedTable>& tables) {
  for (const LockedTable& table : more) {
    const auto known =
        std::find_if(tables.begin(), tables.end(), [&](const LockedTable& other) { return other.unit == table.unit; });
    if (known == tables.end()) {
      tables.push_back(table);
      continue;
    }
    known->mode = std::max(known->mode, table.mode);
    if (!known->can_be_locked && table.can_be_locked) {
      known->name = table.name;
      known->can_be_locked = true;
      known->alone = table.alone;
    }
  }
}

std::vector<std::string> lock_statements(const std::vector<LockedTable>& tables) {
  std::vector<LockedTable> rest;
  for (const LockedTable& table : tables) {
    if (table.can_be_locked) rest.push_back(table);
  }
  std::vector<std::string> statements;
  if (rest.size() < 2) return statements;
  while (!rest.empty()) {
    auto next = std::find_if(rest.begin(), rest.end(), [&](const LockedTable& table) {
      return std::none_of(rest.begin(), rest.end(), [&](const LockedTable& other) {
        return other.unit != table.unit && has(table.references, other.unit);
      });
    });
    // They reference each other: any order is as good.
    if (next == rest.end()) next = rest.begin();
    statements.push_back(
        fmt::format("LOCK TABLE {}{} IN {} MODE", next->alone ? "ONLY " : "", next->name, sql_name(next->mode)));
    rest.erase(next);
  }
  return statements;
}

}  // namespace pglatch
