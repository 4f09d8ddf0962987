// What a folder holds, as far as pglatch can tell without being told: which frameworks' migrations, where, and dumps of
// the schema.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "analyzer/base/result.h"

namespace pglatch {

/// The migrations of one framework in one folder.
struct MigrationFolder {
  std::string framework;
  std::string folder;  ///< from the project's folder on; "." is that itself
  std::size_t files = 0;
};

struct Project {
  std::vector<MigrationFolder> migrations;  ///< in the order of the folders
  std::vector<std::string> dumps;           ///< of pg_dump, from the project's folder on, in order
  /// The dumps were made after the migrations: with both, what the migrations make exists already.
  bool dumps_have_migrations = false;
  /// The framework that every file is read as; empty where there are several, or none.
  std::string framework;
};

/// Looks at all SQL below a folder, but for what package managers and builds put there. Fails where the folder cannot
/// be entered.
[[nodiscard]] Result<Project> look_at_project(const std::string& folder);

}  // namespace pglatch
