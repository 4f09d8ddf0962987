#include "tests/plans/planning.h"

#include <stdexcept>

#include "analyzer/plan/planner.h"
#include "analyzer/source/psql.h"
#include "rules/registry.h"

namespace pglatch::testing {
namespace {

Script script_of(std::string path, std::string text, ExecutionMode mode, bool psql) {
  Script script;
  if (psql) script.masked = mask_psql(text);
  script.file = std::make_shared<SourceFile>(std::move(path), std::move(text));
  script.mode = mode;
  return script;
}

}  // namespace

Result<Plan> try_plan(const std::vector<std::string>& texts, const Planning& planning) {
  WalkOptions walk;
  walk.pg_version = planning.pg_version;
  walk.decisions = planning.decisions;
  Walker walker(walk);
  const std::vector<Script> schema{script_of("schema.sql", planning.schema, ExecutionMode::autocommit, false)};
  walker.replay(schema, Origin::schema);
  std::vector<Script> scripts;
  for (const std::string& text : texts) {
    scripts.push_back(script_of(std::to_string(scripts.size() + 1) + ".sql", text, planning.mode, planning.psql));
  }
  PlannerOptions options;
  options.pg_version = planning.pg_version;
  options.recipes = planning.recipes ? std::span<const Recipe* const>(*planning.recipes) : all_recipes();
  options.rules = all_rules();
  options.part = planning.part;
  auto plan = make_plan(walker, scripts, options);
  if (planning.after != nullptr) planning.after->emplace(walker.catalog());
  return plan;
}

Plan plan_of(const std::string& text, const Planning& planning) {
  auto plan = try_plan({text}, planning);
  if (!plan) throw std::runtime_error(plan.error().message);
  return std::move(*plan);
}

std::vector<std::string> titles(const Plan& plan) {
  std::vector<std::string> all;
  for (const Step* step : plan.steps()) all.push_back(step->title);
  return all;
}

std::vector<std::string> sent(const Plan& plan) {
  std::vector<std::string> all;
  for (const Step* step : plan.steps()) {
    if (step->step_class == StepClass::check) continue;
    all.insert(all.end(), step->sql.begin(), step->sql.end());
  }
  return all;
}

const Step& step_with(const Plan& plan, std::string_view sql) {
  for (const Step* step : plan.steps()) {
    for (const std::string& text : step->sql) {
      if (text.find(sql) != std::string::npos) return *step;
    }
  }
  throw std::runtime_error("no step with: " + std::string(sql));
}

}  // namespace pglatch::testing
