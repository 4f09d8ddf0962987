// The psql script around the recipes: ordinary indexes, DROP INDEX, statements that pass, the ledger.
#include <gmock/gmock.h>

#include <chrono>
#include <future>
#include <map>

#include "tests/plans/server_plan.h"

namespace pglatch::testing {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class ScriptServerTest : public PlanServerTest {
 protected:
  void expect_second_run_changes_nothing() {
    const auto before = state();
    run_well();
    EXPECT_EQ(state(), before);
  }
};

constexpr const char* kOrders =
    "CREATE TABLE orders (id bigint PRIMARY KEY, status text, total numeric);"
    "INSERT INTO orders SELECT g, 's' || g % 3, g FROM generate_series(1, 1000) g;";

TEST_P(ScriptServerTest, AnOrdinaryIndexOfEveryKind) {
  create(kOrders);
  plan(
      "CREATE UNIQUE INDEX orders_u ON orders (lower(status) text_pattern_ops DESC NULLS LAST, id) INCLUDE (total) "
      "WITH (fillfactor = 80) WHERE total > 0; CREATE INDEX ON orders USING hash (status);"
      "CREATE INDEX ON orders USING brin (id, total);");
  run_well();
  EXPECT_THAT(invalid_indexes(), IsEmpty());
  EXPECT_THAT(
      connection_.value("SELECT pg_get_indexdef('orders_u'::regclass)"),
      HasSubstr("(lower(status) text_pattern_ops DESC NULLS LAST, id) INCLUDE (total) WITH (fillfactor='80') WHERE"));
  EXPECT_EQ(
      connection_.value("SELECT to_regclass('orders_status_idx') IS NOT NULL AND to_regclass('orders_id_total_idx') IS "
                        "NOT NULL AND to_regclass('pglatch_progress') IS NULL"),
      "t");
  expect_second_run_changes_nothing();
}

TEST_P(ScriptServerTest, AnInterruptedOrdinaryBuildIsDoneAnew) {
  create(kOrders);
  plan("CREATE INDEX orders_status_idx ON orders (status)");
  Connection blocker = database_.connect();
  blocker.exec("BEGIN; UPDATE orders SET total = 0 WHERE id = 1");
  EXPECT_NE(kill_while_building("waiting for writers before build"), 0);
  EXPECT_THAT(invalid_indexes(), Contains(ElementsAre("orders_status_idx")));
  blocker.exec("COMMIT");
  run_well();
  EXPECT_THAT(invalid_indexes(), IsEmpty());
}

TEST_P(ScriptServerTest, AnIndexOfThatNameButNotThatDefinitionIsNotTakenForIt) {
  create(kOrders);
  plan("CREATE INDEX orders_status_idx ON orders (status DESC)");
  connection_.exec("CREATE INDEX orders_status_idx ON orders (status)");
  const auto before = state();
  EXPECT_THAT(run().err, HasSubstr("did not have its effect"));
  EXPECT_EQ(state(), before);
}

TEST_P(ScriptServerTest, AnUnknownTableThatIsPartitionedStopsIt) {
  create("CREATE TABLE p (a int) PARTITION BY LIST (a)");
  plan_knowing("CREATE INDEX i ON p (a)", "CREATE TABLE something_else (a int)");
  EXPECT_THAT(run().err, HasSubstr("A1"));
}

TEST_P(ScriptServerTest, DropsIndexesOneByOne) {
  create(std::string(kOrders) +
         "CREATE INDEX i ON orders (status); CREATE INDEX j ON orders (total);"
         "CREATE TABLE p (a int) PARTITION BY LIST (a); CREATE TABLE p_1 PARTITION OF p DEFAULT; CREATE INDEX k ON p "
         "(a);");
  plan("DROP INDEX i, j; DROP INDEX k;");
  Connection reader = database_.connect();
  run_well();
  EXPECT_EQ(connection_.value("SELECT count(*) FROM pg_index WHERE indrelid IN ('orders'::regclass, 'p_1'::regclass)"),
            "1");
  expect_second_run_changes_nothing();
}

TEST_P(ScriptServerTest, StatementsThatPassRunOnce) {
  create(kOrders);
  plan(
      "SET search_path = public; BEGIN; ALTER TABLE orders ADD COLUMN note text; "
      "COMMENT ON COLUMN orders.note IS 'what''s $pglatch$ and $sql$; -- not a comment'; COMMIT;"
      "INSERT INTO orders (id) VALUES (-1) -- the last word is a comment\n;"
      "CREATE INDEX orders_note_idx ON orders (note); INSERT INTO orders (id) SELECT -id FROM orders WHERE id = 7;"
      "ALTER INDEX orders_note_idx RENAME TO orders_remark_idx;");
  run_well();
  const std::string rows = "SELECT string_agg(id::text, ' ' ORDER BY id) FROM orders WHERE id < 0";
  EXPECT_EQ(connection_.value(rows), "-7 -1");
  EXPECT_THAT(connection_.value("SELECT col_description('orders'::regclass, 4)"),
              "what's $pglatch$ and $sql$; -- not a comment");
  expect_second_run_changes_nothing();
  EXPECT_EQ(connection_.value(rows), "-7 -1");
  EXPECT_EQ(connection_.value("SELECT to_regclass('orders_note_idx') IS NULL"), "t");
}

TEST_P(ScriptServerTest, WhatIsNotSafeRunsOnlyKnowingly) {
  create(kOrders);
  plan(
      "CREATE INDEX i ON orders (status); ALTER TABLE orders SET UNLOGGED; "
      "DO 'BEGIN PERFORM 1; END'; INSERT INTO orders VALUES (0);");
  const ProcessResult stopped = run();
  EXPECT_EQ(stopped.exit_code, 3);
  EXPECT_THAT(stopped.err, HasSubstr("-v accept_S2=1"));
  const std::string persistence = "SELECT relpersistence FROM pg_class WHERE oid = 'orders'::regclass";
  EXPECT_EQ(connection_.value(persistence), "p");
  EXPECT_EQ(connection_.value("SELECT count(*) FROM orders WHERE id = 0"), "0");
  EXPECT_EQ(run({"-v", "accept_S2=1"}).exit_code, 3);
  EXPECT_EQ(connection_.value(persistence), "u");
  run_well({"-v", "accept_S3=1"});
  EXPECT_EQ(connection_.value("SELECT count(*) FROM orders WHERE id = 0"), "1");
  // What was accepted once is not asked again.
  expect_second_run_changes_nothing();
}

TEST_P(ScriptServerTest, AFailedStepLeavesNoMarkInTheLedger) {
  create(kOrders);
  plan("INSERT INTO orders VALUES (1); INSERT INTO orders VALUES (0);");
  EXPECT_NE(run().exit_code, 0);
  EXPECT_EQ(connection_.value("SELECT count(*) FROM pglatch_progress"), "0");
  connection_.exec("DELETE FROM orders WHERE id = 1");
  run_well();
  EXPECT_EQ(connection_.value("SELECT count(*) FROM pglatch_progress"), "2");
}

TEST_P(ScriptServerTest, OnlyOneRunAtATime) {
  create(kOrders);
  plan("CREATE INDEX i ON orders (status)");
  const std::size_t at = script_.find("pg_try_advisory_lock(") + std::string("pg_try_advisory_lock(").size();
  const std::string key = script_.substr(at, script_.find(')', at) - at);
  connection_.exec("SELECT pg_advisory_lock(" + key + ")");
  EXPECT_THAT(run().err, HasSubstr("Another session is running this plan"));
  connection_.exec("SELECT pg_advisory_unlock(" + key + ")");
  run_well();
}

TEST_P(ScriptServerTest, AServerOlderThanThePlanIsRefused) {
  create(kOrders);
  Planning planning;
  planning.pg_version = GetParam() + 1;
  plan("CREATE INDEX i ON orders (status)", planning);
  EXPECT_THAT(run().err, HasSubstr("--pg-version"));
}

TEST_P(ScriptServerTest, TimeoutsOfTheRoleDoNotStopABuild) {
  create(kOrders);
  plan("CREATE INDEX i ON orders (status)");
  // The script's own questions are answered under it, on a machine that may be slow.
  constexpr std::chrono::seconds kTimeout{2};
  connection_.exec("ALTER DATABASE " + database_.name() + " SET lock_timeout = '1ms'");
  connection_.exec("ALTER DATABASE " + database_.name() +
                   " SET statement_timeout = " + std::to_string(std::chrono::milliseconds(kTimeout).count()));
  Connection blocker = database_.connect();
  blocker.exec("BEGIN; UPDATE orders SET total = 0 WHERE id = 1");
  auto psql = std::async(std::launch::async, [&] { return run(); });
  EXPECT_NE(session_building(psql, "waiting for writers before build"), "");
  EXPECT_EQ(psql.wait_for(kTimeout + std::chrono::milliseconds(500)), std::future_status::timeout);
  blocker.exec("COMMIT");
  const ProcessResult result = psql.get();
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(invalid_indexes(), IsEmpty());
}

PGLATCH_ON_SERVERS(ScriptServerTest);

// The locks that a plan foretells ------------------------------------------------------------------

class PlanLocksServerTest : public PlanServerTest {
 protected:
  // Runs the steps by hand; of each brief one, the strongest lock on every relation that was there before.
  void expect_locks_as_foretold() {
    const std::string me = std::to_string(connection_.backend_pid());
    connection_.exec("SET client_min_messages = debug1");
    for (const Step* step : plan_.steps()) {
      SCOPED_TRACE(step->id + " " + step->title);
      if (step->step_class == StepClass::check || step->step_class == StepClass::setting) continue;
      if (step->step_class != StepClass::brief) {
        for (const std::string& sql : step->sql) connection_.exec(sql);
        continue;
      }
      connection_.exec(
          "CREATE TEMP TABLE before AS SELECT c.oid, format('%I.%I', n.nspname, c.relname) AS name FROM pg_class c\n"
          "  JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname NOT IN ('pg_catalog', 'pg_toast')\n"
          "  AND strpos('rpfiImS', c.relkind::text) > 0");
      connection_.take_notices();
      connection_.exec("BEGIN");
      for (const std::string& sql : step->sql) connection_.exec(sql);
      for (const std::string& notice : connection_.take_notices()) {
        EXPECT_THAT(notice, Not(HasSubstr("building index")));
        EXPECT_THAT(notice, Not(HasSubstr("rewriting table")));
        EXPECT_THAT(notice, Not(HasSubstr("verifying table")));
      }
      const auto taken = connection_.query(
          "SELECT b.name, l.mode FROM pg_locks l JOIN before b ON b.oid = l.relation\n"
          "WHERE l.locktype = 'relation' AND l.pid = " +
          me);
      std::map<std::string, std::string> strongest;
      for (const Row& row : taken) {
        std::string& mode = strongest[*row[0]];
        if (rank(*row[1]) > rank(mode)) mode = *row[1];
      }
      std::map<std::string, std::string> foretold;
      for (const StepLock& lock : step->locks) foretold[lock.relation] = std::string(to_string(lock.mode));
      EXPECT_EQ(foretold, strongest);
      connection_.exec("COMMIT; DROP TABLE before");
    }
  }

  static int rank(const std::string& mode) {
    for (int i = 0; i <= static_cast<int>(LockMode::access_exclusive); ++i) {
      if (to_string(static_cast<LockMode>(i)) == mode) return i;
    }
    return -1;
  }
};

TEST_P(PlanLocksServerTest, OfAPartitionedIndex) {
  create(
      "CREATE TABLE p (a int, b text) PARTITION BY LIST (a); CREATE TABLE p_1 PARTITION OF p FOR VALUES IN (1);"
      "CREATE TABLE p_2 PARTITION OF p FOR VALUES IN (2) PARTITION BY LIST (b);"
      "CREATE TABLE p_2_x PARTITION OF p_2 FOR VALUES IN ('x'); CREATE TABLE p_2_y PARTITION OF p_2 DEFAULT;");
  plan("CREATE INDEX p_b_idx ON p (b)");
  expect_locks_as_foretold();
  EXPECT_THAT(invalid_indexes(), IsEmpty());
}

TEST_P(PlanLocksServerTest, OfTheSweepAndOfDropping) {
  create(
      "CREATE FOREIGN DATA WRAPPER nothing; CREATE SERVER attic FOREIGN DATA WRAPPER nothing;"
      "CREATE TABLE p (a int) PARTITION BY LIST (a); CREATE TABLE p_1 PARTITION OF p FOR VALUES IN (1);"
      "CREATE FOREIGN TABLE p_2 PARTITION OF p DEFAULT SERVER attic;");
  plan("CREATE INDEX p_a_idx ON p (a)");
  expect_locks_as_foretold();
  schema_ += "CREATE INDEX p_a_idx ON p (a);";
  plan("DROP INDEX p_a_idx");
  expect_locks_as_foretold();
}

TEST_P(PlanLocksServerTest, OfStatementsThatPass) {
  create("CREATE TABLE t (a int PRIMARY KEY, b text); CREATE TABLE u (a int PRIMARY KEY);");
  plan(
      "BEGIN; ALTER TABLE t ADD COLUMN c int; COMMENT ON TABLE u IS 'x'; COMMIT; "
      "ALTER TABLE t ADD CONSTRAINT f FOREIGN KEY (c) REFERENCES u NOT VALID; ALTER TABLE t RENAME CONSTRAINT f TO g; "
      "ALTER TABLE t ALTER COLUMN b SET DEFAULT '';");
  EXPECT_THAT(plan_.not_rewritten, IsEmpty());
  expect_locks_as_foretold();
}

PGLATCH_ON_SERVERS(PlanLocksServerTest);

}  // namespace
}  // namespace pglatch::testing
