// One planned migration as the text of its framework's files.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "analyzer/plan/framework_files.h"
#include "analyzer/plan/framework_files_form.h"
#include "analyzer/plan/framework_files_parts.h"

namespace pglatch {

/// What a migration is called, and its place among those that stand for the plan.
struct MigrationName {
  std::string version;
  std::string name;
  std::size_t number = 1;  ///< from 1 on
  std::size_t count = 1;
  std::string next;  ///< name of the one after it; empty: it is the last
};

/// Its files: up, down or both in one, what says that it runs outside of a transaction, what verifies it.
/// `has_down`: the project has ways back.
[[nodiscard]] std::vector<MigrationFile> files_of(const PlannedMigration& migration, const MigrationName& name,
                                                  const FrameworkForm& form, bool has_down);

/// All of them as the changesets of one file of Liquibase's formatted SQL.
[[nodiscard]] MigrationFile changelog_of(const std::vector<PlannedMigration>& migrations,
                                         const std::vector<MigrationName>& names, std::string file);

}  // namespace pglatch
