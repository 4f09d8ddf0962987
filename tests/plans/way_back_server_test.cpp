// The way back that a plan shows, gone on real servers: from its end, the last step first, it leads to the schema that
// was there before.
#include <gmock/gmock.h>

#include <set>

#include "analyzer/server/schema_state.h"
#include "tests/plans/server_plan.h"

namespace pglatch::testing {
namespace {

using ::testing::IsEmpty;

class WayBackServerTest : public PlanServerTest {
 protected:
  void go_and_return(const std::string& schema, const std::string& migration) {
    create(schema);
    const auto before = read_schema(connection_);
    connection_.exec("RESET search_path");
    Planning planning;
    planning.pg_version = GetParam();
    plan(migration, planning);
    ASSERT_THAT(plan_.not_rewritten, IsEmpty()) << plan_.not_rewritten.front().reason;
    run_well();
    const std::vector<const Step*> steps = plan_.steps();
    std::set<std::string> done;
    for (auto step = steps.rbegin(); step != steps.rend(); ++step) {
      for (const Rollback& back : (*step)->rollback) {
        SCOPED_TRACE((*step)->title);
        if (done.insert(back.sql).second) connection_.exec(back.sql);
      }
    }
    for (const SchemaDifference& difference : compare_schemas(before, read_schema(connection_))) {
      ADD_FAILURE() << difference.object << "\n  before: " << ::testing::PrintToString(difference.original)
                    << "\n  after: " << ::testing::PrintToString(difference.plan);
    }
  }
};

TEST_P(WayBackServerTest, ToThePrimaryKeyOfATable) {
  go_and_return(
      "CREATE TABLE t (id bigint, tenant bigint, a text, CONSTRAINT \"Old key\" PRIMARY KEY (id) INCLUDE (a) "
      "DEFERRABLE);"
      "INSERT INTO t SELECT g, g % 3 FROM generate_series(1, 20) g;",
      "ALTER TABLE t DROP CONSTRAINT \"Old key\"; ALTER TABLE t ADD PRIMARY KEY (tenant, id);");
}

TEST_P(WayBackServerTest, ToAUniqueConstraint) {
  go_and_return("CREATE TABLE t (id bigint PRIMARY KEY, a int, b int, CONSTRAINT u UNIQUE (a));",
                "ALTER TABLE t DROP CONSTRAINT u, ADD CONSTRAINT u UNIQUE (a, b);");
}

TEST_P(WayBackServerTest, ToTheKeysOfAPartitionedTable) {
  go_and_return(
      "CREATE TABLE p (id int NOT NULL, d date NOT NULL, a int NOT NULL, PRIMARY KEY (id, d), UNIQUE (d, a))"
      "  PARTITION BY RANGE (d);"
      "CREATE TABLE p_1 PARTITION OF p FOR VALUES FROM ('2024-01-01') TO ('2025-01-01') PARTITION BY RANGE (d);"
      "CREATE TABLE p_1_1 PARTITION OF p_1 DEFAULT; CREATE TABLE p_2 PARTITION OF p DEFAULT;"
      "INSERT INTO p SELECT g, '2024-01-01'::date + 50 * g, g FROM generate_series(1, 20) g;",
      "ALTER TABLE p DROP CONSTRAINT p_pkey, ADD PRIMARY KEY (d, a, id);"
      "ALTER TABLE p DROP CONSTRAINT p_d_a_key, ADD CONSTRAINT p_d_a_key UNIQUE (a, d, id) DEFERRABLE;");
}

// They come back after their parent's has gone.
TEST_P(WayBackServerTest, ToTheKeysThatPartitionsHadOfTheirOwn) {
  go_and_return(
      "CREATE TABLE p (id bigint NOT NULL, d date NOT NULL) PARTITION BY RANGE (d);"
      "CREATE TABLE p_1 PARTITION OF p (PRIMARY KEY (id)) FOR VALUES FROM ('2024-01-01') TO ('2024-02-01');"
      "CREATE TABLE p_2 PARTITION OF p (PRIMARY KEY (id)) DEFAULT;",
      "ALTER TABLE p_1 DROP CONSTRAINT p_1_pkey; ALTER TABLE p_2 DROP CONSTRAINT p_2_pkey;"
      "ALTER TABLE p ADD PRIMARY KEY (id, d);");
}

PGLATCH_ON_SERVERS(WayBackServerTest);

}  // namespace
}  // namespace pglatch::testing
