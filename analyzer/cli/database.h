// The database that migrations will meet, as a snapshot or a live server tells: --snapshot and --db.
#pragma once

#include <boost/program_options.hpp>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "analyzer/base/result.h"
#include "analyzer/catalog/catalog.h"
#include "analyzer/catalog/snapshot.h"
#include "analyzer/source/script.h"

namespace pglatch {

/// Where the database is known from. At most one of the two.
struct DatabaseOptions {
  std::string snapshot;           ///< a file
  std::optional<std::string> db;  ///< a connection string or URI; empty: what the PG… variables say

  [[nodiscard]] bool given() const noexcept { return !snapshot.empty() || db.has_value(); }
};

[[nodiscard]] boost::program_options::options_description database_options(DatabaseOptions& options);
/// --db alone, for a command that writes snapshots.
void add_db_option(boost::program_options::options_description& table, DatabaseOptions& options);
/// --snapshot alone.
void add_snapshot_option(boost::program_options::options_description& table, DatabaseOptions& options);

struct KnownDatabase {
  std::string name;  ///< for messages: "catalog.json", "the database app"
  Snapshot snapshot;
  Catalog catalog;            ///< all that the snapshot holds
  std::vector<Error> unread;  ///< what of it this program cannot read: the catalog is not complete then
};

/// Reads the snapshot or the server; null where the options name neither. Fails where it cannot be read, with the place
/// of what is wrong in a file, and never shows a password.
[[nodiscard]] Result<std::shared_ptr<const KnownDatabase>> read_database(const DatabaseOptions& options);

/// The same of a document: `name` is its file, for messages.
[[nodiscard]] Result<std::shared_ptr<const KnownDatabase>> load_document(const std::string& name, std::string json);

/// The statements that make the database's schema, for a server to run: without what extensions bring.
[[nodiscard]] Script schema_script(const KnownDatabase& database);

}  // namespace pglatch
