#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "analyzer/cli/choices.h"
#include "analyzer/cli/command.h"
#include "analyzer/cli/options.h"
#include "analyzer/cli/plan_files.h"
#include "analyzer/cli/plan_input.h"
#include "analyzer/plan/index_registry.h"
#include "analyzer/plan/plan_status.h"
#include "analyzer/plan/writers.h"

namespace pglatch {
namespace po = boost::program_options;
namespace {

struct PlanFormat {
  std::string_view name;
  std::string (*write)(const Plan& plan);  // null: it is no text
};

constexpr std::array<PlanFormat, 5> kFormats{{{"markdown", write_plan_markdown},
                                              {"sql", write_plan_sql},
                                              {"json", write_plan_json},
                                              {"status", write_plan_status},
                                              {"files", nullptr}}};

// The part that --only names; nothing where it names none.
std::optional<PlanPart> part_named(std::string_view name) {
  if (name.empty()) return PlanPart::all;
  if (name == "indexes") return PlanPart::indexes;
  if (name == "others") return PlanPart::others;
  return std::nullopt;
}

// What goes with the files only, or not with them.
std::optional<Error> misplaced_options(const std::vector<FormatTarget>& targets, const FilesOptions& files) {
  const auto found =
      std::find_if(targets.begin(), targets.end(), [](const FormatTarget& target) { return target.format == "files"; });
  const bool is_used = !files.directory.empty() || files.replace || !files.accepted.empty();
  if (found == targets.end() && is_used) return Error{"--out, --replace and --accept are for --format files"};
  if (found != targets.end() && !found->file.empty()) return Error{"--format files: their folder is named by --out"};
  return std::nullopt;
}

}  // namespace

int run_plan(const std::vector<std::string>& arguments, Streams& streams) {
  AnalysisOptions options;
  std::vector<std::string> formats;
  std::string only;
  FilesOptions files;
  po::options_description output("Output");
  output.add_options()(
      "format", one_of(&formats, names_of(kFormats))->value_name("FORMAT[=FILE]"),
      "markdown (a runbook), sql (a psql script), json, status (a query: which steps are done) or files (migrations of "
      "the framework that the input is of); repeatable, one to standard output")(
      "out", po::value(&files.directory)->value_name("DIR"),
      "the folder for the files; none that is there is written over")(
      "replace", po::bool_switch(&files.replace),
      "the files take the place of the migrations, which must not be applied anywhere; these are moved to "
      ".pglatch-replaced beside their folder")(
      "accept", po::value(&files.accepted)->value_name("STEP"),
      "write a migration for this step, \"S3\", though it is not made safe; repeatable")(
      "only", one_of(&only, {"indexes", "others"})->value_name("PART"),
      "indexes: the index builds alone, with what needs them, to be run out of band after the rest (as json a registry "
      "of the indexes); others: the rest");
  po::options_description table;
  table.add(input_options(options))
      .add(database_options(options.database))
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
  if (const auto wrong = misplaced_options(*targets, files)) {
    print_error(streams, *wrong);
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
      if (format.write == nullptr) {
        written = write_plan_files(*plan, *input, files, streams) && written;
        continue;
      }
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
