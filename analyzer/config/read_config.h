// From the TOML of a configuration file to a Config. The only place that knows toml++.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "analyzer/config/config.h"
#include "analyzer/engine/rule_names.h"

namespace pglatch {

/// A configuration that could be read, or all that is wrong with it, in the order of the file.
struct ConfigReading {
  std::shared_ptr<const Config> config;  ///< null where there are errors
  std::vector<ConfigError> errors;
};

/// Reads and checks a file; paths in it are relative to its folder. Every mistake is an error: TOML that does not
/// parse, a key or a table that is not known, a value of another type than it has to be, a rule that does not exist.
[[nodiscard]] ConfigReading read_config(const std::string& path, const RuleNames& names);

/// The same of a text that is in memory; `folder` as in Config.
[[nodiscard]] ConfigReading parse_config(std::shared_ptr<const SourceFile> file, std::string folder,
                                         const RuleNames& names);

}  // namespace pglatch
