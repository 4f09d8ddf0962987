// ADD UNIQUE and ADD PRIMARY KEY: the unique index is built CONCURRENTLY, then the constraint takes it over. What a
// primary key makes NOT NULL is proved to be that before, since the scan for it would run under the strongest lock.
//
// PostgreSQL documentation, ALTER TABLE, "ADD table_constraint_using_index".
#include "rules/recipes/add_key.h"

#include <fmt/format.h>

#include <algorithm>

#include "analyzer/parse/identifier.h"
#include "rules/recipes/constraint_checks.h"
#include "rules/recipes/constraint_steps.h"
#include "rules/recipes/index_checks.h"
#include "rules/recipes/placeholder_swap.h"
#include "rules/recipes/recipes.h"
#include "rules/support/alter_table.h"

namespace pglatch {
namespace {

bool is_primary(const AlterPart& part) { return part.constraint->contype == CONSTR_PRIMARY; }

bool is_nullable(const AlterTable& alter, const std::string& column) {
  for (const AddedColumn& added : alter.added) {
    if (added.name == column) return !added.not_null;
  }
  const Column* known = alter.table.column(column);
  return known == nullptr || !known->not_null;
}

// ADD PRIMARY KEY USING INDEX as it is written: only the scan for NULLs was in the way.
std::optional<Refusal> take_index(const AlterTable& alter, const AlterPart& part, Rewrite& rewrite) {
  const Relation* index = alter.context.catalog.find({alter.table.schema, text(part.constraint->indexname)}, {});
  if (index == nullptr || index->index->columns.empty()) {
    return Refusal{"The columns of the index are not known here, so that nothing can prove them NOT NULL.",
                   "Make the columns NOT NULL in a migration before, or give the schema of the database (--schema)."};
  }
  if (auto refusal = make_columns_not_null(alter, part, index->index->columns, rewrite)) return refusal;
  const std::string name = quote_qualified(alter.table.schema, part.name);
  Step step =
      brief_step(fmt::format("Make the index {} of {} the constraint {}", text(part.constraint->indexname), alter.name,
                             quote_identifier_sql(part.name)),
                 fmt::format("{} ADD CONSTRAINT {} {}", alter.alter(), quote_identifier_sql(part.name), part.body),
                 key_is_there(part, alter.name, part.name, name));
  add_steps(rewrite, PhaseKind::switch_, fmt::format("Add {} to {}", quote_identifier_sql(part.name), alter.name),
            {std::move(step)});
  return std::nullopt;
}

std::optional<Rewrite> rewrite(const StatementContext& context) {
  if (auto change = change_primary_key(context)) return change;
  return rewrite_alter_table(context, PartKind::key);
}

constexpr NodeTag kNodes[] = {T_AlterTableStmt};
constexpr std::string_view kRules[] = {"add-primary-key", "add-unique-constraint"};
constexpr std::string_view kRisks[] = {kPlaceholderSwap};

}  // namespace

std::optional<Refusal> make_columns_not_null(const AlterTable& alter, const AlterPart& part,
                                             const std::vector<std::string>& columns, Rewrite& rewrite) {
  if (!is_primary(part)) return std::nullopt;
  for (const std::string& column : columns) {
    if (!is_nullable(alter, column)) continue;
    if (auto refusal = set_not_null(alter, column, part.new_column, rewrite)) return refusal;
  }
  return std::nullopt;
}

Step build_key_index(const AlterPart& part, const KeyIndex& key, const std::string& name, const std::string& index,
                     const std::string& table) {
  Step step;
  step.title = fmt::format("Build the unique index {} on {} without blocking writes", index, table);
  step.step_class = StepClass::concurrent;
  step.sql = {create_index_sql(key.statement, {name, table, true, false})};
  step.already_done = index_is_done(key.statement, index, table);
  step.verify = step.already_done;
  step.leftovers = build_leftovers(index, table);
  step.watch = build_progress(table);
  step.on_failure = fmt::format(
      "An interrupted or failed build leaves {} INVALID: it slows down every write, and may refuse rows already. Run "
      "the "
      "script again: it drops what is left and builds anew. Where the key has duplicates{}, mend them first.",
      index, is_primary(part) ? " or NULLs" : "");
  step.rollback = {{StepClass::concurrent, fmt::format("DROP INDEX CONCURRENTLY IF EXISTS {}", index)}};
  return step;
}

Step make_constraint(const AlterPart& part, const std::string& name, const std::string& index,
                     const std::string& table) {
  const std::string quoted = quote_identifier_sql(name);
  Step step = brief_step(fmt::format("Make the index {} a constraint of {}", index, table),
                         fmt::format("ALTER TABLE {} ADD CONSTRAINT {} {}", table, quoted, using_index(part, name)),
                         key_is_there(part, table, name, index));
  step.on_failure = "The index stays, valid and unique: run the script again, it goes on here.";
  step.rollback = {{StepClass::brief, fmt::format("ALTER TABLE {} DROP CONSTRAINT IF EXISTS {}", table, quoted)}};
  return step;
}

std::optional<Refusal> add_key(const AlterTable& alter, const AlterPart& part, Rewrite& rewrite) {
  if (is_without_overlaps(*part.constraint)) {
    return Refusal{
        "A key WITHOUT OVERLAPS is an exclusion constraint under another name, which has neither a concurrent "
        "build nor NOT VALID.",
        "Add it while nobody needs the table, or to a new table that takes over."};
  }
  if (part.constraint->indexname != nullptr) {
    if (!part.replaces.empty()) {
      return Refusal{
          fmt::format(
              "{} is dropped and added again on an index that is there: whether its columns are NOT NULL has to "
              "be proved before.",
              quote_identifier_sql(part.replaces)),
          "Make the columns NOT NULL in a migration before."};
    }
    return take_index(alter, part, rewrite);
  }
  const auto key = key_index(part, alter.name);
  if (!key) return Refusal{"Its index could not be written as a statement of its own.", "Build the index by hand."};
  if (auto refusal = make_columns_not_null(alter, part, part.columns, rewrite)) return refusal;
  if (!part.new_column) rewrite.preflight.push_back(duplicates_preflight(key->statement, alter.name));
  for (Preflight& preflight : build_preflight(alter.name, alter.is_partitioned())) {
    rewrite.preflight.push_back(std::move(preflight));
  }
  if (!part.replaces.empty()) return replace_key(alter, part, *key, rewrite);
  if (alter.is_partitioned()) return add_key_partitioned(alter, part, *key, {}, rewrite);

  assume_kind(alter, "an ordinary table", "'r'", rewrite);
  const std::string index = quote_qualified(alter.table.schema, part.name);
  add_steps(rewrite, PhaseKind::migrate, fmt::format("Build {}", index),
            {build_key_index(part, *key, part.name, index, alter.name)});
  add_steps(rewrite, PhaseKind::switch_, fmt::format("Add {} to {}", quote_identifier_sql(part.name), alter.name),
            {make_constraint(part, part.name, index, alter.name)});
  return std::nullopt;
}

const Recipe kAddKeyRecipe{
    "add-key", "ADD UNIQUE or PRIMARY KEY: on an index that was built CONCURRENTLY", kNodes, kRules, rewrite, kRisks};

}  // namespace pglatch
