// Constraints added by plans that psql runs on real servers: what the original leaves on a database of its own is what
// the plan leaves, a second run changes nothing, and a run that ended after any of the steps goes on.
#include <gmock/gmock.h>

#include <algorithm>
#include <iterator>
#include <set>

#include "tests/plans/server_plan.h"

namespace pglatch::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class ConstraintRecipesServerTest : public PlanServerTest {
 protected:
  // Columns, constraints, indexes, inheritance and triggers by their names, a line each. Left out is what differs with
  // the way in which something was made, and means nothing: whether a key is NO INHERIT; before 18 the validity of the
  // rows that a foreign key has for each referenced partition; on 18 whether a partition's NOT NULL is its own as well,
  // as PRIMARY KEY USING INDEX makes it.
  static std::set<std::string> schema_of(Connection& connection) {
    const auto rows = connection.query(
        "SELECT concat_ws(' ', 'column', a.attrelid::regclass, a.attname, format_type(a.atttypid, a.atttypmod),\n"
        "    a.attnotnull, pg_get_expr(d.adbin, d.adrelid), a.attislocal, a.attinhcount)\n"
        "  FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid AND c.relkind IN ('r', 'p', 'f')\n"
        "    LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum\n"
        "  WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relnamespace = 'public'::regnamespace\n"
        "    AND c.relname <> 'pglatch_progress'\n"
        "UNION ALL SELECT concat_ws(' ', 'constraint', k.conrelid::regclass, k.conname,\n"
        "    CASE WHEN k.contype = 'f' AND k.conparentid <> 0 THEN replace(pg_get_constraintdef(k.oid), ' NOT VALID', "
        "'')\n"
        "      ELSE concat(pg_get_constraintdef(k.oid), k.convalidated) END,\n"
        "    CASE WHEN k.contype <> 'n' OR NOT c.relispartition THEN k.conislocal END, k.coninhcount,\n"
        "    CASE WHEN k.contype IN ('c', 'n') THEN k.connoinherit END,\n"
        "    k.condeferrable, k.condeferred, k.conindid::regclass, k.confrelid::regclass, p.conname)\n"
        "  FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid LEFT JOIN pg_constraint p ON p.oid = "
        "k.conparentid\n"
        "  WHERE k.connamespace = 'public'::regnamespace AND k.conrelid <> 0\n"
        "    AND k.conrelid::regclass::text <> 'pglatch_progress'\n"
        "UNION ALL SELECT concat_ws(' ', 'index', i.indrelid::regclass, i.indexrelid::regclass,\n"
        "    pg_get_indexdef(i.indexrelid), i.indisvalid AND i.indisready AND i.indislive, i.indisprimary,\n"
        "    i.indimmediate, h.inhparent::regclass)\n"
        "  FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid LEFT JOIN pg_inherits h ON h.inhrelid = c.oid\n"
        "  WHERE c.relnamespace = 'public'::regnamespace AND i.indrelid::regclass::text <> 'pglatch_progress'\n"
        "UNION ALL SELECT concat_ws(' ', 'trigger', t.tgrelid::regclass, t.tgfoid::regproc, count(*))\n"
        "  FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid WHERE c.relnamespace = 'public'::regnamespace\n"
        "  GROUP BY t.tgrelid, t.tgfoid");
    std::set<std::string> lines;
    for (const Row& row : rows) lines.insert(*row.front());
    return lines;
  }

  static std::vector<std::string> difference(const std::set<std::string>& a, const std::set<std::string>& b) {
    std::vector<std::string> only;
    std::set_difference(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(only));
    return only;
  }

  // The rows of the catalogs themselves.
  static std::vector<Row> versions_of(Connection& connection) {
    auto rows = state_of(connection);
    for (Row& row : connection.query("SELECT k.oid, k.xmin, k.conname FROM pg_constraint k WHERE k.conname NOT LIKE "
                                     "'pglatch_progress%' ORDER BY k.oid")) {
      rows.push_back(std::move(row));
    }
    for (Row& row :
         connection.query("SELECT a.attrelid, a.attname, a.xmin FROM pg_attribute a JOIN pg_class c ON c.oid "
                          "= a.attrelid WHERE c.relnamespace = 'public'::regnamespace AND c.relname NOT LIKE "
                          "'pglatch_progress%' ORDER BY a.attrelid, a.attnum")) {
      rows.push_back(std::move(row));
    }
    return rows;
  }

  // Plans for the oldest PostgreSQL that runs it, and for this one.
  std::vector<int> planned_for() const {
    const int oldest = Planning().pg_version;
    return GetParam() == oldest ? std::vector<int>{oldest} : std::vector<int>{oldest, GetParam()};
  }

  // The script up to the step of that number.
  std::string cut(std::size_t steps) const {
    return script_.substr(0, script_.find("\n-- ── S" + std::to_string(steps + 1) + " ["));
  }

  void prove(const std::string& schema, const std::string& migration) {
    Database original_database = Server::shared(GetParam()).scratch();
    Connection original = original_database.connect();
    original.exec(schema);
    original.exec(migration);
    const auto wanted = schema_of(original);
    for (const int version : planned_for()) {
      SCOPED_TRACE("planned for PostgreSQL " + std::to_string(version));
      schema_ = schema;
      Planning planning;
      planning.pg_version = version;
      plan(migration, planning);
      ASSERT_THAT(plan_.not_rewritten, IsEmpty()) << plan_.not_rewritten.front().reason;
      for (const OriginalStatement& statement : plan_.statements) {
        EXPECT_EQ(statement.disposition, Disposition::rewritten) << statement.sql;
      }
      Database at_once = Server::shared(GetParam()).scratch();
      run_and_compare(at_once, schema, {script_}, wanted);
      // Broken off after each step.
      std::vector<std::string> scripts;
      for (std::size_t steps = 1; steps < plan_.steps().size(); ++steps) scripts.push_back(cut(steps));
      scripts.push_back(script_);
      Database step_by_step = Server::shared(GetParam()).scratch();
      run_and_compare(step_by_step, schema, scripts, wanted);
    }
  }

  void run_and_compare(const Database& database, const std::string& schema, const std::vector<std::string>& scripts,
                       const std::set<std::string>& wanted) {
    Connection connection = database.connect();
    connection.exec(schema);
    for (const std::string& script : scripts) {
      SCOPED_TRACE(std::to_string(scripts.size()) + " runs");
      const ProcessResult result = run_psql(database.conninfo(), script);
      ASSERT_EQ(result.exit_code, 0) << result.out << result.err;
    }
    const auto got = schema_of(connection);
    EXPECT_THAT(difference(got, wanted), IsEmpty()) << "more than the original";
    EXPECT_THAT(difference(wanted, got), IsEmpty()) << "less than the original";
    const auto before = versions_of(connection);
    const ProcessResult again = run_psql(database.conninfo(), scripts.back());
    ASSERT_EQ(again.exit_code, 0) << again.out << again.err;
    EXPECT_EQ(versions_of(connection), before);
  }
};

constexpr const char* kOrders =
    "CREATE TABLE customers (id bigint PRIMARY KEY, code text, UNIQUE (code));"
    "INSERT INTO customers SELECT g, 'c' || g FROM generate_series(1, 20) g;"
    "CREATE TABLE orders (id bigint, customer bigint, code text, total numeric, note text);"
    "INSERT INTO orders SELECT g, g % 20 + 1, 'c1', g, 'n' || g FROM generate_series(1, 1000) g;";

constexpr const char* kEvents =
    "CREATE TABLE customers (id bigint PRIMARY KEY);"
    "INSERT INTO customers SELECT g FROM generate_series(0, 20) g;"
    "CREATE TABLE events (id bigint, day date, customer bigint, kind int) PARTITION BY RANGE (day);"
    "CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM ('2024-01-01') TO ('2024-02-01');"
    "CREATE TABLE events_2 PARTITION OF events FOR VALUES FROM ('2024-02-01') TO ('2024-03-01') PARTITION BY LIST "
    "(kind);"
    "CREATE TABLE events_2_a PARTITION OF events_2 FOR VALUES IN (1);"
    "CREATE TABLE events_2_b PARTITION OF events_2 DEFAULT;"
    "INSERT INTO events SELECT g, date '2024-01-01' + g % 60, g % 20, g % 3 FROM generate_series(1, 600) g;";

// ADD CHECK ---------------------------------------------------------------------------------------

TEST_P(ConstraintRecipesServerTest, ChecksOfATable) {
  prove(kOrders,
        "ALTER TABLE orders ADD CONSTRAINT positive CHECK (total > 0 /* cents */ AND id > 0) NO INHERIT;"
        "ALTER TABLE ONLY orders ADD CHECK (customer IS NOT NULL); ALTER TABLE orders ADD CHECK (id < 1e9);");
}

TEST_P(ConstraintRecipesServerTest, ChecksThatChildrenInherit) {
  prove(std::string(kOrders) +
            "CREATE TABLE old_orders () INHERITS (orders); INSERT INTO old_orders (id, total) VALUES (1, 2);",
        "ALTER TABLE orders ADD CONSTRAINT positive CHECK (total > 0)");
}

TEST_P(ConstraintRecipesServerTest, ChecksOfAPartitionedTable) {
  prove(kEvents, "ALTER TABLE events ADD CONSTRAINT known CHECK (kind IN (0, 1, 2)), ADD CHECK (id > 0);");
}

TEST_P(ConstraintRecipesServerTest, ChecksInsideOfAddColumn) {
  prove(kOrders,
        "ALTER TABLE orders ADD COLUMN state text NOT NULL CONSTRAINT known CHECK (state IN ('new', 'old')) COLLATE "
        "\"C\" DEFAULT 'new', ADD COLUMN more numeric(10, 2) DEFAULT 1 CHECK (more > 0) -- cents\n"
        ", ADD COLUMN rest int;");
}

TEST_P(ConstraintRecipesServerTest, AChangedCheckGoesFromTheOldToTheNew) {
  prove(std::string(kOrders) + "ALTER TABLE orders ADD CONSTRAINT a CHECK (total > 0);",
        "ALTER TABLE orders DROP CONSTRAINT a, ADD CONSTRAINT b CHECK (total >= 0), ALTER note SET DEFAULT 'x'");
}

// ADD FOREIGN KEY ---------------------------------------------------------------------------------

TEST_P(ConstraintRecipesServerTest, ForeignKeysOfATable) {
  prove(
      kOrders,
      "ALTER TABLE orders ADD FOREIGN KEY (customer) REFERENCES customers ON DELETE SET NULL DEFERRABLE INITIALLY "
      "DEFERRED, ADD CONSTRAINT by_code FOREIGN KEY (code) REFERENCES customers (code) MATCH FULL ON UPDATE CASCADE;");
}

TEST_P(ConstraintRecipesServerTest, AForeignKeyInsideOfAddColumn) {
  prove(kOrders,
        "ALTER TABLE orders ADD COLUMN payer bigint DEFAULT 1 REFERENCES customers (id) ON DELETE CASCADE DEFERRABLE");
}

TEST_P(ConstraintRecipesServerTest, AForeignKeyToAPartitionedTable) {
  prove(std::string(kEvents) +
            "ALTER TABLE events ADD PRIMARY KEY (day, kind, id); CREATE TABLE notes (d date, k int, i bigint, t text);"
            "INSERT INTO notes SELECT day, kind, id FROM events;",
        "ALTER TABLE notes ADD FOREIGN KEY (d, k, i) REFERENCES events");
}

TEST_P(ConstraintRecipesServerTest, AForeignKeyOfAPartitionedTable) {
  prove(kEvents, "ALTER TABLE events ADD FOREIGN KEY (customer) REFERENCES customers ON DELETE CASCADE");
}

TEST_P(ConstraintRecipesServerTest, AForeignKeyThatAPartitionHasAlready) {
  prove(std::string(kEvents) + "ALTER TABLE events_1 ADD CONSTRAINT mine FOREIGN KEY (customer) REFERENCES customers;",
        "ALTER TABLE events ADD FOREIGN KEY (customer) REFERENCES customers");
}

// SET NOT NULL ------------------------------------------------------------------------------------

TEST_P(ConstraintRecipesServerTest, NotNullOfATable) {
  prove(kOrders, "ALTER TABLE orders ALTER COLUMN total SET NOT NULL, ALTER note SET NOT NULL");
}

TEST_P(ConstraintRecipesServerTest, NotNullThatChildrenInherit) {
  prove(std::string(kOrders) +
            "CREATE TABLE old_orders () INHERITS (orders); INSERT INTO old_orders (id, total) VALUES (1, 2);",
        "ALTER TABLE orders ALTER COLUMN total SET NOT NULL");
}

TEST_P(ConstraintRecipesServerTest, NotNullOfAPartitionedTable) {
  prove(std::string(kEvents) + "ALTER TABLE events_1 ALTER COLUMN customer SET NOT NULL;",
        "ALTER TABLE events ALTER COLUMN customer SET NOT NULL");
}

TEST_P(ConstraintRecipesServerTest, NotNullBesideTheDropOfItsProof) {
  prove(std::string(kOrders) + "ALTER TABLE orders ADD CONSTRAINT proof CHECK (total IS NOT NULL);",
        "ALTER TABLE orders ALTER COLUMN total SET NOT NULL, DROP CONSTRAINT proof");
}

TEST_P(ConstraintRecipesServerTest, NotNullFailsOnNullsAndGoesOnWithoutThem) {
  create(std::string(kOrders) + "UPDATE orders SET total = NULL WHERE id = 7;");
  plan("ALTER TABLE orders ALTER COLUMN total SET NOT NULL");
  const ProcessResult failed = run();
  EXPECT_NE(failed.exit_code, 0);
  EXPECT_THAT(failed.err, HasSubstr("is violated by some row"));
  EXPECT_EQ(connection_.query(plan_.preflight.front().sql).size(), 1U);
  connection_.exec("UPDATE orders SET total = 0 WHERE id = 7");
  run_well();
  EXPECT_EQ(connection_.value("SELECT attnotnull FROM pg_attribute WHERE attrelid = 'orders'::regclass AND attname = "
                              "'total'"),
            "t");
}

// ADD UNIQUE, ADD PRIMARY KEY ---------------------------------------------------------------------

TEST_P(ConstraintRecipesServerTest, KeysOfATable) {
  prove(kOrders,
        "ALTER TABLE orders ADD PRIMARY KEY (id), ADD CONSTRAINT u UNIQUE NULLS NOT DISTINCT (note, total) INCLUDE "
        "(code) WITH (fillfactor = 70) DEFERRABLE INITIALLY DEFERRED, ADD UNIQUE (note);");
}

TEST_P(ConstraintRecipesServerTest, KeysInsideOfAddColumn) {
  prove(std::string(kOrders) + "DELETE FROM orders WHERE id > 1;",
        "ALTER TABLE orders ADD COLUMN token int NOT NULL DEFAULT 5 PRIMARY KEY, ADD COLUMN mail text UNIQUE NOT "
        "DEFERRABLE");
}

TEST_P(ConstraintRecipesServerTest, APrimaryKeyOnAnIndexThatIsThere) {
  prove(std::string(kOrders) + "CREATE UNIQUE INDEX by_id ON orders (id);",
        "ALTER TABLE orders ADD CONSTRAINT orders_pkey PRIMARY KEY USING INDEX by_id");
}

TEST_P(ConstraintRecipesServerTest, KeysOfAPartitionedTable) {
  prove(kEvents,
        "ALTER TABLE events ADD PRIMARY KEY (id, day, kind); ALTER TABLE events ADD UNIQUE (kind, day, customer, id) "
        "DEFERRABLE;");
}

TEST_P(ConstraintRecipesServerTest, AKeyThatAPartitionHasAlready) {
  prove(std::string(kEvents) + "ALTER TABLE events_1 ADD CONSTRAINT mine UNIQUE (id, day, kind);",
        "ALTER TABLE events ADD UNIQUE (id, day, kind)");
}

TEST_P(ConstraintRecipesServerTest, AKilledBuildIsDoneAnew) {
  create(kOrders);
  plan("ALTER TABLE orders ADD UNIQUE (id)");
  Connection blocker = database_.connect();
  blocker.exec("BEGIN; UPDATE orders SET total = 0 WHERE id = 1");
  EXPECT_NE(kill_while_building("waiting for writers before build"), 0);
  EXPECT_THAT(invalid_indexes(), Not(IsEmpty()));
  blocker.exec("COMMIT");
  run_well();
  EXPECT_THAT(invalid_indexes(), IsEmpty());
  EXPECT_EQ(connection_.value("SELECT contype FROM pg_constraint WHERE conname = 'orders_id_key'"), "u");
}

TEST_P(ConstraintRecipesServerTest, AConstraintOfThatNameButAnotherKindIsNotTakenForIt) {
  create(kOrders);
  plan("ALTER TABLE orders ADD CONSTRAINT c CHECK (total > 0)");
  connection_.exec("ALTER TABLE orders ADD CONSTRAINT c CHECK (id > 0)");
  const auto before = versions_of(connection_);
  EXPECT_THAT(run().err, HasSubstr("already exists"));
  EXPECT_EQ(versions_of(connection_), before);
}

PGLATCH_ON_SERVERS(ConstraintRecipesServerTest);

}  // namespace
}  // namespace pglatch::testing
