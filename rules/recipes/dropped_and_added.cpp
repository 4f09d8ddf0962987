#include "rules/recipes/dropped_and_added.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "rules/recipes/code_tokens.h"
#include "rules/recipes/recipes.h"
#include "rules/recipes/sub_statement.h"
#include "rules/support/impact.h"
#include "rules/support/source_text.h"

namespace pglatch {
namespace {

using Names = std::set<std::string, std::less<>>;

const AlterTableStmt* alter_table(const Statement& statement) {
  const auto* alter = as<AlterTableStmt>(statement.node);
  const bool is_plain = alter != nullptr && alter->objtype == OBJECT_TABLE && !alter->missing_ok;
  return is_plain ? alter : nullptr;
}

// The constraints that the statement drops; none where it does anything else.
Names dropped_by(const AlterTableStmt& statement) {
  Names names;
  for (const AlterTableCmd* command : each<AlterTableCmd>(statement.cmds)) {
    if (command->subtype != AT_DropConstraint) return {};
    names.emplace(text(command->name));
  }
  return names;
}

bool adds_one_of(const Names& names, const AlterTableStmt& statement) {
  const auto commands = each<AlterTableCmd>(statement.cmds);
  return std::any_of(commands.begin(), commands.end(), [&](const AlterTableCmd* command) {
    const auto* constraint = command->subtype == AT_AddConstraint ? as<Constraint>(command->def) : nullptr;
    return constraint != nullptr && names.count(text(constraint->conname)) != 0;
  });
}

void take_subcommands(const StatementContext& context, const Statement& statement, std::vector<std::string>& all) {
  const StatementContext at = in_place(context, statement, context.sql, context.effects);
  for (const ByteRange range : subcommand_ranges(at, *as<AlterTableStmt>(statement.node))) {
    all.push_back(without_comments(range.of(context.sql)));
  }
}

const Recipe* recipe_of(PartKind kind) {
  switch (kind) {
    case PartKind::check:
      return &kAddCheckRecipe;
    case PartKind::foreign_key:
      return &kAddForeignKeyRecipe;
    case PartKind::key:
      return &kAddKeyRecipe;
    case PartKind::column:
    case PartKind::not_null:
      break;
  }
  return nullptr;
}

}  // namespace

std::optional<Rewrite> rewrite_dropped_and_added(const StatementContext& context, PartKind kind) {
  const Recipe* recipe = recipe_of(kind);
  if (recipe == nullptr || context.code != nullptr || context.following.empty()) return std::nullopt;
  const Statement& next = context.following.front();
  const AlterTableStmt* drop = alter_table(context.statement);
  const AlterTableStmt* add = alter_table(next);
  if (drop == nullptr || add == nullptr || drop->relation->inh != add->relation->inh) return std::nullopt;
  const Relation* table = find_relation(context, drop->relation);
  if (table == nullptr || table != find_relation(context, add->relation)) return std::nullopt;
  if (!adds_one_of(dropped_by(*drop), *add)) return std::nullopt;

  // PostgreSQL itself does what is dropped first, wherever it stands (AT_PASS_DROP).
  std::vector<std::string> subcommands;
  take_subcommands(context, context.statement, subcommands);
  take_subcommands(context, next, subcommands);
  const std::string sql = fmt::format("ALTER TABLE {}{} {}", drop->relation->inh ? "" : "ONLY ", display_name(*table),
                                      fmt::join(subcommands, ", "));
  const Recipe* recipes[] = {recipe};
  auto rewrite = rewrite_of(context, sql, recipes);
  // Each by itself they are at least what they were.
  if (!rewrite || rewrite->refusal) return std::nullopt;
  rewrite->covers = 1;
  return rewrite;
}

}  // namespace pglatch
