// A table that becomes a partitioned one on real servers: its rows stay where they are, what is written meanwhile is
// kept, and a run that ended after any of the steps goes on.
#include <gmock/gmock.h>

#include <atomic>
#include <thread>

#include "tests/plans/plan_fixture.h"
#include "tests/plans/server_plan.h"

namespace pglatch::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

class ConversionServerTest : public PlanServerTest {
 protected:
  ConversionServerTest() {
    create(fixture_.schema);
    connection_.exec(
        "INSERT INTO fixes (device_id, received_at, latitude, longitude)\n"
        "SELECT gen_random_uuid(), timestamp '2021-01-01' + g * interval '1 hour', g % 90, g % 180\n"
        "FROM generate_series(1, 5000) g");
    Planning planning;
    planning.decisions = fixture_.decisions;
    planning.pg_version = GetParam();
    plan(fixture_.input, planning);
  }

  std::string ask(const std::string& query) {
    const auto rows = connection_.query(query);
    return rows.empty() ? std::string() : rows.front().front().value_or("null");
  }

  void plan_to_copy() {
    Planning planning;
    planning.decisions.parameters["split"] = "copy";
    planning.pg_version = GetParam();
    // What is not of that day has a partition as well.
    plan(fixture_.input.substr(0, fixture_.input.find("INSERT")) +
             "CREATE TABLE fixes_rest PARTITION OF fixes DEFAULT;\n" +
             fixture_.input.substr(fixture_.input.find("INSERT")),
         planning);
  }

  struct Written {
    int inserted = 0;
    int updated = 0;
    int deleted = 0;
  };

  // Runs the script while two sessions write rows, each in a transaction of its own.
  Written run_with_writers() {
    std::atomic<bool> done = false;
    std::atomic<int> inserted = 0;
    std::atomic<int> updated = 0;
    std::atomic<int> deleted = 0;
    std::vector<std::thread> writers;
    for (int writer = 0; writer < 2; ++writer) {
      writers.emplace_back([&, writer] {
        Connection connection = database_.connect();
        for (int i = 0; !done && i < 1000; ++i) {
          connection.exec(
              "INSERT INTO fixes (device_id, received_at, latitude, longitude)\n"
              "VALUES (gen_random_uuid(), '2023-06-01', 0, 0)");
          ++inserted;
          const std::string id = std::to_string(1 + 2 * (i % 1000) + writer);
          connection.exec("UPDATE fixes SET longitude = longitude + 1000 WHERE id = " + id);
          ++updated;
          connection.exec("DELETE FROM fixes WHERE id = " + std::to_string(5000 - 2 * i - writer));
          ++deleted;
        }
      });
    }
    const ProcessResult result = run();
    done = true;
    for (std::thread& writer : writers) writer.join();
    EXPECT_EQ(result.exit_code, 0) << result.out << result.err;
    EXPECT_GT(inserted, 0);
    return {inserted, updated, deleted};
  }

  void expect_converted(int rows) {
    EXPECT_EQ(ask("SELECT count(*) FROM fixes"), std::to_string(rows));
    EXPECT_EQ(ask("SELECT pg_get_partkeydef('fixes'::regclass)"), "RANGE (received_at)");
    EXPECT_THAT(ask("SELECT pg_get_expr(relpartbound, oid) FROM pg_class WHERE relname = 'fixes_old'"),
                HasSubstr("FROM ('2020-01-01 00:00:00') TO ('2040-01-02 00:00:00')"));
    EXPECT_EQ(ask("SELECT count(*) FROM pg_inherits WHERE inhparent = 'fixes'::regclass"), "3");
    EXPECT_THAT(invalid_indexes(), IsEmpty());
    EXPECT_EQ(ask("SELECT string_agg(pg_get_constraintdef(oid), ';' ORDER BY conname) FROM pg_constraint\n"
                  "WHERE conrelid = 'fixes'::regclass AND contype = 'p'"),
              "PRIMARY KEY (id, received_at)");
    EXPECT_EQ(ask("SELECT count(*) FROM pg_class WHERE relname LIKE '%pglatch%' AND relkind <> 't'"),
              ask("SELECT count(*) FROM pg_class WHERE relname LIKE 'pglatch\\_progress%'"));
    EXPECT_EQ(ask("SELECT count(*) FROM pg_constraint WHERE conrelid = 'fixes_old'::regclass AND contype = 'c'"), "1");
    // The sequence goes on, and belongs to the new table.
    EXPECT_EQ(ask("SELECT pg_get_serial_sequence('fixes', 'id')"), "public.fixes_id_seq");
    EXPECT_EQ(
        ask("INSERT INTO fixes (device_id, received_at, latitude, longitude)\n"
            "VALUES (gen_random_uuid(), '2040-01-02 01:00', 1, 1) RETURNING (id > 5000) || ' ' || tableoid::regclass"),
        "true fixes_p20400102");
  }

  PlanFixture fixture_ = plan_fixture("seed-002");
};

TEST_P(ConversionServerTest, RowsStayInPlace) {
  ASSERT_THAT(plan_.not_rewritten, IsEmpty()) << plan_.not_rewritten.front().reason;
  const std::string file = ask("SELECT relfilenode FROM pg_class WHERE relname = 'fixes'");
  run_well();
  EXPECT_EQ(ask("SELECT relfilenode FROM pg_class WHERE relname = 'fixes_old'"), file);
  expect_converted(5000);
  const auto before = state();
  run_well();
  EXPECT_EQ(state(), before);
}

TEST_P(ConversionServerTest, GoesOnAfterEachStep) {
  for (std::size_t steps = 1; steps < plan_.steps().size(); ++steps) {
    const ProcessResult part =
        run_psql(database_.conninfo(), script_.substr(0, script_.find("\n-- ── S" + std::to_string(steps + 1) + " [")));
    ASSERT_EQ(part.exit_code, 0) << steps << part.out << part.err;
  }
  run_well();
  expect_converted(5000);
}

TEST_P(ConversionServerTest, NothingThatIsWrittenIsLost) {
  const Written written = run_with_writers();
  EXPECT_EQ(ask("SELECT sum((longitude / 1000)::int) FROM fixes"), std::to_string(written.updated));
  expect_converted(5000 + written.inserted - written.deleted);
}

TEST_P(ConversionServerTest, ACopyLosesNothingEither) {
  plan_to_copy();
  ASSERT_THAT(plan_.not_rewritten, IsEmpty()) << plan_.not_rewritten.front().reason;
  const Written written = run_with_writers();
  EXPECT_EQ(ask("SELECT count(*) FROM fixes"), std::to_string(5000 + written.inserted - written.deleted));
  EXPECT_EQ(ask("SELECT sum((longitude / 1000)::int) FROM fixes"), std::to_string(written.updated));
  EXPECT_EQ(ask("SELECT count(*) FROM pg_proc WHERE proname LIKE '%pglatch%'"), "0");
  const auto before = state();
  run_well();
  EXPECT_EQ(state(), before);
}

TEST_P(ConversionServerTest, ACopyThatMissedARowIsNotPutInPlace) {
  plan_to_copy();
  const std::size_t compare = script_.find("Compare: ");
  ASSERT_NE(compare, std::string::npos);
  ASSERT_EQ(run_psql(database_.conninfo(), script_.substr(0, script_.rfind("\n-- ── S", compare))).exit_code, 0);
  connection_.exec("DELETE FROM fixes_pglatch_new WHERE id = 7");
  const ProcessResult result = run();
  EXPECT_NE(result.exit_code, 0);
  EXPECT_THAT(result.err, HasSubstr("public.fixes and public.fixes_pglatch_new differ"));
  EXPECT_EQ(ask("SELECT count(*) FROM fixes"), "5000");
}

TEST_P(ConversionServerTest, RowsBeyondTheCutStopItAtTheBeginning) {
  connection_.exec(
      "INSERT INTO fixes (device_id, received_at, latitude, longitude)\n"
      "VALUES (gen_random_uuid(), '2041-01-01', 0, 0)");
  const auto before = state();
  const ProcessResult result = run();
  EXPECT_NE(result.exit_code, 0);
  EXPECT_THAT(result.err, HasSubstr("lie between floor and cut"));
  EXPECT_EQ(state(), before);
}

PGLATCH_ON_SERVERS(ConversionServerTest);

}  // namespace
}  // namespace pglatch::testing
