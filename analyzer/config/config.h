// pglatch.toml as it stands in the file, checked: names are known, values are in range. What of it is in force for a
// file is configuration.h's business.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "analyzer/base/byte_range.h"
#include "analyzer/base/glob.h"
#include "analyzer/catalog/table_sizes.h"
#include "analyzer/engine/rule_names.h"
#include "analyzer/rule_api/finding.h"
#include "analyzer/source/file_type.h"
#include "analyzer/source/framework.h"
#include "analyzer/source/script.h"
#include "analyzer/source/script_purpose.h"
#include "analyzer/source/source_file.h"

namespace pglatch {

/// The name of a configuration file.
inline constexpr std::string_view kConfigFileName = "pglatch.toml";

/// Servers that pglatch can be told to lint for, by their major versions.
inline constexpr int kOldestServer = 10;
inline constexpr int kNewestServer = 19;

/// From which severity on findings make a run fail; nothing: never.
using Threshold = std::optional<Severity>;

/// A value with its place in the file.
template <class T>
struct Setting {
  T value{};
  ByteRange where;  ///< in the file's text
};

/// `[per-file-ignores]`: rules that are off in the files that a pattern means.
struct PerFileIgnore {
  std::string pattern;
  Glob glob;
  std::vector<NamedRules> rules;
};

/// `[severity]`: how grave the findings of rules are; nothing: they are off.
struct SeverityChoice {
  NamedRules rules;
  std::optional<Severity> severity;
};

/// `[tables]`: names are as in pg_class, without quotes.
struct TableSizeEntry {
  std::string schema;
  std::string name;
  TableSize size;
};

/// One configuration file. What it does not mention is not set.
struct Config {
  std::shared_ptr<const SourceFile> file;
  std::string folder;  ///< of the file, as an absolute path: patterns are relative to it

  // For a whole run.
  std::optional<Setting<int>> pg_version;
  std::optional<Setting<std::vector<std::string>>> schema;  ///< paths, relative to the working directory or absolute
  std::optional<Setting<std::string>> snapshot;             ///< a path like those; not beside `schema`
  std::vector<Setting<TableSizeEntry>> tables;
  std::optional<Setting<Threshold>> fail_on;

  // For each file.
  std::optional<Setting<const Framework*>> framework;
  std::optional<Setting<ExecutionMode>> execution_mode;
  std::optional<Setting<std::vector<NamedRules>>> select;
  std::optional<Setting<std::vector<NamedRules>>> ignore;
  std::vector<Setting<PerFileIgnore>> per_file_ignores;
  std::vector<Setting<SeverityChoice>> severities;

  // `[inputs]`
  std::optional<Setting<FileTypes>> file_types;  ///< looked for in directories besides SQL

  // `[timeouts]`, for a whole run; milliseconds.
  std::optional<Setting<std::int64_t>> lock_timeout;           ///< that sessions begin with
  std::optional<Setting<std::int64_t>> statement_timeout;      ///< the same
  std::optional<Setting<std::int64_t>> max_lock_timeout;       ///< TimeoutPolicy
  std::optional<Setting<std::int64_t>> max_statement_timeout;  ///< the same

  // `[migrations]`
  std::optional<Setting<std::string>> applied_until;  ///< the last version that is history
  std::optional<Setting<Purposes>> include;           ///< what is linted besides migrations

  /// "db/pglatch.toml:3", the line of a setting.
  [[nodiscard]] std::string place(ByteRange where) const;
};

/// What is wrong with a configuration file, and where.
struct ConfigError {
  std::shared_ptr<const SourceFile> file;  ///< null where it could not be read
  ByteRange where;
  std::string message;
};

}  // namespace pglatch
