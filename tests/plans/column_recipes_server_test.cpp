// Columns that get another type, tables and columns that go or are renamed, by plans that psql runs on real servers.
// (The folders of fixtures/plans are proved there as well, interrupted in every step: proof_server_test.cpp.)
#include <gmock/gmock.h>

#include "analyzer/server/schema_state.h"
#include "tests/plans/server_plan.h"

namespace pglatch::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

class ColumnRecipesServerTest : public PlanServerTest {
 protected:
  // The plan leaves the original's schema, and changes nothing the second time.
  void prove(const std::string& schema, const std::string& migration) {
    Database original_database = Server::shared(GetParam()).scratch();
    Connection original = original_database.connect();
    original.exec(schema);
    original.exec(migration);
    create(schema);
    Planning planning;
    planning.pg_version = GetParam();
    plan(migration, planning);
    ASSERT_THAT(plan_.not_rewritten, IsEmpty()) << plan_.not_rewritten.front().reason;
    run_well();
    auto wanted = read_schema(original);
    auto got = read_schema(connection_);
    forget_places(wanted, plan_.reordered);
    forget_places(got, plan_.reordered);
    for (const SchemaDifference& difference : compare_schemas(wanted, got)) {
      ADD_FAILURE() << difference.object << "\n  original: " << ::testing::PrintToString(difference.original)
                    << "\n  plan: " << ::testing::PrintToString(difference.plan);
    }
    const auto before = read_versions(connection_);
    run_well();
    EXPECT_THAT(compare_schemas(before, read_versions(connection_)), IsEmpty());
    connection_.exec("RESET search_path");  // which the comparison sets
  }
};

TEST_P(ColumnRecipesServerTest, AnIdentityGoesOnWhereItStood) {
  prove(
      "CREATE TABLE t (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, a text);"
      "INSERT INTO t (a) SELECT g FROM generate_series(1, 20) g;",
      "ALTER TABLE t ALTER id TYPE bigint");
  EXPECT_EQ(connection_.value("INSERT INTO t (a) VALUES ('x') RETURNING id"), "21");
}

TEST_P(ColumnRecipesServerTest, ASerialGoesOnWhereItStood) {
  prove(
      "CREATE TABLE t (id smallserial PRIMARY KEY, a text); INSERT INTO t (a) SELECT g FROM generate_series(1, 20) g;",
      "ALTER TABLE t ALTER COLUMN id TYPE int");
  EXPECT_EQ(connection_.value("INSERT INTO t (a) VALUES ('x') RETURNING id"), "21");
  EXPECT_EQ(connection_.value("SELECT pg_get_serial_sequence('t', 'id')"), "public.t_id_seq");
}

TEST_P(ColumnRecipesServerTest, NamesThatNeedQuotes) {
  prove(
      "CREATE SCHEMA \"My 100%\"; CREATE TABLE \"My 100%\".\"The 'T\" (\"Id\" int PRIMARY KEY, \"Select\" int UNIQUE "
      "DEFERRABLE INITIALLY DEFERRED, \"a_column_whose_name_has_a_length_of_all_the_63_bytes_that_there_are\" int NOT "
      "NULL);"
      "CREATE INDEX \"An Index\" ON \"My 100%\".\"The 'T\" USING btree (\"Select\" DESC NULLS LAST) INCLUDE (\"Id\");",
      "ALTER TABLE \"My 100%\".\"The 'T\" ALTER \"Id\" TYPE bigint;"
      "ALTER TABLE \"My 100%\".\"The 'T\" ALTER \"Select\" TYPE numeric(12, 2);"
      "ALTER TABLE \"My 100%\".\"The 'T\" ALTER "
      "\"a_column_whose_name_has_a_length_of_all_the_63_bytes_that_there_are\" TYPE bigint");
}

TEST_P(ColumnRecipesServerTest, AKeyThatItsOwnTableReferences) {
  prove(
      "CREATE TABLE t (id int PRIMARY KEY, parent int REFERENCES t ON UPDATE CASCADE ON DELETE SET NULL DEFERRABLE);"
      "INSERT INTO t VALUES (1, NULL), (2, 1);",
      "ALTER TABLE t ALTER id TYPE bigint; ALTER TABLE t ALTER parent TYPE bigint");
}

TEST_P(ColumnRecipesServerTest, AnExpressionOfTheUser) {
  prove(
      "CREATE TYPE mood AS ENUM ('sad', 'ok'); CREATE TABLE t (id int PRIMARY KEY, a text, b varchar(20));"
      "INSERT INTO t SELECT g, CASE g % 3 WHEN 0 THEN 'sad' WHEN 1 THEN 'ok' END, g FROM generate_series(1, 50) g;",
      "ALTER TABLE t ALTER a TYPE mood USING a::mood; ALTER TABLE t ALTER b TYPE int USING coalesce(b, '0')::int + "
      "t.id");
  EXPECT_EQ(connection_.value("SELECT count(*) FROM t WHERE b = 2 * id AND (a IS NULL) = (id % 3 = 2)"), "50");
}

TEST_P(ColumnRecipesServerTest, AValueThatDependsOnTheSession) {
  create("CREATE TABLE t (id int PRIMARY KEY, at timestamp); INSERT INTO t VALUES (1, '2024-01-01 12:00');");
  plan("SET TimeZone = 'Asia/Tokyo'; ALTER TABLE t ALTER at TYPE timestamptz");
  // Stopped before the fill; code writes with a time zone of its own.
  const std::string whole = script_;
  script_ = script_.substr(0, script_.find("\n-- ── S4 ["));
  run_well();
  connection_.exec("SET TimeZone = 'America/New_York'; INSERT INTO t VALUES (2, '2024-01-01 12:00')");
  script_ = whole;
  run_well();
  EXPECT_EQ(connection_.value("SELECT count(*) FROM t WHERE at = '2024-01-01 03:00+00'"), "2");
}

TEST_P(ColumnRecipesServerTest, TablesThatTheMigrationsDoNotShow) {
  plan("DROP TABLE a; ALTER TABLE b DROP COLUMN x");
  connection_.exec("CREATE TABLE r (id int PRIMARY KEY); CREATE TABLE a (x int REFERENCES r); CREATE TABLE b (x int)");
  const ProcessResult result = run();
  EXPECT_NE(result.exit_code, 0);
  EXPECT_THAT(result.err, HasSubstr("public.a has no foreign key"));
  connection_.exec("ALTER TABLE a DROP CONSTRAINT a_x_fkey");
  run_well();
  EXPECT_EQ(connection_.value("SELECT to_regclass('a') IS NULL"), "t");
  EXPECT_EQ(connection_.value("SELECT count(*) FROM pg_attribute WHERE attrelid = 'b'::regclass AND attname = 'x'"),
            "0");
  run_well();
}

TEST_P(ColumnRecipesServerTest, WhatTheMigrationsDoNotShowStopsThePlan) {
  const std::string table = "CREATE TABLE t (id int PRIMARY KEY, a int);";
  create(table);
  plan("ALTER TABLE t ALTER a TYPE bigint");
  connection_.exec("CREATE VIEW v AS SELECT a FROM t");
  const ProcessResult result = run();
  EXPECT_NE(result.exit_code, 0);
  EXPECT_THAT(result.err, HasSubstr("Nothing depends on public.t.a"));
  connection_.exec("DROP VIEW v");
  run_well();
}

TEST_P(ColumnRecipesServerTest, AValueThatDoesNotFitStopsThePlanAndLeavesTheTable) {
  create(
      "CREATE TABLE t (id int PRIMARY KEY, a varchar(20)); INSERT INTO t VALUES (1, 'short'), (2, 'much too long');");
  plan("ALTER TABLE t ALTER a TYPE varchar(10)");
  const ProcessResult result = run();
  EXPECT_NE(result.exit_code, 0);
  EXPECT_THAT(result.err, HasSubstr("too long"));
  connection_.exec("UPDATE t SET a = 'mended' WHERE id = 2");
  run_well();
  EXPECT_EQ(connection_.value("SELECT string_agg(a, ' ' ORDER BY id) FROM t"), "short mended");
}

TEST_P(ColumnRecipesServerTest, ARenamedTableHasBothNamesUntilPeopleSaySo) {
  create("CREATE TABLE t (id int PRIMARY KEY DEFAULT 7, old text); INSERT INTO t VALUES (1, 'a');");
  Planning planning;
  planning.pg_version = GetParam();
  planning.decisions.parameters["rename"] = "shim";
  plan("ALTER TABLE t RENAME COLUMN old TO fresh", planning);
  const ProcessResult result = run();
  EXPECT_NE(result.exit_code, 0);
  EXPECT_THAT(result.err, HasSubstr("Wait until no running code uses public.t.old by its old name"));
  connection_.exec("INSERT INTO t (old) VALUES ('b'); UPDATE t SET fresh = old || '!' WHERE old = 'b'");
  EXPECT_EQ(connection_.value("SELECT fresh || old FROM t WHERE id = 7"), "b!b!");
  const std::string id = plan_.steps()[plan_.steps().size() - 2]->id;
  run_well({"-v", "accept_" + id + "=1"});
  EXPECT_EQ(connection_.value("SELECT string_agg(fresh, ' ' ORDER BY id) FROM t"), "a b!");
  EXPECT_EQ(connection_.value("SELECT count(*) FROM pg_class WHERE relkind = 'v' AND relnamespace = "
                              "'public'::regnamespace"),
            "0");
  run_well();
}

PGLATCH_ON_SERVERS(ColumnRecipesServerTest);

}  // namespace
}  // namespace pglatch::testing
