// From the options of a command to scripts in memory.
#pragma once

#include <memory>
#include <vector>

#include "analyzer/base/result.h"
#include "analyzer/catalog/table_sizes.h"
#include "analyzer/cli/options.h"
#include "analyzer/config/configuration.h"
#include "analyzer/engine/linter.h"
#include "analyzer/engine/walker.h"
#include "analyzer/source/script.h"
#include "analyzer/source/script_purpose.h"

namespace pglatch {

/// A script that was met: how it is read and what is done with it.
struct MetScript {
  std::string path;
  std::string framework;
  std::string version;
  Direction direction = Direction::up;
  ExecutionMode mode = ExecutionMode::unknown;
  Purpose purpose = Purpose::migration;
  Treatment treatment = Treatment::lint;
  std::string reason;  ///< what showed it
};

/// What could be read, in order, and what could not; and what is in force for it.
struct Input {
  std::vector<Script> scripts;
  std::vector<MetScript> met;  ///< all of them, in order, those that are left out too
  std::vector<Script> schema;  ///< what is there already: of --schema or the configuration
  std::vector<Error> errors;
  WalkOptions walk;  ///< what a walk over the scripts depends on; valid as long as the input
  std::shared_ptr<Configuration> configuration;
  std::shared_ptr<const KnownDatabase> database;  ///< null: not known
  std::shared_ptr<const TableSizes> sizes;
  std::vector<RuleName> rule_names;  ///< what comments may call rules: ids and aliases

  /// How many scripts are left out because of what they are for.
  [[nodiscard]] std::size_t left_out() const noexcept;
  /// For lint(): the rules of each file and their severities. Valid as long as the input.
  [[nodiscard]] LintOptions lint_options() const;
  /// The rules that run in any of the scripts, in alphabetical order.
  [[nodiscard]] std::vector<const Rule*> rules() const;
};

/// Reads all files that the options name, as their configuration says. Fails for options that make no sense (an unknown
/// framework …) and for a configuration with mistakes; a file that cannot be read becomes one of `errors` and the
/// others go on.
[[nodiscard]] Result<Input> read_input(const AnalysisOptions& options);

}  // namespace pglatch
