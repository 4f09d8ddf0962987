#include "analyzer/cli/database.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <variant>

#include "analyzer/report/source_excerpt.h"
#include "analyzer/report/terminal_text.h"
#include "analyzer/server/snapshot_reader.h"
#include "analyzer/source/source_file.h"

namespace pglatch {
namespace po = boost::program_options;
namespace {

// "catalog.json:12:34: why", and the line with a mark below.
Error described(const SourceFile& file, const SnapshotError& error) {
  const std::size_t size = file.text().size();
  const std::uint32_t start = std::min(error.offset, static_cast<std::uint32_t>(size));
  const ByteRange where{start, std::min(start + 1, static_cast<std::uint32_t>(size))};
  const Position at = file.lines().position(start, ColumnUnit::code_points);
  std::string text = fmt::format("{}:{}:{}: {}\n", printable(file.path()), at.line, at.column, error.message);
  append_excerpt(text, file, where, {number_width(file, where), '^', Style::plain}, Painter(false));
  text.pop_back();
  return {std::move(text)};
}

Result<std::shared_ptr<const KnownDatabase>> load(const SourceFile& file, std::string name) {
  auto snapshot = read_snapshot(file.text());
  if (const auto* error = std::get_if<SnapshotError>(&snapshot)) return described(file, *error);
  auto database = std::make_shared<KnownDatabase>();
  database->snapshot = std::get<Snapshot>(std::move(snapshot));
  database->name = name.empty() ? fmt::format("the database {}", database->snapshot.database) : std::move(name);
  for (const SnapshotError& unread : load_snapshot(database->snapshot, database->catalog)) {
    database->unread.push_back(described(file, unread));
  }
  return std::shared_ptr<const KnownDatabase>(std::move(database));
}

}  // namespace

void add_db_option(po::options_description& table, DatabaseOptions& options) {
  table.add_options()  //
      ("db", po::value<std::string>()->value_name("URL")->notifier([&](const std::string& url) { options.db = url; }),
       "a live database: a URI, a connection string or \"\" for what the PG… variables say; its catalogs are read in "
       "one short read-only transaction. A password is better kept in PGPASSWORD or ~/.pgpass");
}

void add_snapshot_option(po::options_description& table, DatabaseOptions& options) {
  table.add_options()  //
      ("snapshot", po::value(&options.snapshot)->value_name("FILE"),
       "what `pglatch snapshot` wrote of a live database: all that is there, with sizes");
}

po::options_description database_options(DatabaseOptions& options) {
  po::options_description table("Database");
  add_snapshot_option(table, options);
  add_db_option(table, options);
  return table;
}

Result<std::shared_ptr<const KnownDatabase>> load_document(const std::string& name, std::string json) {
  const auto file = make_source_file(name, std::move(json));
  if (!file) return file.error();
  return load(**file, name);
}

Result<std::shared_ptr<const KnownDatabase>> read_database(const DatabaseOptions& options) {
  if (!options.given()) return std::shared_ptr<const KnownDatabase>();
  if (!options.snapshot.empty() && options.db) {
    return Error{"--snapshot and --db: the database is known from one of them"};
  }
  if (!options.db) {
    const auto file = read_source_file(options.snapshot);
    if (!file) return file.error();
    return load(**file, options.snapshot);
  }
  auto text = read_live_snapshot(*options.db);
  if (!text) return text.error();
  const auto file = make_source_file("catalogs", std::move(*text));
  if (!file) return file.error();
  return load(**file, {});
}

Script schema_script(const KnownDatabase& database) {
  // A function can stand before what its body names.
  std::string sql = "SET check_function_bodies = off;\n";
  for (const SnapshotStatement& statement : snapshot_statements(database.snapshot)) {
    if (!statement.by_extension) sql += statement.sql + ";\n";
  }
  Script script;
  script.file = std::make_shared<const SourceFile>(database.name, std::move(sql));
  script.mode = ExecutionMode::autocommit;
  return script;
}

}  // namespace pglatch
