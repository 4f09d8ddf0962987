#include "analyzer/cli/choices.h"
#include "analyzer/cli/command.h"
#include "analyzer/cli/input.h"
#include "analyzer/cli/locks_of.h"
#include "analyzer/cli/options.h"
#include "analyzer/report/locks_formats.h"

namespace pglatch {
namespace po = boost::program_options;

int run_locks(const std::vector<std::string>& arguments, Streams& streams) {
  AnalysisOptions options;
  std::vector<std::string> formats{};
  po::options_description output("Output");
  output.add_options()("format", one_of(&formats, {"text", "json"})->value_name("FORMAT[=FILE]"),
                       "text or json; repeatable, one to standard output");
  po::options_description table;
  table.add(input_options(options))
      .add(database_options(options.database))
      .add(change_options(options.changes))
      .add(output);
  if (const auto status = parse_command_line("locks", table, arguments, options.paths, streams)) return *status;

  constexpr std::string_view kKnown[] = {"text", "json"};
  if (formats.empty()) formats.emplace_back(kKnown[0]);
  const auto targets = format_targets(formats, kKnown);
  const auto input = read_input(options);
  for (const Error* error : {targets ? nullptr : &targets.error(), input ? nullptr : &input.error()}) {
    if (error == nullptr) continue;
    print_error(streams, *error);
    return kFailed;
  }

  const LocksReport report = locks_of(*input);

  bool written = true;
  for (const FormatTarget& target : *targets) {
    const bool color = target.file.empty() && use_color(options, streams);
    const bool is_written = target.format == "json"
                                ? write_output(write_locks_json(report), target.file, streams)
                                : write_prose(write_locks_text(report, color), target.file, streams);
    written = is_written && written;
  }
  for (const Error& error : input->errors) print_error(streams, error);
  return written && input->errors.empty() ? kClean : kFailed;
}

}  // namespace pglatch
