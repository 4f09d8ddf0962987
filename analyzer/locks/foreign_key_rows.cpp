#include "analyzer/locks/foreign_key_rows.h"

#include <algorithm>

#include "analyzer/locks/query_reader.h"

namespace pglatch::locks {
namespace {

// Cascades go in circles where tables reference each other; those that matter end sooner.
constexpr int kMaxCascade = 20;

bool contains(const std::vector<std::string_view>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool any_of(const std::vector<std::string>& columns, const std::vector<std::string_view>& names) {
  return std::any_of(columns.begin(), columns.end(), [&](const std::string& one) { return contains(names, one); });
}

bool has_index_on(const Model& model, const Relation& table, const std::vector<std::string>& columns) {
  if (table.origin == Origin::unknown) return true;
  const auto among = [&](const std::string& name) {
    return std::find(columns.begin(), columns.end(), name) != columns.end();
  };
  return std::any_of(table.indexes.begin(), table.indexes.end(), [&](RelationId id) {
    const IndexDetails& index = *model.relation(id).index;
    if (!index.valid || index.columns.empty()) return false;
    const bool skips_nulls =
        index.skips_nulls_only && std::all_of(index.mentioned.begin(), index.mentioned.end(), among);
    if (index.partial && !skips_nulls) return false;
    return among(index.columns.front());
  });
}

// A query of a trigger on one side of the key: planned and run like any other, by the key's columns.
void run_key_query(const Model& model, RelationId table, const std::vector<std::string>& columns,
                   const std::vector<NewValue>& values, LockMode mode, LockReason reason) {
  model.lock(table, mode, reason);
  const bool partitioned = model.relation(table).kind == RelationKind::partitioned_table;
  const std::vector<RelationId> parts =
      partitioned ? partitions_for_row(model.catalog(), table, values) : std::vector<RelationId>{table};
  for (const RelationId id : parts) {
    const Relation& part = model.relation(id);
    if (id != table) model.lock(id, mode, LockReason::partition);
    if (plans_with_indexes(model, part)) model.lock_indexes(id, mode);
    if (part.has_storage() && !has_index_on(model, part, columns)) model.effects.add_work(id, WorkKind::scan);
  }
}

class KeyTriggers {
 public:
  explicit KeyTriggers(const Model& model) : model_(model) {}

  void fire(RelationId table, const RowChange& change, int depth) {
    if (depth == kMaxCascade) return;
    if (change.event != RowEvent::remove) check(table, change);
    if (change.event == RowEvent::insert) return;
    // Keys that reference a partitioned table have triggers on its partitions.
    for (RelationId id = table; id != kNoRelation; id = model_.relation(id).partition_of) act(id, change, depth);
  }

 private:
  // RI_FKey_check(): a new or changed key looks for its row on the other side, and locks it; a key with a NULL
  // in it references nothing.
  void check(RelationId table, const RowChange& change) {
    for (const TableConstraint& key : model_.relation(table).constraints) {
      if (key.kind != ConstraintKind::foreign_key || !key.enforced || is_deferred(key)) continue;
      if (change.event == RowEvent::update && !any_of(key.columns, change.columns)) continue;
      if (any_of(key.columns, change.nulls)) continue;
      std::vector<NewValue> values;
      for (const NewValue& value : change.values) {
        const auto place = std::find(key.columns.begin(), key.columns.end(), value.column) - key.columns.begin();
        if (static_cast<std::size_t>(place) >= key.referenced_columns.size()) continue;
        values.push_back({key.referenced_columns[static_cast<std::size_t>(place)], value.constant});
      }
      run_key_query(model_, key.referenced, key.referenced_columns, values, LockMode::row_share,
                    LockReason::referenced);
    }
  }

  // The checks and actions for rows that reference the one that goes or changes.
  void act(RelationId table, const RowChange& change, int depth) {
    const bool removes = change.event == RowEvent::remove;
    std::vector<RelationId> seen;
    for (const RelationId referencing : model_.relation(table).referenced_by) {
      if (std::find(seen.begin(), seen.end(), referencing) != seen.end()) continue;
      seen.push_back(referencing);
      for (const TableConstraint& key : model_.relation(referencing).constraints) {
        if (key.kind != ConstraintKind::foreign_key || key.referenced != table || !key.enforced) continue;
        // What a partition has from its parent is the parent's to act for.
        if (key.inherited && model_.relation(referencing).partition_of != kNoRelation) continue;
        if (!removes && !any_of(key.referenced_columns, change.columns)) continue;
        act(referencing, key, removes ? key.on_delete : key.on_update, removes, depth);
      }
    }
  }

  void act(RelationId referencing, const TableConstraint& key, char action, bool removes, int depth) {
    if (action == FKCONSTR_ACTION_NOACTION || action == FKCONSTR_ACTION_RESTRICT) {
      if (action == FKCONSTR_ACTION_NOACTION && is_deferred(key)) return;
      return run_key_query(model_, referencing, key.columns, {}, LockMode::row_share, LockReason::referencing);
    }
    run_key_query(model_, referencing, key.columns, {}, LockMode::row_exclusive, LockReason::referencing);
    for (const RelationId id : model_.tree(referencing, model_.relation(referencing).partitions.empty())) {
      if (model_.relation(id).has_storage()) model_.effects.add_work(id, WorkKind::row_write);
    }
    RowChange change;
    change.event = RowEvent::remove;
    if (!removes || action != FKCONSTR_ACTION_CASCADE) {
      change.event = RowEvent::update;
      change.columns.assign(key.columns.begin(), key.columns.end());
      if (action == FKCONSTR_ACTION_SETNULL) change.nulls = change.columns;
    }
    fire(referencing, change, depth + 1);
  }

  // Checked at the end of the transaction, which is not this statement's in a transaction block.
  [[nodiscard]] bool is_deferred(const TableConstraint& key) const {
    return key.initially_deferred && model_.context.session.in_transaction() != InTransaction::no;
  }

  const Model& model_;
};

}  // namespace

void check_foreign_keys(const Model& model, RelationId table, const RowChange& change) {
  KeyTriggers(model).fire(table, change, 0);
}

}  // namespace pglatch::locks
