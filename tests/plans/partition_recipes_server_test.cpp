// Partitions made, attached, detached and dropped by plans that psql runs on real servers: the schema of the original,
// nothing read under the attach, a second run that changes nothing, and runs that were killed go on.
#include <gmock/gmock.h>

#include <chrono>
#include <future>
#include <thread>

#include "analyzer/server/schema_state.h"
#include "tests/plans/server_plan.h"

namespace pglatch::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class PartitionRecipesServerTest : public PlanServerTest {
 protected:
  // What is different between the two databases, a line each.
  static std::vector<std::string> differences(const Database& original, const Database& plan) {
    Connection first = original.connect();
    Connection second = plan.connect();
    std::vector<std::string> lines;
    for (const SchemaDifference& difference : compare_schemas(read_schema(first), read_schema(second))) {
      std::string line = difference.object;
      for (const std::string& value : difference.original) line += "\n  original: " + value;
      for (const std::string& value : difference.plan) line += "\n  plan: " + value;
      lines.push_back(std::move(line));
    }
    return lines;
  }

  // The script up to the step of that number.
  std::string cut(std::size_t steps) const {
    return script_.substr(0, script_.find("\n-- ── S" + std::to_string(steps + 1) + " ["));
  }

  static std::string expect_success(const Database& database, const std::string& script) {
    ProcessResult result = run_psql(database.conninfo(), script);
    // The server process of the run before, which was broken off, may hold the plan's lock for a moment yet.
    for (int i = 0; i < 50 && result.err.find("Another session is running this plan") != std::string::npos; ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
      result = run_psql(database.conninfo(), script);
    }
    EXPECT_EQ(result.exit_code, 0) << result.out << result.err;
    return result.err;
  }

  // Planned for the oldest PostgreSQL and for this one, run at once and broken off after each step: the schema of the
  // original, and a second run that changes nothing.
  void prove(const std::string& schema, const std::string& migration) {
    Database original = Server::shared(GetParam()).scratch();
    original.connect().exec(schema);
    original.connect().exec(migration);
    for (const int version : {Planning().pg_version, GetParam()}) {
      SCOPED_TRACE("planned for PostgreSQL " + std::to_string(version));
      Planning planning;
      planning.schema = schema;
      planning.pg_version = version;
      plan(migration, planning);
      ASSERT_THAT(plan_.not_rewritten, IsEmpty()) << plan_.not_rewritten.front().reason;
      Database at_once = Server::shared(GetParam()).scratch();
      at_once.connect().exec(schema);
      expect_success(at_once, script_);
      EXPECT_THAT(differences(original, at_once), IsEmpty());
      Database step_by_step = Server::shared(GetParam()).scratch();
      step_by_step.connect().exec(schema);
      for (std::size_t steps = 1; steps < plan_.steps().size(); ++steps) expect_success(step_by_step, cut(steps));
      expect_success(step_by_step, script_);
      EXPECT_THAT(differences(original, step_by_step), IsEmpty());
      Connection connection = step_by_step.connect();
      const auto before = read_versions(connection);
      expect_success(step_by_step, script_);
      EXPECT_EQ(read_versions(connection), before);
    }
  }

  // How many steps come before the first that sends this.
  std::size_t number_of(const std::string& text) const {
    std::size_t step = 0;
    while (plan_.steps().at(step)->sql.front().find(text) == std::string::npos) ++step;
    return step;
  }

  // Starts the script, ends its session as soon as it waits for a lock in a statement with that text.
  void kill_while_waiting(const std::string& text) {
    std::future<ProcessResult> psql = std::async(std::launch::async, [&] { return run(); });
    const std::string waiting =
        "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' AND "
        "pid <> pg_backend_pid() AND query LIKE '%" +
        text + "%'";
    for (;;) {
      const auto rows = connection_.query(waiting);
      if (!rows.empty()) {
        connection_.exec("SELECT pg_terminate_backend(" + *rows.front().front() + ")");
        EXPECT_NE(psql.get().exit_code, 0);
        return;
      }
      if (psql.wait_for(std::chrono::milliseconds(20)) != std::future_status::ready) continue;
      const ProcessResult result = psql.get();
      throw std::runtime_error("it never waited with " + text + ": " + result.out + result.err);
    }
  }

  std::vector<std::string> differences_from(const std::string& migration) {
    Database original = Server::shared(GetParam()).scratch();
    original.connect().exec(schema_);
    original.connect().exec(migration);
    return differences(original, database_);
  }
};

// CREATE TABLE … PARTITION OF ------------------------------------------------------------------------------------

constexpr const char* kEvents =
    "CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';"
    "CREATE TABLE customers (id int PRIMARY KEY);"
    "CREATE TABLE events (id bigint GENERATED ALWAYS AS IDENTITY, day date NOT NULL, customer int REFERENCES customers,"
    "  note text DEFAULT 'x' COLLATE \"C\", twice int GENERATED ALWAYS AS (customer * 2) STORED,"
    "  n numeric CONSTRAINT positive CHECK (n > 0), m int NOT NULL DEFAULT 4, gone int, UNIQUE (id, day))"
    "  PARTITION BY RANGE (day);"
    "ALTER TABLE events DROP COLUMN gone; ALTER TABLE events ADD CONSTRAINT later CHECK (m > 0) NOT VALID;"
    "ALTER TABLE events ALTER note SET STORAGE EXTERNAL, ALTER note SET STATISTICS 50, ALTER note SET (n_distinct = 7);"
    "ALTER TABLE events ALTER note SET COMPRESSION pglz;"
    "COMMENT ON TABLE events IS 'all'; COMMENT ON COLUMN events.note IS 'text'; COMMENT ON CONSTRAINT positive ON "
    "events "
    "IS 'check'; CREATE INDEX events_note ON events (lower(note), m) WITH (fillfactor = 60);"
    "CREATE STATISTICS events_stats ON customer, m FROM events; GRANT SELECT ON events TO public;"
    "CREATE TRIGGER keep BEFORE INSERT ON events FOR EACH ROW EXECUTE FUNCTION keep();"
    "ALTER TABLE events ENABLE ROW LEVEL SECURITY; CREATE POLICY few ON events USING (customer > 0);";

TEST_P(PartitionRecipesServerTest, APartitionIsMadeAsItsParentIs) {
  prove(kEvents, "CREATE TABLE p PARTITION OF events FOR VALUES FROM ('2025-01-01') TO (MAXVALUE);");
}

TEST_P(PartitionRecipesServerTest, APartitionWithMoreThanItsParent) {
  prove(
      kEvents,
      "CREATE UNLOGGED TABLE \"My p\" PARTITION OF events (m WITH OPTIONS DEFAULT 9 CHECK (m < 100), customer NOT NULL,"
      "  n UNIQUE DEFERRABLE, note PRIMARY KEY, CHECK (id > 0), CONSTRAINT ex EXCLUDE (customer WITH =),"
      "  CHECK (id > 0 AND customer < 5), FOREIGN KEY (m) REFERENCES customers ON DELETE CASCADE)"
      "  FOR VALUES FROM ('2025-01-01') TO ('2026-01-01') WITH (fillfactor = 70);");
}

TEST_P(PartitionRecipesServerTest, PartitionsOfPartitionsAndTheDefault) {
  prove(kEvents,
        "CREATE TABLE p PARTITION OF events FOR VALUES FROM ('2025-01-01') TO ('2026-01-01') PARTITION BY LIST (day);"
        "CREATE TABLE p_rest PARTITION OF p DEFAULT; CREATE TABLE rest PARTITION OF events DEFAULT;");
}

TEST_P(PartitionRecipesServerTest, NamesThatNeedQuotesInAnotherSchema) {
  const std::string n(60, 'n');
  prove(
      "CREATE SCHEMA \"A b\"; CREATE TABLE \"A b\".\"T's\" (\"K\" int, \"" + n + "\" text) PARTITION BY LIST (\"K\");" +
          "CREATE TABLE \"A b\".\"d\"\"d\" PARTITION OF \"A b\".\"T's\" DEFAULT; INSERT INTO \"A b\".\"T's\" VALUES "
          "(7);" +
          "CREATE TABLE \"A b\".\"" + n + "\" (LIKE \"A b\".\"T's\"); CREATE INDEX ON \"A b\".\"T's\" (\"" + n + "\");",
      "SET search_path = \"A b\"; CREATE TABLE \"P 1\" PARTITION OF \"T's\" FOR VALUES IN (1);"
      "ALTER TABLE \"T's\" ATTACH PARTITION \"" +
          n +
          "\" FOR VALUES IN (2);"
          "DROP TABLE \"d\"\"d\"; ALTER TABLE \"T's\" DETACH PARTITION \"" +
          n + "\";");
}

TEST_P(PartitionRecipesServerTest, RowsOfTheNewPartitionInTheDefaultOneStopThePlan) {
  create(
      "CREATE TABLE t (k int) PARTITION BY LIST (k); CREATE TABLE d PARTITION OF t DEFAULT; INSERT INTO t VALUES (1);");
  plan("CREATE TABLE p PARTITION OF t FOR VALUES IN (1)");
  EXPECT_THAT(run().err, HasSubstr("is violated by some row"));
  EXPECT_EQ(connection_.query(plan_.preflight.front().sql).size(), 1U);
  connection_.exec("DELETE FROM t");
  run_well();
  EXPECT_THAT(differences_from("DELETE FROM t; CREATE TABLE p PARTITION OF t FOR VALUES IN (1)"), IsEmpty());
}

TEST_P(PartitionRecipesServerTest, ATableOfThatNameIsNotTakenForThePartition) {
  create("CREATE TABLE t (k int) PARTITION BY LIST (k);");
  plan("CREATE TABLE p PARTITION OF t FOR VALUES IN (1)");
  connection_.exec("CREATE TABLE p (k int); INSERT INTO p VALUES (1)");
  EXPECT_THAT(run().err, HasSubstr("already exists"));
}

// ATTACH PARTITION -----------------------------------------------------------------------------------------------

struct Bound {
  std::string columns;
  std::string key;
  std::string bound;
  std::string row;     // that belongs into it
  std::string others;  // statements that make other partitions
};

TEST_P(PartitionRecipesServerTest, NoBoundIsLookedForInTheRows) {
  const Bound bounds[] = {
      {"k date", "RANGE (k)", "FOR VALUES FROM ('2024-01-01') TO ('2024-02-01')", "'2024-01-15'", ""},
      {"k timestamptz", "RANGE (k)", "FOR VALUES FROM ('2024-01-01') TO ('2024-02-01')", "'2024-01-15'", ""},
      {"k timestamp", "RANGE (k)", "FOR VALUES FROM ('2024-01-01 00:00') TO (MAXVALUE)", "'2024-01-15'", ""},
      {"k bigint", "RANGE (k)", "FOR VALUES FROM (-5) TO (10)", "3", ""},
      {"k numeric(10, 2)", "RANGE (k)", "FOR VALUES FROM (1.5) TO (10)", "3", ""},
      {"k varchar(5)", "RANGE (k)", "FOR VALUES FROM ('a') TO ('c')", "'b'", ""},
      {"k uuid", "RANGE (k)", "FOR VALUES FROM (MINVALUE) TO ('80000000-0000-0000-0000-000000000000')",
       "'00000000-0000-0000-0000-000000000001'", ""},
      {"k char(5)", "LIST (k)", "FOR VALUES IN ('a', 'c')", "'c'", ""},
      {"k mood", "LIST (k)", "FOR VALUES IN ('a', NULL)", "NULL", ""},
      {"k boolean", "LIST (k)", "FOR VALUES IN (true)", "true", ""},
      {"k int", "LIST (k)", "FOR VALUES IN (NULL)", "NULL", ""},
      {"k int", "HASH (k)", "FOR VALUES WITH (MODULUS 1, REMAINDER 0)", "7", ""},
      {"k uuid, l date", "HASH (k, l)", "FOR VALUES WITH (MODULUS 1, REMAINDER 0)", "NULL, NULL", ""},
      {"k int, l text", "RANGE (k, l)", "FOR VALUES FROM (1, 'b') TO (3, 'd')", "1, 'c'", ""},
      {"k int, l int, m int", "RANGE (k, l, m)", "FOR VALUES FROM (1, 2, MINVALUE) TO (1, 4, MAXVALUE)", "1, 3, 9", ""},
      {"k date", "RANGE (k)", "DEFAULT", "'2030-01-01'",
       "CREATE TABLE o1 PARTITION OF t FOR VALUES FROM ('2025-01-01') TO ('2025-02-01');"
       "CREATE TABLE o2 PARTITION OF t FOR VALUES FROM ('2024-01-01') TO ('2024-02-01');"},
      {"k text", "LIST (k)", "DEFAULT", "'z'",
       "CREATE TABLE o1 PARTITION OF t FOR VALUES IN ('a', 'b'); CREATE TABLE o2 PARTITION OF t FOR VALUES IN (NULL);"},
      {"k int, l int", "RANGE (k, l)", "DEFAULT", "8, 8",
       "CREATE TABLE o1 PARTITION OF t FOR VALUES FROM (1, 2) TO (3, 4);"
       "CREATE TABLE o2 PARTITION OF t FOR VALUES FROM (5, 1) TO (5, 4);"},
      {"k date", "RANGE (k)", "FOR VALUES FROM ('2024-01-01') TO (MAXVALUE)", "'2025-01-01'",
       "CREATE TABLE d PARTITION OF t DEFAULT; INSERT INTO t VALUES ('2020-01-01'), (NULL);"},
      {"k text", "LIST (k)", "FOR VALUES IN ('a', NULL)", "'a'",
       "CREATE TABLE d PARTITION OF t DEFAULT PARTITION BY RANGE (k); CREATE TABLE dd PARTITION OF d DEFAULT;"
       "INSERT INTO t VALUES ('x');"},
      {"k int, l int", "RANGE (k, l)", "FOR VALUES FROM (1, 2) TO (3, 4)", "2, 2",
       "CREATE TABLE d PARTITION OF t DEFAULT; INSERT INTO t VALUES (1, 1), (NULL, 3);"},
  };
  for (const Bound& bound : bounds) {
    SCOPED_TRACE(bound.columns + " " + bound.bound);
    const std::string schema = "CREATE TYPE mood AS ENUM ('a', 'b'); CREATE TABLE t (" + bound.columns +
                               ") PARTITION BY " + bound.key + "; CREATE TABLE p (" + bound.columns +
                               "); INSERT INTO p VALUES (" + bound.row + ");" + bound.others;
    Planning planning;
    planning.schema = schema;
    planning.pg_version = GetParam();
    plan("ALTER TABLE t ATTACH PARTITION p " + bound.bound, planning);
    ASSERT_THAT(plan_.not_rewritten, IsEmpty()) << plan_.not_rewritten.front().reason;
    Database database = Server::shared(GetParam()).scratch();
    database.connect().exec(schema);
    expect_success(database, cut(number_of("ATTACH PARTITION")));
    // What it looks at, PostgreSQL says.
    const std::string said = expect_success(database, "SET client_min_messages = debug1;\n" + script_);
    EXPECT_THAT(said, Not(HasSubstr("verifying table")));
    EXPECT_THAT(said, HasSubstr("\"p\" is implied by existing constraints"));
    EXPECT_EQ(said.find("default partition \"d\" is implied") != std::string::npos,
              bound.others.find("TABLE d ") != std::string::npos)
        << said;
  }
}

constexpr const char* kAttached =
    "CREATE TABLE customers (id int PRIMARY KEY); INSERT INTO customers VALUES (1);"
    "CREATE TABLE t (id int, day date, c int REFERENCES customers ON DELETE SET NULL DEFERRABLE, note text,"
    "  PRIMARY KEY (id, day), UNIQUE (day, id) INCLUDE (note) DEFERRABLE INITIALLY DEFERRED) PARTITION BY RANGE (day);"
    "CREATE INDEX words ON t USING gin (to_tsvector('simple', note)) WHERE id > 0; CREATE INDEX ON t (note DESC);"
    "CREATE TABLE p (note text, day date NOT NULL, c int, id int NOT NULL); CREATE INDEX mine ON p (note);"
    "INSERT INTO p SELECT 'n', date '2024-01-01' + g, 1, g FROM generate_series(1, 300) g;"
    "CREATE TABLE d PARTITION OF t DEFAULT; INSERT INTO t VALUES (1, '2020-01-01', 1, 'old');";
constexpr const char* kAttach = "ALTER TABLE t ATTACH PARTITION p FOR VALUES FROM ('2024-01-01') TO ('2025-01-01')";

TEST_P(PartitionRecipesServerTest, IndexesAndKeysComeBeforeTheAttach) { prove(kAttached, kAttach); }

TEST_P(PartitionRecipesServerTest, APartitionedTableIsAttached) {
  prove(
      "CREATE TABLE customers (id int PRIMARY KEY); INSERT INTO customers VALUES (1);"
      "CREATE TABLE t (id int, day date, c int REFERENCES customers, PRIMARY KEY (id, day)) PARTITION BY RANGE (day);"
      "CREATE INDEX ON t (c); CREATE TABLE p (LIKE t) PARTITION BY LIST (id);"
      "CREATE TABLE p_1 PARTITION OF p FOR VALUES IN (1); CREATE TABLE p_rest PARTITION OF p DEFAULT;"
      "INSERT INTO p SELECT g, '2024-05-05', 1 FROM generate_series(1, 100) g;",
      kAttach);
}

TEST_P(PartitionRecipesServerTest, AnAttachKilledInEachPhaseGoesOn) {
  create(kAttached);
  plan(kAttach);
  Connection blocker = database_.connect();
  const char* phases[] = {"ADD CONSTRAINT pglatch_bound",
                          "VALIDATE CONSTRAINT pglatch_bound",
                          "CREATE UNIQUE INDEX",
                          "ADD CONSTRAINT t_c_fkey",
                          "ATTACH PARTITION",
                          "DROP CONSTRAINT IF EXISTS pglatch_bound"};
  for (const char* phase : phases) {
    SCOPED_TRACE(phase);
    // Up to the step in question nothing is in the way.
    expect_success(database_, cut(number_of(phase)));
    blocker.exec("BEGIN; LOCK TABLE p IN SHARE UPDATE EXCLUSIVE MODE; LOCK TABLE d IN SHARE UPDATE EXCLUSIVE MODE");
    kill_while_waiting(phase);
    blocker.exec("COMMIT");
  }
  run_well();
  EXPECT_THAT(invalid_indexes(), IsEmpty());
  EXPECT_THAT(differences_from(kAttach), IsEmpty());
}

TEST_P(PartitionRecipesServerTest, AnotherTimeZoneIsNoticedBeforeTheAttach) {
  const std::string attach = "ALTER TABLE t ATTACH PARTITION p FOR VALUES FROM ('2024-01-01') TO ('2025-01-01')";
  create(
      "CREATE TABLE t (at timestamptz) PARTITION BY RANGE (at); CREATE TABLE p (at timestamptz);"
      "INSERT INTO p VALUES ('2024-05-05');");
  plan(attach);
  EXPECT_EQ(run_psql(database_.conninfo(), cut(2)).exit_code, 0);
  const std::string alter = "ALTER DATABASE " + database_.name() + " ";
  connection_.exec(alter + "SET TimeZone = 'Asia/Tokyo'");
  EXPECT_THAT(run().err, HasSubstr("another TimeZone"));
  EXPECT_EQ(connection_.value("SELECT count(*) FROM pg_inherits"), "0");
  connection_.exec(alter + "RESET TimeZone");
  run_well();
}

TEST_P(PartitionRecipesServerTest, AnIndexThatNobodyToldOfStopsTheAttach) {
  const std::string schema = "CREATE TABLE t (k int, n text) PARTITION BY LIST (k); CREATE TABLE p (k int, n text);";
  create(schema + "CREATE INDEX hidden ON t (n); INSERT INTO p VALUES (1);");
  plan_knowing("ALTER TABLE t ATTACH PARTITION p FOR VALUES IN (1)", schema);
  EXPECT_THAT(run().err, HasSubstr("that the migrations do not show"));
  EXPECT_EQ(connection_.value("SELECT count(*) FROM pg_inherits WHERE inhrelid = 'p'::regclass"), "0");
}

// DETACH PARTITION, DROP TABLE -----------------------------------------------------------------------------------

constexpr const char* kPartitions =
    "CREATE TABLE customers (id int PRIMARY KEY); INSERT INTO customers VALUES (1);"
    "CREATE TABLE t (id int, day date NOT NULL, c int REFERENCES customers, PRIMARY KEY (id, day)) PARTITION BY RANGE "
    "(day); CREATE TABLE p PARTITION OF t FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');"
    "ALTER TABLE p ADD CONSTRAINT p_day_check CHECK (day > '2000-01-01');"
    "CREATE TABLE q PARTITION OF t FOR VALUES FROM ('2025-01-01') TO ('2026-01-01') PARTITION BY LIST (id);"
    "CREATE TABLE q_1 PARTITION OF q FOR VALUES IN (1);"
    "INSERT INTO t VALUES (1, '2024-05-05', 1), (1, '2025-05-05', 1);";

TEST_P(PartitionRecipesServerTest, DetachedPartitionsAreAsThePlainFormLeavesThem) {
  prove(kPartitions, "ALTER TABLE t DETACH PARTITION p; ALTER TABLE t DETACH PARTITION q;");
  prove(std::string(kPartitions) + "CREATE TABLE r PARTITION OF t DEFAULT;",
        "ALTER TABLE t DETACH PARTITION p; ALTER TABLE t DETACH PARTITION r; ALTER TABLE q DETACH PARTITION q_1;");
}

TEST_P(PartitionRecipesServerTest, DroppedPartitionsAreGone) {
  prove(kPartitions, "DROP TABLE p, q;");
  prove(std::string(kPartitions) + "CREATE TABLE r PARTITION OF t DEFAULT;", "DROP TABLE IF EXISTS p; DROP TABLE r;");
}

TEST_P(PartitionRecipesServerTest, ADetachKilledWhileItWaitsIsFinished) {
  for (const std::string migration : {"ALTER TABLE t DETACH PARTITION p", "DROP TABLE p"}) {
    SCOPED_TRACE(migration);
    create("DROP TABLE IF EXISTS t, p, q, customers;" + std::string(kPartitions));
    plan(migration);
    Connection reader = database_.connect();
    reader.exec("BEGIN; SELECT * FROM t");
    kill_while_waiting("DETACH PARTITION public.p CONCURRENTLY");
    EXPECT_EQ(connection_.value("SELECT inhdetachpending FROM pg_inherits WHERE inhrelid = 'p'::regclass"), "t");
    reader.exec("COMMIT");
    run_well();
    EXPECT_THAT(differences_from(migration), IsEmpty());
    run_well();
  }
}

TEST_P(PartitionRecipesServerTest, APartitionOfAnOldNameIsNotDetachedAgain) {
  prove(kPartitions,
        "ALTER TABLE t DETACH PARTITION p; ALTER TABLE p RENAME TO p_old;"
        "CREATE TABLE p PARTITION OF t FOR VALUES FROM ('2027-01-01') TO ('2028-01-01');");
}

PGLATCH_ON_SERVERS(PartitionRecipesServerTest);

}  // namespace
}  // namespace pglatch::testing
