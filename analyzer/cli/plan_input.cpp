#include "analyzer/cli/plan_input.h"

#include <utility>

#include "rules/registry.h"

namespace pglatch {

std::optional<Input> read_whole_input(const AnalysisOptions& options, Streams& streams) {
  auto input = read_input(options);
  if (!input) {
    print_error(streams, input.error());
    return std::nullopt;
  }
  for (const Error& error : input->errors) print_error(streams, error);
  if (!input->errors.empty()) return std::nullopt;
  return std::move(*input);
}

PlannerOptions planner_options(const Input& input) {
  PlannerOptions options;
  const LintOptions lint_options = input.lint_options();
  options.pg_version = input.walk.pg_version;
  options.recipes = all_recipes();
  options.rules = lint_options.rules;
  options.settings_of = lint_options.settings_of;
  return options;
}

}  // namespace pglatch
