// Rebuilding, enum values and plans in two parts, run by psql on real servers.
#include <gmock/gmock.h>

#include "tests/plans/server_plan.h"
#include "tests/support/golden.h"

namespace pglatch::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class RebuildServerTest : public PlanServerTest {
 protected:
  // Tablespaces belong to the whole server: it is made once.
  void create_orders_and_tablespace() {
    connection_.exec("SET allow_in_place_tablespaces = on");
    if (connection_.query("SELECT FROM pg_tablespace WHERE spcname = 'pglatch Fast'").empty()) {
      connection_.exec("CREATE TABLESPACE \"pglatch Fast\" LOCATION ''");
    }
    create(
        "CREATE TABLE orders (id bigint CONSTRAINT \"Orders key\" PRIMARY KEY, status text);"
        "CREATE INDEX orders_status_idx ON orders (status);"
        "INSERT INTO orders SELECT g, 's' || g % 3 FROM generate_series(1, 1000) g;");
  }
  std::string tablespace_of(const std::string& index) {
    return connection_.value(
        "SELECT coalesce((SELECT spcname FROM pg_tablespace t WHERE t.oid = c.reltablespace), "
        "'its own') FROM pg_class c WHERE c.relname = '" +
        index + "'");
  }
  std::string file_of(const std::string& index) {
    return connection_.value("SELECT relfilenode FROM pg_class WHERE relname = '" + index + "'");
  }
};

TEST_P(RebuildServerTest, MovesIndexesOnce) {
  create_orders_and_tablespace();
  const auto definitions = indexes_of(connection_);
  plan(
      "ALTER INDEX orders_status_idx SET TABLESPACE \"pglatch Fast\";"
      "ALTER TABLE \"Orders key\" SET TABLESPACE \"pglatch Fast\"");
  EXPECT_THAT(plan_.not_rewritten, IsEmpty());
  run_well();
  for (const std::string index : {"orders_status_idx", "Orders key"}) {
    EXPECT_EQ(tablespace_of(index), "pglatch Fast");
  }
  EXPECT_EQ(indexes_of(connection_), definitions);
  EXPECT_THAT(invalid_indexes(), IsEmpty());
  const std::string file = file_of("orders_status_idx");
  run_well();
  EXPECT_EQ(file_of("orders_status_idx"), file);
  // And back.
  plan_knowing("ALTER INDEX orders_status_idx SET TABLESPACE pg_default", "SELECT 1");
  run_well();
  EXPECT_EQ(tablespace_of("orders_status_idx"), "its own");
}

TEST_P(RebuildServerTest, GoesOnAfterAKilledMove) {
  create_orders_and_tablespace();
  plan("ALTER INDEX orders_status_idx SET TABLESPACE \"pglatch Fast\"");
  Connection blocker = database_.connect();
  blocker.exec("BEGIN; UPDATE orders SET status = 'x' WHERE id = 1");
  EXPECT_NE(kill_while_building("waiting for writers before build"), 0);
  EXPECT_THAT(invalid_indexes(), SizeIs(1));
  blocker.exec("COMMIT");
  run_well();
  EXPECT_THAT(invalid_indexes(), IsEmpty());
  EXPECT_THAT(indexes_of(connection_), SizeIs(2));
  EXPECT_EQ(tablespace_of("orders_status_idx"), "pglatch Fast");
}

TEST_P(RebuildServerTest, AnUnknownIndexMayNotBelongToAnExclusionConstraint) {
  create("CREATE TABLE t (during tsrange, CONSTRAINT t_excl EXCLUDE USING gist (during WITH &&))");
  plan_knowing("ALTER INDEX t_excl SET TABLESPACE elsewhere", "SELECT 1");
  const ProcessResult result = run();
  EXPECT_NE(result.exit_code, 0);
  EXPECT_THAT(result.err, HasSubstr("of no exclusion constraint"));
}

TEST_P(RebuildServerTest, RefreshesWhileTheViewIsRead) {
  create(
      "CREATE TABLE \"Orders\" (id int, amount int); INSERT INTO \"Orders\" SELECT g, g FROM generate_series(1, 100) g;"
      "CREATE SCHEMA r; CREATE MATERIALIZED VIEW r.\"Sales\" AS SELECT * FROM \"Orders\";"
      "CREATE UNIQUE INDEX ON r.\"Sales\" (id);");
  plan("REFRESH MATERIALIZED VIEW r.\"Sales\"");
  connection_.exec("UPDATE \"Orders\" SET amount = 0 WHERE id < 50");
  Connection reader = database_.connect();
  reader.exec("BEGIN; SELECT * FROM r.\"Sales\"");
  run_well();
  EXPECT_EQ(connection_.value("SELECT count(*) FROM r.\"Sales\" WHERE amount = 0"), "49");
  reader.exec("COMMIT");
}

TEST_P(RebuildServerTest, AnUnknownViewMustBePopulatedAndHaveAUniqueIndex) {
  create("CREATE MATERIALIZED VIEW v AS SELECT 1 AS id WITH NO DATA");
  plan_knowing("REFRESH MATERIALIZED VIEW v", "SELECT 1");
  EXPECT_THAT(run().err, HasSubstr("Not so: A1"));
  connection_.exec("REFRESH MATERIALIZED VIEW v");
  EXPECT_THAT(run().err, HasSubstr("Not so: A1"));
  connection_.exec("CREATE UNIQUE INDEX v_partial ON v (id) WHERE id > 0");
  EXPECT_THAT(run().err, HasSubstr("Not so: A1"));
  connection_.exec("CREATE UNIQUE INDEX v_id ON v (id)");
  run_well();
}

TEST_P(RebuildServerTest, CommitsAnEnumValueBeforeItsUse) {
  create("CREATE SCHEMA app; CREATE TYPE app.\"Mood\" AS ENUM ('fine', 'good'); CREATE TABLE t (mood app.\"Mood\");");
  const std::string migration =
      "BEGIN; ALTER TYPE app.\"Mood\" ADD VALUE 'it''s bad' AFTER 'fine'; ALTER TYPE app.\"Mood\" ADD VALUE 'last';"
      "ALTER TABLE t ADD COLUMN before app.\"Mood\" DEFAULT 'it''s bad'; INSERT INTO t VALUES ('it''s bad'); COMMIT;";
  EXPECT_ANY_THROW(connection_.exec(migration));
  connection_.exec("ROLLBACK");
  plan(migration);
  // As an earlier run left it that was interrupted.
  connection_.exec("ALTER TYPE app.\"Mood\" ADD VALUE 'it''s bad' AFTER 'fine'");
  run_well();
  run_well();
  EXPECT_EQ(connection_.value("SELECT string_agg(enumlabel, ',' ORDER BY enumsortorder) FROM pg_enum"),
            "fine,it's bad,good,last");
  EXPECT_EQ(connection_.value("SELECT count(*) FROM t"), "1");
}

TEST_P(RebuildServerTest, ThePartsTogetherLeaveWhatTheMigrationLeaves) {
  create(read_file(fixture_path("index-registry/schema.sql")));
  const std::string migration = read_file(fixture_path("index-registry/input.sql"));
  for (const PlanPart part : {PlanPart::others, PlanPart::indexes}) {
    Planning planning;
    planning.part = part;
    plan(migration, planning);
    run_well({"-v", "accept_S2=1", "-v", "accept_S3=1", "-v", "accept_S4=1", "-v", "accept_S5=1"});
  }
  const auto before = state();
  run_well();
  EXPECT_EQ(state(), before);
  Database other = Server::shared(GetParam()).scratch();
  Connection original = other.connect();
  original.exec(schema_);
  original.exec(migration);
  EXPECT_EQ(indexes_of(connection_), indexes_of(original));
  EXPECT_THAT(invalid_indexes(), IsEmpty());
  const std::string constraints =
      "SELECT conrelid::regclass, conname, pg_get_constraintdef(oid), convalidated FROM pg_constraint "
      "WHERE connamespace = 'public'::regnamespace AND contype <> 'n' AND conrelid::regclass::text <> "
      "'pglatch_progress' ORDER BY 1, 2";
  EXPECT_EQ(connection_.query(constraints), original.query(constraints));
}

PGLATCH_ON_SERVERS(RebuildServerTest);

}  // namespace
}  // namespace pglatch::testing
