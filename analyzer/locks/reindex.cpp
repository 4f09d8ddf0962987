// REINDEX.
#include <fmt/format.h>

#include "analyzer/locks/model.h"
#include "analyzer/locks/options.h"

namespace pglatch::locks {
namespace {

// How a REINDEX works: in place under a lock that keeps writers out, or by new indexes beside the old ones.
struct Way {
  bool concurrently;

  [[nodiscard]] LockMode on_table() const { return concurrently ? LockMode::share_update_exclusive : LockMode::share; }
  [[nodiscard]] HeldUntil until() const { return concurrently ? HeldUntil::statement : HeldUntil::transaction; }
};

const TableConstraint* constraint_of(const Relation& table, RelationId index) {
  for (const TableConstraint& constraint : table.constraints) {
    if (constraint.index == index) return &constraint;
  }
  return nullptr;
}

bool is_exclusion(const Model& model, RelationId table, RelationId index) {
  const TableConstraint* constraint = constraint_of(model.relation(table), index);
  return constraint != nullptr && constraint->kind == ConstraintKind::exclusion;
}

// CONCURRENTLY too takes AccessExclusiveLock on the old index in the end, when it is dropped.
void rebuild(const Model& model, RelationId table, RelationId index, Way way) {
  model.effects.lock(index, LockMode::access_exclusive, LockReason::index, way.until());
  model.effects.add_work(table, WorkKind::index_build);
}

// reindex_relation() in index.c, ReindexRelationConcurrently() in indexcmds.c, which passes over invalid indexes
// and those of exclusion constraints.
void reindex_table(const Model& model, RelationId table, Way way, LockReason reason) {
  model.effects.lock(table, way.on_table(), reason, way.until());
  const std::vector<RelationId> indexes = model.relation(table).indexes;
  for (const RelationId index : indexes) {
    if (way.concurrently && (!model.relation(index).index->valid || is_exclusion(model, table, index))) {
      model.effects.lock(index, LockMode::share_update_exclusive, LockReason::index, way.until());
      continue;
    }
    rebuild(model, table, index, way);
  }
  // Some index there will be, where nothing else is known.
  if (model.relation(table).origin == Origin::unknown) model.effects.add_work(table, WorkKind::index_build);
}

// ReindexPartitions(): everything below is locked first, then each leaf is done in a transaction of its own.
void reindex_partitioned_table(const Model& model, RelationId table, Way way) {
  if (model.refuse_in_transaction("REINDEX TABLE")) return;
  for (const RelationId id : model.tree(table, false)) {
    const bool is_root = id == table;
    model.effects.lock(id, is_root ? way.on_table() : LockMode::share,
                       is_root ? LockReason::target : LockReason::partition, HeldUntil::statement);
    if (model.relation(id).has_storage()) reindex_table(model, id, way, LockReason::partition);
  }
}

void reindex_partitioned_index(const Model& model, RelationId root, Way way) {
  if (model.refuse_in_transaction("REINDEX INDEX")) return;
  model.effects.lock(root, way.concurrently ? LockMode::share_update_exclusive : LockMode::access_exclusive,
                     LockReason::target, HeldUntil::statement);
  model.effects.lock(model.relation(root).index->table, way.on_table(), LockReason::parent, HeldUntil::statement);
  std::vector<RelationId> pending = model.relation(root).index->children;
  for (std::size_t i = 0; i < pending.size(); ++i) {
    const RelationId id = pending[i];
    model.effects.lock(id, LockMode::share, LockReason::index, HeldUntil::statement);
    const Relation& index = model.relation(id);
    const std::vector<RelationId> below = index.index->children;
    if (index.kind == RelationKind::index) {
      const RelationId table = index.index->table;
      model.effects.lock(table, way.on_table(), LockReason::partition, HeldUntil::statement);
      rebuild(model, table, id, way);
    }
    pending.insert(pending.end(), below.begin(), below.end());
  }
}

// ReindexIndex().
void reindex_index(const Model& model, const RangeVar* name, Way way) {
  const RelationId id = model.resolve(name, RelationKind::index);
  const Relation& index = model.relation(id);
  if (index.origin != Origin::unknown && !index.is_index()) {
    return model.effects.fail(fmt::format("\"{}\" is not an index", index.name));
  }
  if (index.kind == RelationKind::partitioned_index) return reindex_partitioned_index(model, id, way);
  const RelationId table = index.index->table;
  if (way.concurrently && table != kNoRelation && is_exclusion(model, table, id)) {
    return model.effects.fail("concurrent index creation for exclusion constraints is not supported");
  }
  if (table == kNoRelation) {
    return model.effects.lock(id, LockMode::access_exclusive, LockReason::target, way.until());
  }
  model.effects.lock(table, way.on_table(), LockReason::parent, way.until());
  model.effects.lock(id, LockMode::access_exclusive, LockReason::target, way.until());
  model.effects.add_work(table, WorkKind::index_build);
}

// ReindexTable().
void reindex_named_table(const Model& model, const RangeVar* name, Way way) {
  const RelationId id = model.resolve(name);
  const Relation& table = model.relation(id);
  if (table.kind == RelationKind::partitioned_table) return reindex_partitioned_table(model, id, way);
  if (table.origin != Origin::unknown && !table.has_storage()) {
    return model.effects.fail(fmt::format("\"{}\" is not a table or materialized view", table.name));
  }
  reindex_table(model, id, way, LockReason::target);
}

// ReindexMultipleTables(): each table in a transaction of its own. SYSTEM does the catalogs, which are not here.
void reindex_many(const Model& model, const ReindexStmt& statement, Way way) {
  const bool schema = statement.kind == REINDEX_OBJECT_SCHEMA;
  const bool system = statement.kind == REINDEX_OBJECT_SYSTEM;
  if (model.refuse_in_transaction(schema ? "REINDEX SCHEMA" : system ? "REINDEX SYSTEM" : "REINDEX DATABASE")) return;
  if (system) {
    if (way.concurrently) model.effects.fail("cannot reindex system catalogs concurrently");
    return;
  }
  const std::string_view name = text(statement.name);
  if (schema && model.catalog().complete && !model.catalog().has_schema(name)) {
    return model.effects.fail(fmt::format("schema \"{}\" does not exist", name));
  }
  for (const Relation* relation : model.catalog().relations()) {
    if (!relation->has_storage() || (schema && relation->schema != name)) continue;
    reindex_table(model, relation->id, way, LockReason::target);
  }
}

}  // namespace

void reindex(const Model& model, const ReindexStmt& statement) {
  const Way way{has_option(statement.params, "concurrently")};
  if (way.concurrently && model.refuse_in_transaction("REINDEX CONCURRENTLY")) return;
  switch (statement.kind) {
    case REINDEX_OBJECT_INDEX:
      return reindex_index(model, statement.relation, way);
    case REINDEX_OBJECT_TABLE:
      return reindex_named_table(model, statement.relation, way);
    default:
      return reindex_many(model, statement, way);
  }
}

}  // namespace pglatch::locks
