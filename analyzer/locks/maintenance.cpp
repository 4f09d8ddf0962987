// VACUUM, ANALYZE and CLUSTER.
#include "analyzer/locks/model.h"

namespace pglatch::locks {
namespace {

bool is_on(const DefElem* option) {
  if (option->arg == nullptr) return true;
  const std::string_view value = string_value(option->arg);
  if (const auto* number = as<Integer>(option->arg)) return number->ival != 0;
  return value != "false" && value != "off" && value != "0";
}

void vacuum_relation(const Model& model, RelationId id, bool full) {
  const Relation& relation = model.relation(id);
  if (!relation.has_storage()) return;
  const LockMode mode = full ? LockMode::access_exclusive : LockMode::share_update_exclusive;
  model.effects.lock(id, mode, LockReason::target, HeldUntil::statement);
  for (const RelationId index : relation.indexes) {
    model.effects.lock(index, full ? LockMode::access_exclusive : LockMode::row_exclusive, LockReason::index,
                       HeldUntil::statement);
  }
  if (full) model.effects.add_work(id, WorkKind::rewrite);
}

}  // namespace

// vacuum.c: ShareUpdateExclusiveLock, AccessExclusiveLock for FULL.
void vacuum(const Model& model, const VacuumStmt& statement) {
  bool full = false;
  for (const DefElem* option : each<DefElem>(statement.options)) {
    if (text(option->defname) == "full") full = is_on(option);
  }
  if (statement.is_vacuumcmd && model.refuse_in_transaction("VACUUM")) return;
  for (const VacuumRelation* named : each<VacuumRelation>(statement.rels)) {
    if (named->relation == nullptr) continue;
    const RelationId root = model.resolve(named->relation);
    if (statement.is_vacuumcmd) {
      for (const RelationId id : model.tree(root, model.relation(root).partitions.empty())) {
        vacuum_relation(model, id, full);
      }
      continue;
    }
    for (const RelationId id : model.lock_tree(root, LockMode::share_update_exclusive)) {
      model.lock_indexes(id, LockMode::access_share);
    }
  }
}

// cluster.c: AccessExclusiveLock, the table written anew in the order of the index.
void cluster(const Model& model, const ClusterStmt& statement) {
  if (statement.relation == nullptr) {
    model.refuse_in_transaction("CLUSTER");
    return;
  }
  const RelationId table = model.resolve(statement.relation);
  if (model.relation(table).kind == RelationKind::partitioned_table) {
    // Since 15, each partition in a transaction of its own.
    if (model.refuse_in_transaction("CLUSTER")) return;
    for (const RelationId part : model.tree(table, false)) {
      if (!model.relation(part).has_storage()) continue;
      model.effects.lock(part, LockMode::access_exclusive, LockReason::partition, HeldUntil::statement);
      model.rewrite(part);
    }
    return;
  }
  model.lock(table, LockMode::access_exclusive);
  model.rewrite(table);
}

}  // namespace pglatch::locks
