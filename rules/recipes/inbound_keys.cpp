#include "rules/recipes/inbound_keys.h"

#include <utility>

#include "rules/recipes/code_tokens.h"
#include "rules/recipes/constraint_steps.h"
#include "rules/recipes/recipes.h"
#include "rules/recipes/sub_statement.h"
#include "rules/support/impact.h"

namespace pglatch {
namespace {

constexpr int kFirstThatValidatesAll = 18;

const AlterTableCmd* only_command(const Statement& statement) {
  const auto* alter = as<AlterTableStmt>(statement.node);
  if (alter == nullptr) return nullptr;
  const auto commands = each<AlterTableCmd>(alter->cmds);
  return commands.size() == 1 ? commands[0] : nullptr;
}

}  // namespace

bool is_inbound(const StatementContext& context, const Statement& statement, RelationId old, RelationId made) {
  const AlterTableCmd* command = only_command(statement);
  if (command == nullptr) return false;
  const Relation* table = find_relation(context, as<AlterTableStmt>(statement.node)->relation);
  if (table == nullptr || table->id == old || table->id == made || table->kind != RelationKind::table) return false;
  if (command->subtype == AT_DropConstraint) {
    const TableConstraint* constraint = table->constraint(text(command->name));
    return constraint != nullptr && constraint->kind == ConstraintKind::foreign_key && constraint->referenced == old;
  }
  const auto* constraint = command->subtype == AT_AddConstraint ? as<Constraint>(command->def) : nullptr;
  if (constraint == nullptr || constraint->contype != CONSTR_FOREIGN) return false;
  const Relation* referenced = find_relation(context, constraint->pktable);
  return referenced != nullptr && referenced->id == made;
}

std::string take_inbound(const StatementContext& context, const Statement& statement, InboundKeys& keys) {
  const std::string sql = without_comments(statement.range.of(context.sql));
  if (only_command(statement)->subtype == AT_DropConstraint) {
    keys.statements.push_back(sql);
    return {};
  }
  if (context.pg_version < kFirstThatValidatesAll) {
    return "before PostgreSQL 18 a foreign key that is checked later leaves rows in pg_constraint NOT VALID, those for "
           "the single partitions of the table that it references; add it in a migration of its own";
  }
  constexpr const Recipe* kAdd[] = {&kAddForeignKeyRecipe};
  auto made = rewrite_of(context, sql, kAdd);
  if (!made || made->refusal || !made->assumptions.empty()) {
    return "the foreign key cannot be added while others use its table";
  }
  for (Phase& phase : made->phases) {
    for (Step& step : phase.steps) {
      if (step.step_class == StepClass::brief) {
        keys.statements.insert(keys.statements.end(), step.sql.begin(), step.sql.end());
      } else {
        keys.checks.push_back(std::move(step));
      }
    }
  }
  for (std::string& note : made->notes) keys.notes.push_back(std::move(note));
  return {};
}

void check_inbound(const InboundKeys& keys, Rewrite& rewrite) {
  if (!keys.checks.empty()) {
    add_steps(rewrite, PhaseKind::migrate, "Check the foreign keys that reference the new table", keys.checks);
  }
  rewrite.notes.insert(rewrite.notes.end(), keys.notes.begin(), keys.notes.end());
}

}  // namespace pglatch
