// Options that commands share, and the one way to parse a command line.
#pragma once

#include <boost/program_options.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/base/result.h"
#include "analyzer/cli/command.h"
#include "analyzer/rule_api/finding.h"
#include "analyzer/rule_api/rule.h"
#include "analyzer/source/script.h"

namespace pglatch {

/// A place for one output: a format and the file it goes to (empty: standard output).
struct FormatTarget {
  std::string format;
  std::string file;
};

/// What every analysing command takes.
struct AnalysisOptions {
  std::vector<std::string> paths;
  std::vector<std::string> schemas;
  std::string stdin_filename = "-";
  std::string framework;
  std::string execution_mode;
  int pg_version = 15;
  unsigned jobs = 0;
  std::string color = "auto";
  std::vector<std::string> select;
  std::vector<std::string> ignore;
};

/// Groups of options to compose a command's table from.
[[nodiscard]] boost::program_options::options_description input_options(AnalysisOptions& options);
[[nodiscard]] boost::program_options::options_description rule_options(AnalysisOptions& options);

/// Parses a command line: the table plus --help, positional arguments into `paths`. Prints help, or
/// what is wrong and where help is; then gives the status to exit with, else nothing.
[[nodiscard]] std::optional<int> parse_command_line(std::string_view command,
                                                    boost::program_options::options_description table,
                                                    const std::vector<std::string>& arguments,
                                                    std::vector<std::string>& paths, Streams& streams);

/// "text", "json=report.json" …, checked against the names that the command knows.
[[nodiscard]] Result<std::vector<FormatTarget>> format_targets(const std::vector<std::string>& values,
                                                               std::span<const std::string_view> known);

/// The rules that --select and --ignore leave on; both take rule ids and groups. An unknown name is an
/// error with the nearest known one.
[[nodiscard]] Result<std::vector<const Rule*>> selected_rules(const AnalysisOptions& options);

[[nodiscard]] Result<Severity> severity_named(std::string_view name);

/// --color, NO_COLOR and whether standard output is a terminal, in this order.
[[nodiscard]] bool use_color(const AnalysisOptions& options, const Streams& streams);

/// "error: …" on the error stream.
void print_error(Streams& streams, const Error& error);

/// Writes to a file, atomically, or to standard output where the name is empty. False after telling
/// the user why it could not.
[[nodiscard]] bool write_output(const std::string& text, const std::string& file, Streams& streams);

}  // namespace pglatch
