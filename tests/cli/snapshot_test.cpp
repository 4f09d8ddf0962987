// What the commands make of a snapshot: it is all that is there, with sizes and the server's version.
#include <gmock/gmock.h>

#include "tests/support/process.h"
#include "tests/support/server.h"
#include "tests/support/temp_dir.h"

namespace pglatch::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

constexpr const char* kSnapshot = R"json({
"version": 1,
"server": {"version": "17.2", "major": 17},
"database": "shop",
"taken_at": "2026-01-02T03:04:05Z",
"stats_seconds": 7200,
"settings": {"lock_timeout": "3000", "search_path": "public"},
"schemas": ["public"],
"tables": [
  {"schema": "public", "name": "orders", "rows": 50000000, "bytes": 8000000000, "rows_written": 480, "columns": [
      {"name": "id", "type": "bigint", "not_null": true},
      {"name": "note", "type": "text"}], "constraints": [
      {"name": "orders_pkey", "kind": "PRIMARY KEY", "definition": "PRIMARY KEY (id)"}]},
  {"schema": "public", "name": "colours", "rows": 12, "bytes": 8192, "columns": [
      {"name": "name", "type": "text"}]},
  {"schema": "public", "name": "spatial_ref_sys", "extension": "postgis", "columns": []},
  {"schema": "public", "name": "schema_migrations", "rows": 3, "bytes": 8192, "columns": [
      {"name": "version", "type": "text"}]}],
"indexes": [
  {"schema": "public", "name": "orders_pkey", "table": "public.orders", "definition": "CREATE UNIQUE INDEX orders_pkey ON public.orders USING btree (id)", "constraint": "orders_pkey"}]
}
)json";

class SnapshotCommandTest : public ::testing::Test {
 protected:
  SnapshotCommandTest() : snapshot_(directory_.write("catalog.json", kSnapshot).string()) {}

  ProcessResult run(const std::string& command, const std::string& sql, std::vector<std::string> options = {}) {
    const std::string migration = directory_.write("m/1.sql", sql).string();
    std::vector<std::string> arguments{command, "--isolated", "--snapshot", snapshot_};
    arguments.insert(arguments.end(), options.begin(), options.end());
    arguments.push_back(migration);
    return run_pglatch(std::move(arguments));
  }

  ProcessResult run_on(const std::string& json) {
    snapshot_ = directory_.write("broken.json", json).string();
    return run("lint", "SELECT 1;");
  }

  TempDir directory_;
  std::string snapshot_;
};

TEST_F(SnapshotCommandTest, SizesDecideHowGraveAFindingIs) {
  const ProcessResult big = run("lint", "CREATE INDEX i ON orders (note);");
  EXPECT_EQ(big.exit_code, 1) << big.err;
  EXPECT_THAT(big.out, AllOf(HasSubstr("error"), Not(HasSubstr("is small"))));
  const ProcessResult small = run("lint", "CREATE INDEX i ON colours (name);", {"--format", "json"});
  EXPECT_THAT(small.out, HasSubstr("public.colours is small (12 rows, 8 kB by " + snapshot_ + ")"));
}

TEST_F(SnapshotCommandTest, WhatItDoesNotHoldDoesNotExist) {
  EXPECT_THAT(run("locks", "DROP TABLE nowhere;", {"--format", "json"}).out, HasSubstr("does not exist"));
  EXPECT_THAT(run("locks", "ALTER TABLE orders DROP COLUMN missing;", {"--format", "json"}).out,
              HasSubstr("column \\\"missing\\\" of relation \\\"orders\\\" does not exist"));
}

TEST_F(SnapshotCommandTest, ItsServerIsTheOneThatIsLintedFor) {
  EXPECT_THAT(run("locks", "SELECT 1;", {"--format", "json"}).out, HasSubstr("\"pg_version\": 17"));
  EXPECT_THAT(run("locks", "SELECT 1;", {"--format", "json", "--pg-version", "14"}).out,
              HasSubstr("\"pg_version\": 14"));
}

TEST_F(SnapshotCommandTest, SessionsBeginWithItsSettings) {
  EXPECT_THAT(run("locks", "TRUNCATE colours;", {"--format", "json"}).out, HasSubstr("\"lock_timeout_ms\": 3000"));
}

TEST_F(SnapshotCommandTest, APlanKnowsSizesAndWrites) {
  const ProcessResult plan = run("plan", "CREATE INDEX i ON orders (note);");
  EXPECT_EQ(plan.exit_code, 0) << plan.err;
  EXPECT_THAT(plan.out, HasSubstr("50,000,000 rows, 7.451 GB, 240 rows written an hour"));
}

TEST_F(SnapshotCommandTest, IsWhatAProofBeginsWith) {
  const std::string bin = Server::bin_directory(Server::available_majors().back()).string();
  const ProcessResult proof =
      run("verify", "CREATE INDEX i ON orders (note);", {"--server-bin", bin, "--rows", "20", "--max-stall", "20000"});
  EXPECT_EQ(proof.exit_code, 0) << proof.out << proof.err;
  EXPECT_THAT(proof.out, HasSubstr("public.orders: 20"));
}

TEST_F(SnapshotCommandTest, HistoryIsInItAlready) {
  directory_.write("all/001_make.sql", "CREATE TABLE orders (id bigint PRIMARY KEY, note text);");
  const std::string folder = (directory_.path() / "all").string();
  directory_.write("all/002_index.sql", "CREATE INDEX i ON orders (note);");
  const ProcessResult result = run_pglatch(
      {"lint", "--isolated", "--snapshot", snapshot_, "--applied-until", "001", "--format", "json", folder});
  EXPECT_EQ(result.exit_code, 1) << result.err;
  EXPECT_THAT(result.out, AllOf(HasSubstr("002_index.sql"), HasSubstr("create-index-non-concurrent")));
  EXPECT_THAT(
      run_pglatch({"lint", "--isolated", "--snapshot", snapshot_, "--applied-until", "001", "--show-files", folder})
          .out,
      HasSubstr("it is in " + snapshot_));
}

TEST_F(SnapshotCommandTest, TellsWhereHistoryAndDatabaseDiffer) {
  const auto diff = [&](const std::string& sql) { return run("snapshot", sql, {"--diff"}); };
  const ProcessResult same =
      diff("CREATE TABLE orders (id bigint PRIMARY KEY, note text); CREATE TABLE colours (name text);");
  EXPECT_EQ(same.exit_code, 0) << same.out;
  EXPECT_THAT(same.out, IsEmpty());
  EXPECT_THAT(same.err, StartsWith("0 differences between the history (1 script) and "));
  const ProcessResult different =
      diff("CREATE TABLE orders (id int PRIMARY KEY, note text); CREATE TABLE extra (name text);");
  EXPECT_EQ(different.exit_code, 1);
  EXPECT_EQ(different.out,
            "column public.orders.id: type is integer in the history, bigint in the database\n"
            "table public.colours is in the database only, not in the history\n"
            "table public.extra is in the history only, not in the database\n");
  EXPECT_THAT(different.err, HasSubstr("(PostgreSQL 17.2, 2026-01-02T03:04:05Z)"));
  EXPECT_THAT(diff("DO $$ BEGIN EXECUTE 'CREATE TABLE ' || current_user; END $$;").err,
              HasSubstr("statements that pglatch cannot follow"));
}

TEST_F(SnapshotCommandTest, DriftIsThatOfWhatWasApplied) {
  directory_.write("all/001_make.sql",
                   "CREATE TABLE orders (id bigint PRIMARY KEY, note text); CREATE TABLE colours (name text);");
  directory_.write("all/002_more.sql", "ALTER TABLE orders ADD COLUMN more text;");
  const std::string folder = (directory_.path() / "all").string();
  EXPECT_EQ(run_pglatch({"snapshot", "--diff", "--isolated", "--snapshot", snapshot_, folder}).exit_code, 1);
  const ProcessResult applied =
      run_pglatch({"snapshot", "--diff", "--isolated", "--snapshot", snapshot_, "--applied-until", "001", folder});
  EXPECT_EQ(applied.exit_code, 0) << applied.out << applied.err;
}

TEST_F(SnapshotCommandTest, TheConfigurationCanNameIt) {
  directory_.write("pglatch.toml", "snapshot = \"catalog.json\"\n[migrations]\napplied-until = \"001\"\n");
  directory_.write("m/001_make.sql",
                   "CREATE TABLE orders (id bigint PRIMARY KEY, note text); CREATE TABLE colours (name text);");
  directory_.write("m/002_index.sql", "CREATE INDEX i ON colours (name); DROP TABLE nowhere;");
  ProcessOptions here;
  here.directory = directory_.path();
  const ProcessResult lint = run_pglatch({"lint", "--format", "concise", "m"}, here);
  EXPECT_THAT(lint.out, AllOf(HasSubstr("public.colours is small (12 rows, 8 kB by catalog.json)"),
                              HasSubstr("table \"nowhere\" does not exist"), Not(HasSubstr("001_make.sql"))));
  EXPECT_THAT(run_pglatch({"lint", "--show-config", "m"}, here).out,
              HasSubstr("snapshot = \"catalog.json\"               # pglatch.toml:1\n"));
  EXPECT_THAT(run_pglatch({"locks", "--format", "json", "m"}, here).out, HasSubstr("\"pg_version\": 17"));
  // What was applied, and no more, is what the database should have.
  const ProcessResult drift = run_pglatch({"snapshot", "--diff", "m"}, here);
  EXPECT_EQ(drift.exit_code, 0) << drift.out << drift.err;
  EXPECT_THAT(drift.err, HasSubstr("the history (1 script) and catalog.json"));
  // The command line goes before it.
  directory_.write("s.sql", "CREATE TABLE nowhere (a int);");
  EXPECT_THAT(run_pglatch({"lint", "--schema", "s.sql", "--schema-complete", "m"}, here).out,
              Not(HasSubstr("nowhere\" does not exist")));
  directory_.write("other.json", "{");
  EXPECT_THAT(run_pglatch({"lint", "--snapshot", "other.json", "m"}, here).err, HasSubstr("other.json:1:2"));
  directory_.write("catalog.json", "{");
  EXPECT_THAT(run_pglatch({"lint", "m"}, here).err, HasSubstr("(from snapshot in pglatch.toml:1)"));
  EXPECT_THAT(run_pglatch({"lint", "--config", "no.toml", "m"}, here).err, HasSubstr("no.toml"));
}

TEST_F(SnapshotCommandTest, SaysWhereADocumentIsWrong) {
  const ProcessResult broken = run_on("{\n  \"version\": 1,\n  \"server\": 7,\n}");
  EXPECT_EQ(broken.exit_code, 2);
  EXPECT_THAT(broken.err, HasSubstr("broken.json:4:1: this is no JSON"));
  const ProcessResult wrong = run_on("{\"version\": 1,\n \"server\": {\"version\": \"17.2\",\n  \"major\": \"17\"}}");
  EXPECT_EQ(wrong.exit_code, 2);
  EXPECT_THAT(wrong.err, AllOf(HasSubstr("broken.json:3:12: \"major\" has to be an integer, not a string"),
                               HasSubstr("\"major\": \"17\"}}\n"), HasSubstr("^")));
  EXPECT_THAT(run_on("{\"version\": 99}").err, HasSubstr("use a newer pglatch"));
  EXPECT_THAT(run_on("\xff\xfe").err, HasSubstr("UTF-16"));
  EXPECT_THAT(run_on("").err, HasSubstr("broken.json:1:1: this is no JSON"));
  EXPECT_EQ(run_on(std::string(100'000, '[')).exit_code, 2);
  snapshot_ = directory_.path().string();
  EXPECT_THAT(run("lint", "SELECT 1;").err, HasSubstr("directory"));
  snapshot_ = "/no/such/file.json";
  EXPECT_THAT(run("lint", "SELECT 1;").err, HasSubstr("/no/such/file.json"));
}

TEST_F(SnapshotCommandTest, RefusesOptionsThatContradict) {
  const auto refused = [&](const std::string& command, const std::vector<std::string>& options, const char* words) {
    const ProcessResult result = run(command, "SELECT 1;", options);
    EXPECT_EQ(result.exit_code, 2);
    EXPECT_THAT(result.err, HasSubstr(words));
  };
  refused("lint", {"--db", "host=nowhere"}, "the database is known from one of them");
  refused("lint", {"--schema", snapshot_}, "these tell of all that is there already");
  refused("snapshot", {}, "paths and --snapshot go with --diff");
  refused("snapshot", {"--diff", "--output", "x"}, "--diff writes to standard output");
  const ProcessResult sample = run_pglatch({"snapshot", "--sample", "-1"});
  EXPECT_EQ(sample.exit_code, 2);
  EXPECT_THAT(sample.err, HasSubstr("it takes seconds"));
}

TEST(SnapshotConnection, ErrorsNeverShowThePassword) {
  const std::vector<std::string> urls{"postgresql://al:s3cret@[::1/shop",
                                      "postgresql://al:s3cret@localhost:port/shop",
                                      "postgresql://al:%zzs3cret@localhost/shop",
                                      "host=localhost password=my s3cret",
                                      "postgresql://al:p@s3cret@localhost/shop",
                                      "postgresql://al:s3cret/x@localhost/shop",
                                      "s3cret",
                                      "postgresql://al:s3cret@localhost:1/shop",
                                      "host=/nowhere dbname=shop password=s3cret",
                                      "postgresql://al:s3cret@localhost/shop?x=s3cret"};
  for (const std::string& url : urls) {
    for (const char* command : {"lint", "snapshot"}) {
      std::vector<std::string> arguments{command, "--db", url};
      if (std::string(command) == "lint") arguments.emplace_back("-");
      const ProcessResult result = run_pglatch(arguments);
      EXPECT_EQ(result.exit_code, 2) << url;
      EXPECT_THAT(result.err, AllOf(StartsWith("pglatch: "), Not(HasSubstr("s3cret")))) << url;
      EXPECT_THAT(result.out, IsEmpty());
    }
  }
}

}  // namespace
}  // namespace pglatch::testing
