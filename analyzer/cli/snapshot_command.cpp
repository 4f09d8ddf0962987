#include <fmt/ostream.h>

#include <chrono>
#include <cstdint>
#include <ostream>
#include <utility>

#include "analyzer/catalog/catalog_diff.h"
#include "analyzer/cli/command.h"
#include "analyzer/cli/database.h"
#include "analyzer/cli/input.h"
#include "analyzer/cli/options.h"
#include "analyzer/engine/walker.h"
#include "analyzer/server/snapshot_reader.h"

namespace pglatch {
namespace po = boost::program_options;
namespace {

int write_snapshot(const DatabaseOptions& options, std::chrono::seconds sample, const std::string& output,
                   Streams& streams) {
  const auto text = read_live_snapshot(options.db.value_or(""), sample);
  if (!text) {
    print_error(streams, text.error());
    return kFailed;
  }
  // What is written can be read again: who takes a snapshot is there to see what is wrong with it.
  const auto database = load_document(output.empty() ? "snapshot" : output, *text);
  if (!database) {
    print_error(streams, database.error());
    return kFailed;
  }
  for (const Error& unread : (*database)->unread) {
    print_error(streams,
                {fmt::format("pglatch does not understand this object, so it will know less:\n{}", unread.message)});
  }
  return write_output(*text, output, streams) ? kClean : kFailed;
}

std::string described(const KnownDatabase& database) {
  const Snapshot& snapshot = database.snapshot;
  std::string text = database.name;
  text += fmt::format(" (PostgreSQL {}", snapshot.server_version);
  if (!snapshot.taken_at.empty()) text += ", " + snapshot.taken_at;
  return text + ")";
}

// The scripts that the database should have run.
std::vector<Script> applied(const Input& input) {
  std::vector<Script> scripts;
  for (const Script& script : input.scripts) {
    if (script.direction != Direction::up) continue;
    if (script.is_history || input.configuration->applied_until(script.file->path()).value.empty()) {
      scripts.push_back(script);
    }
  }
  return scripts;
}

int show_drift(AnalysisOptions options, Streams& streams) {
  DatabaseOptions where = std::exchange(options.database, {});
  options.replays_all = true;
  auto input = read_input(options);
  if (!input) {
    print_error(streams, input.error());
    return kFailed;
  }
  if (!where.given()) where.snapshot = input->configuration->snapshot().value;
  if (!where.given()) where.db = "";
  const auto database = read_database(where);
  if (!database) {
    print_error(streams, database.error());
    return kFailed;
  }
  for (const Error& error : input->errors) print_error(streams, error);
  if (!input->errors.empty()) return kFailed;

  input->walk.schema_complete = true;
  Walker walker(input->walk);
  walker.replay(input->schema, Origin::schema);
  const std::vector<Script> scripts = applied(*input);
  walker.replay(scripts, Origin::history);
  const auto brought = relations_of_extensions((*database)->snapshot);
  const auto differences =
      compare_catalogs(walker.catalog(), (*database)->catalog, [&](std::string_view schema, std::string_view name) {
        return is_bookkeeping(schema, name) || brought.count({std::string(schema), std::string(name)}) > 0;
      });
  for (const CatalogDifference& difference : differences) {
    fmt::print(streams.out, "{}\n", in_words(difference, "in the history", "in the database"));
  }
  if (!walker.catalog().complete) {
    fmt::print(streams.err,
               "The history has statements that pglatch cannot follow (they do not parse, or are put together as they "
               "run): what these do shows as a difference.\n");
  }
  fmt::print(streams.err, "{} {} between the history ({} {}) and {}\n", differences.size(),
             differences.size() == 1 ? "difference" : "differences", scripts.size(),
             scripts.size() == 1 ? "script" : "scripts", described(**database));
  return differences.empty() ? kClean : kFindings;
}

}  // namespace

int run_snapshot(const std::vector<std::string>& arguments, Streams& streams) {
  AnalysisOptions options;
  std::string output;
  std::int64_t sample = 0;
  bool diff = false;
  po::options_description snapshot("Snapshot");
  add_db_option(snapshot, options.database);
  snapshot.add_options()("output,o", po::value(&output)->value_name("FILE"),
                         "where the snapshot goes; standard output if not given")(
      "sample", po::value(&sample)->value_name("SECONDS")->default_value(0),
      "count for so long what is written to each table; if not given, since the server's statistics were last reset");
  po::options_description drift("Drift");
  drift.add_options()("diff", po::bool_switch(&diff),
                      "replay the migrations of the paths, and tell where the database is different: that of --db or "
                      "--snapshot, else the snapshot of the configuration, else what the PG… variables say");
  add_snapshot_option(drift, options.database);
  po::options_description table;
  table.add(snapshot).add(drift).add(input_options(options)).add(change_options(options.changes));
  if (const auto status = parse_command_line("snapshot", table, arguments, options.paths, streams)) return *status;

  if (!diff && (!options.paths.empty() || !options.database.snapshot.empty())) {
    print_error(streams, {"a snapshot is taken of a database: paths and --snapshot go with --diff"});
    return kFailed;
  }
  constexpr std::int64_t kDay = 24 * 60 * 60;
  if (sample < 0 || sample > kDay) {
    print_error(streams, {fmt::format("--sample {}: it takes seconds, a day at most", sample)});
    return kFailed;
  }
  if (diff && !output.empty()) {
    print_error(streams, {"--output is for a snapshot; --diff writes to standard output"});
    return kFailed;
  }
  return diff ? show_drift(std::move(options), streams)
              : write_snapshot(options.database, std::chrono::seconds(sample), output, streams);
}

}  // namespace pglatch
