// A snapshot of a real server, loaded, is the catalog that a replay of the same statements makes; and its statements
// make the same database again.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>
#include <variant>

#include "analyzer/catalog/catalog_diff.h"
#include "analyzer/catalog/snapshot.h"
#include "analyzer/server/snapshot_reader.h"
#include "tests/support/golden.h"
#include "tests/support/json_schema.h"
#include "tests/support/server.h"
#include "tests/unit/catalog/replay.h"

namespace pglatch::testing {
namespace {

using ::testing::IsEmpty;

struct Case {
  const char* name;
  const char* sql;
  int from_major = 0;
};

const Case kCases[] = {
#include "tests/unit/catalog/server_cases.inc"
};

std::string live_document(const std::string& conninfo) {
  auto text = read_live_snapshot(conninfo);
  if (!text) throw std::runtime_error(text.error().message);
  return std::move(*text);
}

Snapshot snapshot_of(const std::string& document) {
  auto snapshot = read_snapshot(document);
  if (const auto* error = std::get_if<SnapshotError>(&snapshot)) throw std::runtime_error(error->message);
  return std::get<Snapshot>(std::move(snapshot));
}

Catalog catalog_of(const Snapshot& snapshot) {
  Catalog catalog;
  for (const SnapshotError& unread : load_snapshot(snapshot, catalog)) ADD_FAILURE() << unread.message;
  return catalog;
}

std::vector<std::string> differences(const Catalog& first, const Catalog& second) {
  std::vector<std::string> words;
  for (const CatalogDifference& difference : compare_catalogs(first, second)) {
    words.push_back(in_words(difference, "in the first", "in the second"));
  }
  return words;
}

// Statement by statement, as autocommit does.
void run_each(Connection& connection, const std::string& sql) {
  const ParsedScript script = parse(sql);
  for (const Statement& statement : script.statements) connection.exec(std::string(statement.range.of(sql)));
}

TEST(SnapshotServerTest, HoldsEverything) {
  const std::string sql = read_file(fixture_path("snapshot/everything.sql"));
  const JsonSchema schema("snapshot");
  EXPECT_EQ(schema.undescribed(), "");
  for (const int major : oldest_and_newest(Server::available_majors())) {
    SCOPED_TRACE(major);
    Database database = Server::shared(major).scratch();
    Connection connection = database.connect();
    run_each(connection, sql);
    // Two rows have the same id: it fails, and leaves an index that is not valid.
    EXPECT_THROW(connection.exec("CREATE UNIQUE INDEX CONCURRENTLY notes_id ON app.notes (id)"), SqlException);

    const std::string document = live_document(database.conninfo());
    EXPECT_EQ(schema.violation(document), "");
    const Snapshot snapshot = snapshot_of(document);
    EXPECT_EQ(snapshot.major, major);
    EXPECT_EQ(snapshot.database, database.name());
    const Catalog loaded = catalog_of(snapshot);
    EXPECT_TRUE(loaded.complete);
    const Replay replay(sql + "CREATE UNIQUE INDEX notes_id ON app.notes (id);", ExecutionMode::autocommit);
    EXPECT_THAT(differences(replay.catalog, loaded),
                ::testing::ElementsAre("index app.notes_id: validity is valid in the first, INVALID in the second"));

    Database copy = Server::shared(major).scratch();
    Connection to_copy = copy.connect();
    for (const SnapshotStatement& statement : snapshot_statements(snapshot)) to_copy.exec(statement.sql);
    EXPECT_THROW(to_copy.exec("INSERT INTO app.notes VALUES (1), (1)"), SqlException) << "the index is valid there";
    EXPECT_THAT(differences(loaded, catalog_of(snapshot_of(live_document(copy.conninfo())))),
                ::testing::ElementsAre("index app.notes_id: validity is INVALID in the first, valid in the second"));
  }
}

// On one server: what replays make is compared with all of them elsewhere.
TEST(SnapshotServerTest, IsTheReplayedCatalog) {
  const int major = Server::available_majors().back();
  Database database = Server::shared(major).scratch();
  Connection connection = database.connect();
  for (const Case& one : kCases) {
    if (major < one.from_major) continue;
    SCOPED_TRACE(one.name);
    connection.exec(
        "RESET ALL; DO $$ DECLARE name text; BEGIN"
        "  FOR name IN SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema' "
        "LOOP"
        "    EXECUTE format('DROP SCHEMA %I CASCADE', name);"
        "  END LOOP; CREATE SCHEMA public; END $$");
    run_each(connection, one.sql);
    const Catalog loaded = catalog_of(snapshot_of(read_live_snapshot(connection)));
    const Replay replay(one.sql, ExecutionMode::autocommit);
    EXPECT_THAT(differences(replay.catalog, loaded), IsEmpty());
    // The same in the words of another test, which has them from the server; a snapshot's types have their schemas.
    connection.exec("SET search_path = ''");
    std::vector<std::string> lines;
    for (const Row& row : connection.query(describe_query())) lines.push_back(row.front().value_or("(null)"));
    std::sort(lines.begin(), lines.end());
    const std::vector<std::string> described = describe(loaded);
    std::vector<std::string> only_in_one;
    std::set_symmetric_difference(lines.begin(), lines.end(), described.begin(), described.end(),
                                  std::back_inserter(only_in_one));
    EXPECT_THAT(only_in_one, IsEmpty());
  }
}

}  // namespace
}  // namespace pglatch::testing
