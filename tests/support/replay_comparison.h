// A history in the catalog and on a server: what the replay of its scripts leaves behind, and what PostgreSQL has after
// it ran them.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "analyzer/catalog/catalog_diff.h"
#include "analyzer/cli/input.h"
#include "analyzer/server/script_runner.h"

namespace pglatch::testing {

// The scripts of an input that build the schema, what is there already (--schema) first.
std::vector<Script> ways_up(const Input& input);

// Runs scripts as their frameworks send them, each in a session of its own, as pglatch takes it. Roles that are missing
// are created. Where one fails it ends there and says so.
std::optional<ScriptFailure> run_scripts(std::span<const Script> scripts, const std::string& conninfo);

struct ReplayComparison {
  std::size_t facts = 0;                       // that were compared: those of the server
  bool is_complete = false;                    // the replay is sure that there is nothing else
  std::vector<CatalogDifference> differences;  // first: the replay, second: the server
};

// Replays the scripts and compares with a database, read as `pglatch snapshot` does. The tables of migration tools are
// left out, which no script makes. Throws std::runtime_error where the database cannot be read.
ReplayComparison compare_replay(std::span<const Script> scripts, const WalkOptions& options,
                                const std::string& conninfo);

}  // namespace pglatch::testing
