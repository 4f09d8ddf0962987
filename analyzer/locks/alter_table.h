// Inside the lock model: ALTER TABLE, whose subcommands are spread over several files.
#pragma once

#include "analyzer/locks/model.h"

namespace pglatch::locks {

/// One subcommand on one table (the target, a partition or a child).
struct Subcommand {
  const Model& model;
  const AlterTableStmt& statement;
  const AlterTableCmd& command;
  RelationId root;      ///< the table that the statement names
  RelationId table;     ///< the one that is altered: `root` or something below it
  std::uint32_t index;  ///< of the subcommand, 0-based
  LockMode mode;        ///< of the whole statement: the strongest that one of its subcommands needs

  [[nodiscard]] const Relation& relation() const { return model.relation(table); }
  /// The statement does not say ONLY.
  [[nodiscard]] bool recurse() const noexcept { return statement.relation->inh; }
  [[nodiscard]] bool is_partitioned() const { return relation().kind == RelationKind::partitioned_table; }
  /// The same subcommand on another table of the tree.
  [[nodiscard]] Subcommand on(RelationId other) const { return {model, statement, command, root, other, index, mode}; }
  void work(RelationId id, WorkKind kind) const { model.effects.add_work(id, kind, index); }
  /// A scan of the altered table, if it has rows of its own.
  void scan() const;
  /// Partitions and children of the table, one level down.
  [[nodiscard]] std::vector<RelationId> children() const;
  /// Locks a partition or child of the table.
  void lock_child(RelationId child, LockMode child_mode) const;
  /// Locks everything below the table.
  void lock_descendants(LockMode child_mode) const;
};

/// Refuses a subcommand that relations of this kind do not have (ATSimplePermissions() in tablecmds.c). Returns true
/// where it does. `said` is the subcommand that the message names, where another one's relations are asked for.
bool refuse_relation_kind(const Model& model, RelationId id, AlterTableType subcommand);
bool refuse_relation_kind(const Model& model, RelationId id, AlterTableType subcommand, AlterTableType said);

void add_column(const Subcommand& sub);
void alter_column_type(const Subcommand& sub);
void drop_column(const Subcommand& sub);
void set_not_null(const Subcommand& sub);
/// Every other subcommand that begins with ALTER COLUMN: defaults, identity, generation, DROP NOT NULL.
void alter_column(const Subcommand& sub);

// These go down to partitions and children themselves.
void add_constraint(const Subcommand& sub);
void add_key(const Subcommand& sub, const Constraint& constraint);
void drop_constraint(const Subcommand& sub);
void validate_constraint(const Subcommand& sub);
void alter_constraint(const Subcommand& sub);
void attach_partition(const Subcommand& sub);
void detach_partition(const Subcommand& sub);
void attach_index(const Model& model, const AlterTableStmt& statement, const AlterTableCmd& command);
void add_inherit(const Subcommand& sub);
void drop_inherit(const Subcommand& sub);
void add_of(const Subcommand& sub);
void drop_of(const Subcommand& sub);

void set_persistence(const Subcommand& sub);
void set_access_method(const Subcommand& sub);
void set_tablespace(const Subcommand& sub);
void set_parameters(const Subcommand& sub);
void change_owner(const Subcommand& sub);
void cluster_on(const Subcommand& sub);
void replica_identity(const Subcommand& sub);

/// Refuses what cannot become a child or partition of a table: MergeAttributesIntoExisting() and
/// MergeConstraintsIntoExisting() in tablecmds.c. Returns true where it does.
bool refuse_merge(const Model& model, RelationId child, RelationId parent);

/// The same ALTER TABLE drops the constraint; PostgreSQL runs drops first (AT_PASS_DROP), so what it proved is
/// gone for the other subcommands.
[[nodiscard]] bool dropped_by_same_statement(const AlterTableStmt& statement, std::string_view constraint);
/// The same ALTER TABLE adds a constraint of that name; null where it does not.
[[nodiscard]] const Constraint* added_by_same_statement(const AlterTableStmt& statement, std::string_view constraint);
/// The same ALTER TABLE adds, or drops, a column of that name.
[[nodiscard]] bool column_added_by_same_statement(const AlterTableStmt& statement, std::string_view column);
[[nodiscard]] bool column_dropped_by_same_statement(const AlterTableStmt& statement, std::string_view column);
/// The same ALTER TABLE adds the column, which is null then in all rows that there are.
[[nodiscard]] bool column_added_without_values(const Subcommand& sub, std::string_view column);
/// The primary key that the relation has once the statement's drops are done, by name or with a column; null where
/// none.
[[nodiscard]] const TableConstraint* primary_key_left(const Subcommand& sub);

/// Some validated CHECK that this statement does not drop proves the column not null.
[[nodiscard]] bool not_null_proved(const Subcommand& sub, std::string_view column);

}  // namespace pglatch::locks
