// ALTER TABLE: the lock of each subcommand, the order in which they run, and how they go down to partitions
// and children.
#include "analyzer/locks/alter_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "analyzer/locks/by_version.h"
#include "analyzer/locks/storage_parameters.h"

namespace pglatch::locks {
namespace {

constexpr LockMode kSue = LockMode::share_update_exclusive;
constexpr LockMode kSre = LockMode::share_row_exclusive;
constexpr LockMode kExclusive = LockMode::access_exclusive;

constexpr ByVersion kAttachLock{std::array{Since<LockMode>{10, kExclusive, "AlterTableGetLockLevel()"},
                                           Since<LockMode>{12, kSue, "release notes of 12"}}};

constexpr ByVersion kIdentityOnPartitions{
    std::array{Since<bool>{10, false, "ATPrepCmd() in tablecmds.c"}, Since<bool>{17, true, "release notes of 17"}}};

// ENABLE and DISABLE TRIGGER change those of the partitions too, where the table has any.
constexpr ByVersion kTriggersOnPartitions{
    std::array{Since<bool>{10, false, "ATPrepCmd() in tablecmds.c"}, Since<bool>{11, true, "release notes of 11"}}};

// SET NOT NULL of a column that is NOT NULL already leaves what is below the table alone.
enum class Spared : std::uint8_t { nothing, partitions, everything };
constexpr ByVersion kSpared{std::array{Since<Spared>{10, Spared::nothing, "ATPrepCmd() in tablecmds.c"},
                                       Since<Spared>{12, Spared::partitions, "ATPrepSetNotNull() in tablecmds.c"},
                                       Since<Spared>{18, Spared::everything, "ATExecSetNotNull() in tablecmds.c"}}};

constexpr ByVersion kNotNullProved{
    std::array{Since<bool>{10, false, "ATExecSetNotNull()"}, Since<bool>{12, true, "release notes of 12"}}};

// AlterTableGetLockLevel() in tablecmds.c, the same from 10 to 18 but for what is said above.
LockMode lock_level(const Model& model, const AlterTableCmd& command) {
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
      return parameters_lock(reinterpret_cast<const List*>(command.def));
    case AT_AttachPartition:
      return kAttachLock.at(model.version());
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

// How far below the table that the statement names a subcommand goes.
enum class Reach : std::uint8_t { nothing, locks_children, everything };

Reach trigger_reach(const Model& model, const Relation& table) {
  if (table.kind != RelationKind::partitioned_table || !kTriggersOnPartitions.at(model.version())) {
    return Reach::nothing;
  }
  const bool has_foreign_key = std::any_of(table.constraints.begin(), table.constraints.end(),
                                           [](const auto& one) { return one.kind == ConstraintKind::foreign_key; });
  const bool none = table.triggers.empty() && !has_foreign_key && table.referenced_by.empty();
  return none && table.origin != Origin::unknown ? Reach::nothing : Reach::everything;
}

// Of the subcommands that are carried out here for each table below; those on constraints and partitions go
// down themselves.
Reach reach_of(const Model& model, const Relation& table, const AlterTableCmd& command, bool recurse) {
  switch (command.subtype) {
    case AT_AddColumn: {
      const auto* added = as<ColumnDef>(command.def);
      const bool there = added != nullptr && command.missing_ok && table.column(text(added->colname)) != nullptr;
      return recurse && !there ? Reach::everything : Reach::nothing;
    }
    case AT_ColumnDefault:
    case AT_DropNotNull:
    case AT_SetExpression:
    case AT_DropExpression:
    case AT_SetStatistics:
    case AT_SetStorage:
    case AT_AlterColumnType:
      return recurse ? Reach::everything : Reach::nothing;
    case AT_DropColumn:
      // ATExecDropColumn() opens the children to tell them that the column is their own now.
      return recurse ? Reach::everything : Reach::locks_children;
    case AT_SetNotNull: {
      const Column* column = table.column(text(command.name));
      const Spared spares = kSpared.at(model.version());
      const bool spared = spares == Spared::everything ||
                          (spares == Spared::partitions && table.kind == RelationKind::partitioned_table);
      const bool not_null = column != nullptr && column->not_null;
      return recurse && !(not_null && spared) ? Reach::everything : Reach::nothing;
    }
    case AT_AddIdentity:
    case AT_SetIdentity:
    case AT_DropIdentity:
      return recurse && table.kind == RelationKind::partitioned_table && kIdentityOnPartitions.at(model.version())
                 ? Reach::everything
                 : Reach::nothing;
    case AT_EnableTrig:
    case AT_EnableAlwaysTrig:
    case AT_EnableReplicaTrig:
    case AT_DisableTrig:
    case AT_EnableTrigAll:
    case AT_DisableTrigAll:
    case AT_EnableTrigUser:
    case AT_DisableTrigUser:
      return recurse ? trigger_reach(model, table) : Reach::nothing;
    default:
      return Reach::nothing;
  }
}

// The pass in which ATRewriteCatalogs() runs a subcommand, whatever its place in the statement (AlterTablePass
// in tablecmds.c).
enum class Pass : std::uint8_t { drop, alter_type, add_column, set_expression, add_constraint, column, index, other };
constexpr std::size_t kPasses = 8;

Pass pass_of(const AlterTableCmd& command) {
  switch (command.subtype) {
    case AT_DropColumn:
    case AT_DropConstraint:
    case AT_DropNotNull:
    case AT_DropExpression:
    case AT_DropIdentity:
      return Pass::drop;
    case AT_AlterColumnType:
      return Pass::alter_type;
    case AT_AddColumn:
      return Pass::add_column;
    case AT_SetExpression:
      return Pass::set_expression;
    case AT_SetNotNull:
      return Pass::column;
    case AT_AddConstraint: {
      const auto* constraint = as<Constraint>(command.def);
      const bool checks =
          constraint == nullptr || constraint->contype == CONSTR_CHECK || constraint->contype == CONSTR_NOTNULL;
      if (checks) return Pass::add_constraint;
      return constraint->contype == CONSTR_FOREIGN ? Pass::other : Pass::index;
    }
    default:
      return Pass::other;
  }
}

// EnableDisableTrigger() in trigger.c.
void refuse_missing_trigger(const Subcommand& sub) {
  const Relation& table = sub.relation();
  const std::string_view name = text(sub.command.name);
  const auto& triggers = table.triggers;
  if (!sub.model.catalog().complete || name.empty() ||
      std::find(triggers.begin(), triggers.end(), name) != triggers.end()) {
    return;
  }
  sub.model.effects.fail(fmt::format("trigger \"{}\" for table \"{}\" does not exist", name, table.name));
}

void carry_out(const Subcommand& sub) {
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
    case AT_SetLogged:
    case AT_SetUnLogged:
      return set_persistence(sub);
    case AT_SetAccessMethod:
      return set_access_method(sub);
    case AT_SetTableSpace:
      return set_tablespace(sub);
    case AT_SetRelOptions:
    case AT_ResetRelOptions:
      return set_parameters(sub);
    case AT_ChangeOwner:
      return change_owner(sub);
    case AT_ClusterOn:
      return cluster_on(sub);
    case AT_ReplicaIdentity:
      return replica_identity(sub);
    case AT_AddInherit:
      return add_inherit(sub);
    case AT_DropInherit:
      return drop_inherit(sub);
    case AT_AddOf:
      return add_of(sub);
    case AT_DropOf:
      return drop_of(sub);
    case AT_ColumnDefault:
    case AT_AddIdentity:
    case AT_SetIdentity:
    case AT_DropIdentity:
    case AT_SetExpression:
    case AT_DropExpression:
    case AT_DropNotNull:
    case AT_SetStatistics:
    case AT_SetOptions:
    case AT_ResetOptions:
    case AT_SetStorage:
    case AT_SetCompression:
      return alter_column(sub);
    case AT_EnableTrig:
    case AT_EnableAlwaysTrig:
    case AT_EnableReplicaTrig:
    case AT_DisableTrig:
      return refuse_missing_trigger(sub);
    default:
      return;
  }
}

void carry_out_tree(const Subcommand& sub) {
  carry_out(sub);
  const Reach reach = reach_of(sub.model, sub.relation(), sub.command, sub.recurse());
  if (reach == Reach::nothing || sub.model.effects.refused()) return;
  if (reach == Reach::locks_children) {
    for (const RelationId child : sub.children()) sub.lock_child(child, sub.mode);
    return;
  }
  for (const RelationId id : sub.model.tree(sub.root, false)) {
    if (id == sub.root) continue;
    sub.lock_child(id, sub.mode);
    carry_out(sub.on(id));
    if (sub.model.effects.refused()) return;
  }
}

// ATRewriteTables(): a table that is written anew is checked on the way, and its indexes are built then. Foreign
// keys are checked afterwards.
void drop_superseded_work(Effects& effects) {
  for (std::size_t i = effects.work.size(); i-- > 0;) {
    const Work& work = effects.work[i];
    const bool part_of_rewrite = work.kind == WorkKind::scan || work.kind == WorkKind::index_build;
    if (!part_of_rewrite || !effects.has_work(WorkKind::rewrite, work.relation)) continue;
    effects.work.erase(effects.work.begin() + static_cast<std::ptrdiff_t>(i));
    effects.work_by.erase(effects.work_by.begin() + static_cast<std::ptrdiff_t>(i));
  }
}

}  // namespace

void Subcommand::scan() const {
  if (relation().has_storage()) work(table, WorkKind::scan);
}

std::vector<RelationId> Subcommand::children() const {
  std::vector<RelationId> all = relation().partitions;
  const std::vector<RelationId>& inheriting = relation().inherited_by;
  all.insert(all.end(), inheriting.begin(), inheriting.end());
  return all;
}

void Subcommand::lock_child(RelationId child, LockMode child_mode) const {
  const bool partition = model.relation(child).partition_of != kNoRelation;
  model.lock(child, child_mode, partition ? LockReason::partition : LockReason::inherited);
}

void Subcommand::lock_descendants(LockMode child_mode) const {
  for (const RelationId id : model.tree(table, false)) {
    if (id != table) lock_child(id, child_mode);
  }
}

bool dropped_by_same_statement(const AlterTableStmt& statement, std::string_view constraint) {
  for (const AlterTableCmd* command : each<AlterTableCmd>(statement.cmds)) {
    if (command->subtype == AT_DropConstraint && text(command->name) == constraint) return true;
  }
  return false;
}

const Constraint* added_by_same_statement(const AlterTableStmt& statement, std::string_view constraint) {
  for (const AlterTableCmd* command : each<AlterTableCmd>(statement.cmds)) {
    if (command->subtype == AT_AddConstraint) {
      const auto* added = as<Constraint>(command->def);
      if (added != nullptr && text(added->conname) == constraint) return added;
    } else if (const auto* column = command->subtype == AT_AddColumn ? as<ColumnDef>(command->def) : nullptr) {
      for (const Constraint* added : each<Constraint>(column->constraints)) {
        if (text(added->conname) == constraint) return added;
      }
    }
  }
  return nullptr;
}

bool column_added_by_same_statement(const AlterTableStmt& statement, std::string_view column) {
  for (const AlterTableCmd* command : each<AlterTableCmd>(statement.cmds)) {
    if (command->subtype != AT_AddColumn) continue;
    const auto* definition = as<ColumnDef>(command->def);
    if (definition != nullptr && text(definition->colname) == column) return true;
  }
  return false;
}

bool column_dropped_by_same_statement(const AlterTableStmt& statement, std::string_view column) {
  for (const AlterTableCmd* command : each<AlterTableCmd>(statement.cmds)) {
    if (command->subtype == AT_DropColumn && text(command->name) == column) return true;
  }
  return false;
}

const TableConstraint* primary_key_left(const Subcommand& sub) {
  const TableConstraint* existing = sub.relation().primary_key();
  if (existing == nullptr || dropped_by_same_statement(sub.statement, existing->name)) return nullptr;
  const bool loses_column =
      std::any_of(existing->columns.begin(), existing->columns.end(),
                  [&](const std::string& column) { return column_dropped_by_same_statement(sub.statement, column); });
  return loses_column ? nullptr : existing;
}

bool not_null_proved(const Subcommand& sub, std::string_view column) {
  if (!kNotNullProved.at(sub.model.version())) return false;
  std::string_view dropped;
  for (const AlterTableCmd* command : each<AlterTableCmd>(sub.statement.cmds)) {
    if (command->subtype != AT_DropConstraint) continue;
    if (!dropped.empty()) return false;  // several: too rare to look which one proves what
    dropped = text(command->name);
  }
  return proves_not_null(sub.relation(), column, dropped);
}

void alter_table(const Model& model, const AlterTableStmt& statement) {
  const auto commands = each<AlterTableCmd>(statement.cmds);
  if (commands.empty()) return;
  if (statement.objtype == OBJECT_INDEX && commands[0]->subtype == AT_AttachPartition) {
    return attach_index(model, statement, *commands[0]);
  }
  // IF EXISTS on something that nobody has seen may find it: assume that it does.
  const RelationId root = model.resolve(statement.relation, relation_kind(statement.objtype), statement.missing_ok);
  if (root == kNoRelation || refuse_other_kind(model, model.relation(root), statement.objtype)) return;
  // Only to rename it, ALTER INDEX may name a table.
  const Relation& target = model.relation(root);
  if (statement.objtype == OBJECT_INDEX && !target.is_index() && target.origin != Origin::unknown) {
    return model.effects.fail(fmt::format("\"{}\" is not an index", target.name));
  }

  LockMode mode = kSue;
  for (const AlterTableCmd* command : commands) {
    mode = std::max(mode, lock_level(model, *command));
    if (refuse_relation_kind(model, root, command->subtype)) return;
  }
  const auto* detach = commands[0]->subtype == AT_DetachPartition ? as<PartitionCmd>(commands[0]->def) : nullptr;
  if (detach != nullptr && detach->concurrent) {
    if (model.refuse_in_transaction("ALTER TABLE ... DETACH CONCURRENTLY")) return;
    model.effects.lock(root, mode, LockReason::target, HeldUntil::statement);
  } else {
    model.lock(root, mode);
  }

  if (commands.size() == 1) carry_out_tree({model, statement, *commands[0], root, root, 0, mode});
  for (std::size_t pass = 0; pass < kPasses && commands.size() > 1; ++pass) {
    std::uint32_t index = 0;
    for (const AlterTableCmd* command : commands) {
      if (static_cast<std::size_t>(pass_of(*command)) == pass) {
        carry_out_tree({model, statement, *command, root, root, index, mode});
        if (model.effects.refused()) return;
      }
      ++index;
    }
  }
  if (model.effects.work.size() > 1) drop_superseded_work(model.effects);
}

}  // namespace pglatch::locks
