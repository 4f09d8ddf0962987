#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <ostream>
#include <system_error>
#include <utility>

#include "analyzer/cli/baseline_options.h"
#include "analyzer/cli/choices.h"
#include "analyzer/cli/command.h"
#include "analyzer/cli/configure.h"
#include "analyzer/cli/input.h"
#include "analyzer/cli/kept.h"
#include "analyzer/cli/lint_output.h"
#include "analyzer/cli/options.h"
#include "analyzer/cli/show_files.h"
#include "analyzer/engine/linter.h"
#include "analyzer/report/lint_formats.h"
#include "generated/version.h"

namespace pglatch {
namespace po = boost::program_options;

namespace {

// What only lint is asked for.
struct LintArguments {
  BaselineOptions baseline;
  std::vector<std::string> formats;
  std::string sarif_category;
  bool show_suppressed = false;
  bool exit_zero = false;
  bool statistics = false;
  bool quiet = false;
  bool show_config = false;
  bool show_files = false;
};

po::options_description output_options(LintArguments& arguments, AnalysisOptions& options) {
  po::options_description table("Output");
  table.add_options()  //
      ("format", one_of(&arguments.formats, names_of(lint_formats()))->value_name("FORMAT[=FILE]"),
       "text, json, sarif, concise, github (which adds to the summary of the job), gitlab, junit, checkstyle, rdjson, "
       "markdown or html; repeatable, one to standard output")  //
      ("sarif-category", po::value(&arguments.sarif_category)->value_name("NAME"),
       "sarif: tells this upload apart from others for the same commit")  //
      ("show-suppressed", po::bool_switch(&arguments.show_suppressed),
       "sarif: also what comments and the baseline leave out, marked as suppressed")  //
      ("statistics", po::bool_switch(&arguments.statistics),
       "how many findings each rule has, in place of the findings on standard output")                //
      ("quiet,q", po::bool_switch(&arguments.quiet), "findings alone: no summary, nothing if clean")  //
      ("fail-on", one_of(&options.fail_on, {"error", "warning", "info", "never"})->value_name("SEVERITY"),
       "exit with 1 for findings from this severity on: error, warning (if nobody says), info or never")  //
      ("exit-zero", po::bool_switch(&arguments.exit_zero), "exit with 0 whatever is found")               //
      ("show-config", po::bool_switch(&arguments.show_config),
       "show what is in force for PATH, and whence, instead of linting")  //
      ("show-files", po::bool_switch(&arguments.show_files),
       "show how each script is read and what is done with it, and why, instead of linting");
  return table;
}

// The formats with their places, checked against each other.
Result<std::vector<FormatTarget>> targets_of(const LintArguments& arguments) {
  std::vector<std::string_view> known;
  for (const LintFormat& format : lint_formats()) known.push_back(format.name);
  const bool only_files = std::all_of(arguments.formats.begin(), arguments.formats.end(),
                                      [](const std::string& format) { return format.find('=') != std::string::npos; });
  std::vector<std::string> formats = arguments.formats;
  if (formats.empty() || (only_files && arguments.statistics)) formats.emplace_back(known.front());
  auto targets = format_targets(formats, known);
  if (!targets || !arguments.statistics) return targets;
  for (const FormatTarget& target : *targets) {
    if (!target.file.empty() || target.format == known.front()) continue;
    return Error{fmt::format("--statistics takes the place of what goes to standard output: give --format {} a file",
                             target.format)};
  }
  return targets;
}

int run_show_config(const AnalysisOptions& options, Streams& streams) {
  auto configuration = make_configuration(options);
  if (options.paths.size() > 1) configuration = Error{"--show-config takes one PATH"};
  if (!configuration) {
    print_error(streams, configuration.error());
    return kFailed;
  }
  std::string path = options.paths.empty() ? "." : options.paths.front();
  if (path == "-") path = options.stdin_filename;
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) path += '/';
  if (const auto error = use_configuration(*configuration, {path})) {
    print_error(streams, *error);
    return kFailed;
  }
  streams.out << show_configuration(*configuration, path) << std::flush;
  return kClean;
}

}  // namespace

int run_lint(const std::vector<std::string>& arguments, Streams& streams) {
  AnalysisOptions options;
  LintArguments own;
  po::options_description table;
  table.add(input_options(options))
      .add(database_options(options.database))
      .add(change_options(options.changes))
      .add(rule_options(options));
  table.add(baseline_options(own.baseline)).add(output_options(own, options));
  if (const auto status = parse_command_line("lint", table, arguments, options.paths, streams)) return *status;
  if (own.show_config) return run_show_config(options, streams);
  own.baseline.keep_known = own.show_suppressed;

  if (const auto error = check_baseline_options(own.baseline, options)) {
    print_error(streams, *error);
    return kFailed;
  }
  const auto targets = targets_of(own);
  auto& input = make_kept<Result<Input>>(targets ? read_input(options) : targets.error());
  if (!input) {
    print_error(streams, input.error());
    return kFailed;
  }

  if (own.show_files) {
    streams.out << show_files(*input) << std::flush;
    for (const Error& error : input->errors) print_error(streams, error);
    return input->errors.empty() ? kClean : kFailed;
  }

  auto& walker = make_kept<Walker>(input->walk);
  walker.replay(input->schema, Origin::schema);
  LintOptions lint_options = input->lint_options();
  lint_options.keep_suppressed = own.show_suppressed;
  auto& report = make_kept<LintReport>(lint(walker, input->scripts, lint_options));
  report.errors = std::move(input->errors);
  report.left_out = input->left_out();
  if (const auto error = use_baseline(own.baseline, *input, report, streams)) {
    print_error(streams, *error);
    for (const Error& unread : report.errors) print_error(streams, unread);
    return kFailed;
  }

  const std::vector<const Rule*> rules = input->rules();
  FormatOptions format_options;
  format_options.rules = rules;
  format_options.tool_version = kVersion;
  format_options.quiet = own.quiet;
  format_options.sarif_category = own.sarif_category;
  const bool written = LintOutput(*input, report, format_options, streams).write(*targets, options, own.statistics);
  for (const Error& error : report.errors) print_error(streams, error);
  if (!written || !report.errors.empty()) return kFailed;
  const Threshold threshold = input->configuration->fail_on().value;
  const bool fails = !own.exit_zero && threshold &&
                     std::any_of(report.findings.begin(), report.findings.end(),
                                 [&](const Finding& finding) { return finding.severity >= *threshold; });
  return fails ? kFindings : kClean;
}

}  // namespace pglatch
