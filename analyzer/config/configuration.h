// What is in force, and whence: the command line over the configuration file nearest to a linted file over defaults.
//
// select, ignore, per-file-ignores, severity, framework and execution-mode are each file's own. A run has one server,
// one schema and one exit status: of pg-version, schema, snapshot, tables and fail-on the files of a run must not say
// different things.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "analyzer/base/result.h"
#include "analyzer/config/config.h"
#include "analyzer/engine/rule_names.h"
#include "analyzer/engine/rule_settings.h"

namespace pglatch {

/// What the command line says of what a configuration file can say too.
struct CommandLineSettings {
  std::string config;     ///< --config: the file for all files; empty: the nearest one of each
  bool isolated = false;  ///< --isolated: no file
  std::optional<int> pg_version;
  std::vector<std::string> schema;
  std::string snapshot;  ///< empty: not given
  bool db = false;       ///< --db: a server tells of the schema
  const Framework* framework = nullptr;
  std::optional<ExecutionMode> execution_mode;
  std::optional<Purposes> include;
  std::vector<NamedRules> select;  ///< sets aside what the file says of which rules run
  std::vector<NamedRules> ignore;  ///< off besides those that the file ignores
  std::optional<Threshold> fail_on;
  std::string applied_until;  ///< empty: not given
};

/// A value, and who gave it: "--pg-version", "db/pglatch.toml:3", "default".
template <class T>
struct InForce {
  T value{};
  std::string origin;
};

/// What is in force for one rule in one file.
struct RuleInForce {
  const Rule* rule = nullptr;
  bool on = true;
  std::optional<Severity> severity;  ///< chosen; nothing: as the rule finds
  std::string why_off;               ///< "ignore, db/pglatch.toml:3"
  std::string why_severity;          ///< "db/pglatch.toml:7", where one is chosen
};

class Configuration {
 public:
  Configuration(CommandLineSettings command_line, RuleNames names);

  /// Finds and reads the configuration of files (paths as given; they need not exist): from now on it has a part in the
  /// run. Gives what is wrong with it; asking again for the same configuration gives nothing new.
  [[nodiscard]] std::vector<ConfigError> use_for(const std::vector<std::string>& paths);
  /// Where the files that were used say different things of the run, unless the command line decides.
  [[nodiscard]] std::vector<ConfigError> contradictions() const;

  // Of the run. Where files contradict each other, what the first one says.
  [[nodiscard]] InForce<int> pg_version() const;
  /// Somebody gave it: it is not the one that holds where nobody says.
  [[nodiscard]] bool says_pg_version() const;
  [[nodiscard]] InForce<std::vector<std::string>> schema() const;
  /// The file of a snapshot; empty: none. What the command line says of the schema, in whatever way, sets aside what
  /// files say of it.
  [[nodiscard]] InForce<std::string> snapshot() const;
  [[nodiscard]] InForce<Threshold> fail_on() const;
  [[nodiscard]] std::vector<InForce<TableSizeEntry>> tables() const;
  /// `[tables]`, over sizes that somebody else knows.
  [[nodiscard]] TableSizes table_sizes(TableSizes sizes = {}) const;

  /// `[timeouts]`, each with its key.
  [[nodiscard]] std::vector<std::pair<std::string_view, InForce<std::int64_t>>> timeouts() const;
  [[nodiscard]] TimeoutPolicy timeout_policy() const;
  /// What sessions begin with.
  [[nodiscard]] Settings session_settings() const;

  // Of a file.
  /// The configuration file, or null where there is none.
  [[nodiscard]] const Config* config_of(const std::string& path) const;
  /// Null: to be found out.
  [[nodiscard]] InForce<const Framework*> framework(const std::string& path) const;
  /// Nothing: as the framework says.
  [[nodiscard]] InForce<std::optional<ExecutionMode>> execution_mode(const std::string& path) const;
  /// What is linted besides migrations.
  [[nodiscard]] InForce<Purposes> include(const std::string& path) const;
  /// The types of files that are looked for in its folder.
  [[nodiscard]] InForce<FileTypes> file_types(const std::string& path) const;
  /// The last version that is history; empty: none is.
  [[nodiscard]] InForce<std::string> applied_until(const std::string& path) const;
  /// All rules in alphabetical order, with reasons.
  [[nodiscard]] std::vector<RuleInForce> rules(const std::string& path) const;
  /// The per-file ignores that mean the file.
  [[nodiscard]] std::vector<const Setting<PerFileIgnore>*> file_ignores(const std::string& path) const;
  /// The same for the engine; files with the same settings share them. Valid as long as the configuration.
  [[nodiscard]] const RuleSettings& rule_settings(const std::string& path);

  [[nodiscard]] const CommandLineSettings& command_line() const noexcept { return command_line_; }
  [[nodiscard]] const RuleNames& names() const noexcept { return names_; }

 private:
  using Ignores = std::vector<const Setting<PerFileIgnore>*>;

  // The option by which the command line tells of the schema; empty: none.
  [[nodiscard]] std::string_view schema_option() const noexcept;
  const Config* find(const std::string& folder, std::vector<ConfigError>& errors);
  const Config* read(const std::string& path, std::vector<ConfigError>& errors);
  [[nodiscard]] std::vector<RuleInForce> decide(const Config* config, const Ignores& ignores) const;

  CommandLineSettings command_line_;
  RuleNames names_;
  std::vector<std::shared_ptr<const Config>> configs_;                   // in the order in which they were found
  std::map<std::string, const Config*, std::less<>> by_written_folder_;  // of files, as far as they were asked for
  std::unordered_map<std::string, const Config*> by_folder_;             // absolute; null: none in or above it
  std::map<std::pair<const Config*, Ignores>, RuleSettings> settings_;
};

}  // namespace pglatch
