#include <array>
#include <utility>

#include "analyzer/cli/command.h"
#include "analyzer/cli/input.h"
#include "analyzer/cli/options.h"
#include "analyzer/plan/planner.h"
#include "analyzer/plan/writers.h"
#include "rules/registry.h"

namespace pglatch {
namespace po = boost::program_options;
namespace {

struct PlanFormat {
  std::string_view name;
  std::string (*write)(const Plan& plan);
};

constexpr std::array<PlanFormat, 3> kFormats{
    {{"markdown", write_plan_markdown}, {"sql", write_plan_sql}, {"json", write_plan_json}}};

}  // namespace

int run_plan(const std::vector<std::string>& arguments, Streams& streams) {
  AnalysisOptions options;
  std::vector<std::string> formats;
  po::options_description output("Output");
  output.add_options()("format", po::value(&formats)->value_name("FORMAT[=FILE]"),
                       "markdown (a runbook), sql (a psql script) or json; repeatable, one to standard output");
  po::options_description table;
  table.add(input_options(options)).add(change_options(options.changes)).add(rule_options(options)).add(output);
  if (const auto status = parse_command_line("plan", table, arguments, options.paths, streams)) return *status;

  std::vector<std::string_view> known;
  for (const PlanFormat& format : kFormats) known.push_back(format.name);
  if (formats.empty()) formats.emplace_back(known.front());
  const auto targets = format_targets(formats, known);
  const auto input = read_input(options);
  for (const Error* error : {targets ? nullptr : &targets.error(), input ? nullptr : &input.error()}) {
    if (error == nullptr) continue;
    print_error(streams, *error);
    return kFailed;
  }
  // A plan that leaves out what could not be read is no plan.
  for (const Error& error : input->errors) print_error(streams, error);
  if (!input->errors.empty()) return kFailed;

  Walker walker(input->walk);
  walker.replay(input->schema, Origin::schema);
  PlannerOptions planner_options;
  const LintOptions lint_options = input->lint_options();
  planner_options.pg_version = input->walk.pg_version;
  planner_options.recipes = all_recipes();
  planner_options.rules = lint_options.rules;
  planner_options.settings_of = lint_options.settings_of;
  const auto plan = make_plan(walker, input->scripts, planner_options);
  if (!plan) {
    print_error(streams, plan.error());
    return kFailed;
  }
  bool written = true;
  for (const FormatTarget& target : *targets) {
    for (const PlanFormat& format : kFormats) {
      if (format.name == target.format) written = write_output(format.write(*plan), target.file, streams) && written;
    }
  }
  if (!written) return kFailed;
  // What is left dangerous is for a reviewer to see, and for a gate to stop.
  return plan->not_rewritten.empty() ? kClean : kFindings;
}

}  // namespace pglatch
