// ALTER TABLE as rules look at it: subcommand by subcommand, each with its own place and its own work.
#pragma once

#include <algorithm>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "rules/support/impact.h"
#include "rules/support/source_text.h"

namespace pglatch {

/// One subcommand of the ALTER TABLE that a rule looks at.
struct Subcommand {
  const StatementContext& context;
  const AlterTableStmt& statement;
  const AlterTableCmd& command;
  const Relation& target;  ///< the relation that the statement names
  std::uint32_t index;     ///< 0-based, as in Effects::work_by

  [[nodiscard]] std::vector<RelationId> blocked_during(WorkKind kind) const {
    return pglatch::blocked_during(context, kind, index);
  }
  [[nodiscard]] ByteRange range() const { return subcommand_ranges(context, statement)[index]; }
  /// "public.orders" and the like, for statements to copy.
  [[nodiscard]] std::string table() const { return context.name(target.id); }
  [[nodiscard]] bool is_only_one() const { return each(statement.cmds).size() == 1; }
};

/// Calls `visit(subcommand)` for each subcommand of these types (none: of any) of an ALTER TABLE on a relation that the
/// catalog has, whether it does any work or only takes a lock.
template <class Visitor>
void each_command(const StatementContext& context, std::initializer_list<AlterTableType> types, Visitor&& visit) {
  const auto* statement = as<AlterTableStmt>(context.statement.node);
  if (statement == nullptr) return;
  const Relation* target = nullptr;
  std::uint32_t index = 0;
  for (const AlterTableCmd* command : each<AlterTableCmd>(statement->cmds)) {
    const std::uint32_t at = index++;
    if (types.size() > 0 && std::find(types.begin(), types.end(), command->subtype) == types.end()) continue;
    if (target == nullptr) target = find_relation(context, statement->relation);
    if (target == nullptr) return;
    visit(Subcommand{context, *statement, *command, *target, at});
  }
}

/// The same where the effects show work: without any there is nothing to look for.
template <class Visitor>
void each_subcommand(const StatementContext& context, std::initializer_list<AlterTableType> types, Visitor&& visit) {
  if (!context.effects.work.empty()) each_command(context, types, std::forward<Visitor>(visit));
}

/// The constraint of this type that the subcommand adds, by ADD CONSTRAINT or inside ADD COLUMN;
/// null where it adds none.
[[nodiscard]] const Constraint* added_constraint(const AlterTableCmd& command, ConstrType type);

/// UNIQUE or PRIMARY KEY with WITHOUT OVERLAPS, which PostgreSQL 18 knows: an exclusion constraint under another name.
[[nodiscard]] inline bool is_without_overlaps([[maybe_unused]] const Constraint& constraint) {
#if PG_VERSION_NUM >= 180000
  return constraint.without_overlaps;
#else
  return false;
#endif
}

/// The name that a constraint will have: its own, or the one that PostgreSQL makes of table, columns
/// and `suffix` ("key", "pkey", "check", "fkey", "not_null") unless it is taken.
[[nodiscard]] std::string constraint_name(const Subcommand& subcommand, const Constraint& constraint,
                                          std::string_view suffix);

/// How to add a constraint without the scan: this ALTER TABLE with NOT VALID where it fits a line,
/// then VALIDATE CONSTRAINT.
[[nodiscard]] std::string not_valid_help(const Subcommand& subcommand, const Constraint& constraint,
                                         std::string_view suffix);

/// How to add a UNIQUE or PRIMARY KEY constraint (`kind`) on an index that was built before.
[[nodiscard]] std::string key_help(const Subcommand& subcommand, const Constraint& constraint, std::string_view kind,
                                   std::string_view suffix);

}  // namespace pglatch
