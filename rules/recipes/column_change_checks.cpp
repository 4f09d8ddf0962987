#include "rules/recipes/column_change_checks.h"

#include <fmt/format.h>

#include <utility>

#include "analyzer/parse/identifier.h"
#include "rules/recipes/constraint_checks.h"
#include "rules/recipes/constraint_steps.h"
#include "rules/recipes/partitioned_index.h"

namespace pglatch {
namespace {

std::string exists(const ColumnChange& change, std::string_view constraint, std::string_view condition = {}) {
  return fmt::format("EXISTS (SELECT FROM pg_constraint x WHERE x.conrelid = to_regclass({}) AND x.conname = {}{})",
                     quote_literal_sql(change.name), quote_literal_sql(constraint), condition);
}

Step make_draft(const ColumnChange& change, const StandIns& all, const std::string& draft) {
  const std::string successor = quote_identifier_sql(change.successor);
  const std::string old = quote_identifier_sql(change.column.name);
  std::string made;
  for (const CheckStandIn& one : all.checks) made += (made.empty() ? "" : " AND ") + exists(change, one.name);
  Step step = brief_step(
      fmt::format("Make {}, an empty draft on which the CHECKs of {}.{} follow the type", draft, change.name, old),
      fmt::format("CREATE TABLE {} (LIKE {} INCLUDING CONSTRAINTS)", draft, change.name),
      fmt::format("SELECT to_regclass({}) IS NOT NULL OR {}", quote_literal_sql(draft), made));
  step.sql.push_back(fmt::format("ALTER TABLE {} DROP COLUMN {}", draft, successor));
  step.sql.push_back(
      fmt::format("ALTER TABLE {} ALTER COLUMN {} TYPE {} USING NULL", draft, old, change.type_clause()));
  step.sql.push_back(fmt::format("ALTER TABLE {} RENAME COLUMN {} TO {}", draft, old, successor));
  step.rollback = {{StepClass::brief, fmt::format("DROP TABLE IF EXISTS {}", draft)}};
  return step;
}

// One brief statement for each CHECK, and for its comment.
Step add_from_draft(const ColumnChange& change, const StandIns& all, const std::string& draft) {
  Step step;
  step.title = fmt::format("Add the CHECKs of {}.{} for new rows", change.name, quote_identifier_sql(change.successor));
  step.step_class = StepClass::brief;
  step.generator = true;
  std::string parts;
  for (const CheckStandIn& one : all.checks) {
    const std::string name = quote_identifier_sql(one.name);
    const std::string is_it = fmt::format("k.conname = {} AND k.contype = 'c'", quote_literal_sql(one.check->name));
    parts += fmt::format(
        "{}  SELECT {} || pg_get_constraintdef(k.oid) || ' NOT VALID' FROM pg_constraint k\n"
        "    WHERE k.conrelid = to_regclass({}) AND {} AND NOT {}\n"
        "  UNION ALL SELECT {} || quote_literal(c) FROM pg_constraint k, obj_description(k.oid, 'pg_constraint') c\n"
        "    WHERE k.conrelid = to_regclass({}) AND {} AND c IS NOT NULL AND NOT {}\n",
        parts.empty() ? "" : "  UNION ALL\n",
        quote_literal_sql(fmt::format("{} ADD CONSTRAINT {} ", change.alter(), name)), quote_literal_sql(draft), is_it,
        exists(change, one.name),
        quote_literal_sql(fmt::format("COMMENT ON CONSTRAINT {} ON {} IS ", name, change.name)),
        quote_literal_sql(change.name), is_it,
        exists(change, one.name, " AND obj_description(x.oid, 'pg_constraint') IS NOT NULL"));
    step.scene += fmt::format("{} ADD CONSTRAINT {} CHECK ({} = {}) NOT VALID;", change.alter(), name,
                              quote_identifier_sql(change.successor), quote_identifier_sql(change.successor));
    step.rollback.push_back({StepClass::brief, fmt::format("{} DROP CONSTRAINT IF EXISTS {}", change.alter(), name)});
  }
  step.sql = {fmt::format("SELECT g.statement FROM (\n{}) AS g(statement)\nWHERE NOT {}", parts, change.is_switched())};
  step.sample =
      fmt::format("{} ADD CHECK ({} IS NULL) NOT VALID", change.alter(), quote_identifier_sql(change.successor));
  step.watch = lock_waits();
  step.on_failure = kRunAgain;
  return step;
}

}  // namespace

void make_checks(const ColumnChange& change, const StandIns& all, Rewrite& rewrite) {
  if (all.checks.empty()) return;
  const std::string draft =
      quote_qualified(change.table.schema,
                      prefixed_name("pglatch_draft_", fmt::format("{}_{}", change.table.name, change.column.name)));
  add_steps(rewrite, PhaseKind::expand, fmt::format("Add the CHECKs of the new column of {}", change.name),
            {make_draft(change, all, draft), add_from_draft(change, all, draft)});
  const AlterTable alter{change.context, change.table, change.name};
  for (const CheckStandIn& one : all.checks) {
    // As it was, it stays.
    if (!one.check->validated) continue;
    add_steps(rewrite, PhaseKind::migrate, fmt::format("Check the rows of {} by the new column", change.name),
              validate(alter, one.check->no_inherit ? std::vector<const Relation*>() : change.partitions(), one.name,
                       is_validated(change.name, one.name)));
  }
  Step drop = brief_step(fmt::format("Drop the draft {}", draft), fmt::format("DROP TABLE IF EXISTS {}", draft),
                         fmt::format("SELECT to_regclass({}) IS NULL", quote_literal_sql(draft)));
  add_steps(rewrite, PhaseKind::migrate, fmt::format("Check the rows of {} by the new column", change.name),
            {std::move(drop)});
}

}  // namespace pglatch
