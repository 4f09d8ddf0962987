// The lists that some tools keep of their migrations besides the files: what is not in them is not run.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/base/result.h"
#include "analyzer/plan/framework_files.h"

namespace pglatch {

/// Drizzle's `meta/_journal.json` with entries for these tags at its end, each later than all that are there (drizzle
/// skips what is not; drizzle-orm/src/migrator.ts, pg-core/dialect.ts), and without the entries of `dropped`, which
/// have to be the last ones.
[[nodiscard]] Result<std::string> changed_journal(std::string_view journal, const std::vector<std::string>& dropped,
                                                  const std::vector<std::string>& tags);

/// `sqitch.plan` with a change for each name at its end, each but the first requiring the one before it, and without
/// the changes `dropped`, which have to be the last ones. Planner and time are those of the last line, a second later
/// (sqitch.org, "sqitchchanges", "Plan File").
[[nodiscard]] Result<std::string> changed_sqitch_plan(std::string_view plan, const std::vector<std::string>& dropped,
                                                      const std::vector<std::string>& names, std::string_view note);

/// `atlas.sum` of the files of a folder (ariga/atlas, sql/migrate/dir.go, NewHashFile()).
[[nodiscard]] std::string atlas_sum(std::vector<MigrationFile> files);

/// Puts the headers of committed migrations before the text of each file, which continue the chain of hashes from the
/// last one that is there; empty: there is none (graphile-migrate, src/hash.ts).
void chain(std::vector<MigrationFile>& files, std::string_view last_committed);

}  // namespace pglatch
