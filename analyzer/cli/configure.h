// The configuration of a run, from the options of a command.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "analyzer/base/result.h"
#include "analyzer/cli/options.h"
#include "analyzer/config/configuration.h"

namespace pglatch {

/// The options, checked, over configuration files that are still to be found. Fails for values that an option cannot
/// have.
[[nodiscard]] Result<Configuration> make_configuration(const AnalysisOptions& options);

/// Finds the configuration files for these paths. Gives what is wrong with them, one mistake after the other, each with
/// its line.
[[nodiscard]] std::optional<Error> use_configuration(Configuration& configuration,
                                                     const std::vector<std::string>& paths);

/// "error", "warning", "info", "never".
[[nodiscard]] std::string_view to_string(const Threshold& threshold) noexcept;

/// Writes to a text what is in force for a file or a folder, as TOML, and in comments whence.
[[nodiscard]] std::string show_configuration(const Configuration& configuration, const std::string& path);

}  // namespace pglatch
