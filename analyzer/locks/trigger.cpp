// CREATE TRIGGER: trigger.c.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "analyzer/locks/by_version.h"
#include "analyzer/locks/model.h"

namespace pglatch::locks {
namespace {

constexpr ByVersion kRenamesTriggersOfPartitions{std::array{
    Since<bool>{10, false, "renametrig() in trigger.c"},
    Since<bool>{15, true, "release notes: renaming a trigger of a partitioned table renames those of its partitions"},
}};

bool has_trigger(const Relation& relation, std::string_view name) {
  return std::find(relation.triggers.begin(), relation.triggers.end(), name) != relation.triggers.end();
}

// Trigger functions that come with PostgreSQL.
bool is_builtin_function(NameView name) {
  constexpr std::array<std::string_view, 3> kBuiltin{"tsvector_update_trigger", "tsvector_update_trigger_column",
                                                     "suppress_redundant_updates_trigger"};
  return name.schema == "pg_catalog" || std::find(kBuiltin.begin(), kBuiltin.end(), name.name) != kBuiltin.end();
}

bool refuse_missing_function(const Model& model, const List* names) {
  const NameView name = name_of(names);
  const Catalog& catalog = model.catalog();
  if (!catalog.complete || is_builtin_function(name) || catalog.find_function(name, model.path()) != nullptr) {
    return false;
  }
  bool extended = false;  // what an extension brings is not known
  catalog.each_other(OBJECT_EXTENSION, [&](const OtherObject&) { extended = true; });
  if (extended) return false;
  const std::string_view dot = name.schema.empty() ? "" : ".";
  model.effects.fail(fmt::format("function {}{}{}() does not exist", name.schema, dot, name.name));
  return true;
}

bool refuse_kind(const Model& model, const Relation& relation, const CreateTrigStmt& statement) {
  if (relation.origin == Origin::unknown) return false;
  const bool is_view = relation.kind == RelationKind::view;
  constexpr int kInsteadOf = 1 << 6;  // TRIGGER_TYPE_INSTEAD of catalog/pg_trigger.h
  const bool instead = statement.timing == kInsteadOf;
  if (is_view == instead || (is_view && !statement.row)) return false;
  model.effects.fail(fmt::format("\"{}\" is a {}", relation.name, is_view ? "view" : "table"));
  return true;
}

}  // namespace

// CreateTriggerFiringOn(): ShareRowExclusiveLock, on partitions too; AccessShareLock on the table of FROM.
void create_trigger(const Model& model, const CreateTrigStmt& statement) {
  const RelationId table = model.resolve(statement.relation);
  const Relation& relation = model.relation(table);
  const bool recurse = statement.row && relation.kind == RelationKind::partitioned_table;
  if (refuse_kind(model, relation, statement)) return;
  for (const Node* column : each(statement.columns)) {
    if (model.refuse_missing_column(table, string_value(column))) return;
  }
  if (refuse_missing_function(model, statement.funcname)) return;
  const std::string_view name = text(statement.trigname);
  if (!statement.replace && has_trigger(relation, name)) {
    return model.effects.fail(fmt::format("trigger \"{}\" for relation \"{}\" already exists", name, relation.name));
  }
  model.lock_tree(table, LockMode::share_row_exclusive, !recurse);
  if (statement.constrrel != nullptr) {
    model.lock(model.resolve(statement.constrrel), LockMode::access_share, LockReason::referenced);
  }
  if (statement.whenClause != nullptr) model.name_query(statement.whenClause);
}

// renametrig(): the triggers that partitions have for it are renamed as well.
void rename_trigger(const Model& model, const RenameStmt& statement) {
  const RelationId root = model.resolve(statement.relation);
  const Relation& relation = model.relation(root);
  const std::string_view from = text(statement.subname);
  const std::string_view to = text(statement.newname);
  if (model.catalog().complete && relation.origin != Origin::unknown && !has_trigger(relation, from)) {
    return model.effects.fail(fmt::format("trigger \"{}\" for table \"{}\" does not exist", from, relation.name));
  }
  const bool with_partitions = kRenamesTriggersOfPartitions.at(model.version());
  if (with_partitions && relation.partition_of != kNoRelation && has_trigger(relation, from) &&
      has_trigger(model.relation(relation.partition_of), from)) {
    return model.effects.fail(fmt::format("cannot rename trigger \"{}\" on table \"{}\"", from, relation.name));
  }
  if (has_trigger(relation, to)) {
    return model.effects.fail(fmt::format("trigger \"{}\" for relation \"{}\" already exists", to, relation.name));
  }
  model.lock(root, LockMode::access_exclusive);
  if (!with_partitions || relation.kind != RelationKind::partitioned_table) return;
  for (const RelationId id : model.tree(root, false)) {
    if (id != root && has_trigger(model.relation(id), from)) {
      model.lock(id, LockMode::access_exclusive, LockReason::partition);
    }
  }
}

}  // namespace pglatch::locks
