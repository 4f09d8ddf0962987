#include <algorithm>
#include <utility>

#include "analyzer/cli/command.h"
#include "analyzer/cli/input.h"
#include "analyzer/cli/options.h"
#include "analyzer/engine/linter.h"
#include "analyzer/report/lint_formats.h"
#include "generated/version.h"
#include "rules/registry.h"
#include "rules/rule_docs.h"

namespace pglatch {
namespace po = boost::program_options;

int run_lint(const std::vector<std::string>& arguments, Streams& streams) {
  AnalysisOptions options;
  std::vector<std::string> formats;
  std::string fail_on;
  po::options_description output("Output");
  output.add_options()  //
      ("format", po::value(&formats)->value_name("FORMAT[=FILE]"),
       "text, json or sarif; repeatable, one to standard output")  //
      ("fail-on", po::value(&fail_on)->value_name("SEVERITY")->default_value("warning"),
       "exit with 1 for findings from this severity on: info, warning or error");
  po::options_description table;
  table.add(input_options(options)).add(rule_options(options)).add(output);
  if (const auto status = parse_command_line("lint", table, arguments, options.paths, streams)) return *status;

  std::vector<std::string_view> known;
  for (const LintFormat& format : lint_formats()) known.push_back(format.name);
  if (formats.empty()) formats.emplace_back(known.front());
  const auto targets = format_targets(formats, known);
  const auto rules = selected_rules(options);
  const auto threshold = severity_named(fail_on);
  auto input = read_input(options);
  for (const Error* error : {targets ? nullptr : &targets.error(), rules ? nullptr : &rules.error(),
                             threshold ? nullptr : &threshold.error(), input ? nullptr : &input.error()}) {
    if (error == nullptr) continue;
    print_error(streams, *error);
    return kFailed;
  }

  Walker walker(walk_options(options));
  walker.replay(input->schema, Origin::schema);
  LintReport report = lint(walker, input->scripts, {*rules, all_recipes()});
  report.errors = std::move(input->errors);

  FormatOptions format_options;
  format_options.color = use_color(options, streams);
  format_options.rules = *rules;
  format_options.rule_doc = rule_doc;
  format_options.tool_version = kVersion;
  bool written = true;
  for (const FormatTarget& target : *targets) {
    const auto format = std::find_if(lint_formats().begin(), lint_formats().end(),
                                     [&](const LintFormat& candidate) { return candidate.name == target.format; });
    FormatOptions own = format_options;
    own.color = own.color && target.file.empty();
    written = write_output(format->write(report, own), target.file, streams) && written;
  }
  for (const Error& error : report.errors) print_error(streams, error);
  if (!written || !report.errors.empty()) return kFailed;
  const bool fails = std::any_of(report.findings.begin(), report.findings.end(),
                                 [&](const Finding& finding) { return finding.severity >= *threshold; });
  return fails ? kFindings : kClean;
}

}  // namespace pglatch
