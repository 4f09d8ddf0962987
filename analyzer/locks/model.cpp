#include "analyzer/locks/model.h"

#include <fmt/format.h>

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

bool Model::is_system(NameView name) const {
  return is_system_relation(name) && context.catalog.find(name, path()) == nullptr;
}

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
  if (context.session.in_transaction() == InTransaction::yes) {
    effects.fail(fmt::format("{} cannot run inside a transaction block", statement));
  } else if (context.code != nullptr && context.code->in_function) {
    effects.fail(fmt::format("{} cannot be executed from a function", statement));
  }
  return effects.refused();
}

bool Model::refuse_outside_transaction(std::string_view statement) const {
  if (context.session.in_transaction() != InTransaction::no) return false;
  effects.fail(fmt::format("{} can only be used in transaction blocks", statement));
  return true;
}

void Model::rewrite(RelationId table, std::uint32_t subcommand) const {
  if (!relation(table).has_storage()) return;
  effects.add_work(table, WorkKind::rewrite, subcommand);
  lock_indexes(table, LockMode::access_exclusive);
}

}  // namespace pglatch::locks
