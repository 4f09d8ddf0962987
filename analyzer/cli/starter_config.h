// The pglatch.toml that `pglatch init` writes: every key with what it is for, and set what the project shows.
#pragma once

#include <string>

#include "analyzer/cli/project.h"

namespace pglatch {

/// Text of the file. A line that begins with "#" and no blank behind it is a setting that is switched off.
[[nodiscard]] std::string write_starter_config(const Project& project);

/// "goose in db/migrations (12 files)"
[[nodiscard]] std::string describe(const MigrationFolder& migrations);

}  // namespace pglatch
