// The plan as migrations of the framework that its scripts come from: one for each step, so that the framework itself
// remembers what is done.
#pragma once

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/base/result.h"
#include "analyzer/plan/plan.h"

namespace pglatch {

/// Where the migrations are to go. Names are paths below the folder that holds the project's migrations.
struct MigrationFolder {
  std::string framework;
  std::vector<std::string> taken;         ///< what is in the folder, of any kind, not counting what is to be replaced
  std::vector<std::string> sources;       ///< names of the scripts that the plan stands for, in the plan's order
  std::vector<std::string> source_paths;  ///< their paths in the plan
  bool replaces = false;                  ///< they go; the new migrations take their place
  std::set<std::string> accepted;         ///< ids of steps to run although nobody vouches for them
  /// The text of a file in the folder; nothing where there is none.
  std::function<std::optional<std::string>(std::string_view name)> read;
};

struct MigrationFile {
  std::string name;
  std::string text;
};

struct FrameworkFiles {
  std::vector<MigrationFile> files;    ///< new ones
  std::vector<MigrationFile> changed;  ///< lists of migrations, as they are to be with the new ones
  std::vector<std::string> remarks;    ///< for the user
};

/// The files, deterministic for the same input. Fails where the framework has no form for migrations, cannot run some
/// step, or where versions have no room between others, and says what to do.
[[nodiscard]] Result<FrameworkFiles> write_framework_files(const Plan& plan, const MigrationFolder& folder);

}  // namespace pglatch
