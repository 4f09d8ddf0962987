// What a script does to a column after the subcommand that a rule looks at: the next step often settles what this one
// leaves open.
#pragma once

#include "rules/support/alter_table.h"

namespace pglatch {

/// Calls `settles(command)` for the subcommands of this ALTER TABLE but the one itself, and for those of the later
/// ALTER TABLEs on the same table, of this script; true as soon as one of the calls is. ALTER TABLE runs its
/// subcommands in an order of its own, so those before this one count as well.
template <class Predicate>
[[nodiscard]] bool settled_in_script(const Subcommand& subcommand, Predicate&& settles) {
  for (const AlterTableCmd* command : each<AlterTableCmd>(subcommand.statement.cmds)) {
    if (command != &subcommand.command && settles(*command)) return true;
  }
  for (const Statement& later : subcommand.context.following) {
    const auto* alter = as<AlterTableStmt>(later.node);
    if (alter == nullptr) continue;
    const Relation* target = find_relation(subcommand.context, alter->relation);
    if (target == nullptr || target->id != subcommand.target.id) continue;
    for (const AlterTableCmd* command : each<AlterTableCmd>(alter->cmds)) {
      if (settles(*command)) return true;
    }
  }
  return false;
}

/// The script drops the table later.
[[nodiscard]] inline bool is_dropped_later(const Subcommand& subcommand) {
  for (const Statement& later : subcommand.context.following) {
    const auto* drop = as<DropStmt>(later.node);
    if (drop == nullptr || drop->removeType != OBJECT_TABLE) continue;
    for (const Node* name : each(drop->objects)) {
      const auto* names = reinterpret_cast<const List*>(name);
      const StatementContext& context = subcommand.context;
      const Relation* dropped = context.catalog.find(name_of(names), context.session.search_path());
      if (dropped != nullptr && dropped->id == subcommand.target.id) return true;
    }
  }
  return false;
}

}  // namespace pglatch
