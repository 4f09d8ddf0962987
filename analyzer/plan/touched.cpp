#include "analyzer/plan/touched.h"

#include <algorithm>

namespace pglatch {
namespace {

bool is_table(const Relation& relation) {
  return relation.has_storage() || relation.kind == RelationKind::partitioned_table ||
         relation.kind == RelationKind::foreign_table;
}

// What a planned script made before is not there when people look before the first step.
const Relation* table_in_use(RelationId id, const StatementContext& context) {
  const Relation* relation = context.catalog.find(id);
  if (relation != nullptr && relation->is_index()) relation = context.catalog.find(relation->index->table);
  const bool in_use =
      relation != nullptr && is_table(*relation) && relation->origin != Origin::script && context.is_live(relation->id);
  return in_use ? relation : nullptr;
}

// Its root is locked as well, and stands for it.
bool is_part_of_another(LockReason reason) {
  return reason == LockReason::partition || reason == LockReason::default_partition || reason == LockReason::inherited;
}

PlanTable plan_table(const Relation& relation, const StatementContext& context) {
  PlanTable table;
  table.name = display_name(relation);
  table.is_partitioned = relation.kind == RelationKind::partitioned_table;
  table.is_known = relation.origin != Origin::unknown;
  table.partitions = context.catalog.with_descendants(relation.id).size() - 1;
  table.size = context.table_size(relation.id);
  return table;
}

const Relation* table_named(const RangeVar* name, const StatementContext& context) {
  if (name == nullptr) return nullptr;
  const Relation* relation = context.catalog.find(name_of(name), context.session.search_path());
  return relation == nullptr ? nullptr : table_in_use(relation->id, context);
}

void add_keys(const Relation& table, const Constraint& constraint, std::string_view column,
              std::vector<PlanIndex>& indexes) {
  if (constraint.contype != CONSTR_UNIQUE && constraint.contype != CONSTR_PRIMARY) return;
  if (constraint.indexname != nullptr) return;
  PlanIndex index{display_name(table), "btree", {}};
  for (const List* list : {constraint.keys, constraint.including}) {
    for (const Node* name : each(list)) index.columns.emplace_back(string_value(name));
  }
  if (index.columns.empty()) index.columns.emplace_back(column);
  indexes.push_back(std::move(index));
}

}  // namespace

std::vector<PlanTable> touched_tables(const StatementContext& context) {
  std::vector<PlanTable> tables;
  for (const TakenLock& lock : context.effects.locks) {
    if (lock.mode < LockMode::row_exclusive || is_part_of_another(lock.reason)) continue;
    const Relation* relation = table_in_use(lock.relation, context);
    if (relation == nullptr) continue;
    PlanTable table = plan_table(*relation, context);
    table.is_altered = lock.mode > LockMode::row_exclusive && lock.reason != LockReason::referenced;
    add_tables({std::move(table)}, tables);
  }
  return tables;
}

std::vector<PlanIndex> new_indexes(const StatementContext& context) {
  std::vector<PlanIndex> indexes;
  if (!context.effects.has_work(WorkKind::index_build)) return indexes;
  if (const auto* create = as<IndexStmt>(context.statement.node)) {
    const Relation* table = table_named(create->relation, context);
    if (table == nullptr) return indexes;
    PlanIndex index{display_name(*table), std::string(text(create->accessMethod)), {}};
    for (const List* list : {create->indexParams, create->indexIncludingParams}) {
      for (const Node* element : each(list)) index.columns.emplace_back(text(as<IndexElem>(element)->name));
    }
    indexes.push_back(std::move(index));
  } else if (const auto* alter = as<AlterTableStmt>(context.statement.node)) {
    const Relation* table = table_named(alter->relation, context);
    if (table == nullptr) return indexes;
    for (const Node* node : each(alter->cmds)) {
      const auto* command = as<AlterTableCmd>(node);
      if (command == nullptr) continue;
      if (const auto* constraint = as<Constraint>(command->def)) {
        add_keys(*table, *constraint, {}, indexes);
      } else if (const auto* column = as<ColumnDef>(command->def)) {
        for (const Node* part : each(column->constraints)) {
          if (const auto* key = as<Constraint>(part)) add_keys(*table, *key, text(column->colname), indexes);
        }
      }
    }
  }
  return indexes;
}

void add_tables(const std::vector<PlanTable>& more, std::vector<PlanTable>& tables) {
  for (const PlanTable& table : more) {
    const auto known =
        std::find_if(tables.begin(), tables.end(), [&](const PlanTable& other) { return other.name == table.name; });
    if (known == tables.end()) {
      tables.push_back(table);
    } else {
      known->is_altered = known->is_altered || table.is_altered;
      known->partitions = std::max(known->partitions, table.partitions);
    }
  }
}

}  // namespace pglatch
