// Subcommands of ALTER TABLE on how and where a relation is stored, and on whose it is.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "analyzer/locks/alter_table.h"
#include "analyzer/locks/by_version.h"
#include "analyzer/locks/storage_parameters.h"

namespace pglatch::locks {
namespace {

constexpr LockMode kExclusive = LockMode::access_exclusive;
constexpr std::string_view kDefaultTablespace = "pg_default";
constexpr std::string_view kDefaultAccessMethod = "heap";

// The sequences that a table owns get its persistence.
constexpr ByVersion kSequencesFollow{
    std::array{Since<bool>{10, false, "tablecmds.c"}, Since<bool>{15, true, "SequenceChangePersistence()"}}};

// SET ACCESS METHOD of a partitioned table is for the partitions to come.
constexpr ByVersion kPartitionedAccessMethod{
    std::array{Since<bool>{10, false, "ATPrepSetAccessMethod()"}, Since<bool>{17, true, "release notes of 17"}}};

bool is_unlogged_for_certain(const Relation& relation) {
  return relation.origin != Origin::unknown && relation.unlogged && !relation.temporary;
}

bool is_logged_for_certain(const Relation& relation) {
  return relation.origin != Origin::unknown && !relation.unlogged && !relation.temporary;
}

// ATPrepChangePersistence() in tablecmds.c: a logged table must not reference one that is lost in a crash.
bool refuse_persistence(const Subcommand& sub, bool to_logged) {
  const Model& model = sub.model;
  const Relation& table = sub.relation();
  if (table.temporary) {
    model.effects.fail(fmt::format("cannot change logged status of table \"{}\" because it is temporary", table.name));
    return true;
  }
  if (to_logged) {
    for (const TableConstraint& constraint : table.constraints) {
      if (constraint.kind != ConstraintKind::foreign_key || constraint.referenced == table.id) continue;
      const Relation& referenced = model.relation(constraint.referenced);
      if (!is_unlogged_for_certain(referenced)) continue;
      model.effects.fail(
          fmt::format("could not change table \"{}\" to logged because it references unlogged table \"{}\"", table.name,
                      referenced.name));
      return true;
    }
    return false;
  }
  bool published = false;
  model.catalog().each_other(OBJECT_PUBLICATION, [&](const OtherObject& publication) {
    const auto& members = publication.relations;
    published = published || std::find(members.begin(), members.end(), table.id) != members.end();
  });
  if (published) {
    model.effects.fail(
        fmt::format("cannot change table \"{}\" to unlogged because it is part of a publication", table.name));
    return true;
  }
  for (const RelationId id : table.referenced_by) {
    if (id == table.id || !is_logged_for_certain(model.relation(id))) continue;
    model.effects.fail(
        fmt::format("could not change table \"{}\" to unlogged because it references logged table \"{}\"", table.name,
                    model.relation(id).name));
    return true;
  }
  return false;
}

// The index of a subcommand that names one. Refuses where all indexes of the table are known and this is
// none of them.
RelationId named_index(const Subcommand& sub, std::string_view name) {
  const Model& model = sub.model;
  const Relation& table = sub.relation();
  const RelationId index = model.find({table.schema, name});
  if (index == kNoRelation) {
    if (model.catalog().complete) {
      model.effects.fail(fmt::format("index \"{}\" for table \"{}\" does not exist", name, table.name));
    }
  } else if (const Relation& found = model.relation(index);
             found.origin != Origin::unknown && found.index->table != table.id) {
    model.effects.fail(fmt::format("\"{}\" is not an index for table \"{}\"", found.name, table.name));
  }
  return index;
}

bool has_expression(const IndexDetails& index) {
  return std::find(index.columns.begin(), index.columns.end(), std::string()) != index.columns.end();
}

bool is_deferrable(const Relation& table, RelationId index) {
  return std::any_of(table.constraints.begin(), table.constraints.end(), [&](const TableConstraint& constraint) {
    return constraint.index == index && constraint.deferrable;
  });
}

}  // namespace

void set_persistence(const Subcommand& sub) {
  const Model& model = sub.model;
  const bool to_logged = sub.command.subtype == AT_SetLogged;
  const Relation& relation = sub.relation();
  // Nothing to do; only a table that is known to be logged already is left alone.
  if (to_logged ? is_logged_for_certain(relation) : relation.unlogged) return;
  if (relation.kind == RelationKind::sequence) return;  // a new file, but no rows to write to it
  if (refuse_persistence(sub, to_logged)) return;
  model.rewrite(sub.table, sub.index);
  if (!kSequencesFollow.at(model.version())) return;
  for (const RelationId sequence : sub.relation().owned_sequences) {
    model.lock(sequence, kExclusive, LockReason::dependent);
  }
}

// DEFAULT has no name; default_table_access_method is taken to be heap.
void set_access_method(const Subcommand& sub) {
  const Model& model = sub.model;
  const Relation& relation = sub.relation();
  const std::string_view wanted = sub.command.name == nullptr ? kDefaultAccessMethod : text(sub.command.name);
  if (model.catalog().complete && wanted != kDefaultAccessMethod &&
      model.catalog().find_other(OBJECT_ACCESS_METHOD, {{}, wanted}, model.path()) == nullptr) {
    return model.effects.fail(fmt::format("access method \"{}\" does not exist", wanted));
  }
  if (sub.is_partitioned() && !kPartitionedAccessMethod.at(model.version())) {
    return model.effects.fail("cannot change access method of a partitioned table");
  }
  const std::string_view present = relation.access_method->empty() ? kDefaultAccessMethod : *relation.access_method;
  if (wanted != present) model.rewrite(sub.table, sub.index);
}

// ATExecSetTableSpace(): the files are copied; the indexes of a table stay where they are.
void set_tablespace(const Subcommand& sub) {
  const Relation& relation = sub.relation();
  const std::string_view present = relation.tablespace->empty() ? kDefaultTablespace : *relation.tablespace;
  const bool has_file = relation.has_storage() || relation.kind == RelationKind::index;
  if (has_file && present != text(sub.command.name)) sub.work(sub.table, WorkKind::rewrite);
}

void set_parameters(const Subcommand& sub) {
  if (sub.command.subtype == AT_ResetRelOptions) return;
  const Relation& relation = sub.relation();
  if (relation.origin == Origin::unknown) return;
  const auto* options = reinterpret_cast<const List*>(sub.command.def);
  switch (relation.kind) {
    case RelationKind::table:
    case RelationKind::materialized_view:
      refuse_unknown_parameters(sub.model, options, ParameterHolder::table);
      return;
    case RelationKind::partitioned_table:
      refuse_unknown_parameters(sub.model, options, ParameterHolder::partitioned_table);
      return;
    case RelationKind::view:
      refuse_unknown_parameters(sub.model, options, ParameterHolder::view);
      return;
    case RelationKind::index:
      refuse_unknown_parameters(sub.model, options, ParameterHolder::index, relation.index->method);
      return;
    default:
      return;
  }
}

// ATExecChangeOwner(): indexes and owned sequences follow, unless it is the owner already.
void change_owner(const Subcommand& sub) {
  const Model& model = sub.model;
  const Relation& relation = sub.relation();
  const RoleSpec* owner = sub.command.newowner;
  if (owner != nullptr && !relation.owner->empty() && *relation.owner == text(owner->rolename)) return;
  if (relation.kind == RelationKind::sequence && relation.owned_by != kNoRelation) {
    return model.effects.fail(fmt::format("cannot change owner of sequence \"{}\"", relation.name));
  }
  if (!relation.has_storage() && relation.kind != RelationKind::partitioned_table) return;
  model.lock_indexes(sub.table, kExclusive);
  for (const RelationId sequence : sub.relation().owned_sequences) {
    model.lock(sequence, kExclusive, LockReason::dependent);
  }
}

// ATExecClusterOn(), check_index_is_clusterable() in cluster.c.
void cluster_on(const Subcommand& sub) {
  const Model& model = sub.model;
  const RelationId id = named_index(sub, text(sub.command.name));
  if (model.effects.refused()) return;
  const Relation& index = model.relation(id);
  if (sub.is_partitioned()) return model.effects.fail("cannot mark index clustered in partitioned table");
  if (index.index->table == sub.table && index.index->method != "btree" && index.index->method != "gist") {
    return model.effects.fail(
        fmt::format("cannot cluster on index \"{}\" because access method does not support clustering", index.name));
  }
  if (index.index->partial)
    return model.effects.fail(fmt::format("cannot cluster on partial index \"{}\"", index.name));
  if (!index.index->valid) return model.effects.fail(fmt::format("cannot cluster on invalid index \"{}\"", index.name));
  model.lock(id, sub.mode, LockReason::index);
}

// ATExecReplicaIdentity().
void replica_identity(const Subcommand& sub) {
  const auto* identity = as<ReplicaIdentityStmt>(sub.command.def);
  if (identity == nullptr || identity->name == nullptr) return;
  const Model& model = sub.model;
  const RelationId id = named_index(sub, text(identity->name));
  if (model.effects.refused()) return;
  model.lock(id, LockMode::share, LockReason::index);
  const Relation& index = model.relation(id);
  if (index.origin == Origin::unknown) return;
  const auto refuse = [&](std::string_view what) {
    model.effects.fail(fmt::format("cannot use {} index \"{}\" as replica identity", what, index.name));
  };
  if (!index.index->unique) return refuse("non-unique");
  if (is_deferrable(sub.relation(), id)) return refuse("non-immediate");
  if (has_expression(*index.index)) return refuse("expression");
  if (index.index->partial) return refuse("partial");
  for (const std::string& name : index.index->columns) {
    const Column* column = sub.relation().column(name);
    if (column == nullptr || column->not_null || !sub.relation().columns_known) continue;
    return model.effects.fail(fmt::format(
        "index \"{}\" cannot be used as replica identity because column \"{}\" is nullable", index.name, name));
  }
}

// AlterTableMoveAll(): everything of one kind that is in the tablespace. The database's own is taken to be
// pg_default.
void move_all(const Model& model, const AlterTableMoveAllStmt& statement) {
  const std::string_view from = text(statement.orig_tablespacename);
  const std::string_view to = text(statement.new_tablespacename);
  if (from == to) return;
  const auto is_moved = [&](const Relation& relation) {
    if (relation.schema == "pg_catalog" || relation.schema == "information_schema" || relation.temporary) return false;
    const std::string_view present = relation.tablespace->empty() ? kDefaultTablespace : *relation.tablespace;
    if (present != from) return false;
    switch (statement.objtype) {
      case OBJECT_TABLE:
        return relation.kind == RelationKind::table || relation.kind == RelationKind::partitioned_table;
      case OBJECT_INDEX:
        return relation.is_index();
      default:
        return relation.kind == RelationKind::materialized_view;
    }
  };
  for (const Relation* relation : model.catalog().relations()) {
    if (!is_moved(*relation)) continue;
    model.lock(relation->id, kExclusive);
    const bool has_file = relation->has_storage() || relation->kind == RelationKind::index;
    if (has_file) model.effects.add_work(relation->id, WorkKind::rewrite);
  }
}

}  // namespace pglatch::locks
