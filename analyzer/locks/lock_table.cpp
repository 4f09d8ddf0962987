// LOCK TABLE: lockcmds.c. Children are locked with their parent, and all that a view reads.
#include <fmt/format.h>

#include <array>

#include "analyzer/locks/by_version.h"
#include "analyzer/locks/model.h"

namespace pglatch::locks {
namespace {

constexpr int kMaxViewDepth = 50;

constexpr ByVersion kLocksViews{std::array{
    Since<bool>{10, false, "RangeVarCallbackForLockTable()"},
    Since<bool>{11, true, "release notes: LOCK TABLE of a view"},
}};

constexpr ByVersion kWrongKind{std::array{
    Since<std::string_view>{10, "\"{}\" is not a table or view", "RangeVarCallbackForLockTable()"},
    Since<std::string_view>{15, "cannot lock relation \"{}\"", "RangeVarCallbackForLockTable()"},
}};

bool can_be_locked(const Relation& relation) {
  return relation.origin == Origin::unknown || relation.kind == RelationKind::table ||
         relation.kind == RelationKind::partitioned_table || relation.kind == RelationKind::view;
}

// LockViewRecurse().
void lock_view(const Model& model, RelationId view, LockMode mode, int depth) {
  if (depth == kMaxViewDepth) return;
  for (const ColumnUse& use : model.relation(view).uses) {
    // A view names a table for each of its columns.
    if (model.effects.mode_on(use.relation) == mode || model.catalog().find(use.relation) == nullptr) continue;
    const Relation& read = model.relation(use.relation);
    if (!can_be_locked(read)) continue;
    for (const RelationId id : model.tree(use.relation, false)) model.lock(id, mode, LockReason::dependent);
    if (read.kind == RelationKind::view) lock_view(model, use.relation, mode, depth + 1);
  }
}

}  // namespace

void lock_table(const Model& model, const LockStmt& statement) {
  if (model.refuse_outside_transaction("LOCK TABLE")) return;
  const auto mode = static_cast<LockMode>(statement.mode);  // the same order as lockdefs.h
  for (const RangeVar* name : each<RangeVar>(statement.relations)) {
    const RelationId root = model.resolve(name);
    const Relation& relation = model.relation(root);
    if (root != kNoRelation && !can_be_locked(relation)) {
      return model.effects.fail(fmt::format(fmt::runtime(kWrongKind.at(model.version())), relation.name));
    }
    model.lock_tree(root, mode, !name->inh);
    if (relation.kind == RelationKind::view && kLocksViews.at(model.version())) lock_view(model, root, mode, 0);
  }
}

}  // namespace pglatch::locks
