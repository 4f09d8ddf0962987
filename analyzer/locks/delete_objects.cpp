// What deleting objects locks: dependency.c locks everything that goes, and taking away what hangs on a
// table locks the table.
#include <fmt/format.h>

#include "analyzer/catalog/dependencies.h"
#include "analyzer/locks/by_version.h"
#include "analyzer/locks/model.h"

namespace pglatch::locks {
namespace {

constexpr LockMode kExclusive = LockMode::access_exclusive;

constexpr ByVersion kGeneratedFollow{std::array{
    Since<bool>{12, true, "StoreAttrDefault() in heap.c: generated columns depend automatically on what they mention"},
    Since<bool>{15, false, "release notes: dropping a column that a generated one depends on needs CASCADE"},
}};

bool is_named(const std::vector<ObjectAddress>& targets, const ObjectAddress& object) {
  for (const ObjectAddress& target : targets) {
    if (target.object_class == object.object_class && target.relation == object.relation &&
        target.name == object.name) {
      return true;
    }
  }
  return false;
}

LockReason reason_of(const Relation& relation, const std::vector<ObjectAddress>& targets) {
  if (is_named(targets, ObjectAddress::of_relation(relation.id))) return LockReason::target;
  if (relation.is_index()) return LockReason::index;
  return relation.partition_of != kNoRelation ? LockReason::partition : LockReason::dependent;
}

void lock_relation(const Model& model, RelationId id, LockReason reason) {
  model.lock(id, kExclusive, reason);
  const Relation& relation = model.relation(id);
  // index_drop() in index.c.
  model.lock(relation.index->table, kExclusive, LockReason::parent);
  // heap_drop_with_catalog() in heap.c: the parent's partition descriptor changes, and what the default
  // partition may hold.
  if (relation.partition_of == kNoRelation) return;
  model.lock(relation.partition_of, kExclusive, LockReason::parent);
  model.lock(model.catalog().default_partition(model.relation(relation.partition_of)), kExclusive,
             LockReason::default_partition);
}

// RemoveConstraintById() in pg_constraint.c; a foreign key has triggers on both of its tables, but that of a
// partition those of its parent's on the other.
void lock_constraint(const Model& model, const ObjectAddress& object) {
  const Relation& table = model.relation(object.relation);
  const TableConstraint* constraint = table.constraint(object.name);
  if (constraint == nullptr) return;
  model.lock(table.id, kExclusive, LockReason::referencing);
  if (constraint->kind != ConstraintKind::foreign_key) return;
  if (table.partition_of != kNoRelation && constraint->inherited) return;
  const bool partitioned = model.relation(constraint->referenced).kind == RelationKind::partitioned_table;
  for (const RelationId id : model.tree(constraint->referenced, !partitioned)) {
    model.lock(id, kExclusive, LockReason::referenced);
  }
}

void lock_object(const Model& model, const ObjectAddress& object, const std::vector<ObjectAddress>& targets) {
  switch (object.object_class) {
    case ObjectClass::relation:
      return lock_relation(model, object.relation, reason_of(model.relation(object.relation), targets));
    case ObjectClass::constraint:
      return lock_constraint(model, object);
    case ObjectClass::column:
    case ObjectClass::expression:
      return model.lock(object.relation, kExclusive,
                        is_named(targets, object) ? LockReason::target : LockReason::dependent);
    case ObjectClass::other:
      // RemoveStatisticsById() in statscmds.c.
      if (object.type != OBJECT_STATISTIC_EXT) return;
      if (const OtherObject* statistics =
              model.catalog().find_other(object.type, {object.schema, object.name}, model.path())) {
        for (const RelationId table : statistics->relations) {
          model.lock(table, LockMode::share_update_exclusive, LockReason::target);
        }
      }
      return;
    default:
      return;
  }
}

// RemoveRelations() in tablecmds.c: all partitions of the table under a partitioned index.
void lock_partitions(const Model& model, const ObjectAddress& target) {
  if (target.object_class != ObjectClass::relation) return;
  const Relation& index = model.relation(target.relation);
  if (index.kind != RelationKind::partitioned_index) return;
  model.lock(index.id, kExclusive);
  for (const RelationId id : model.tree(index.index->table, false)) {
    model.lock(id, kExclusive, id == index.index->table ? LockReason::parent : LockReason::partition);
  }
}

}  // namespace

std::vector<Dependent> dependents_of(const Model& model, const std::vector<ObjectAddress>& targets) {
  return find_dependents(model.catalog(), targets, kGeneratedFollow.at(model.version()));
}

bool refuse_deletion(const Model& model, const std::vector<ObjectAddress>& targets,
                     const std::vector<Dependent>& deleted, DropBehavior behavior) {
  const auto name = [&](const ObjectAddress& object) { return describe(model.catalog(), model.path(), object); };
  for (const ObjectAddress& target : targets) {
    ObjectAddress owner;
    if (!find_owner(model.catalog(), target, owner) || is_named(targets, owner)) continue;
    if (is_named(targets, ObjectAddress::of_relation(owner.relation))) continue;
    model.effects.fail(fmt::format("cannot drop {} because {} requires it", name(target), name(owner)));
    return true;
  }
  if (behavior == DROP_CASCADE) return false;
  for (const Dependent& dependent : deleted) {
    if (dependent.automatic) continue;
    model.effects.fail(targets.size() == 1
                           ? fmt::format("cannot drop {} because other objects depend on it", name(targets.front()))
                           : "cannot drop desired object(s) because other objects depend on them");
    return true;
  }
  return false;
}

void delete_objects(const Model& model, const std::vector<ObjectAddress>& targets, DropBehavior behavior) {
  if (targets.empty() || model.effects.refused()) return;
  const std::vector<Dependent> deleted = dependents_of(model, targets);
  if (refuse_deletion(model, targets, deleted, behavior)) return;
  for (const ObjectAddress& target : targets) lock_partitions(model, target);
  for (const Dependent& dependent : deleted) lock_object(model, dependent.object, targets);
}

}  // namespace pglatch::locks
