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

  [[nodiscard]] const Relation& relation() const { return model.relation(table); }
  void work(RelationId id, WorkKind kind) const { model.effects.add_work(id, kind, index); }
  /// A scan of the altered table, if it has rows of its own.
  void scan() const;
};

/// The lock that the subcommand takes on the table that the statement names.
[[nodiscard]] LockMode lock_level(const Model& model, RelationId table, const AlterTableCmd& command);

void add_column(const Subcommand& sub);
void alter_column_type(const Subcommand& sub);
void add_constraint(const Subcommand& sub);
void drop_column(const Subcommand& sub);
void drop_constraint(const Subcommand& sub);
void validate_constraint(const Subcommand& sub);
void alter_constraint(const Subcommand& sub);
void set_not_null(const Subcommand& sub);
void attach_partition(const Subcommand& sub);
void detach_partition(const Subcommand& sub);

/// Adds what a new column's default, type and constraints do.
/// The name of the CHECK constraint that an earlier pass of the same ALTER TABLE drops; PostgreSQL
/// runs drops first (AT_PASS_DROP), so what it proved is gone for the other subcommands.
[[nodiscard]] bool dropped_by_same_statement(const AlterTableStmt& statement, std::string_view constraint);

/// Some validated CHECK that this statement does not drop proves the column not null.
[[nodiscard]] bool not_null_proved(const Subcommand& sub, std::string_view column);

}  // namespace pglatch::locks
