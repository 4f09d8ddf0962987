// DROP TABLE of a partition, which locks its parent against everybody: detach it, then drop what is a table of its own
// by then.
//
// heap_drop_with_catalog() in heap.c.
#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "analyzer/parse/identifier.h"
#include "rules/recipes/constraint_steps.h"
#include "rules/recipes/detach_steps.h"
#include "rules/recipes/recipes.h"

namespace pglatch {
namespace {

Step drop_step(const std::string& table) {
  Step step = brief_step(fmt::format("Drop {} with its rows", table), fmt::format("DROP TABLE IF EXISTS {}", table),
                         fmt::format("SELECT to_regclass({}) IS NULL", quote_literal_sql(table)));
  step.irreversible = true;
  return step;
}

bool contains(const std::vector<const Relation*>& tables, RelationId id) {
  return std::any_of(tables.begin(), tables.end(), [&](const Relation* table) { return table->id == id; });
}

std::optional<Rewrite> rewrite(const StatementContext& context) {
  const auto& statement = *as<DropStmt>(context.statement.node);
  if (statement.removeType != OBJECT_TABLE || context.effects.fails) return std::nullopt;
  std::vector<const Relation*> tables;
  for (const Node* object : each(statement.objects)) {
    const NameView name = name_of(reinterpret_cast<const List*>(object));
    const Relation* table = context.catalog.find(name, context.session.search_path());
    if (table == nullptr) return std::nullopt;
    tables.push_back(table);
  }
  const auto is_partition = [&](const Relation* table) {
    return table->partition_of != kNoRelation && context.is_live(table->partition_of);
  };
  if (!std::any_of(tables.begin(), tables.end(), is_partition)) return std::nullopt;

  Rewrite result;
  if (statement.behavior == DROP_CASCADE) {
    result.refusal = Refusal{"What CASCADE drops as well is not known for certain here.",
                             "Drop what depends on the partition in statements of its own, then the partition without "
                             "CASCADE."};
    return result;
  }
  for (const Relation* table : tables) {
    const bool alone = is_partition(table) && !contains(tables, table->partition_of);
    if (alone) continue;
    result.refusal =
        Refusal{fmt::format("{} is dropped in the same statement, and is no partition of a table that stays.",
                            display_name(*table)),
                "Drop partitions and other tables in statements of their own."};
    return result;
  }
  std::vector<Step> drops;
  for (const Relation* table : tables) {
    const Detachment detachment(context, *context.catalog.find(table->partition_of), *table);
    result.refusal = detachment.refusal();
    if (result.refusal) return result;
    detachment.add_steps_to(result, true);
    drops.push_back(drop_step(detachment.name));
  }
  add_steps(result, PhaseKind::contract, "Drop what is detached", std::move(drops));
  if (tables.size() > 1)
    result.notes.emplace_back(
        "The original drops its tables all or nothing; the plan detaches each first, and may be stopped in between.");
  return result;
}

constexpr NodeTag kNodes[] = {T_DropStmt};
constexpr std::string_view kRules[] = {"drop-partition"};

}  // namespace

const Recipe kDropPartitionRecipe{"drop-partition", "DROP TABLE of a partition: DETACH, then DROP", kNodes, kRules,
                                  rewrite};

}  // namespace pglatch
