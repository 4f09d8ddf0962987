// TRUNCATE.
#include <fmt/format.h>

#include <algorithm>

#include "analyzer/locks/model.h"

namespace pglatch::locks {
namespace {

constexpr LockMode kExclusive = LockMode::access_exclusive;

// truncate_check_rel(): foreign tables as far as their wrapper can.
bool can_be_truncated(const Relation& relation) {
  return relation.origin == Origin::unknown || relation.kind == RelationKind::table ||
         relation.kind == RelationKind::partitioned_table || relation.kind == RelationKind::foreign_table;
}

bool contains(const std::vector<RelationId>& ids, RelationId id) {
  return std::find(ids.begin(), ids.end(), id) != ids.end();
}

// A foreign key to a partitioned table is one to each of its partitions.
std::vector<RelationId> referencing(const Model& model, RelationId id) {
  std::vector<RelationId> result;
  for (; id != kNoRelation; id = model.relation(id).partition_of) {
    const std::vector<RelationId>& here = model.relation(id).referenced_by;
    result.insert(result.end(), here.begin(), here.end());
  }
  return result;
}

}  // namespace

// ExecuteTruncate() in tablecmds.c: everything that is emptied is locked, CASCADE included.
void truncate(const Model& model, const TruncateStmt& statement) {
  std::vector<RelationId> emptied;
  const auto add = [&](RelationId root, bool only, LockReason reason) {
    for (const RelationId id : model.tree(root, only)) {
      if (contains(emptied, id)) continue;
      const LockReason below =
          model.relation(id).partition_of != kNoRelation ? LockReason::partition : LockReason::inherited;
      model.lock(id, kExclusive, id == root ? reason : below);
      emptied.push_back(id);
    }
  };
  for (const RangeVar* name : each<RangeVar>(statement.relations)) {
    const RelationId root = model.resolve(name);
    if (root == kNoRelation) return;
    const Relation& relation = model.relation(root);
    if (!can_be_truncated(relation)) return model.effects.fail(fmt::format("\"{}\" is not a table", relation.name));
    if (!name->inh && relation.kind == RelationKind::partitioned_table) {
      return model.effects.fail("cannot truncate only a partitioned table");
    }
    add(root, !name->inh, LockReason::target);
  }
  // heap_truncate_find_FKs(): from one table to the next. Children of a table that CASCADE comes to are not
  // emptied, but partitions have the foreign key of their parent.
  for (std::size_t i = 0; i < emptied.size(); ++i) {
    for (const RelationId id : referencing(model, emptied[i])) {
      if (contains(emptied, id)) continue;
      if (statement.behavior != DROP_CASCADE) {
        return model.effects.fail("cannot truncate a table referenced in a foreign key constraint");
      }
      add(id, model.relation(id).kind != RelationKind::partitioned_table, LockReason::referencing);
    }
  }
  for (const RelationId id : emptied) {
    const Relation& relation = model.relation(id);
    if (relation.has_storage()) model.effects.add_work(id, WorkKind::truncate);
    model.lock_indexes(id, kExclusive);
    if (!statement.restart_seqs) continue;
    for (const RelationId sequence : relation.owned_sequences) model.lock(sequence, kExclusive, LockReason::dependent);
  }
}

}  // namespace pglatch::locks
