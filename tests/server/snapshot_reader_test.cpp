// Reading live catalogs: who may, what stands in the way, and that nothing is left behind.
#include "analyzer/server/snapshot_reader.h"

#include <gmock/gmock.h>

#include "analyzer/catalog/snapshot.h"
#include "tests/support/process.h"
#include "tests/support/server.h"
#include "tests/support/temp_dir.h"

namespace pglatch::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

Server& newest() { return Server::shared(Server::available_majors().back()); }

std::string failure(const std::string& url) {
  const auto text = read_live_snapshot(url);
  return text ? "none" : text.error().message;
}

TEST(SnapshotReaderTest, NeedsNoPrivilegeAndChangesNothing) {
  Database database = newest().scratch();
  Connection connection = database.connect();
  connection.exec(
      "CREATE TABLE secret (id int); CREATE ROLE pglatch_reader LOGIN; ALTER ROLE pglatch_reader SET lock_timeout = "
      "'4s'");
  const std::string before = connection.value("SELECT txid_current()");
  const std::string conninfo = database.conninfo() + " user=pglatch_reader";
  const auto text = read_live_snapshot(conninfo);
  ASSERT_TRUE(text) << text.error().message;
  EXPECT_THAT(*text, AllOf(HasSubstr("\"name\": \"secret\""), HasSubstr("\"lock_timeout\": \"4000\"")));
  EXPECT_EQ(std::stoll(connection.value("SELECT txid_current()")), std::stoll(before) + 1) << "it wrote";
  connection.exec("REVOKE CONNECT ON DATABASE " + database.name() + " FROM public");
  EXPECT_THAT(failure(conninfo), AllOf(StartsWith("no connection to the database: "), HasSubstr("permission denied")));
  connection.exec("DROP ROLE pglatch_reader");
}

TEST(SnapshotReaderTest, SaysWhatIsInTheWay) {
  Database database = newest().scratch();
  Connection connection = database.connect();
  connection.exec("CREATE TABLE t (id int)");
  connection.exec("BEGIN; LOCK TABLE t IN ACCESS EXCLUSIVE MODE");
  EXPECT_THAT(failure(database.conninfo()), HasSubstr("somebody holds an exclusive lock on it"));
  connection.exec("ROLLBACK");
  EXPECT_EQ(failure(database.conninfo()), "none");
  EXPECT_THAT(failure("host=/no/such/place dbname=x"), StartsWith("no connection to the database: "));
}

TEST(SnapshotReaderTest, DoesNotShowAWrongPassword) {
  Server server(Server::available_majors().back());
  Connection connection = server.connect();
  connection.exec("CREATE ROLE al LOGIN PASSWORD 'right'");
  connection.exec("COPY (SELECT 'local all al scram-sha-256' UNION ALL SELECT 'local all all trust') TO '" +
                  connection.value("SHOW hba_file") + "'");
  connection.exec("SELECT pg_reload_conf()");
  const std::string conninfo = server.conninfo() + " user=al";
  std::string words;
  for (int attempt = 0; attempt < 100 && words.find("password") == std::string::npos; ++attempt) {
    words = failure(conninfo + " password=s3cret");  // until the server has read its file again
  }
  EXPECT_THAT(words, AllOf(HasSubstr("password authentication failed for user \"al\""), Not(HasSubstr("s3cret"))));
  const auto text = read_live_snapshot(conninfo + " password=right");
  ASSERT_TRUE(text) << text.error().message;
  EXPECT_THAT(*text, Not(HasSubstr("right\"")));
}

TEST(SnapshotReaderTest, CountsWhatIsWrittenInASample) {
  Database database = newest().scratch();
  Connection connection = database.connect();
  connection.exec("CREATE TABLE t (id int); INSERT INTO t SELECT generate_series(1, 1000)");
  connection.exec("SELECT pg_stat_force_next_flush(); ANALYZE t");
  const auto document = read_live_snapshot(database.conninfo(), std::chrono::seconds(1));
  ASSERT_TRUE(document) << document.error().message;
  const auto snapshot = read_snapshot(*document);
  const auto& read = std::get<Snapshot>(snapshot);
  EXPECT_EQ(read.stats_seconds, 1U);
  ASSERT_EQ(read.tables.size(), 1U);
  EXPECT_EQ(read.tables[0].numbers.rows_written, 0U) << "those were before";
  EXPECT_EQ(read.tables[0].numbers.rows, 1000U);
}

TEST(SnapshotReaderTest, CommandsReadALiveDatabase) {
  Database database = newest().scratch();
  Connection connection = database.connect();
  connection.exec("CREATE TABLE orders (id bigint PRIMARY KEY, note text)");
  TempDir directory;
  const std::string migration = directory.write("1.sql", "CREATE INDEX i ON orders (note);").string();
  const std::string catalog = (directory.path() / "catalog.json").string();
  const ProcessResult taken = run_pglatch({"snapshot", "--db", database.conninfo(), "--output", catalog});
  EXPECT_EQ(taken.exit_code, 0) << taken.err;
  const ProcessResult by_file =
      run_pglatch({"lint", "--isolated", "--snapshot", catalog, "--format", "json", migration});
  const ProcessResult live =
      run_pglatch({"lint", "--isolated", "--db", database.conninfo(), "--format", "json", migration});
  EXPECT_THAT(live.out, HasSubstr("is small (8 kB by the database " + database.name() + ")"));
  EXPECT_EQ(live.exit_code, by_file.exit_code) << live.err << by_file.err;
  // What the connection is to the PG… variables.
  ProcessOptions options;
  options.environment = {{"PGHOST", connection.value("SHOW unix_socket_directories")},
                         {"PGUSER", "postgres"},
                         {"PGDATABASE", database.name()}};
  const ProcessResult drift = run_pglatch(
      {"snapshot", "--diff", "--isolated",
       directory.write("2.sql", "CREATE TABLE orders (id bigint PRIMARY KEY, note text NOT NULL);").string()},
      options);
  EXPECT_EQ(drift.exit_code, 1) << drift.err;
  EXPECT_EQ(drift.out, "column public.orders.note: nullability is NOT NULL in the history, NULL in the database\n");
}

}  // namespace
}  // namespace pglatch::testing
