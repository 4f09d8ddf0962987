// The relationships between relations, which the catalog keeps on both sides.
#include <algorithm>
#include <functional>
#include <utility>

#include "analyzer/catalog/catalog.h"

namespace pglatch {
namespace {

template <class Value>
void remove_one(std::vector<Value>& values, const Value& value) {
  const auto found = std::find(values.begin(), values.end(), value);
  if (found != values.end()) values.erase(found);
}

template <class Value>
void add_once(std::vector<Value>& values, const Value& value) {
  if (std::find(values.begin(), values.end(), value) == values.end()) values.push_back(value);
}

std::size_t hash_of(std::string_view schema, std::string_view name) {
  constexpr std::size_t kOddNumber = 0x9E3779B97F4A7C15U;
  const std::hash<std::string_view> hash;
  return hash(schema) * kOddNumber + hash(name);
}

}  // namespace

void Catalog::link(const Relation& relation) {
  const RelationId id = relation.id;
  if (Relation* parent = relations_.change(relation.partition_of)) parent->partitions.push_back(id);
  for (const RelationId parent : relation.inherits) {
    if (Relation* found = relations_.change(parent)) found->inherited_by.push_back(id);
  }
  if (Relation* table = relations_.change(relation.index->table)) table->indexes.push_back(id);
  if (Relation* parent = relations_.change(relation.index->parent)) parent->index.change().children.push_back(id);
  if (Relation* owner = relations_.change(relation.owned_by)) owner->owned_sequences.push_back(id);
  for (const ColumnUse& use : relation.uses) {
    if (Relation* read = relations_.change(use.relation)) add_once(read->used_by, id);
  }
  for (const TableConstraint& constraint : relation.constraints) {
    note_constraint(relation, constraint.name);
    if (Relation* referenced = relations_.change(constraint.referenced)) referenced->referenced_by.push_back(id);
  }
}

void Catalog::unlink(const Relation& relation) {
  const RelationId id = relation.id;
  if (Relation* parent = relations_.change(relation.partition_of)) remove_one(parent->partitions, id);
  for (const RelationId parent : relation.inherits) {
    if (Relation* found = relations_.change(parent)) remove_one(found->inherited_by, id);
  }
  for (const RelationId child : relation.inherited_by) {
    if (Relation* found = relations_.change(child)) remove_one(found->inherits, id);
  }
  if (find(relation.index->table) != nullptr) {
    remove_one(change(relation.index->table).indexes, id);
    remove_constraints(relation.index->table,
                       [&](const TableConstraint& constraint) { return constraint.index == id; });
  }
  if (Relation* parent = relations_.change(relation.index->parent)) remove_one(parent->index.change().children, id);
  if (Relation* owner = relations_.change(relation.owned_by)) remove_one(owner->owned_sequences, id);
  for (const ColumnUse& use : relation.uses) {
    if (Relation* read = relations_.change(use.relation)) remove_one(read->used_by, id);
  }
  for (const RelationId view : relation.used_by) {
    if (Relation* found = relations_.change(view)) {
      auto& uses = found->uses;
      uses.erase(std::remove_if(uses.begin(), uses.end(), [&](const ColumnUse& use) { return use.relation == id; }),
                 uses.end());
    }
  }
  for (const TableConstraint& constraint : relation.constraints) {
    if (constraint.referenced != kNoRelation) forget_references(id, constraint.referenced, 1);
  }
  for (const RelationId referencing : relation.referenced_by) {
    if (find(referencing) == nullptr) continue;
    remove_constraints(referencing, [&](const TableConstraint& constraint) { return constraint.referenced == id; });
  }
}

void Catalog::forget_references(RelationId referencing, RelationId referenced, std::size_t count) {
  Relation* target = relations_.change(referenced);
  for (; target != nullptr && count > 0; --count) remove_one(target->referenced_by, referencing);
}

void Catalog::note_constraint(const Relation& relation, std::string_view name) {
  constraint_tables_.emplace(hash_of(relation.schema, name), relation.id);
}

void Catalog::add_constraint(RelationId table, TableConstraint constraint) {
  Relation& relation = change(table);
  note_constraint(relation, constraint.name);
  const RelationId referenced = constraint.referenced;
  relation.constraints.push_back(std::move(constraint));
  if (Relation* target = relations_.change(referenced)) target->referenced_by.push_back(table);
}

void Catalog::rename_constraint(RelationId table, std::string_view name, std::string_view new_name) {
  Relation& relation = change(table);
  TableConstraint* constraint = relation.constraint(name);
  if (constraint == nullptr || relation.constraint(new_name) != nullptr) return;
  constraint->name = new_name;
  note_constraint(relation, new_name);
}

bool Catalog::has_constraint(std::string_view schema, std::string_view name) const {
  const auto [first, last] = constraint_tables_.equal_range(hash_of(schema, name));
  return std::any_of(first, last, [&](const auto& entry) {
    const Relation* relation = find(entry.second);
    return relation != nullptr && relation->schema == schema && relation->constraint(name) != nullptr;
  });
}

void Catalog::set_parent_index(RelationId index, RelationId parent) {
  IndexDetails& details = change(index).index.change();
  if (Relation* former = relations_.change(details.parent)) remove_one(former->index.change().children, index);
  details.parent = parent;
  if (Relation* above = relations_.change(parent)) above->index.change().children.push_back(index);
}

void Catalog::set_uses(RelationId view, std::vector<ColumnUse> uses) {
  for (const ColumnUse& use : find(view)->uses) {
    if (Relation* read = relations_.change(use.relation)) remove_one(read->used_by, view);
  }
  for (const ColumnUse& use : uses) {
    if (Relation* read = relations_.change(use.relation)) add_once(read->used_by, view);
  }
  change(view).uses = std::move(uses);
}

}  // namespace pglatch
