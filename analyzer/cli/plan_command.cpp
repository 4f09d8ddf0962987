#include <fmt/format.h>

#include <array>
#include <optional>
#include <utility>

#include "analyzer/cli/command.h"
#include "analyzer/cli/options.h"
#include "analyzer/cli/plan_input.h"
#include "analyzer/plan/index_registry.h"
#include "analyzer/plan/plan_status.h"
#include "analyzer/plan/writers.h"

namespace pglatch {
namespace po = boost::program_options;
namespace {

struct PlanFormat {
  std::string_view name;
  std::string (*write)(const Plan& plan);
};

constexpr std::array<PlanFormat, 4> kFormats{{{"markdown", write_plan_markdown},
                                              {"sql", write_plan_sql},
                                              {"json", write_plan_json},
                                              {"status", write_plan_status}}};

// The part that --only names; nothing where it names none.
std::optional<PlanPart> part_named(std::string_view name) {
  if (name.empty()) return PlanPart::all;
  if (name == "indexes") return PlanPart::indexes;
  if (name == "others") return PlanPart::others;
  return std::nullopt;
}

}  // namespace

int run_plan(const std::vector<std::string>& arguments, Streams& streams) {
  AnalysisOptions options;
  std::vector<std::string> formats;
  std::string only;
  po::options_description output("Output");
  output.add_options()(
      "format", po::value(&formats)->value_name("FORMAT[=FILE]"),
      "markdown (a runbook), sql (a psql script), json or status (a query: which steps are done); repeatable, "
      "one to standard output")(
      "only", po::value(&only)->value_name("PART"),
      "indexes: the index builds alone, with what needs them, to be run out of band after the rest (as json a registry "
      "of the indexes); others: the rest");
  po::options_description table;
  table.add(input_options(options))
      .add(change_options(options.changes))
      .add(rule_options(options))
      .add(decision_options(options))
      .add(output);
  if (const auto status = parse_command_line("plan", table, arguments, options.paths, streams)) return *status;

  const auto targets = chosen_formats(formats, kFormats, streams);
  if (!targets) return kFailed;
  const auto part = part_named(only);
  if (!part) {
    print_error(streams, {fmt::format("--only {}: the parts of a plan are indexes and others", only)});
    return kFailed;
  }
  const auto input = read_whole_input(options, streams);
  if (!input) return kFailed;

  Walker walker(input->walk);
  walker.replay(input->schema, Origin::schema);
  PlannerOptions how = planner_options(*input);
  how.part = *part;
  const auto plan = make_plan(walker, input->scripts, how);
  if (!plan) {
    print_error(streams, plan.error());
    return kFailed;
  }
  bool written = true;
  for (const FormatTarget& target : *targets) {
    for (const PlanFormat& format : kFormats) {
      if (format.name != target.format) continue;
      const bool registry = *part == PlanPart::indexes && format.name == "json";
      const std::string text = registry ? write_index_registry(*plan, walker.catalog()) : format.write(*plan);
      written = write_output(text, target.file, streams) && written;
    }
  }
  if (!written) return kFailed;
  // What is left dangerous is for a reviewer to see, and for a gate to stop.
  return plan->not_rewritten.empty() ? kClean : kFindings;
}

}  // namespace pglatch
