// DROP: dependency.c locks every object that goes, heap.c the tables at the other end of foreign keys
// and the parent of a partition.
#include <fmt/format.h>

#include "analyzer/locks/model.h"

namespace pglatch::locks {
namespace {

constexpr LockMode kExclusive = LockMode::access_exclusive;

void drop_index(const Model& model, const List* name, bool concurrently) {
  const RelationId index = model.resolve(name, RelationKind::index);
  const Relation& target = model.relation(index);
  if (concurrently) {
    if (model.refuse_in_transaction("DROP INDEX CONCURRENTLY")) return;
    if (target.kind == RelationKind::partitioned_index) {
      return model.effects.fail(fmt::format("cannot drop partitioned index \"{}\" concurrently", target.name));
    }
  }
  const RelationId table = target.index.table;
  if (table != kNoRelation) {
    for (const TableConstraint& constraint : model.relation(table).constraints) {
      if (constraint.index != index) continue;
      return model.effects.fail(fmt::format("cannot drop index {} because constraint {} on table {} requires it",
                                            target.name, constraint.name, model.relation(table).name));
    }
  }
  if (concurrently) {
    // The last of its transactions takes the index away, when nobody uses it any more.
    model.effects.lock(index, kExclusive, LockReason::target, HeldUntil::statement);
    model.effects.lock(table, LockMode::share_update_exclusive, LockReason::parent, HeldUntil::statement);
    return;
  }
  model.lock(index, kExclusive);
  if (table == kNoRelation) return;
  model.lock(table, kExclusive, LockReason::parent);
  if (target.kind != RelationKind::partitioned_index) return;
  for (const RelationId part : model.tree(table, false)) {
    if (part != table) model.lock(part, kExclusive, LockReason::partition);
    for (const RelationId child : model.relation(part).indexes) {
      RelationId up = model.relation(child).index.parent;
      while (up != kNoRelation && up != index) up = model.relation(up).index.parent;
      if (up == index) model.lock(child, kExclusive, LockReason::index);
    }
  }
}

void drop_table(const Model& model, RelationId table, bool cascade, int depth = 0) {
  constexpr int kMaxCascade = 100;
  if (depth > kMaxCascade) return;
  if (model.relation(table).partition_of != kNoRelation && depth == 0) {
    model.lock(model.relation(table).partition_of, kExclusive, LockReason::parent);
  }
  for (const RelationId id : model.tree(table, !cascade && model.relation(table).partitions.empty())) {
    model.lock(id, kExclusive, id == table ? LockReason::target : LockReason::partition);
    model.lock_indexes(id, kExclusive);
    for (const TableConstraint& constraint : model.relation(id).constraints) {
      if (constraint.kind == ConstraintKind::foreign_key) {
        model.lock(constraint.referenced, kExclusive, LockReason::referenced);
      }
    }
    if (!cascade) continue;
    for (const RelationId referencing : model.relation(id).referenced_by) {
      model.lock(referencing, kExclusive, LockReason::referencing);
    }
    const std::vector<RelationId> views = model.relation(id).used_by;
    for (const RelationId view : views) {
      if (model.catalog().find(view) == nullptr || model.effects.mode_on(view) != LockMode::none) continue;
      model.lock(view, kExclusive, LockReason::dependent);
      drop_table(model, view, true, depth + 1);
    }
  }
}

void drop_schema(const Model& model, std::string_view schema) {
  std::vector<RelationId> inside;
  for (const Relation* relation : model.catalog().relations()) {
    if (relation->schema == schema && !relation->is_index()) inside.push_back(relation->id);
  }
  for (const RelationId id : inside) drop_table(model, id, true, 1);
}

}  // namespace

void drop(const Model& model, const DropStmt& statement) {
  const bool cascade = statement.behavior == DROP_CASCADE;
  for (const Node* object : each(statement.objects)) {
    const List* name = object->type == T_List ? reinterpret_cast<const List*>(object) : nullptr;
    switch (statement.removeType) {
      case OBJECT_INDEX:
        drop_index(model, name, statement.concurrent);
        break;
      case OBJECT_TABLE:
      case OBJECT_FOREIGN_TABLE:
      case OBJECT_VIEW:
      case OBJECT_MATVIEW:
      case OBJECT_SEQUENCE:
        drop_table(model, model.resolve(name, relation_kind(statement.removeType)), cascade);
        break;
      case OBJECT_SCHEMA:
        if (cascade) drop_schema(model, string_value(object));
        break;
      case OBJECT_TRIGGER:
      case OBJECT_POLICY:
      case OBJECT_RULE: {
        const NameView table = table_of(name);
        if (table.name.empty()) break;
        model.lock(model.resolve(table), kExclusive);
        break;
      }
      default:
        break;
    }
    if (model.effects.fails) return;
  }
}

// tablecmds.c, ExecuteTruncate: AccessExclusiveLock on every table that is emptied, CASCADE included.
void truncate(const Model& model, const TruncateStmt& statement) {
  std::vector<RelationId> pending;
  for (const RangeVar* name : each<RangeVar>(statement.relations)) {
    const RelationId root = model.resolve(name);
    for (const RelationId id : model.lock_tree(root, kExclusive, !name->inh)) pending.push_back(id);
  }
  for (std::size_t i = 0; i < pending.size(); ++i) {
    const RelationId id = pending[i];
    if (model.relation(id).has_storage()) model.effects.add_work(id, WorkKind::truncate);
    model.lock_indexes(id, kExclusive);
    if (statement.restart_seqs) {
      for (const Relation* sequence : model.catalog().relations()) {
        if (sequence->kind == RelationKind::sequence && sequence->owned_by == id) {
          model.lock(sequence->id, kExclusive, LockReason::dependent);
        }
      }
    }
    if (statement.behavior != DROP_CASCADE) continue;
    for (const RelationId referencing : model.relation(id).referenced_by) {
      if (model.effects.mode_on(referencing) == kExclusive) continue;
      model.lock(referencing, kExclusive, LockReason::referencing);
      pending.push_back(referencing);
    }
  }
}

}  // namespace pglatch::locks
