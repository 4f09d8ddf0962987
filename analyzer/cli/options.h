// Options that commands share, and the one way to parse a command line.
#pragma once

#include <boost/program_options.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/base/result.h"
#include "analyzer/cli/changes.h"
#include "analyzer/cli/command.h"
#include "analyzer/cli/database.h"

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
  bool schema_complete = false;  ///< what `schemas` lack does not exist
  DatabaseOptions database;      ///< instead of `schemas`
  bool replays_all = false;      ///< whatever snapshot the configuration names: that is what is compared
  std::string stdin_filename = "-";
  std::string framework;
  std::string execution_mode;
  std::vector<std::string> include;
  std::optional<int> pg_version;  ///< nothing here and below, or empty: not given
  unsigned jobs = 0;
  std::string color = "auto";
  std::vector<std::string> select;
  std::vector<std::string> ignore;
  std::string config;
  bool isolated = false;
  std::string fail_on;
  ChangeOptions changes;
  std::vector<std::string> accepted_risks;  ///< of a plan
  std::vector<std::string> parameters;      ///< the same: "name=value"
};

/// Groups of options to compose a command's table from.
[[nodiscard]] boost::program_options::options_description input_options(AnalysisOptions& options);
[[nodiscard]] boost::program_options::options_description rule_options(AnalysisOptions& options);
[[nodiscard]] boost::program_options::options_description decision_options(AnalysisOptions& options);

/// Parses a command line: the table plus --help, positional arguments into `paths`. Prints help, or
/// what is wrong and where help is; then gives the status to exit with, else nothing.
[[nodiscard]] std::optional<int> parse_command_line(std::string_view command,
                                                    boost::program_options::options_description table,
                                                    const std::vector<std::string>& arguments,
                                                    std::vector<std::string>& paths, Streams& streams);

/// "text", "json=report.json" …, checked against the names that the command knows.
[[nodiscard]] Result<std::vector<FormatTarget>> format_targets(const std::vector<std::string>& values,
                                                               std::span<const std::string_view> known);

/// --color, the environment and whether standard output is a terminal; see wants_color().
[[nodiscard]] bool use_color(const AnalysisOptions& options, const Streams& streams);

/// "pglatch: …" on the error stream. Names of files and pieces of SQL in the message cannot control the terminal.
void print_error(Streams& streams, const Error& error);

/// Writes to a file, atomically, or to standard output where the name is empty. False after telling
/// the user why it could not.
[[nodiscard]] bool write_output(const std::string& text, const std::string& file, Streams& streams);

/// The same for text that people read: where standard output is the log of a CI system, nothing in it is a command.
[[nodiscard]] bool write_prose(const std::string& text, const std::string& file, Streams& streams);

}  // namespace pglatch
