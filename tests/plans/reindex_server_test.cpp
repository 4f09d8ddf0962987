// REINDEX as plans of psql scripts that run on real servers.
#include <gmock/gmock.h>

#include "tests/plans/server_plan.h"

namespace pglatch::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

class ReindexServerTest : public PlanServerTest {
 protected:
  void create_orders() {
    create(
        "CREATE TABLE orders (id bigint PRIMARY KEY, status text); CREATE INDEX orders_status_idx ON orders (status);"
        "INSERT INTO orders SELECT g, 's' || g % 3 FROM generate_series(1, 1000) g;"
        "CREATE TABLE p (a int) PARTITION BY LIST (a); CREATE TABLE p_1 PARTITION OF p FOR VALUES IN (1);"
        "CREATE TABLE p_2 PARTITION OF p DEFAULT; CREATE INDEX p_a_idx ON p (a);");
  }
  std::string files() {
    return connection_.value(
        "SELECT string_agg(c.relname || ' ' || c.relfilenode, ', ' ORDER BY c.relname) FROM pg_class c WHERE c.relkind "
        "= 'i' AND c.relnamespace = 'public'::regnamespace AND c.relname NOT LIKE 'pglatch%'");
  }
};

TEST_P(ReindexServerTest, RebuildsOnceUnderTheSameNames) {
  create_orders();
  const auto definitions = indexes_of(connection_);
  const std::string before = files();
  plan("REINDEX INDEX orders_status_idx; REINDEX TABLE orders; REINDEX INDEX p_a_idx; REINDEX TABLE p;");
  EXPECT_THAT(plan_.not_rewritten, IsEmpty());
  run_well();
  EXPECT_EQ(indexes_of(connection_), definitions);
  EXPECT_THAT(invalid_indexes(), IsEmpty());
  const std::string after = files();
  EXPECT_NE(after, before);
  run_well();
  EXPECT_EQ(files(), after) << "a second run changes nothing";
}

TEST_P(ReindexServerTest, RemovesWhatAKilledAttemptLeft) {
  create_orders();
  const auto definitions = indexes_of(connection_);
  plan("REINDEX INDEX orders_status_idx");
  Connection blocker = database_.connect();
  blocker.exec("BEGIN; UPDATE orders SET status = 'x' WHERE id = 1");
  EXPECT_NE(kill_while_building("waiting for writers before build"), 0);
  EXPECT_THAT(invalid_indexes(), SizeIs(1));
  blocker.exec("COMMIT");
  run_well();
  EXPECT_THAT(invalid_indexes(), IsEmpty());
  EXPECT_EQ(indexes_of(connection_), definitions);
}

TEST_P(ReindexServerTest, AnInvalidIndexThatWouldBePassedOverStopsIt) {
  create_orders();
  plan("REINDEX TABLE orders");
  connection_.exec("UPDATE orders SET status = 's'");
  EXPECT_ANY_THROW(connection_.exec("CREATE UNIQUE INDEX CONCURRENTLY broken ON orders (status)"));
  const ProcessResult result = run();
  EXPECT_NE(result.exit_code, 0);
  EXPECT_THAT(result.err, HasSubstr("would pass over it"));
  connection_.exec("DROP INDEX CONCURRENTLY broken");
  run_well();
}

PGLATCH_ON_SERVERS(ReindexServerTest);

TEST(ReindexRecipe, RefusesWhatConcurrentlyWouldNotRebuild) {
  Planning planning;
  planning.schema = "CREATE TABLE t (r tsrange, EXCLUDE USING gist (r WITH &&));";
  const Plan plan = plan_of("REINDEX TABLE t; REINDEX INDEX t_r_excl;", planning);
  EXPECT_THAT(plan.not_rewritten, SizeIs(2));
  for (const NotRewritten& left : plan.not_rewritten) EXPECT_THAT(left.reason, HasSubstr("exclusion constraint"));
  planning.schema = "CREATE TABLE t (a int); CREATE INDEX i ON t (a);";
  planning.pg_version = 11;
  EXPECT_THAT(plan_of("REINDEX TABLE t", planning).not_rewritten, Not(IsEmpty()));
}

}  // namespace
}  // namespace pglatch::testing
