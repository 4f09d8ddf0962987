// Changes of many rows in batches, run by psql on real servers: every row is met once, whatever its key's type, and an
// interruption, a lock or a failure costs no more than a range.
#include <gmock/gmock.h>

#include <chrono>
#include <thread>

#include "analyzer/plan/writers.h"
#include "tests/plans/server_plan.h"

namespace pglatch::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class BatchServerTest : public PlanServerTest {
 protected:
  // As few rows as that in a range, so that there are many.
  void plan_in_ranges(const std::string& migration, int rows, int pause_ms = 0) {
    plan(migration);
    ASSERT_THAT(plan_.not_rewritten, IsEmpty()) << plan_.not_rewritten.front().reason;
    for (Phase& phase : plan_.phases) {
      for (Step& step : phase.steps) {
        step.batch.rows = rows;
        step.batch.pause_ms = pause_ms;
      }
    }
    script_ = write_plan_sql(plan_);
  }

  std::string value(const std::string& query) { return connection_.value(query); }

  void wait_for(const std::string& query) {
    for (int i = 0; i < 2000 && value(query) != "t"; ++i) std::this_thread::sleep_for(std::chrono::milliseconds(10));
    ASSERT_EQ(value(query), "t") << query;
  }

  // A table of that key, "n" counts how often a row was met.
  void visits_each_row_once(const std::string& columns, const std::string& key, const std::string& values) {
    create("CREATE TABLE t (" + columns + ", n int NOT NULL DEFAULT 0, PRIMARY KEY (" + key + "))");
    connection_.exec("INSERT INTO t SELECT " + values + " FROM generate_series(1, 100) g");
    plan_in_ranges("UPDATE t SET n = n + 1", 7);
    run_well();
    EXPECT_EQ(value("SELECT string_agg(DISTINCT n::text, ',') FROM t"), "1") << columns;
    EXPECT_EQ(value("SELECT count(*) FROM t"), "100");
    run_well();
    EXPECT_EQ(value("SELECT max(n) FROM t"), "1") << "a second run";
  }
};

TEST_P(BatchServerTest, Uuids) { visits_each_row_once("a uuid", "a", "md5(g::text)::uuid"); }

TEST_P(BatchServerTest, Texts) {
  visits_each_row_once("a text COLLATE \"C\", b varchar(20)", "b, a", "'é\"\\' || g % 9, chr(40 + g)");
}

TEST_P(BatchServerTest, Numbers) {
  visits_each_row_once("a numeric, b double precision", "b, a",
                       "g / 3.0, CASE g WHEN 1 THEN 'NaN' WHEN 2 THEN "
                       "'-Infinity' ELSE 1 / (g % 7 + 0.1) END");
}

TEST_P(BatchServerTest, Times) {
  visits_each_row_once("a timestamptz, b date, c interval, d time", "a, b, c, d",
                       "CASE g WHEN 100 THEN 'infinity' ELSE timestamptz '2024-03-31 00:30 Europe/Berlin' + g % 11 * "
                       "interval '20.000001 min' END, date '0001-03-01' - g % 9, g % 5 * interval '1 mon', '0:00'");
}

TEST_P(BatchServerTest, OtherTypes) {
  visits_each_row_once("a bytea, b \"char\", c boolean, d inet, e char(3), f name", "a, b, c, d, e, f",
                       "decode(md5((g % 9)::text), 'hex'), chr(65 + g % 3)::\"char\", g % 2 = 0, "
                       "inet '10.0.0.0' + g, 'a', 'b'");
}

TEST_P(BatchServerTest, EnumsAndDomains) {
  connection_.exec("CREATE TYPE mood AS ENUM ('sad', 'ok'); CREATE DOMAIN small AS int CHECK (VALUE < 1000);");
  visits_each_row_once("\"A b\" mood, \"C\"\"d\" small", "\"A b\", \"C\"\"d\"",
                       "CASE WHEN g % 2 = 0 THEN mood 'sad' ELSE 'ok' END, g");
}

TEST_P(BatchServerTest, AnEmptyTableIsDoneAtOnce) {
  create("CREATE TABLE t (a int PRIMARY KEY, n int)");
  plan_in_ranges("DELETE FROM t", 5);
  run_well();
  EXPECT_EQ(value("SELECT count(*) FROM pglatch_progress WHERE done_at IS NOT NULL"), "1");
}

TEST_P(BatchServerTest, GoesOnWhereItWasKilled) {
  create("CREATE TABLE t (a int PRIMARY KEY, n int NOT NULL DEFAULT 0)");
  connection_.exec("INSERT INTO t SELECT g FROM generate_series(1, 500) g");
  plan_in_ranges("UPDATE t SET n = n + 1", 10, 100);
  std::future<ProcessResult> psql = std::async(std::launch::async, [&] { return run(); });
  const std::string reached = "SELECT coalesce((SELECT changed_rows > 30 FROM pglatch_progress), false)";
  wait_for("SELECT to_regclass('pglatch_progress') IS NOT NULL");
  wait_for(reached);
  connection_.exec(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'DO $pglatch%' AND datname = "
      "current_database() AND pid <> pg_backend_pid()");
  EXPECT_NE(psql.get().exit_code, 0);
  const std::string before = value("SELECT sum(n) FROM t");
  EXPECT_EQ(before, value("SELECT changed_rows FROM pglatch_progress"));
  EXPECT_LT(std::stoi(before), 500);
  run_well();
  EXPECT_EQ(value("SELECT min(n) = 1 AND max(n) = 1 FROM t"), "t");
  EXPECT_EQ(value("SELECT changed_rows FROM pglatch_progress"), "500");
}

TEST_P(BatchServerTest, ARowThatSomebodyHoldsIsTriedAgain) {
  create("CREATE TABLE t (a int PRIMARY KEY, n int NOT NULL DEFAULT 0)");
  connection_.exec("INSERT INTO t SELECT g FROM generate_series(1, 50) g");
  plan_in_ranges("UPDATE t SET n = n + 1", 10);
  // Not as long as a range has to wait in earnest.
  const std::string timeout = "'lock_timeout', '5000ms'";
  script_.replace(script_.find(timeout), timeout.size(), "'lock_timeout', '50ms'");
  Connection blocker = database_.connect();
  blocker.exec("BEGIN; UPDATE t SET n = 0 WHERE a = 25");
  std::future<ProcessResult> psql = std::async(std::launch::async, [&] { return run(); });
  wait_for("SELECT to_regclass('pglatch_progress') IS NOT NULL");
  wait_for("SELECT coalesce((SELECT changed_rows = 20 FROM pglatch_progress), false)");
  std::this_thread::sleep_for(std::chrono::milliseconds(300));
  blocker.exec("COMMIT");
  const ProcessResult result = psql.get();
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.err, HasSubstr("attempt 1 of 30: canceling statement due to lock timeout"));
  EXPECT_EQ(value("SELECT min(n) = 1 AND max(n) = 1 FROM t"), "t");
}

TEST_P(BatchServerTest, ATableThatSomebodyLocksIsTriedAgain) {
  create("CREATE TABLE t (a int PRIMARY KEY, n int NOT NULL DEFAULT 0)");
  connection_.exec("INSERT INTO t SELECT g FROM generate_series(1, 50) g");
  plan_in_ranges("UPDATE t SET n = n + 1", 10);
  const std::string timeout = "'lock_timeout', '5000ms'";
  script_.replace(script_.find(timeout), timeout.size(), "'lock_timeout', '50ms'");
  Connection blocker = database_.connect();
  blocker.exec("BEGIN; LOCK TABLE t");
  std::future<ProcessResult> psql = std::async(std::launch::async, [&] { return run(); });
  wait_for("SELECT to_regclass('pglatch_progress') IS NOT NULL");
  std::this_thread::sleep_for(std::chrono::milliseconds(300));
  blocker.exec("COMMIT");
  const ProcessResult result = psql.get();
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.err, HasSubstr("attempt 1 of 30: canceling statement due to lock timeout"));
  EXPECT_EQ(value("SELECT min(n) = 1 AND max(n) = 1 FROM t"), "t");
}

TEST_P(BatchServerTest, WaitsForReplicasThatAreBehind) {
  create("CREATE TABLE t (a int PRIMARY KEY, n int NOT NULL DEFAULT 0)");
  connection_.exec("INSERT INTO t SELECT g FROM generate_series(1, 50) g");
  // Stands in for the view of the server, which has no replica here.
  connection_.exec(
      "CREATE SCHEMA stand_in; CREATE TABLE stand_in.pg_stat_replication AS SELECT interval '11 s' AS replay_lag;"
      "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET search_path = stand_in, pg_catalog, public', "
      "current_database()); "
      "END $$");
  plan_in_ranges("UPDATE t SET n = n + 1", 10);
  std::future<ProcessResult> psql = std::async(std::launch::async, [&] { return run(); });
  wait_for("SELECT to_regclass('pglatch_progress') IS NOT NULL");
  wait_for("SELECT coalesce((SELECT changed_rows = 10 FROM pglatch_progress), false)");
  std::this_thread::sleep_for(std::chrono::milliseconds(300));
  EXPECT_EQ(value("SELECT changed_rows FROM pglatch_progress"), "10");
  connection_.exec("UPDATE stand_in.pg_stat_replication SET replay_lag = '9 s'");
  const ProcessResult result = psql.get();
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.err, HasSubstr("a replica is more than 10 seconds behind, waiting"));
  EXPECT_EQ(value("SELECT min(n) = 1 AND max(n) = 1 FROM t"), "t");
}

TEST_P(BatchServerTest, AFailureLeavesTheRangesBeforeItDone) {
  create("CREATE TABLE t (a int PRIMARY KEY, b int UNIQUE)");
  connection_.exec("INSERT INTO t SELECT g, CASE WHEN g = 35 THEN 1000 ELSE g END FROM generate_series(1, 50) g");
  connection_.exec("INSERT INTO t VALUES (1000, 1035)");
  plan_in_ranges("UPDATE t SET b = a + 1000", 10);
  const ProcessResult failed = run();
  EXPECT_EQ(failed.exit_code, 3);
  EXPECT_THAT(failed.err, HasSubstr("duplicate key value violates unique constraint"));
  EXPECT_EQ(value("SELECT count(*) FROM t WHERE b = a + 1000"), "30");
  connection_.exec("DELETE FROM t WHERE a = 1000");
  run_well();
  EXPECT_EQ(value("SELECT count(*) FROM t WHERE b = a + 1000"), "50");
}

TEST_P(BatchServerTest, RangesAreReadAlongTheKey) {
  create("CREATE TABLE t (a int, b text, n int, PRIMARY KEY (a, b))");
  connection_.exec("INSERT INTO t SELECT g, g, 0 FROM generate_series(1, 20000) g; ANALYZE t");
  plan("UPDATE t SET n = 1 WHERE n = 0");
  const std::string& sql = step_with(plan_, "UPDATE t").sql.front();
  connection_.exec(
      "CREATE FUNCTION explain(sql text) RETURNS text LANGUAGE plpgsql AS $$ DECLARE line text; whole text "
      ":= ''; BEGIN FOR line IN EXECUTE 'EXPLAIN ' || sql USING 500, '500', 600, '600' LOOP whole := whole || "
      "line; END LOOP; RETURN whole; END $$");
  const std::string explained = value("SELECT explain($pg$" + sql + "$pg$)");
  EXPECT_THAT(explained, HasSubstr("Index Cond: ((ROW(a, b) > ROW(500, '500'::text)) AND (ROW(a, b) <= ROW(600"));
  EXPECT_THAT(explained, Not(HasSubstr("Seq Scan")));
}

TEST_P(BatchServerTest, CopiesAndDeletes) {
  create(
      "CREATE TABLE t (a int PRIMARY KEY, b text); CREATE TABLE copy (LIKE t); CREATE SCHEMA s; "
      "CREATE TABLE s.names (id int PRIMARY KEY, name text);");
  connection_.exec(
      "INSERT INTO t SELECT g, g FROM generate_series(1, 95) g; INSERT INTO s.names SELECT g, 'n' || g FROM "
      "generate_series(1, 50) g");
  plan_in_ranges(
      "INSERT INTO copy SELECT x.a, n.name FROM t x LEFT JOIN s.names n ON n.id = x.a /* all */;"
      "DELETE FROM t USING s.names AS n WHERE n.id = t.a AND (n.id > 10 OR t.b = '3');",
      10);
  run_well();
  EXPECT_EQ(value("SELECT count(*) || ' ' || count(DISTINCT a) || ' ' || count(b) FROM copy"), "95 95 50");
  EXPECT_EQ(value("SELECT count(*) FROM t"), "54");
}

TEST_P(BatchServerTest, ASerialOfSomebodyElsesTable) {
  connection_.exec(
      "DO $$ BEGIN CREATE ROLE batch_owner; EXCEPTION WHEN duplicate_object THEN NULL; END $$;"
      "GRANT ALL ON SCHEMA public TO batch_owner");
  create("CREATE TABLE t (a int PRIMARY KEY)");
  connection_.exec("ALTER TABLE t OWNER TO batch_owner; INSERT INTO t SELECT g FROM generate_series(1, 30) g");
  plan_in_ranges("ALTER TABLE t ADD COLUMN n smallserial", 10);
  run_well();
  EXPECT_EQ(value("SELECT pg_get_serial_sequence('t', 'n') || ' ' || pg_get_userbyid(relowner) FROM pg_class WHERE "
                  "relname = 't_n_seq'"),
            "public.t_n_seq batch_owner");
  EXPECT_EQ(value("SELECT count(DISTINCT n) || ' ' || max(n) FROM t"), "30 30");
  connection_.exec("ALTER TABLE t OWNER TO CURRENT_USER");
}

TEST_P(BatchServerTest, AnIdentityGoesOnAfterTheNumbersThatWereGiven) {
  create("CREATE SCHEMA \"S s\"; CREATE TABLE \"S s\".\"T t\" (a int PRIMARY KEY)");
  connection_.exec("INSERT INTO \"S s\".\"T t\" SELECT g FROM generate_series(1, 30) g");
  plan_in_ranges(
      "ALTER TABLE \"S s\".\"T t\" ADD COLUMN \"N n\" bigint GENERATED ALWAYS AS IDENTITY "
      "(SEQUENCE NAME \"S s\".\"My seq\" START -5 INCREMENT BY -3 MINVALUE -1000 CYCLE)",
      10);
  run_well();
  connection_.exec("INSERT INTO \"S s\".\"T t\" VALUES (31)");
  EXPECT_EQ(value("SELECT max(\"N n\") || ' ' || min(\"N n\") || ' ' || count(DISTINCT \"N n\") FROM \"S s\".\"T t\""),
            "-5 -95 31");
  EXPECT_EQ(value("SELECT string_agg(relname, ',') FROM pg_class WHERE relkind = 'S'"), "My seq");
  run_well();
}

PGLATCH_ON_SERVERS(BatchServerTest);

}  // namespace
}  // namespace pglatch::testing
