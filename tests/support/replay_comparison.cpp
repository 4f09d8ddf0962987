#include "tests/support/replay_comparison.h"

#include <fmt/format.h>

#include <memory>
#include <stdexcept>
#include <variant>

#include "analyzer/catalog/snapshot.h"
#include "analyzer/engine/walker.h"
#include "analyzer/server/connection.h"
#include "analyzer/server/snapshot_reader.h"

namespace pglatch::testing {
namespace {

// What a snapshot of the database says, read back from its document.
Catalog live_catalog(const std::string& conninfo) {
  Connection connection(conninfo);
  auto snapshot = read_snapshot(read_live_snapshot(connection));
  if (const auto* error = std::get_if<SnapshotError>(&snapshot)) {
    throw std::runtime_error(fmt::format("the snapshot is none: {} (byte {})", error->message, error->offset));
  }
  Catalog catalog;
  const auto errors = load_snapshot(std::get<Snapshot>(snapshot), catalog);
  if (!errors.empty()) throw std::runtime_error("an object of the snapshot cannot be read: " + errors.front().message);
  return catalog;
}

}  // namespace

std::vector<Script> ways_up(const Input& input) {
  std::vector<Script> scripts = input.schema;
  for (const Script& script : input.scripts) {
    if (script.direction == Direction::up) scripts.push_back(script);
  }
  return scripts;
}

std::optional<ScriptFailure> run_scripts(std::span<const Script> scripts, const std::string& conninfo) {
  RunScriptOptions options;
  options.create_roles = true;
  std::unique_ptr<Connection> connection;
  for (const Script& script : scripts) {
    if (!script.continues || connection == nullptr) {
      connection = std::make_unique<Connection>(conninfo);
      connection->exec("SET client_min_messages = error");
    }
    if (auto failure = run_script(*connection, script, options)) return failure;
  }
  return std::nullopt;
}

ReplayComparison compare_replay(std::span<const Script> scripts, const WalkOptions& options,
                                const std::string& conninfo) {
  WalkOptions from_nothing = options;
  from_nothing.schema_complete = true;
  Walker walker(from_nothing);
  walker.replay(scripts, Origin::history);
  const Catalog live = live_catalog(conninfo);
  ReplayComparison result;
  result.facts = facts_of(live, is_bookkeeping).size();
  result.is_complete = walker.catalog().complete;
  result.differences = compare_catalogs(walker.catalog(), live, is_bookkeeping);
  return result;
}

}  // namespace pglatch::testing
