#include "analyzer/cli/options.h"

#include <fmt/ostream.h>

#include <algorithm>
#include <cstddef>
#include <ostream>
#include <sstream>
#include <utility>

#include "analyzer/base/file.h"
#include "analyzer/base/utf8.h"
#include "analyzer/cli/choices.h"
#include "analyzer/cli/command_line.h"
#include "analyzer/cli/environment.h"
#include "analyzer/report/ci_log.h"
#include "analyzer/report/terminal_text.h"
#include "analyzer/source/framework.h"
#include "analyzer/source/script_purpose.h"

namespace pglatch {
namespace po = boost::program_options;

namespace {

std::vector<std::string> framework_names() {
  std::vector<std::string> names;
  for (const Framework* framework : frameworks()) names.emplace_back(framework->name());
  return names;
}

template <class Words>
std::vector<std::string> words_of(const Words& words) {
  std::vector<std::string> names;
  for (const auto word : words) names.emplace_back(to_string(word));
  return names;
}

// Boost.Program_options counts bytes where it fills up the column of the names, and ends lines with blanks.
std::string help_text(const po::options_description& table) {
  std::stringstream printed;
  printed << table;
  std::string text;
  for (std::string line; std::getline(printed, line);) {
    const std::size_t indent = std::min(line.find_first_not_of(' '), line.size());
    const std::size_t name_end = line.compare(indent, 1, "-") == 0 ? line.find("  ", indent) : std::string::npos;
    if (name_end != std::string::npos) {
      const auto uncounted =
          std::count_if(line.begin(), line.begin() + static_cast<std::ptrdiff_t>(name_end), is_continuation);
      line.insert(name_end, static_cast<std::size_t>(uncounted), ' ');
    }
    text += line.substr(0, line.find_last_not_of(' ') + 1) + '\n';
  }
  return text;
}

}  // namespace

po::options_description input_options(AnalysisOptions& options) {
  po::options_description table("Input");
  table.add_options()  //
      ("schema", po::value(&options.schemas)->value_name("PATH"),
       "SQL that is there already (a pg_dump, older migrations): replayed without findings; repeatable")  //
      ("schema-complete", po::bool_switch(&options.schema_complete),
       "what --schema lacks does not exist (a dump of the whole database): statements on it fail")  //
      ("pg-version", po::value<int>()->value_name("N")->notifier([&](int version) { options.pg_version = version; }),
       "major version of the server, 10 to 19; 15 if nobody says")  //
      ("framework", one_of(&options.framework, framework_names())->value_name("NAME"),
       "how the files are to be read: goose, flyway, plain …; found out for each file if not given")  //
      ("execution-mode", one_of(&options.execution_mode, words_of(kExecutionModes))->value_name("MODE"),
       "how the statements reach the server: autocommit, transaction, single-message, pipeline or unknown")  //
      ("include", one_of(&options.include, words_of(kOptionalPurposes))->value_name("KIND,…"),
       "lint these scripts too: down (what takes a migration back), tests, seeds, dumps (of pg_dump); if not given, "
       "the "
       "first two are left out, and the others that are found in a directory are replayed as history; repeatable")  //
      ("stdin-filename", po::value(&options.stdin_filename)->value_name("NAME"),
       "name to show for standard input")  //
      ("config", po::value(&options.config)->value_name("FILE"),
       "the configuration of all files; if not given, the pglatch.toml nearest to each file, from its folder up")  //
      ("isolated", po::bool_switch(&options.isolated), "no configuration file")                                    //
      ("jobs,j", po::value(&options.jobs)->value_name("N")->default_value(0),
       "threads that parse; 0: as many as there are processors")  //
      ("color", one_of(&options.color, {"auto", "always", "never"})->value_name("WHEN")->default_value("auto"),
       "auto, always or never");
  return table;
}

po::options_description rule_options(AnalysisOptions& options) {
  po::options_description table("Rules");
  table.add_options()  //
      ("select", po::value(&options.select)->value_name("RULE,…"),
       "only these rules, groups, aliases, default or all; repeatable")  //
      ("ignore", po::value(&options.ignore)->value_name("RULE,…"), "not these either; repeatable");
  return table;
}

po::options_description decision_options(AnalysisOptions& options) {
  po::options_description table("Decisions");
  table.add_options()  //
      ("accept-risk", po::value(&options.accepted_risks)->value_name("RISK,…"),
       "write a form that can lose data, which the plan names and explains; repeatable")  //
      ("param", po::value(&options.parameters)->value_name("NAME=VALUE"),
       "what no SQL tells and a plan asked for; repeatable");
  return table;
}

std::optional<int> parse_command_line(std::string_view command, po::options_description table,
                                      const std::vector<std::string>& arguments, std::vector<std::string>& paths,
                                      Streams& streams) {
  const auto found = std::find_if(commands().begin(), commands().end(),
                                  [&](const Command& candidate) { return candidate.name == command; });
  po::options_description other("Other");
  other.add_options()("help,h", "this text");
  table.add(other);
  if (streams.options != nullptr) {
    *streams.options = describe(table);
    return kClean;
  }
  po::options_description all;
  all.add(table);
  po::options_description hidden;
  hidden.add_options()("path", po::value(&paths));
  all.add(hidden);
  po::positional_options_description positional;
  positional.add("path", -1);
  namespace style = po::command_line_style;
  po::variables_map values;
  try {
    po::store(po::command_line_parser(arguments)
                  .options(all)
                  .positional(positional)
                  .style(style::unix_style & ~style::allow_guessing)
                  .run(),
              values);
    po::notify(values);
  } catch (const po::error& problem) {
    print_error(streams, {fmt::format("{}; `pglatch {} --help` lists the options", problem.what(), command)});
    return kFailed;
  }
  if (values.count("help") == 0) return std::nullopt;
  fmt::print(streams.out, "usage: pglatch {}\n\n{}.\n\n{}", found->usage, found->summary, help_text(table));
  return kClean;
}

Result<std::vector<FormatTarget>> format_targets(const std::vector<std::string>& values,
                                                 std::span<const std::string_view> known) {
  std::vector<FormatTarget> targets;
  for (const std::string& value : values) {
    const auto equals = value.find('=');
    FormatTarget target{value.substr(0, equals), equals == std::string::npos ? "" : value.substr(equals + 1)};
    if (equals != std::string::npos && target.file.empty()) {
      return Error{fmt::format("--format {}: a file name has to follow the equals sign", value)};
    }
    if (std::find(known.begin(), known.end(), target.format) == known.end()) {
      return Error{fmt::format("there is no format '{}'; there are {}", target.format, fmt::join(known, ", "))};
    }
    targets.push_back(std::move(target));
  }
  const auto to_stdout = std::count_if(targets.begin(), targets.end(), [](const auto& t) { return t.file.empty(); });
  if (to_stdout > 1) return Error{"only one --format can go to standard output; give the others a file: FORMAT=FILE"};
  return targets;
}

bool use_color(const AnalysisOptions& options, const Streams& streams) {
  return wants_color(options.color, streams.out_is_terminal, process_environment());
}

void print_error(Streams& streams, const Error& error) {
  std::string text = "pglatch: ";
  std::string_view rest = error.message;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    text += printable(rest.substr(0, end)) + '\n';
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  streams.err << (log_has_commands(process_environment()) ? safe_for_log(text) : text) << std::flush;
}

bool write_output(const std::string& text, const std::string& file, Streams& streams) {
  if (file.empty()) {
    streams.out << text << std::flush;
    return true;
  }
  const auto error = write_file_atomically(file, text);
  if (error) print_error(streams, *error);
  return !error;
}

bool write_prose(const std::string& text, const std::string& file, Streams& streams) {
  const bool is_log = file.empty() && log_has_commands(process_environment());
  return write_output(is_log ? safe_for_log(text) : text, file, streams);
}

}  // namespace pglatch
