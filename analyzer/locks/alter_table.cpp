// ALTER TABLE: the lock of each subcommand, and how it goes down to partitions and children.
#include "analyzer/locks/alter_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

namespace pglatch::locks {
namespace {

constexpr LockMode kSue = LockMode::share_update_exclusive;
constexpr LockMode kSre = LockMode::share_row_exclusive;
constexpr LockMode kExclusive = LockMode::access_exclusive;

// Storage parameters that need only ShareUpdateExclusiveLock (reloptions.c); any other, and an
// unknown one, needs AccessExclusiveLock.
constexpr std::array<std::string_view, 12> kLightOptions{"fillfactor",
                                                         "toast_tuple_target",
                                                         "parallel_workers",
                                                         "vacuum_index_cleanup",
                                                         "vacuum_truncate",
                                                         "n_distinct",
                                                         "n_distinct_inherited",
                                                         "log_autovacuum_min_duration",
                                                         "deduplicate_items",
                                                         "seq_page_cost",
                                                         "vacuum_max_eager_freeze_failure_rate",
                                                         "random_page_cost"};

LockMode option_lock(const AlterTableCmd& command) {
  LockMode mode = kSue;
  for (const DefElem* option : each<DefElem>(reinterpret_cast<const List*>(command.def))) {
    const std::string_view name = text(option->defname);
    const bool light = text(option->defnamespace) == "toast" || name.rfind("autovacuum_", 0) == 0 ||
                       std::find(kLightOptions.begin(), kLightOptions.end(), name) != kLightOptions.end();
    if (!light) mode = kExclusive;
  }
  return mode;
}

// Subcommands that are carried out on partitions and inheritance children as well.
bool recurses(const Model& model, RelationId root, const AlterTableCmd& command) {
  const bool partitioned = model.relation(root).kind == RelationKind::partitioned_table;
  switch (command.subtype) {
    case AT_AddColumn:
    case AT_ColumnDefault:
    case AT_DropNotNull:
    case AT_SetNotNull:
    case AT_SetExpression:
    case AT_DropExpression:
    case AT_SetStatistics:
    case AT_SetStorage:
    case AT_DropColumn:
    case AT_AlterColumnType:
      return true;
    case AT_AddIdentity:
    case AT_SetIdentity:
    case AT_DropIdentity:
      return partitioned && model.version() >= 17;
    case AT_EnableTrig:
    case AT_EnableAlwaysTrig:
    case AT_EnableReplicaTrig:
    case AT_DisableTrig:
    case AT_EnableTrigAll:
    case AT_DisableTrigAll:
    case AT_EnableTrigUser:
    case AT_DisableTrigUser:
      return partitioned && model.version() >= 11;
    case AT_AddConstraint: {
      const auto* constraint = as<Constraint>(command.def);
      if (constraint == nullptr || constraint->is_no_inherit) return false;
      return partitioned || constraint->contype == CONSTR_CHECK || constraint->contype == CONSTR_NOTNULL;
    }
    case AT_DropConstraint:
    case AT_ValidateConstraint: {
      const auto* constraint = model.relation(root).constraint(text(command.name));
      return partitioned || constraint == nullptr || constraint->kind == ConstraintKind::check ||
             constraint->kind == ConstraintKind::not_null;
    }
    case AT_AlterConstraint:
      return partitioned;
    default:
      return false;
  }
}

// Which lock a subcommand takes below the table that the statement names.
LockMode lock_below(const Model& model, const AlterTableCmd& command, LockMode mode) {
  const auto* constraint = as<Constraint>(command.def);
  if (command.subtype != AT_AddConstraint || constraint == nullptr) return mode;
  // The index of a key is made on each partition as CREATE INDEX would; since 18 the NOT NULLs of
  // a key recurse, which takes the stronger lock (measured on 14 to 18).
  if (constraint->contype == CONSTR_PRIMARY || constraint->contype == CONSTR_UNIQUE ||
      constraint->contype == CONSTR_EXCLUSION) {
    return model.version() >= 18 ? kExclusive : LockMode::share;
  }
  return mode;
}

void work_of(const Subcommand& sub) {
  switch (sub.command.subtype) {
    case AT_AddColumn:
      return add_column(sub);
    case AT_AlterColumnType:
      return alter_column_type(sub);
    case AT_AddConstraint:
      return add_constraint(sub);
    case AT_DropConstraint:
      return drop_constraint(sub);
    case AT_ValidateConstraint:
      return validate_constraint(sub);
    case AT_AlterConstraint:
      return alter_constraint(sub);
    case AT_DropColumn:
      return drop_column(sub);
    case AT_SetNotNull:
      return set_not_null(sub);
    case AT_AttachPartition:
      return attach_partition(sub);
    case AT_DetachPartition:
    case AT_DetachPartitionFinalize:
      return detach_partition(sub);
    case AT_SetExpression:
      return sub.model.rewrite(sub.table, sub.index);
    case AT_SetUnLogged:
      if (!sub.relation().unlogged) sub.model.rewrite(sub.table, sub.index);
      return;
    case AT_SetLogged:
      // Only a table that is known to be logged already is left alone.
      if (sub.relation().unlogged || sub.relation().origin == Origin::unknown) sub.model.rewrite(sub.table, sub.index);
      return;
    case AT_SetAccessMethod:
      if (text(sub.command.name) != "heap") sub.model.rewrite(sub.table, sub.index);
      return;
    case AT_SetTableSpace:
      // The files are copied; the indexes stay where they are.
      if (sub.relation().has_storage() && text(sub.command.name) != "pg_default") {
        sub.work(sub.table, WorkKind::rewrite);
      }
      return;
    case AT_ChangeOwner:
      return sub.model.lock_indexes(sub.table, kExclusive);
    case AT_ClusterOn: {
      const RelationId index = sub.model.find({sub.relation().schema, text(sub.command.name)});
      return sub.model.lock(index, kSue, LockReason::index);
    }
    case AT_ReplicaIdentity: {
      const auto* identity = as<ReplicaIdentityStmt>(sub.command.def);
      if (identity == nullptr || identity->name == nullptr) return;
      const RelationId index = sub.model.find({sub.relation().schema, text(identity->name)});
      return sub.model.lock(index, LockMode::share, LockReason::index);
    }
    case AT_AddInherit: {
      const auto* parent = as<RangeVar>(sub.command.def);
      if (parent != nullptr) sub.model.lock(sub.model.resolve(parent), kSue, LockReason::parent);
      return;
    }
    case AT_DropInherit: {
      const auto* parent = as<RangeVar>(sub.command.def);
      if (parent != nullptr) sub.model.lock(sub.model.resolve(parent), LockMode::access_share, LockReason::parent);
      return;
    }
    case AT_SetIdentity:
    case AT_DropIdentity:
      for (const Relation* sequence : sub.model.catalog().relations()) {
        if (sequence->kind != RelationKind::sequence || sequence->owned_by != sub.table) continue;
        if (sequence->owned_by_column != text(sub.command.name)) continue;
        sub.model.lock(sequence->id, sub.command.subtype == AT_DropIdentity ? kExclusive : kSre, LockReason::dependent);
      }
      return;
    default:
      return;
  }
}

// ALTER INDEX … ATTACH PARTITION (tablecmds.c, ATExecAttachPartitionIdx).
void attach_index(const Model& model, const AlterTableStmt& statement, const AlterTableCmd& command) {
  const RelationId parent = model.resolve(statement.relation, RelationKind::partitioned_index);
  const auto* partition = as<PartitionCmd>(command.def);
  const RelationId child = model.resolve(partition->name, RelationKind::index);
  model.lock(parent, model.version() >= 12 ? kSue : kExclusive, LockReason::target);
  model.lock(child, kExclusive, LockReason::partition);
  model.lock(model.relation(parent).index.table, LockMode::access_share, LockReason::parent);
  model.lock(model.relation(child).index.table, LockMode::access_share, LockReason::partition);
}

}  // namespace

void Subcommand::scan() const {
  if (relation().has_storage()) work(table, WorkKind::scan);
}

bool dropped_by_same_statement(const AlterTableStmt& statement, std::string_view constraint) {
  for (const AlterTableCmd* command : each<AlterTableCmd>(statement.cmds)) {
    if (command->subtype == AT_DropConstraint && text(command->name) == constraint) return true;
  }
  return false;
}

bool not_null_proved(const Subcommand& sub, std::string_view column) {
  if (sub.model.version() < 12) return false;
  std::string_view dropped;
  for (const AlterTableCmd* command : each<AlterTableCmd>(sub.statement.cmds)) {
    if (command->subtype != AT_DropConstraint) continue;
    if (!dropped.empty()) return false;  // several: too rare to look which one proves what
    dropped = text(command->name);
  }
  return proves_not_null(sub.relation(), column, dropped);
}

// AlterTableGetLockLevel() in tablecmds.c, the same from 10 to 18 but for what is said here.
LockMode lock_level(const Model& model, RelationId table, const AlterTableCmd& command) {
  switch (command.subtype) {
    case AT_SetStatistics:
    case AT_SetOptions:
    case AT_ResetOptions:
    case AT_ClusterOn:
    case AT_DropCluster:
    case AT_ValidateConstraint:
    case AT_DetachPartitionFinalize:
      return kSue;
    case AT_SetRelOptions:
    case AT_ResetRelOptions:
    case AT_ReplaceRelOptions:
      return model.relation(table).kind == RelationKind::view ? kExclusive : option_lock(command);
    case AT_AttachPartition:
      return model.version() >= 12 ? kSue : kExclusive;
    case AT_DetachPartition: {
      const auto* partition = as<PartitionCmd>(command.def);
      return partition != nullptr && partition->concurrent ? kSue : kExclusive;
    }
    case AT_EnableTrig:
    case AT_EnableAlwaysTrig:
    case AT_EnableReplicaTrig:
    case AT_DisableTrig:
    case AT_EnableTrigAll:
    case AT_DisableTrigAll:
    case AT_EnableTrigUser:
    case AT_DisableTrigUser:
      return kSre;
    case AT_AddConstraint: {
      const auto* constraint = as<Constraint>(command.def);
      return constraint != nullptr && constraint->contype == CONSTR_FOREIGN ? kSre : kExclusive;
    }
    default:
      return kExclusive;
  }
}

void alter_table(const Model& model, const AlterTableStmt& statement) {
  const auto commands = each<AlterTableCmd>(statement.cmds);
  if (commands.empty()) return;
  if (statement.objtype == OBJECT_INDEX && commands[0]->subtype == AT_AttachPartition) {
    return attach_index(model, statement, *commands[0]);
  }
  // IF EXISTS on something that nobody has seen may find it: assume that it does.
  const RelationId root = model.resolve(statement.relation, relation_kind(statement.objtype));

  LockMode mode = kSue;
  for (const AlterTableCmd* command : commands) mode = std::max(mode, lock_level(model, root, *command));
  const auto* detach = commands[0]->subtype == AT_DetachPartition ? as<PartitionCmd>(commands[0]->def) : nullptr;
  if (detach != nullptr && detach->concurrent) {
    if (model.refuse_in_transaction("ALTER TABLE ... DETACH CONCURRENTLY")) return;
    model.effects.lock(root, mode, LockReason::target, HeldUntil::statement);
  } else {
    model.lock(root, mode);
  }

  std::uint32_t index = 0;
  for (const AlterTableCmd* command : commands) {
    const bool down = statement.relation->inh && recurses(model, root, *command);
    for (const RelationId table : model.tree(root, !down)) {
      if (table != root) {
        const bool partition = model.relation(table).partition_of != kNoRelation;
        model.lock(table, lock_below(model, *command, mode), partition ? LockReason::partition : LockReason::inherited);
      }
      work_of({model, statement, *command, root, table, index});
      if (model.effects.refused()) return;
    }
    ++index;
  }
}

}  // namespace pglatch::locks
