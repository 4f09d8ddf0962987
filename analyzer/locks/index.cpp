// CREATE INDEX, REINDEX, and dropping an index.
#include <fmt/format.h>

#include <algorithm>

#include "analyzer/locks/model.h"

namespace pglatch::locks {
namespace {

// The index whose name CREATE INDEX IF NOT EXISTS would find: in the schema of the table.
bool exists_already(const Model& model, const IndexStmt& statement, RelationId table) {
  if (!statement.if_not_exists || statement.idxname == nullptr) return false;
  const Relation* found = model.catalog().find({model.relation(table).schema, text(statement.idxname)}, model.path());
  return found != nullptr && found->is_index() && found->origin != Origin::unknown;
}

// A valid index of the partition that a new index of its parent would take over instead of building
// one (CompareIndexInfo() in index.c), as far as the definition as written tells.
RelationId equivalent_index(const Model& model, RelationId partition, const IndexStmt& statement) {
  if (statement.whereClause != nullptr) return kNoRelation;
  for (const RelationId id : model.relation(partition).indexes) {
    const IndexDetails& index = model.relation(id).index;
    if (!index.valid || index.partial || index.parent != kNoRelation) continue;
    if (index.unique != statement.unique || index.method != text(statement.accessMethod)) continue;
    const auto keys = each<IndexElem>(statement.indexParams);
    if (index.columns.size() != keys.size() || index.included.size() != each(statement.indexIncludingParams).size()) {
      continue;
    }
    bool same = true;
    for (std::size_t i = 0; same && i < keys.size(); ++i) {
      same = keys[i]->name != nullptr && keys[i]->opclass == nullptr && keys[i]->collation == nullptr &&
             index.columns[i] == text(keys[i]->name);
    }
    if (same) return id;
  }
  return kNoRelation;
}

void reindex_relation(const Model& model, RelationId table, RelationId only_index, bool concurrently) {
  const HeldUntil until = concurrently ? HeldUntil::statement : HeldUntil::transaction;
  const LockMode table_mode = concurrently ? LockMode::share_update_exclusive : LockMode::share;
  const LockReason reason = only_index == kNoRelation ? LockReason::target : LockReason::parent;
  model.effects.lock(table, table_mode, reason, until);
  const std::vector<RelationId> indexes =
      only_index == kNoRelation ? model.relation(table).indexes : std::vector<RelationId>{only_index};
  for (const RelationId index : indexes) {
    // REINDEX CONCURRENTLY swaps at the end under AccessExclusiveLock on the old index.
    model.effects.lock(index, LockMode::access_exclusive, LockReason::index, until);
  }
  model.effects.add_work(table, WorkKind::index_build);
}

bool has_option(const List* options, std::string_view name) {
  for (const DefElem* option : each<DefElem>(options)) {
    if (text(option->defname) != name) continue;
    const std::string_view value = string_value(option->arg);
    return value != "false" && value != "off" && value != "0";
  }
  return false;
}

}  // namespace

// utility.c, T_IndexStmt: ShareLock, or ShareUpdateExclusiveLock for CONCURRENTLY.
void create_index(const Model& model, const IndexStmt& statement) {
  const RelationId table = model.resolve(statement.relation);
  const Relation& target = model.relation(table);
  if (statement.concurrent) {
    if (model.refuse_in_transaction("CREATE INDEX CONCURRENTLY")) return;
    if (target.kind == RelationKind::partitioned_table) {
      return model.effects.fail(
          fmt::format("cannot create index on partitioned table \"{}\" concurrently", target.name));
    }
    model.effects.lock(table, LockMode::share_update_exclusive, LockReason::target, HeldUntil::statement);
    if (!exists_already(model, statement, table)) model.effects.add_work(table, WorkKind::index_build);
    return;
  }
  // Inheritance children are not indexed with their parent, partitions are, unless ONLY is said.
  const bool recurse = target.kind == RelationKind::partitioned_table && statement.relation->inh;
  // ONLY says that the table is partitioned, where nothing else is known of it: nothing is built.
  const bool only_parent = !statement.relation->inh && target.origin == Origin::unknown;
  const bool nothing_to_do = only_parent || exists_already(model, statement, table);
  for (const RelationId id : model.lock_tree(table, LockMode::share, !recurse || nothing_to_do)) {
    if (nothing_to_do || !model.relation(id).has_storage()) continue;
    const RelationId adopted = id == table ? kNoRelation : equivalent_index(model, id, statement);
    if (adopted != kNoRelation) {
      model.lock(adopted, LockMode::share, LockReason::index);
      continue;
    }
    model.effects.add_work(id, WorkKind::index_build);
  }
}

// indexcmds.c: ReindexIndex, ReindexTable, ReindexMultipleTables.
void reindex(const Model& model, const ReindexStmt& statement) {
  const bool concurrently = has_option(statement.params, "concurrently");
  const bool multiple = statement.kind == REINDEX_OBJECT_SCHEMA || statement.kind == REINDEX_OBJECT_SYSTEM ||
                        statement.kind == REINDEX_OBJECT_DATABASE;
  if (concurrently && model.refuse_in_transaction("REINDEX CONCURRENTLY")) return;
  if (multiple) {
    const char* kind = statement.kind == REINDEX_OBJECT_SCHEMA   ? "SCHEMA"
                       : statement.kind == REINDEX_OBJECT_SYSTEM ? "SYSTEM"
                                                                 : "DATABASE";
    if (model.refuse_in_transaction(fmt::format("REINDEX {}", kind))) return;
    for (const Relation* relation : model.catalog().relations()) {
      if (!relation->has_storage() || relation->indexes.empty()) continue;
      if (statement.kind == REINDEX_OBJECT_SCHEMA && relation->schema != text(statement.name)) continue;
      if (statement.kind == REINDEX_OBJECT_SYSTEM) continue;
      reindex_relation(model, relation->id, kNoRelation, concurrently);
    }
    return;
  }
  if (statement.kind == REINDEX_OBJECT_INDEX) {
    const RelationId index = model.resolve(statement.relation, RelationKind::index);
    const RelationId table = model.relation(index).index.table;
    if (table == kNoRelation) {
      model.effects.lock(index, LockMode::access_exclusive, LockReason::target,
                         concurrently ? HeldUntil::statement : HeldUntil::transaction);
      return;
    }
    if (model.relation(index).kind == RelationKind::partitioned_index) {
      if (model.refuse_in_transaction("REINDEX INDEX")) return;
      for (const RelationId part : model.tree(table, false)) {
        for (const RelationId child : model.relation(part).indexes) {
          if (model.relation(child).kind == RelationKind::index && model.relation(child).index.parent != kNoRelation) {
            reindex_relation(model, part, child, concurrently);
          }
        }
      }
      return;
    }
    return reindex_relation(model, table, index, concurrently);
  }
  const RelationId table = model.resolve(statement.relation);
  if (model.relation(table).kind == RelationKind::partitioned_table) {
    // Since 14 each leaf in a transaction of its own (ReindexPartitions).
    if (model.refuse_in_transaction("REINDEX TABLE")) return;
    for (const RelationId part : model.tree(table, false)) {
      if (model.relation(part).has_storage()) reindex_relation(model, part, kNoRelation, concurrently);
    }
    return;
  }
  reindex_relation(model, table, kNoRelation, concurrently);
}

}  // namespace pglatch::locks
