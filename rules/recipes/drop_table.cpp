// DROP TABLE: its foreign keys first, one by one, since each locks a table that stays; then the tables, one by one
// where nothing holds them together. Nothing makes the loss of the rows safe: that is for people to decide.
//
// RemoveRelations() in tablecmds.c; find_dependents() for what holds tables together.
#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "analyzer/catalog/dependencies.h"
#include "analyzer/parse/identifier.h"
#include "rules/recipes/constraint_steps.h"
#include "rules/recipes/drop_foreign_keys.h"
#include "rules/recipes/recipes.h"
#include "rules/support/script_names.h"

namespace pglatch {
namespace {

using Tables = std::vector<const Relation*>;

std::string names_of(const Tables& tables) {
  std::string names;
  for (const Relation* table : tables) names += (names.empty() ? "" : ", ") + display_name(*table);
  return names;
}

std::string are_gone(const Tables& tables) {
  std::string condition;
  for (const Relation* table : tables) {
    condition += fmt::format("{}to_regclass({}) IS NULL", condition.empty() ? "" : " AND ",
                             quote_literal_sql(display_name(*table)));
  }
  return "SELECT " + condition;
}

Step drop_step(const Tables& tables) {
  const std::string names = names_of(tables);
  Step step = brief_step(fmt::format("Drop {} with {} rows", names, tables.size() == 1 ? "its" : "their"),
                         fmt::format("DROP TABLE IF EXISTS {}", names), are_gone(tables));
  step.irreversible = true;
  return step;
}

// Something else than a foreign key stands in the way of dropping it alone: a child, a default that counts with its
// sequence.
bool depends_on_others(const StatementContext& context, const Relation& table) {
  const auto dependents = find_dependents(context.catalog, {ObjectAddress::of_relation(table.id)});
  return std::any_of(dependents.begin() + 1, dependents.end(), [&](const Dependent& dependent) {
    if (dependent.automatic) return false;
    const Relation* owner = dependent.object.object_class == ObjectClass::constraint
                                ? context.catalog.find(dependent.object.relation)
                                : nullptr;
    const TableConstraint* constraint = owner == nullptr ? nullptr : owner->constraint(dependent.object.name);
    return constraint == nullptr || constraint->kind != ConstraintKind::foreign_key;
  });
}

// The tables of the statement; none where this is not for it.
Tables dropped_tables(const StatementContext& context, const DropStmt& statement) {
  Tables tables;
  for (const Node* object : each(statement.objects)) {
    const NameView name = name_of(reinterpret_cast<const List*>(object));
    const Relation* table = context.catalog.find(name, context.session.search_path());
    if (table == nullptr || !context.is_live(table->id) || table->partition_of != kNoRelation) return {};
    if (table->kind != RelationKind::table && table->kind != RelationKind::partitioned_table) return {};
    if (statement.missing_ok && table->origin == Origin::unknown) return {};
    // Something else takes its name: whoever uses that must not find a gap.
    if (is_given_later(context, {NameSpace::relation, table->schema, table->name}, Reach::script)) return {};
    if (std::find(tables.begin(), tables.end(), table) == tables.end()) tables.push_back(table);
  }
  return tables;
}

std::optional<Rewrite> rewrite(const StatementContext& context) {
  const auto& statement = *as<DropStmt>(context.statement.node);
  if (statement.removeType != OBJECT_TABLE || statement.behavior == DROP_CASCADE || context.effects.fails) {
    return std::nullopt;
  }
  const Tables tables = dropped_tables(context, statement);
  if (tables.empty()) return std::nullopt;

  Rewrite result;
  const std::string names = names_of(tables);
  auto keys = drop_foreign_keys(context.catalog, tables, [](const Relation&, const TableConstraint&) { return true; });
  if (!keys.empty()) {
    add_steps(result, PhaseKind::contract, fmt::format("Drop the foreign keys of {}", names), std::move(keys));
  }
  for (const Relation* table : tables) {
    if (table->origin == Origin::unknown) result.assumptions.push_back(has_no_foreign_keys(*table, {}));
  }
  std::vector<Step> drops;
  const bool together = std::any_of(tables.begin(), tables.end(),
                                    [&](const Relation* table) { return depends_on_others(context, *table); });
  if (together) {
    drops.push_back(drop_step(tables));
  } else {
    for (const Relation* table : tables) drops.push_back(drop_step({table}));
  }
  if (drops.size() > 1) {
    result.notes.push_back(fmt::format(
        "The original drops {} all or nothing; the plan drops one after the other, and may be stopped in between.",
        names));
  }
  add_steps(result, PhaseKind::contract, fmt::format("Drop {}", names), std::move(drops));
  result.notes.push_back(
      fmt::format("Dropping {} loses {} rows for good, and breaks code that still uses {}: keep a backup, and run this "
                  "plan only once no running code does.",
                  names, tables.size() == 1 ? "its" : "their", tables.size() == 1 ? "it" : "them"));
  for (const Relation* table : tables) {
    result.preflight.push_back(
        {fmt::format("Use of {} since the statistics were reset, on this server only", display_name(*table)),
         fmt::format("SELECT seq_scan, idx_scan, n_tup_ins, n_tup_upd, n_tup_del FROM pg_stat_user_tables\n"
                     "WHERE relid = to_regclass({})",
                     quote_literal_sql(display_name(*table))),
         "no use that matters (ask replicas too, and look again after a while)", false});
  }
  return result;
}

constexpr NodeTag kNodes[] = {T_DropStmt};
constexpr std::string_view kRules[] = {"drop-table", "drop-table-with-foreign-keys"};

}  // namespace

const Recipe kDropTableRecipe{"drop-table", "DROP TABLE: foreign keys first, then table by table", kNodes, kRules,
                              rewrite};

}  // namespace pglatch
