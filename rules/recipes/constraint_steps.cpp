#include "rules/recipes/constraint_steps.h"

#include <fmt/format.h>

#include <iterator>
#include <utility>

#include "analyzer/parse/identifier.h"
#include "rules/recipes/constraint_checks.h"
#include "rules/recipes/index_checks.h"
#include "rules/recipes/partitioned_index.h"

namespace pglatch {

Step brief_step(std::string title, std::string sql, std::string done) {
  Step step;
  step.title = std::move(title);
  step.step_class = StepClass::brief;
  step.sql = {std::move(sql)};
  step.already_done = std::move(done);
  step.verify = step.already_done;
  step.watch = lock_waits();
  step.on_failure = kRunAgain;
  return step;
}

Step add_not_valid(std::string_view alter, std::string_view table, std::string_view constraint, std::string_view body,
                   std::string done) {
  const std::string name = quote_identifier_sql(constraint);
  Step step = brief_step(fmt::format("Add {} to {}, for new rows only", name, table),
                         fmt::format("{} ADD CONSTRAINT {} {} NOT VALID", alter, name, body), std::move(done));
  step.on_failure = fmt::format(
      "Nothing is left behind: run the script again. Where {} has another constraint named {}, rename or drop that one "
      "first.",
      table, name);
  step.rollback = {{StepClass::brief, fmt::format("{} DROP CONSTRAINT IF EXISTS {}", alter, name)}};
  return step;
}

Step validate_on(std::string_view alter, std::string_view table, std::string_view constraint, std::string done) {
  const std::string name = quote_identifier_sql(constraint);
  Step step;
  step.title = fmt::format("Check the rows of {} against {}, while writes go on", table, name);
  step.step_class = StepClass::validate;
  step.sql = {fmt::format("{} VALIDATE CONSTRAINT {}", alter, name)};
  step.already_done = std::move(done);
  step.verify = step.already_done;
  step.watch = validations();
  step.on_failure = fmt::format(
      "{} stays NOT VALID: it holds for new and changed rows. Where rows of {} violate it, mend them and run the "
      "script "
      "again; else just run it again.",
      name, table);
  return step;
}

std::vector<Step> validate(const AlterTable& alter, const std::vector<const Relation*>& parts,
                           std::string_view constraint, std::string done) {
  std::vector<Step> steps;
  for (const Relation* part : parts) {
    if (part->kind != RelationKind::table) continue;
    const std::string name = display_name(*part);
    steps.push_back(
        validate_on(fmt::format("ALTER TABLE {}", name), name, constraint, nothing_to_validate(name, constraint)));
  }
  steps.push_back(validate_on(alter.alter(), alter.name, constraint, std::move(done)));
  return steps;
}

Step drop_constraint(std::string_view alter, std::string_view table, std::string_view constraint) {
  const std::string name = quote_identifier_sql(constraint);
  return brief_step(fmt::format("Drop {} of {}", name, table),
                    fmt::format("{} DROP CONSTRAINT IF EXISTS {}", alter, name), is_gone(table, constraint));
}

void add_steps(Rewrite& rewrite, PhaseKind kind, std::string title, std::vector<Step> steps) {
  if (rewrite.phases.empty() || rewrite.phases.back().kind != kind || rewrite.phases.back().title != title) {
    Phase& phase = rewrite.phases.emplace_back();
    phase.kind = kind;
    phase.title = std::move(title);
  }
  auto& all = rewrite.phases.back().steps;
  all.insert(all.end(), std::make_move_iterator(steps.begin()), std::make_move_iterator(steps.end()));
}

void assume_kind(const AlterTable& alter, std::string_view what, std::string_view kinds, Rewrite& rewrite) {
  if (alter.table.origin != Origin::unknown) return;
  rewrite.assumptions.push_back(
      {fmt::format("{} is {}: the migrations do not show it.", alter.name, what),
       fmt::format("SELECT EXISTS (SELECT FROM pg_class WHERE oid = to_regclass({}) AND relkind IN ({}))",
                   quote_literal_sql(alter.name), kinds),
       "Make the plan again with the schema of the database (--schema)."});
}

}  // namespace pglatch
