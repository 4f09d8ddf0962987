// Statements that read and write rows: INSERT, UPDATE, DELETE, MERGE, COPY, LOCK TABLE, and what
// makes a relation out of a query.
#include "analyzer/locks/model.h"

namespace pglatch::locks {
namespace {

// Finding rows goes through the planner, which locks the indexes; adding rows does not.
void write_rows(const Model& model, const RangeVar* name, bool finds_rows, bool every_row) {
  if (name == nullptr) return;
  const RelationId root = model.resolve(name);
  for (const RelationId id : model.lock_tree(root, LockMode::row_exclusive, !name->inh)) {
    if (finds_rows) model.lock_indexes(id, LockMode::row_exclusive);
    if (!model.relation(id).has_storage()) continue;
    model.effects.add_work(id, WorkKind::row_write);
    if (every_row) model.effects.add_work(id, WorkKind::scan);
  }
}

// The checks of a foreign key lock the rows of the other side (ri_triggers.c).
void check_foreign_keys(const Model& model, const RangeVar* name) {
  if (name == nullptr) return;
  for (const TableConstraint& constraint : model.relation(model.resolve(name)).constraints) {
    if (constraint.kind != ConstraintKind::foreign_key || constraint.referenced == kNoRelation) continue;
    model.lock(constraint.referenced, LockMode::row_share, LockReason::referenced);
    model.lock_indexes(constraint.referenced, LockMode::row_share);
  }
}

void read_list(const Model& model, const List* nodes) {
  for (const Node* node : each(nodes)) model.read_query(node);
}

void read_with(const Model& model, const WithClause* with) {
  if (with == nullptr) return;
  for (const CommonTableExpr* query : each<CommonTableExpr>(with->ctes)) model.read_query(query->ctequery);
}

}  // namespace

void modify_rows(const Model& model, const Node* statement) {
  if (const auto* insert = as<InsertStmt>(statement)) {
    write_rows(model, insert->relation, false, false);
    check_foreign_keys(model, insert->relation);
    read_with(model, insert->withClause);
    // VALUES lists have no tables, and can be long.
    const auto* source = as<SelectStmt>(insert->selectStmt);
    if (source != nullptr && source->valuesLists == nullptr) model.read_query(insert->selectStmt);
  } else if (const auto* update = as<UpdateStmt>(statement)) {
    write_rows(model, update->relation, true, update->whereClause == nullptr);
    read_with(model, update->withClause);
    read_list(model, update->fromClause);
    if (update->whereClause != nullptr) model.read_query(update->whereClause);
    read_list(model, update->targetList);
  } else if (const auto* del = as<DeleteStmt>(statement)) {
    write_rows(model, del->relation, true, del->whereClause == nullptr);
    read_with(model, del->withClause);
    read_list(model, del->usingClause);
    if (del->whereClause != nullptr) model.read_query(del->whereClause);
  } else if (const auto* merge = as<MergeStmt>(statement)) {
    write_rows(model, merge->relation, true, false);
    read_with(model, merge->withClause);
    model.read_query(merge->sourceRelation);
  }
}

void copy(const Model& model, const CopyStmt& statement) {
  if (statement.relation == nullptr) {
    if (statement.query != nullptr) model.read_query(statement.query);
    return;
  }
  if (statement.is_from) {
    write_rows(model, statement.relation, false, false);
    check_foreign_keys(model, statement.relation);
  } else {
    model.read_relation(model.resolve(statement.relation), LockMode::access_share, true);
  }
}

// lockcmds.c: children are locked with their parent, and the tables under a view.
void lock_table(const Model& model, const LockStmt& statement) {
  const auto mode = static_cast<LockMode>(statement.mode);  // the same order as lockdefs.h
  for (const RangeVar* name : each<RangeVar>(statement.relations)) {
    const RelationId root = model.resolve(name);
    for (const RelationId id : model.lock_tree(root, mode, !name->inh)) {
      if (model.relation(id).kind != RelationKind::view) continue;
      const std::vector<ColumnUse> uses = model.relation(id).uses;
      for (const ColumnUse& use : uses) {
        if (model.catalog().find(use.relation) != nullptr) model.lock(use.relation, mode, LockReason::dependent);
      }
    }
  }
}

void create_table_as(const Model& model, const CreateTableAsStmt& statement) {
  if (statement.if_not_exists && model.find(name_of(statement.into->rel)) != kNoRelation) return;
  model.read_query(statement.query);
  // The result is filled by reading its sources to the end.
  if (statement.into->skipData) return;
  const std::size_t locks = model.effects.locks.size();
  for (std::size_t i = 0; i < locks; ++i) {
    const RelationId id = model.effects.locks[i].relation;
    if (model.relation(id).has_storage()) model.effects.add_work(id, WorkKind::scan);
  }
}

// view.c: CREATE OR REPLACE of an existing view takes AccessExclusiveLock on it.
void create_view(const Model& model, const ViewStmt& statement) {
  model.name_query(statement.query);
  const RelationId existing = model.find(name_of(statement.view));
  if (statement.replace && existing != kNoRelation) model.lock(existing, LockMode::access_exclusive);
}

// matview.c: AccessExclusiveLock, or ExclusiveLock for CONCURRENTLY.
void refresh_materialized_view(const Model& model, const RefreshMatViewStmt& statement) {
  const RelationId view = model.resolve(statement.relation, RelationKind::materialized_view);
  model.lock(view, statement.concurrent ? LockMode::exclusive : LockMode::access_exclusive);
  model.lock_indexes(view, statement.concurrent ? LockMode::row_exclusive : LockMode::access_exclusive);
  if (statement.concurrent) {
    model.effects.add_work(view, WorkKind::scan);
  } else {
    model.effects.add_work(view, WorkKind::rewrite);
  }
  if (statement.skipData) return;
  const std::vector<ColumnUse> uses = model.relation(view).uses;
  for (const ColumnUse& use : uses) {
    if (model.catalog().find(use.relation) == nullptr) continue;
    model.read_relation(use.relation, LockMode::access_share, true, 1);
  }
}

}  // namespace pglatch::locks
