#include "analyzer/locks/model.h"

#include <fmt/format.h>

#include "analyzer/parse/walk.h"

namespace pglatch::locks {

const Relation& Model::relation(RelationId id) const {
  static const Relation kNone = [] {
    Relation none;
    none.kind = RelationKind::composite_type;  // nothing to scan or rewrite
    return none;
  }();
  const Relation* found = context.catalog.find(id);
  return found == nullptr ? kNone : *found;
}

namespace {

bool is_system_relation(NameView name) {
  if (name.schema.empty()) return name.name.rfind("pg_", 0) == 0;
  return name.schema == "information_schema" || name.schema.rfind("pg_", 0) == 0;
}

}  // namespace

RelationId Model::resolve(NameView name, RelationKind guess, bool missing_ok) const {
  if (context.catalog.complete && context.catalog.find(name, path()) == nullptr && !is_system_relation(name)) {
    if (!missing_ok) {
      effects.fail(name.schema.empty() ? fmt::format("relation \"{}\" does not exist", name.name)
                                       : fmt::format("relation \"{}.{}\" does not exist", name.schema, name.name));
    }
    return kNoRelation;
  }
  return context.catalog.resolve(name, path(), guess).id;
}

RelationId Model::resolve(const RangeVar* name, RelationKind guess, bool missing_ok) const {
  return resolve(name_of(name), guess, missing_ok);
}

RelationId Model::resolve(const List* name, RelationKind guess, bool missing_ok) const {
  return resolve(name_of(name), guess, missing_ok);
}

bool Model::refuse_missing_column(RelationId id, std::string_view column) const {
  const Relation& table = relation(id);
  if (!table.columns_known || table.column(column) != nullptr) return false;
  effects.fail(fmt::format("column \"{}\" of relation \"{}\" does not exist", column, table.name));
  return true;
}

bool Model::refuse_existing(NameView name) const {
  const NameView full{name.schema.empty() ? creation_schema(path()) : name.schema, name.name};
  const Relation* existing = context.catalog.find(full, path());
  if (existing == nullptr || existing->origin == Origin::unknown) return false;
  effects.fail(fmt::format("relation \"{}\" already exists", name.name));
  return true;
}

RelationId Model::find(NameView name) const {
  const Relation* found = context.catalog.find(name, path());
  return found == nullptr ? kNoRelation : found->id;
}

void Model::lock_indexes(RelationId table, LockMode mode) const {
  for (const RelationId index : relation(table).indexes) lock(index, mode, LockReason::index);
}

std::vector<RelationId> Model::tree(RelationId root, bool only) const {
  const Relation& top = relation(root);
  if (only || (top.partitions.empty() && top.inherited_by.empty())) return {root};
  return context.catalog.with_descendants(root);
}

std::vector<RelationId> Model::lock_tree(RelationId root, LockMode mode, bool only) const {
  std::vector<RelationId> all = tree(root, only);
  for (const RelationId id : all) {
    const LockReason below = relation(id).partition_of != kNoRelation ? LockReason::partition : LockReason::inherited;
    lock(id, mode, id == root ? LockReason::target : below);
  }
  return all;
}

bool Model::refuse_in_transaction(std::string_view statement) const {
  if (context.session.in_transaction() != InTransaction::yes) return false;
  effects.fail(fmt::format("{} cannot run inside a transaction block", statement));
  return true;
}

void Model::rewrite(RelationId table, std::uint32_t subcommand) const {
  if (!relation(table).has_storage()) return;
  effects.add_work(table, WorkKind::rewrite, subcommand);
  lock_indexes(table, LockMode::access_exclusive);
}

void Model::read_relation(RelationId id, LockMode mode, bool scan, int depth) const {
  constexpr int kMaxViewDepth = 50;
  const Relation& read = relation(id);
  lock(id, mode, depth == 0 ? LockReason::target : LockReason::dependent);
  if (read.kind == RelationKind::view) {
    if (depth == kMaxViewDepth) return;
    const std::vector<ColumnUse> uses = read.uses;
    for (const ColumnUse& use : uses) {
      if (context.catalog.find(use.relation) != nullptr) read_relation(use.relation, mode, scan, depth + 1);
    }
    return;
  }
  for (const RelationId part : tree(id, false)) {
    lock(part, mode, part == id ? LockReason::target : LockReason::partition);
    lock_indexes(part, mode);
    if (scan && relation(part).has_storage()) effects.add_work(part, WorkKind::scan);
  }
}

namespace {

// Calls `visit(RangeVar, locks_rows)` for each table that a query names, `modify(Node)` for each
// data-modifying WITH query. Names of WITH queries hide tables; one scope for the whole statement is
// close enough, since a table hidden in one place and read in another is the rare case.
template <class Visit, class Modify>
void each_table(const Node* query, Visit&& visit, Modify&& modify) {
  std::vector<std::string_view> with;
  bool locks_rows = false;
  walk(query, [&](const Node* node) {
    if (const auto* expression = as<CommonTableExpr>(node)) with.push_back(text(expression->ctename));
    if (const auto* select = as<SelectStmt>(node)) locks_rows = locks_rows || select->lockingClause != nullptr;
    return Walk::into;
  });
  walk(query, [&](const Node* node) {
    if (node->type == T_InsertStmt || node->type == T_UpdateStmt || node->type == T_DeleteStmt) {
      modify(node);
      return Walk::over;
    }
    const auto* name = as<RangeVar>(node);
    if (name == nullptr) return Walk::into;
    if (name->schemaname == nullptr) {
      for (const std::string_view hidden : with) {
        if (hidden == text(name->relname)) return Walk::over;
      }
    }
    visit(name, locks_rows);
    return Walk::over;
  });
}

}  // namespace

void Model::read_query(const Node* query) const {
  each_table(
      query,
      [this](const RangeVar* name, bool locks_rows) {
        read_relation(resolve(name), locks_rows ? LockMode::row_share : LockMode::access_share, false);
      },
      [this](const Node* statement) { modify_rows(*this, statement); });
}

void Model::name_query(const Node* query) const {
  each_table(
      query, [this](const RangeVar* name, bool) { lock(resolve(name), LockMode::access_share, LockReason::dependent); },
      [](const Node*) {});
}

}  // namespace pglatch::locks
