// DROP COLUMN: the foreign keys on it first, one by one, since each locks a table that has nothing to do with it; its
// indexes CONCURRENTLY; then the column, which only marks it as dropped. Nothing makes the loss of the values safe:
// that is for people to decide.
//
// ATExecDropColumn() in tablecmds.c.
#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "analyzer/parse/identifier.h"
#include "rules/recipes/constraint_steps.h"
#include "rules/recipes/drop_foreign_keys.h"
#include "rules/recipes/recipes.h"
#include "rules/support/alter_table.h"
#include "rules/support/script_names.h"

namespace pglatch {
namespace {

bool contains(const std::vector<std::string>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

struct DroppedColumn {
  const StatementContext& context;
  const Relation& table;
  std::string name;
  bool only = false;
  bool missing_ok = false;

  [[nodiscard]] std::string quoted() const {
    return fmt::format("{}.{}", display_name(table), quote_identifier_sql(name));
  }
};

// The columns, where the statement does nothing but drop some that code may use.
std::vector<DroppedColumn> dropped_columns(const StatementContext& context, const AlterTableStmt& statement) {
  std::vector<DroppedColumn> columns;
  bool others = false;
  each_command(context, {}, [&](const Subcommand& subcommand) {
    const std::string_view name = text(subcommand.command.name);
    const Relation& table = subcommand.target;
    const Column* column = table.column(name);
    others = others || subcommand.command.subtype != AT_DropColumn || subcommand.command.behavior == DROP_CASCADE ||
             !context.is_live(table.id) || made_by_script(context, table) ||
             (column == nullptr ? table.columns_known : made_by_script(context, *column)) ||
             is_column_replaced(context, table, name) || (statement.missing_ok && table.origin == Origin::unknown) ||
             (table.kind != RelationKind::table && table.kind != RelationKind::partitioned_table);
    columns.push_back({context, table, std::string(name), !statement.relation->inh, subcommand.command.missing_ok});
  });
  if (others) columns.clear();
  return columns;
}

// What makes the index again, where the catalog knows what it was.
std::vector<Rollback> recreate(const Relation& index, const Relation& table) {
  if (index.index->definition.empty()) return {};
  return {{StepClass::concurrent,
           fmt::format("CREATE {}INDEX CONCURRENTLY IF NOT EXISTS {} ON {} {}", index.index->unique ? "UNIQUE " : "",
                       quote_identifier_sql(index.name), display_name(table), index.index->definition)}};
}

// Those of a constraint, and a partitioned table's, only go with what they belong to.
std::vector<Step> drop_indexes(const DroppedColumn& column) {
  std::vector<Step> steps;
  for (const RelationId id : column.table.indexes) {
    const Relation* index = column.context.catalog.find(id);
    if (index == nullptr || index->kind != RelationKind::index || index->index->parent != kNoRelation) continue;
    const IndexDetails& details = *index->index;
    if (!contains(details.columns, column.name) && !contains(details.included, column.name) &&
        !contains(details.mentioned, column.name)) {
      continue;
    }
    const bool of_constraint =
        details.primary || std::any_of(column.table.constraints.begin(), column.table.constraints.end(),
                                       [&](const TableConstraint& constraint) { return constraint.index == id; });
    if (of_constraint) continue;
    const std::string name = display_name(*index);
    Step step;
    step.title = fmt::format("Drop {} without blocking its table", name);
    step.step_class = StepClass::concurrent;
    step.sql = {fmt::format("DROP INDEX CONCURRENTLY IF EXISTS {}", name)};
    step.already_done = fmt::format("SELECT to_regclass({}) IS NULL", quote_literal_sql(name));
    step.verify = step.already_done;
    step.watch = lock_waits();
    step.on_failure = fmt::format("{} may be left INVALID: run the script again, it drops the rest.", name);
    step.rollback = recreate(*index, column.table);
    steps.push_back(std::move(step));
  }
  return steps;
}

Step drop_step(const DroppedColumn& column) {
  const std::string table = display_name(column.table);
  Step step =
      brief_step(fmt::format("Drop {} with its values", column.quoted()),
                 fmt::format("ALTER TABLE {}{} DROP COLUMN IF EXISTS {}", column.only ? "ONLY " : "", table,
                             quote_identifier_sql(column.name)),
                 fmt::format("SELECT to_regclass({0}) IS NOT NULL AND NOT EXISTS (\n"
                             "  SELECT FROM pg_attribute a WHERE a.attrelid = to_regclass({0}) AND a.attname = {1})",
                             quote_literal_sql(table), quote_literal_sql(column.name)));
  step.irreversible = true;
  return step;
}

void add_column_steps(const DroppedColumn& column, Rewrite& result) {
  auto keys = drop_foreign_keys(column.context.catalog, {&column.table},
                                [&](const Relation& owner, const TableConstraint& key) {
                                  return owner.id == column.table.id && contains(key.columns, column.name);
                                });
  std::vector<Step> indexes = drop_indexes(column);
  const std::string phase = fmt::format("Drop what stands on {}", column.quoted());
  if (!keys.empty()) add_steps(result, PhaseKind::contract, phase, std::move(keys));
  if (!indexes.empty()) add_steps(result, PhaseKind::contract, phase, std::move(indexes));
  add_steps(result, PhaseKind::contract, fmt::format("Drop {}", column.quoted()), {drop_step(column)});
  if (!column.table.columns_known) result.assumptions.push_back(has_no_foreign_keys(column.table, column.name));
  result.notes.push_back(fmt::format(
      "Dropping {} loses its values for good, and breaks code that still uses it: run this plan only once no running "
      "code reads or writes it, nor remembers which columns the table had. A copy is made by CREATE TABLE … AS with "
      "the key and this column.",
      column.quoted()));
}

std::optional<Rewrite> rewrite(const StatementContext& context) {
  const auto& statement = *as<AlterTableStmt>(context.statement.node);
  if (statement.objtype != OBJECT_TABLE || context.effects.fails) return std::nullopt;
  const auto columns = dropped_columns(context, statement);
  if (columns.empty()) return std::nullopt;
  Rewrite result;
  for (const DroppedColumn& column : columns) add_column_steps(column, result);
  return result;
}

constexpr NodeTag kNodes[] = {T_AlterTableStmt};
constexpr std::string_view kRules[] = {"drop-column"};

}  // namespace

const Recipe kDropColumnRecipe{"drop-column", "DROP COLUMN: foreign keys and indexes first, each for itself", kNodes,
                               kRules, rewrite};

}  // namespace pglatch
