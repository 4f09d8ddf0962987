// VACUUM, ANALYZE and CLUSTER.
#include <fmt/format.h>

#include "analyzer/locks/by_version.h"
#include "analyzer/locks/model.h"
#include "analyzer/locks/options.h"

namespace pglatch::locks {
namespace {

constexpr LockMode kExclusive = LockMode::access_exclusive;

constexpr ByVersion kMaintainsChildren{std::array{
    Since<bool>{10, false, "expand_vacuum_rel() in vacuum.c: partitions alone"},
    Since<bool>{18, true, "release notes: VACUUM and ANALYZE process children by inheritance, unless ONLY is said"},
}};

constexpr ByVersion kClustersPartitioned{std::array{
    Since<bool>{10, false, "cluster() in cluster.c"},
    Since<bool>{15, true, "release notes: allow CLUSTER on partitioned tables"},
}};

// What VACUUM and ANALYZE make of a name: the relation itself and what they go down to.
std::vector<RelationId> named(const Model& model, const RangeVar* name) {
  const RelationId root = model.resolve(name);
  if (root == kNoRelation) return {};
  const bool partitioned = model.relation(root).kind == RelationKind::partitioned_table;
  const bool children = kMaintainsChildren.at(model.version());
  const bool goes_down = children ? name->inh : partitioned;
  return model.tree(root, !goes_down);
}

// All tables and materialized views, as VACUUM and ANALYZE without a name take them.
std::vector<RelationId> everything(const Model& model) {
  std::vector<RelationId> all;
  for (const Relation* relation : model.catalog().relations()) {
    if (relation->has_storage() || relation->kind == RelationKind::partitioned_table) all.push_back(relation->id);
  }
  return all;
}

LockReason reason_of(const Model& model, RelationId id, bool is_root) {
  if (is_root) return LockReason::target;
  return model.relation(id).partition_of != kNoRelation ? LockReason::partition : LockReason::inherited;
}

struct VacuumOptions {
  bool full = false;
  bool main = true;              ///< PROCESS_MAIN
  bool statistics_only = false;  ///< ONLY_DATABASE_STATS
};

VacuumOptions options_of(const List* options) {
  VacuumOptions result;
  for (const DefElem* option : each<DefElem>(options)) {
    const std::string_view name = text(option->defname);
    if (name == "full") result.full = is_on(option);
    if (name == "process_main") result.main = is_on(option);
    if (name == "only_database_stats") result.statistics_only = is_on(option);
  }
  return result;
}

// Anything else is passed over with a warning.
bool can_be_vacuumed(const Relation& relation) {
  return relation.has_storage() || relation.kind == RelationKind::partitioned_table;
}

// vacuum_rel() in vacuum.c: partitioned tables are locked before they turn out to have nothing to vacuum.
void vacuum_relation(const Model& model, RelationId id, const VacuumOptions& options, LockReason reason) {
  const Relation& relation = model.relation(id);
  if (!can_be_vacuumed(relation)) return;
  const LockMode mode = options.full ? kExclusive : LockMode::share_update_exclusive;
  model.effects.lock(id, mode, reason, HeldUntil::statement);
  if (!relation.has_storage() || !options.main) return;
  for (const RelationId index : relation.indexes) {
    model.effects.lock(index, options.full ? kExclusive : LockMode::row_exclusive, LockReason::index,
                       HeldUntil::statement);
  }
  if (options.full) model.effects.add_work(id, WorkKind::rewrite);
}

// analyze_rel() in analyze.c: what inherits from a table is read for the statistics of the whole.
void analyze_relation(const Model& model, RelationId id, LockReason reason) {
  if (!can_be_vacuumed(model.relation(id)) && model.relation(id).kind != RelationKind::foreign_table) return;
  model.lock(id, LockMode::share_update_exclusive, reason);
  if (model.relation(id).has_storage()) model.lock_indexes(id, LockMode::access_share);
  for (const RelationId below : model.tree(id, false)) {
    if (below != id) model.lock(below, LockMode::access_share, reason_of(model, below, false));
  }
}

template <class Visitor>
void each_maintained(const Model& model, const List* names, const Visitor& visit) {
  if (each(names).empty()) {
    for (const RelationId id : everything(model)) visit(id, LockReason::target);
  }
  for (const VacuumRelation* one : each<VacuumRelation>(names)) {
    if (one->relation == nullptr) continue;
    const std::vector<RelationId> relations = named(model, one->relation);
    for (const RelationId id : relations) visit(id, reason_of(model, id, id == relations.front()));
  }
}

// The index that CLUSTER … USING names, or kNoRelation with the refusal.
RelationId index_named(const Model& model, const Relation& table, std::string_view name) {
  const RelationId index = model.find({table.schema, name});
  if (index == kNoRelation) {
    // Of a table that is known in part the index may be there.
    if (model.catalog().complete || (table.origin != Origin::unknown && table.columns_known)) {
      model.effects.fail(fmt::format("index \"{}\" for table \"{}\" does not exist", name, table.name));
    }
    return kNoRelation;
  }
  const Relation& found = model.relation(index);
  if (found.origin == Origin::unknown) return index;
  if (!found.is_index() || found.index->table != table.id) {
    model.effects.fail(fmt::format("\"{}\" is not an index for table \"{}\"", name, table.name));
  } else if (found.index->method != "btree" && found.index->method != "gist") {
    model.effects.fail(
        fmt::format("cannot cluster on index \"{}\" because access method does not support clustering", name));
  } else if (found.index->partial) {
    model.effects.fail(fmt::format("cannot cluster on partial index \"{}\"", name));
  } else if (!found.index->valid) {
    model.effects.fail(fmt::format("cannot cluster on invalid index \"{}\"", name));
  }
  return index;
}

RelationId clustered_index(const Model& model, const Relation& table) {
  for (const RelationId index : table.indexes) {
    if (model.relation(index).index->clustered) return index;
  }
  return kNoRelation;
}

// Each table in a transaction of its own.
void cluster_alone(const Model& model, RelationId table, LockReason reason) {
  model.effects.lock(table, kExclusive, reason, HeldUntil::statement);
  model.rewrite(table);
}

// The tables of the indexes that are attached to this one, at any depth.
void cluster_partitions(const Model& model, RelationId index) {
  std::vector<RelationId> pending = model.relation(index).index->children;
  for (std::size_t i = 0; i < pending.size(); ++i) {
    const Relation& child = model.relation(pending[i]);
    if (child.kind == RelationKind::index) cluster_alone(model, child.index->table, LockReason::partition);
    const std::vector<RelationId> below = child.index->children;
    pending.insert(pending.end(), below.begin(), below.end());
  }
}

}  // namespace

void vacuum(const Model& model, const VacuumStmt& statement) {
  const VacuumOptions options = options_of(statement.options);
  if (!statement.is_vacuumcmd) {
    return each_maintained(model, statement.rels,
                           [&](RelationId id, LockReason reason) { analyze_relation(model, id, reason); });
  }
  if (model.refuse_in_transaction("VACUUM") || options.statistics_only) return;
  each_maintained(model, statement.rels,
                  [&](RelationId id, LockReason reason) { vacuum_relation(model, id, options, reason); });
}

// cluster() in cluster.c: AccessExclusiveLock, the table written anew in the order of the index.
void cluster(const Model& model, const ClusterStmt& statement) {
  if (statement.relation == nullptr) {
    if (model.refuse_in_transaction("CLUSTER")) return;
    for (const Relation* table : model.catalog().relations()) {
      if (table->has_storage() && clustered_index(model, *table) != kNoRelation) {
        cluster_alone(model, table->id, LockReason::target);
      }
    }
    return;
  }
  const RelationId id = model.resolve(statement.relation);
  const Relation& table = model.relation(id);
  const bool partitioned = table.kind == RelationKind::partitioned_table;
  if (table.origin != Origin::unknown && !can_be_vacuumed(table)) {
    return model.effects.fail(fmt::format("\"{}\" is not a table or materialized view", table.name));
  }
  if (partitioned && !kClustersPartitioned.at(model.version())) {
    return model.effects.fail("cannot cluster a partitioned table");
  }
  RelationId index = kNoRelation;
  if (statement.indexname != nullptr) {
    index = index_named(model, table, text(statement.indexname));
  } else {
    index = clustered_index(model, table);
    if (index == kNoRelation && table.origin != Origin::unknown && model.catalog().complete) {
      return model.effects.fail(fmt::format("there is no previously clustered index for table \"{}\"", table.name));
    }
  }
  if (model.effects.refused()) return;
  if (!partitioned) {
    model.lock(id, kExclusive);
    return model.rewrite(id);
  }
  if (model.refuse_in_transaction("CLUSTER")) return;
  model.effects.lock(id, kExclusive, LockReason::target, HeldUntil::statement);
  cluster_partitions(model, index);
}

}  // namespace pglatch::locks
