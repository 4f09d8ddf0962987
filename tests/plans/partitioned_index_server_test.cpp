// CREATE INDEX on partitioned tables, planned and run on real servers.
#include <gmock/gmock.h>

#include <chrono>
#include <future>

#include "rules/recipes/index_names.h"
#include "tests/plans/server_plan.h"
#include "tests/support/golden.h"

namespace pglatch::testing {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

constexpr const char* kSeed =
    "create index successful_label_cancel_idx on shipmentlabeldb.successful_label (tracking_number,location_id)";

class PartitionedIndexServerTest : public PlanServerTest {
 protected:
  void create_labels() {
    create(read_file(fixture_path("plans/partitioned/schema.sql")));
    connection_.exec(
        "INSERT INTO shipmentlabeldb.successful_label SELECT g, 'T' || g, g % 50, date '2024-04-16' + (g % 3) "
        "FROM generate_series(1, 3000) g");
    plan(kSeed);
  }

  // What the original leaves on a database of its own is what the plan leaves on ours.
  void expect_same_as_original(const std::string& migration) {
    Database other = Server::shared(GetParam()).scratch();
    Connection original = other.connect();
    original.exec(schema_);
    original.exec(migration);
    EXPECT_EQ(indexes_of(connection_), indexes_of(original));
  }

  void expect_second_run_changes_nothing() {
    const auto before = state();
    run_well();
    EXPECT_EQ(state(), before);
  }
};

TEST_P(PartitionedIndexServerTest, LeavesWhatTheOriginalLeaves) {
  create_labels();
  run_well();
  EXPECT_THAT(invalid_indexes(), IsEmpty());
  expect_same_as_original(kSeed);
  EXPECT_EQ(connection_.value("SELECT count(*) FROM pg_partition_tree('shipmentlabeldb.successful_label_cancel_idx')"),
            "4");
  expect_second_run_changes_nothing();
}

TEST_P(PartitionedIndexServerTest, ResumesAfterALeafBuildWasKilledWhileItWaitedForWriters) {
  create_labels();
  Connection blocker = database_.connect();
  blocker.exec("BEGIN; INSERT INTO shipmentlabeldb.successful_label_20240417 VALUES (0, 'T', 0, '2024-04-17')");
  EXPECT_NE(kill_while_building("waiting for writers before build"), 0);
  EXPECT_THAT(invalid_indexes(), Contains(ElementsAre("shipmentlabeldb.successful_label_20240417_cancel_idx")));
  blocker.exec("COMMIT");
  const auto first_leaf =
      connection_.value("SELECT 'shipmentlabeldb.successful_label_20240416_cancel_idx'::regclass::oid");
  run_well();
  EXPECT_THAT(invalid_indexes(), IsEmpty());
  EXPECT_EQ(connection_.value("SELECT 'shipmentlabeldb.successful_label_20240416_cancel_idx'::regclass::oid"),
            first_leaf)
      << "what was built is not built again";
  expect_same_as_original(kSeed);
  expect_second_run_changes_nothing();
}

TEST_P(PartitionedIndexServerTest, ResumesAfterALeafBuildWasKilledInItsLastPhase) {
  create_labels();
  Connection blocker = database_.connect();
  blocker.exec("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM pg_class");
  EXPECT_NE(kill_while_building("waiting for old snapshots"), 0);
  EXPECT_EQ(connection_.value("SELECT indisready AND NOT indisvalid FROM pg_index WHERE indexrelid = "
                              "'shipmentlabeldb.successful_label_20240416_cancel_idx'::regclass"),
            "t");
  blocker.exec("COMMIT");
  run_well();
  EXPECT_THAT(invalid_indexes(), IsEmpty());
  expect_same_as_original(kSeed);
}

TEST_P(PartitionedIndexServerTest, RepairsAnInvalidLeafThatWasAttached) {
  create_labels();
  Connection blocker = database_.connect();
  blocker.exec("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM pg_class");
  kill_while_building("waiting for old snapshots");
  blocker.exec("COMMIT");
  connection_.exec(
      "ALTER INDEX shipmentlabeldb.successful_label_cancel_idx ATTACH PARTITION "
      "shipmentlabeldb.successful_label_20240416_cancel_idx");
  run_well();
  EXPECT_THAT(invalid_indexes(), IsEmpty());
  expect_same_as_original(kSeed);
}

TEST_P(PartitionedIndexServerTest, TriesAgainWhereALockIsHeldForAWhile) {
  create_labels();
  Connection holder = database_.connect();
  holder.exec("BEGIN; LOCK TABLE shipmentlabeldb.successful_label IN ROW EXCLUSIVE MODE");
  auto psql = std::async(std::launch::async, [&] { return run(); });
  // It asks for the lock, and gives up for a while.
  const auto is_asking = [&] {
    return connection_.value(
               "SELECT count(*) > 0 FROM pg_locks WHERE NOT granted AND relation = "
               "'shipmentlabeldb.successful_label'::regclass") == "t";
  };
  for (const bool asking : {true, false}) {
    while (is_asking() != asking) {
      ASSERT_EQ(psql.wait_for(std::chrono::milliseconds(20)), std::future_status::timeout);
    }
  }
  holder.exec("COMMIT");
  const ProcessResult result = psql.get();
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.err, HasSubstr("S1 attempt 1 of 30: canceling statement due to lock timeout"));
  EXPECT_THAT(invalid_indexes(), IsEmpty());
}

TEST_P(PartitionedIndexServerTest, RefusesInsideATransaction) {
  create_labels();
  const auto before = state();
  const ProcessResult single = run({"-1"});
  EXPECT_NE(single.exit_code, 0);
  EXPECT_THAT(single.err, HasSubstr("cannot run inside a transaction"));
  script_ = "BEGIN;\n" + script_;
  EXPECT_NE(run().exit_code, 0);
  EXPECT_EQ(state(), before);
}

TEST_P(PartitionedIndexServerTest, StopsWhereThePartitionsAreOthersThanPlanned) {
  create_labels();
  connection_.exec(
      "CREATE TABLE shipmentlabeldb.more PARTITION OF shipmentlabeldb.successful_label FOR VALUES IN ('2024-05-01')");
  const auto before = state();
  const ProcessResult result = run();
  EXPECT_NE(result.exit_code, 0);
  EXPECT_THAT(result.err, HasSubstr("Make the plan again"));
  EXPECT_EQ(state(), before);
}

TEST_P(PartitionedIndexServerTest, PartitionsCreatedMeanwhileAreFine) {
  create_labels();
  connection_.exec(step_with(plan_, "ON ONLY").sql.front());
  connection_.exec(
      "CREATE TABLE shipmentlabeldb.tomorrow PARTITION OF shipmentlabeldb.successful_label FOR VALUES IN "
      "('2024-05-01')");
  run_well();
  EXPECT_THAT(invalid_indexes(), IsEmpty());
  expect_second_run_changes_nothing();
}

TEST_P(PartitionedIndexServerTest, SubPartitionsOtherSchemasAndAnIndexThatIsThere) {
  create(read_file(fixture_path("plans/sub-partitions/schema.sql")));
  const std::string migration = read_file(fixture_path("plans/sub-partitions/input.sql"));
  plan(migration);
  run_well();
  EXPECT_THAT(invalid_indexes(), IsEmpty());
  expect_same_as_original(migration);
  EXPECT_EQ(connection_.value("SELECT count(*) FROM pg_index WHERE indrelid = 'app.event_other'::regclass"), "1");
}

TEST_P(PartitionedIndexServerTest, UniqueFailsOnDuplicatesAndGoesOnWithoutThem) {
  create(
      "CREATE TABLE t (a int, d date) PARTITION BY LIST (d); CREATE TABLE t_1 PARTITION OF t FOR VALUES IN "
      "('2024-01-01');"
      "CREATE TABLE t_2 PARTITION OF t DEFAULT;");
  connection_.exec("INSERT INTO t VALUES (1, '2024-01-01'), (2, '2025-01-01'), (2, '2025-01-01')");
  plan("CREATE UNIQUE INDEX t_key ON t (d, a)");
  const ProcessResult failed = run();
  EXPECT_NE(failed.exit_code, 0);
  EXPECT_THAT(failed.err, HasSubstr("could not create unique index"));
  EXPECT_THAT(connection_.query(plan_.preflight.back().sql), SizeIs(1));
  connection_.exec("DELETE FROM t WHERE ctid IN (SELECT max(ctid) FROM t_2) AND tableoid = 't_2'::regclass");
  run_well();
  EXPECT_THAT(invalid_indexes(), IsEmpty());
  expect_same_as_original("CREATE UNIQUE INDEX t_key ON t (d, a)");
}

TEST_P(PartitionedIndexServerTest, ForeignTablesAreSweptUpLast) {
  create("CREATE FOREIGN DATA WRAPPER nothing; CREATE SERVER attic FOREIGN DATA WRAPPER nothing;" +
         read_file(fixture_path("plans/foreign-partition/schema.sql")));
  const std::string migration = read_file(fixture_path("plans/foreign-partition/input.sql"));
  plan(migration);
  run_well();
  EXPECT_THAT(invalid_indexes(), IsEmpty());
  expect_same_as_original(migration);
  expect_second_run_changes_nothing();
}

// Partitions that only the server knows ----------------------------------------------------------

class UnknownPartitionsServerTest : public PartitionedIndexServerTest {
 protected:
  static constexpr const char* kParent = "CREATE TABLE m (c int, d date, note text) PARTITION BY RANGE (d);";
  static constexpr const char* kMigration = "CREATE INDEX m_note_idx ON m (c DESC, note text_pattern_ops) WHERE c > 0";
  const std::string long_name_ = "größe_" + std::string(28, 'x') + "_ääääääääääääää";  // 63 bytes

  void create_measurements() {
    create(std::string(kParent) +
           "CREATE SCHEMA old; CREATE TABLE old.m_2023 PARTITION OF m FOR VALUES FROM ('2023-01-01') TO ('2024-01-01');"
           "CREATE TABLE \"" +
           long_name_ +
           "\" PARTITION OF m FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');"
           "CREATE TABLE \"m% \"\"2025\" PARTITION OF m FOR VALUES FROM ('2025-01-01') TO ('2026-01-01') PARTITION BY "
           "LIST (c);"
           "CREATE TABLE m_2025_a PARTITION OF \"m% \"\"2025\" FOR VALUES IN (1);"
           "CREATE TABLE m_2025_b PARTITION OF \"m% \"\"2025\" DEFAULT;"
           "CREATE INDEX mine ON m_2025_b (c DESC, note text_pattern_ops) WHERE c > 0;");
    connection_.exec("INSERT INTO m SELECT g % 5, date '2023-01-01' + g, 'n' FROM generate_series(1, 1000) g");
    plan_knowing(kMigration, kParent);
  }
};

TEST_P(UnknownPartitionsServerTest, AreEnumerated) {
  create_measurements();
  run_well();
  EXPECT_THAT(invalid_indexes(), IsEmpty());
  expect_same_as_original(kMigration);
  EXPECT_EQ(connection_.value("SELECT count(*) FROM pg_index WHERE indrelid = 'm_2025_b'::regclass"), "1")
      << "an index of the same definition is taken over";
  expect_second_run_changes_nothing();
}

TEST_P(UnknownPartitionsServerTest, GetTheNamesThatKnownOnesGet) {
  create_measurements();
  run_well();
  const ChildNames names("m_note_idx", "m");
  const auto indexes = connection_.query(
      "SELECT n.nspname, t.relname, c.relname FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_class t "
      "ON "
      "t.oid = i.indrelid JOIN pg_namespace n ON n.oid = t.relnamespace WHERE t.relispartition AND c.relname <> "
      "'mine'");
  EXPECT_THAT(indexes, SizeIs(4));
  for (const Row& row : indexes) EXPECT_EQ(*row[2], names.name(*row[0], *row[1]));
}

TEST_P(UnknownPartitionsServerTest, ResumeAfterABuildWasKilled) {
  create_measurements();
  Connection blocker = database_.connect();
  blocker.exec("BEGIN; INSERT INTO m_2025_a VALUES (1, '2025-01-01')");
  EXPECT_NE(kill_while_building("waiting for writers before build"), 0);
  EXPECT_THAT(invalid_indexes(), Contains(ElementsAre("m_2025_a_note_idx")));
  blocker.exec("COMMIT");
  run_well();
  EXPECT_THAT(invalid_indexes(), IsEmpty());
  expect_same_as_original(kMigration);
}

TEST_P(UnknownPartitionsServerTest, NoneAtAllIsFineToo) {
  create(kParent);
  plan(kMigration);
  run_well();
  expect_same_as_original(kMigration);
}

TEST_P(UnknownPartitionsServerTest, AForeignTableIsRefusedBeforeAnythingIsDone) {
  create(std::string(kParent) +
         "CREATE FOREIGN DATA WRAPPER nothing; CREATE SERVER attic FOREIGN DATA WRAPPER nothing;"
         "CREATE FOREIGN TABLE m_old PARTITION OF m DEFAULT SERVER attic;");
  plan_knowing(kMigration, kParent);
  const auto before = state();
  EXPECT_THAT(run().err, HasSubstr("foreign table"));
  EXPECT_EQ(state(), before);
}

PGLATCH_ON_SERVERS(PartitionedIndexServerTest);
PGLATCH_ON_SERVERS(UnknownPartitionsServerTest);

}  // namespace
}  // namespace pglatch::testing
