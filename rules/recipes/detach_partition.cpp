// DETACH PARTITION: CONCURRENTLY, finished by FINALIZE if it was interrupted, with the CHECK that it leaves dropped,
// since the plain form leaves none. Where PostgreSQL has no CONCURRENTLY, or a default partition forbids it, the plain
// form is tried until it has its lock.
//
// PostgreSQL documentation, ALTER TABLE, "DETACH PARTITION".
#include "rules/recipes/detach_steps.h"
#include "rules/recipes/recipes.h"
#include "rules/support/impact.h"

namespace pglatch {
namespace {

std::optional<Rewrite> rewrite(const StatementContext& context) {
  const auto& statement = *as<AlterTableStmt>(context.statement.node);
  const auto commands = each<AlterTableCmd>(statement.cmds);
  if (commands.size() != 1 || commands[0]->subtype != AT_DetachPartition) return std::nullopt;
  const auto* command = as<PartitionCmd>(commands[0]->def);
  if (statement.objtype != OBJECT_TABLE || command == nullptr) return std::nullopt;
  const Relation* parent = find_relation(context, statement.relation);
  const Relation* partition = find_relation(context, command->name);
  if (parent == nullptr || partition == nullptr || !context.is_live(parent->id)) return std::nullopt;
  const Detachment detachment(context, *parent, *partition);
  // In a transaction block CONCURRENTLY is refused; the plan takes it out of that.
  if (context.effects.fails && !(command->concurrent && detachment.is_concurrent())) return std::nullopt;

  Rewrite result;
  result.refusal = detachment.refusal();
  if (result.refusal) return result;
  detachment.add_steps_to(result, false);
  if (!command->concurrent && detachment.is_concurrent()) detachment.drop_left_check(result);
  return result;
}

constexpr NodeTag kNodes[] = {T_AlterTableStmt};
constexpr std::string_view kRules[] = {"detach-partition-non-concurrent", "concurrently-in-transaction"};

}  // namespace

const Recipe kDetachPartitionRecipe{"detach-partition", "DETACH PARTITION: CONCURRENTLY, with FINALIZE on resume",
                                    kNodes, kRules, rewrite};

}  // namespace pglatch
