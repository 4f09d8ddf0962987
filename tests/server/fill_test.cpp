// Rows that nobody wrote, in tables of every kind.
#include "analyzer/server/fill.h"

#include <gmock/gmock.h>

#include "tests/support/server.h"

namespace pglatch::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr std::int64_t kRows = 500;

class FillTest : public ::testing::TestWithParam<int> {
 protected:
  // Fills tables of `schema`; what a migration adds is in `migration`.
  std::vector<FilledTable> fill(const std::string& schema, const std::vector<std::string>& tables,
                                const std::string& migration = "") {
    connection_.exec(schema);
    goal_.exec(schema);
    if (!migration.empty()) goal_.exec(migration);
    ConstraintsByTable demands;
    add_constraints(goal_, demands);
    return fill_tables(connection_, demands, tables, kRows);
  }

  void expect_filled(const std::vector<FilledTable>& tables) {
    for (const FilledTable& table : tables) {
      EXPECT_THAT(table.problem, IsEmpty()) << table.name;
      EXPECT_GE(table.rows, kRows - 10) << table.name;
    }
  }

  Database database_ = Server::shared(GetParam()).scratch();
  Database goal_database_ = Server::shared(GetParam()).scratch();
  Connection connection_ = database_.connect();
  Connection goal_ = goal_database_.connect();
};

TEST_P(FillTest, TypesOfEveryKind) {
  expect_filled(fill(
      "CREATE TYPE mood AS ENUM ('sad', 'happy'); CREATE DOMAIN percent AS int CHECK (VALUE BETWEEN 0 AND 100);"
      "CREATE TABLE \"All Types\" (a smallint NOT NULL, b bigint PRIMARY KEY, c numeric(4,2) NOT NULL, d real NOT NULL,"
      " e char(3) NOT NULL, f varchar(8) UNIQUE, g uuid UNIQUE, h bytea NOT NULL, i jsonb NOT NULL, j inet NOT NULL,"
      " k boolean NOT NULL, l date NOT NULL, m timestamptz NOT NULL, n time NOT NULL, o interval NOT NULL, p mood NOT "
      "NULL, q percent NOT NULL, r text[] NOT NULL, s tsvector NOT NULL, t int4range NOT NULL, u point NOT NULL, v xml,"
      " w money NOT NULL, x cidr NOT NULL, y oid NOT NULL, z numeric NOT NULL,"
      " always bigint GENERATED ALWAYS AS IDENTITY, twice bigint GENERATED ALWAYS AS (b * 2) STORED)",
      {"public.\"All Types\""}));
  // What the application inserts next does not meet our rows.
  EXPECT_EQ(connection_.value("SELECT nextval(pg_get_serial_sequence('\"All Types\"', 'always'))"),
            std::to_string(kRows + 1));
}

TEST_P(FillTest, ChecksAndForeignKeys) {
  expect_filled(fill(
      "CREATE TABLE country (code char(2) PRIMARY KEY, name text NOT NULL CHECK (name <> ''));"
      "CREATE TABLE customer (id serial PRIMARY KEY, email text NOT NULL CHECK (email LIKE '%@%'), boss int REFERENCES "
      "customer, age int CHECK (age BETWEEN 18 AND 120), state text CHECK (state IN ('new', 'old')));"
      "CREATE TABLE sale (customer int NOT NULL REFERENCES customer, place int UNIQUE, price numeric CHECK (price > 0),"
      " other int, CONSTRAINT both_ CHECK (place <= other))",
      {"public.sale"}));
  EXPECT_EQ(connection_.value("SELECT count(DISTINCT customer) FROM sale"), std::to_string(kRows));
  EXPECT_EQ(connection_.value("SELECT count(DISTINCT state) FROM customer"), "2");
}

TEST_P(FillTest, WhatTheMigrationWillCheckCountsToo) {
  expect_filled(fill("CREATE TABLE t (id int, state text, ref int); CREATE TABLE u (id int PRIMARY KEY)", {"public.t"},
                     "ALTER TABLE t ADD CHECK (state IN ('a', 'b')), ADD FOREIGN KEY (ref) REFERENCES u"));
  EXPECT_EQ(connection_.try_exec("ALTER TABLE t ADD CHECK (state IN ('a', 'b')), ADD FOREIGN KEY (ref) REFERENCES u"),
            std::nullopt);
}

TEST_P(FillTest, PartitionsOfEveryKind) {
  expect_filled(fill(
      "CREATE TABLE event (id bigint, day date NOT NULL, kind int) PARTITION BY RANGE (day);"
      "CREATE TABLE event_1 PARTITION OF event FOR VALUES FROM ('2024-01-01') TO ('2024-02-01');"
      "CREATE TABLE event_2 PARTITION OF event FOR VALUES FROM ('2024-02-01') TO (MAXVALUE) PARTITION BY LIST (kind);"
      "CREATE TABLE event_2_a PARTITION OF event_2 FOR VALUES IN (7, 8);"
      "CREATE TABLE event_0 PARTITION OF event FOR VALUES FROM (MINVALUE) TO ('2024-01-01');"
      "CREATE TABLE h (id int PRIMARY KEY) PARTITION BY HASH (id);"
      "CREATE TABLE h_0 PARTITION OF h FOR VALUES WITH (MODULUS 2, REMAINDER 0);"
      "CREATE TABLE h_1 PARTITION OF h FOR VALUES WITH (MODULUS 2, REMAINDER 1);",
      {"public.event", "public.h"}));
  EXPECT_EQ(connection_.value("SELECT count(DISTINCT tableoid) FROM event"), "3");
  EXPECT_GT(std::stoi(connection_.value("SELECT count(DISTINCT day) FROM event_1")), 10);
}

TEST_P(FillTest, ChecksOfSeveralColumns) {
  expect_filled(
      fill("CREATE DOMAIN percent AS int CHECK (VALUE BETWEEN 0 AND 100); CREATE TYPE kind AS ENUM ('a', 'b');"
           "CREATE TABLE t (id int PRIMARY KEY, a int NOT NULL, b int NOT NULL, CHECK (a > b),"
           " starts timestamptz NOT NULL, ends timestamptz NOT NULL, CHECK (starts < ends),"
           " mail text, phone text, CHECK (num_nonnulls(mail, phone) = 1), share percent, kind kind,"
           " CHECK (kind = 'b' AND share > 50), twice int GENERATED ALWAYS AS (a * 2) STORED, CHECK (twice < 10000))",
           {"public.t"}));
}

TEST_P(FillTest, PartitionsOfExpressionsDefaultsAndSeveralColumns) {
  expect_filled(fill(
      "CREATE TABLE t (a int NOT NULL, b text NOT NULL, CHECK (a > 5 OR b = 'x')) PARTITION BY RANGE (a, b);"
      "CREATE TABLE t_1 PARTITION OF t FOR VALUES FROM (1, 'a') TO (10, 'm');"
      "CREATE TABLE t_2 PARTITION OF t FOR VALUES FROM (10, 'm') TO (20, MINVALUE);"
      "CREATE TABLE t_rest PARTITION OF t DEFAULT;"
      "CREATE TABLE l (a int, s text) PARTITION BY LIST (s);"
      "CREATE TABLE l_1 PARTITION OF l FOR VALUES IN ('value1', 'value2', 'value3');"
      "CREATE TABLE l_null PARTITION OF l FOR VALUES IN (NULL); CREATE TABLE l_rest PARTITION OF l DEFAULT;"
      "CREATE TABLE e (s text NOT NULL) PARTITION BY LIST ((length(s) > 3));"
      "CREATE TABLE e_1 PARTITION OF e FOR VALUES IN (true); CREATE TABLE e_2 PARTITION OF e FOR VALUES IN (false);",
      {"public.t", "public.l"}));
  EXPECT_EQ(connection_.value("SELECT count(DISTINCT tableoid) FROM t"), "3");
  EXPECT_EQ(connection_.value("SELECT count(DISTINCT tableoid) FROM l"), "3");
}

TEST_P(FillTest, ExclusionAndFewDistinctValues) {
  const auto tables = fill(
      "CREATE TABLE t (during tsrange, EXCLUDE USING gist (during WITH &&));"
      "CREATE TABLE u (a boolean UNIQUE, b text)",
      {"public.t", "public.u"});
  EXPECT_EQ(tables[0].rows, kRows) << tables[0].problem;
  EXPECT_EQ(tables[1].rows, 2) << "there are no more";
  EXPECT_THAT(tables[1].problem, HasSubstr("duplicate key value"));
}

TEST_P(FillTest, SaysWhatCannotBeFilled) {
  const auto tables = fill(
      "CREATE TABLE t (a int NOT NULL, CHECK (md5(a::text) = 'x')); CREATE TABLE u (a int);"
      "CREATE TABLE v (a int) PARTITION BY LIST (a); CREATE TABLE few (a int NOT NULL, CHECK (a % 7 = 0))",
      {"public.t", "public.u", "public.v", "public.few"});
  ASSERT_EQ(tables.size(), 4U);
  EXPECT_THAT(tables[0].problem, HasSubstr("violates check constraint"));
  EXPECT_EQ(tables[0].rows, 0);
  EXPECT_EQ(tables[1].rows, kRows);
  EXPECT_THAT(tables[2].problem, HasSubstr("no partition"));
  EXPECT_GT(tables[3].rows, 0) << "those that pass";
}

TEST_P(FillTest, RowsThatAreThereStay) {
  expect_filled(
      fill("CREATE TABLE t (id int PRIMARY KEY, v text); INSERT INTO t VALUES (1, 'mine'), (2, 'mine')", {"public.t"}));
  EXPECT_EQ(connection_.value("SELECT count(*) FROM t WHERE v = 'mine'"), "2");
}

INSTANTIATE_TEST_SUITE_P(Servers, FillTest, ::testing::ValuesIn(oldest_and_newest(Server::available_majors())),
                         ::testing::PrintToStringParamName());

}  // namespace
}  // namespace pglatch::testing
