#include "rules/support/create_partition.h"

#include "rules/support/source_text.h"

namespace pglatch {

std::optional<PartitionCreation> partition_creation(const StatementContext& context) {
  const auto* statement = as<CreateStmt>(context.statement.node);
  if (const auto* foreign = as<CreateForeignTableStmt>(context.statement.node)) statement = &foreign->base;
  if (statement == nullptr || statement->partbound == nullptr || each(statement->inhRelations).empty()) return {};
  const Relation* parent = find_relation(context, each<RangeVar>(statement->inhRelations)[0]);
  if (parent == nullptr || !context.is_live(parent->id)) return {};
  if (!blocks_writes(context.effects.mode_on(parent->id))) return {};
  const auto words = find_words(context.sql, context.statement.range, {"partition", "of"});
  return PartitionCreation{statement, parent, words.value_or(context.statement.range)};
}

}  // namespace pglatch
