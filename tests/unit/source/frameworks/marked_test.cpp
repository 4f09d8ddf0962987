// Frameworks that show in a file's text.
#include "tests/unit/source/frameworks/read.h"

namespace pglatch::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(GooseTest, SeparatesUpAndDown) {
  const auto scripts = read("db/00007_é.sql",
                            "-- why\r\n-- +goose Up\r\nCREATE TABLE t ();\r\n-- +goose StatementBegin\r\n"
                            "CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $$BEGIN\r\n  RETURN 1;\r\nEND$$;\r\n"
                            "-- +goose StatementEnd\r\n-- +goose Down\r\nDROP TABLE t;\r\n");
  ASSERT_EQ(scripts.size(), 2U);
  EXPECT_EQ(kind(scripts[0]), "goose up transaction");
  EXPECT_EQ(scripts[0].version, "00007");
  EXPECT_EQ(scripts[0].reason, "-- +goose Up in line 2");
  const auto up = statements(scripts[0]);
  ASSERT_EQ(up.size(), 2U);
  EXPECT_EQ(up[0], "CREATE TABLE t ()");
  EXPECT_THAT(up[1], HasSubstr("RETURN 1;"));
  EXPECT_THAT(std::string(scripts[0].sql()), HasSubstr("-- why"));
  EXPECT_EQ(kind(scripts[1]), "goose down transaction");
  EXPECT_THAT(statements(scripts[1]), ElementsAre("DROP TABLE t"));
  EXPECT_EQ(scripts[1].sql().find("why"), std::string_view::npos);
}

TEST(GooseTest, NoTransactionIsForBothDirectionsAndInAnyCase) {
  const auto scripts = read("1_x.sql",
                            "-- +goose NO TRANSACTION\n-- +GOOSE up\n-- +goose up\n"
                            "CREATE INDEX CONCURRENTLY i ON t (a);\n--+goose DOWN\nDROP INDEX CONCURRENTLY i;\n");
  ASSERT_EQ(scripts.size(), 2U);
  EXPECT_EQ(kind(scripts[0]), "goose up autocommit");
  EXPECT_THAT(scripts[0].reason, HasSubstr("NO TRANSACTION in line 1"));
  EXPECT_EQ(kind(scripts[1]), "goose down autocommit");
}

TEST(GooseTest, SeveralStatementsBetweenStatementBeginAndEndAreOneMessage) {
  const std::string text =
      "-- +goose NO TRANSACTION\n-- +goose Up\nSELECT 1;\n-- +goose StatementBegin\nSET a.b = 1;\nSELECT 2;\n"
      "-- +goose StatementEnd\n-- +goose StatementBegin\nSELECT 3;\n-- +goose StatementEnd\n-- +goose Down\nSELECT "
      "4;\n";
  const auto scripts = read("1_x.sql", text);
  ASSERT_EQ(scripts.size(), 4U);
  EXPECT_EQ(kind(scripts[0]), "goose up autocommit");
  EXPECT_THAT(statements(scripts[0]), ElementsAre("SELECT 1"));
  EXPECT_EQ(kind(scripts[1]), "goose up single-message");
  EXPECT_TRUE(scripts[1].continues);
  EXPECT_THAT(statements(scripts[1]), ElementsAre("SET a.b = 1", "SELECT 2"));
  EXPECT_EQ(kind(scripts[2]), "goose up autocommit");
  EXPECT_TRUE(scripts[2].continues);
  EXPECT_THAT(statements(scripts[2]), ElementsAre("SELECT 3"));
  EXPECT_EQ(kind(scripts[3]), "goose down autocommit");
  EXPECT_FALSE(scripts[3].continues);
  // In a transaction all is sent in it, whatever is sent together.
  EXPECT_EQ(read("1_x.sql", text.substr(text.find('\n') + 1)).size(), 2U);
}

TEST(GooseTest, OneDirectionNeedsNoMask) {
  const auto scripts = read("1_x.sql", "-- +goose Up\nSELECT 1;\n");
  ASSERT_EQ(scripts.size(), 1U);
  EXPECT_TRUE(scripts[0].masked.empty());
}

TEST(GooseTest, AWordInAStringIsNoDirective) {
  EXPECT_EQ(read("1_x.sql", "SELECT '+goose Up';\n")[0].framework, "plain");
  EXPECT_EQ(read("1_x.sql", "-- see +goose Up\nSELECT 1;\n")[0].framework, "plain");
}

TEST(SqlMigrateTest, EachDirectionHasItsOwnTransaction) {
  const auto scripts = read("20240501-x.sql",
                            "-- +migrate Up notransaction\nCREATE INDEX CONCURRENTLY i ON t (a);\n"
                            "-- +migrate Down\nDROP INDEX i;\n-- +migrate Up\nSELECT 2;");
  ASSERT_EQ(scripts.size(), 2U);
  EXPECT_EQ(kind(scripts[0]), "sql-migrate up autocommit");
  EXPECT_THAT(statements(scripts[0]), ElementsAre("CREATE INDEX CONCURRENTLY i ON t (a)", "SELECT 2"));
  EXPECT_EQ(kind(scripts[1]), "sql-migrate down transaction");
  EXPECT_THAT(statements(scripts[1]), ElementsAre("DROP INDEX i"));
  EXPECT_EQ(read("1_x.sql", "  -- +migrate Up\nSELECT 1;")[0].framework, "plain") << "not at the line's beginning";
}

TEST(DbmateTest, SectionsAreSentEachByItself) {
  const auto scripts = read("20240501120000_x.sql",
                            "-- migrate:up transaction:false\nCREATE INDEX CONCURRENTLY i ON t (a);\n\n"
                            "-- migrate:down\nDROP INDEX i;\n--migrate:up\nSELECT 2;\n-- migrate:down\nSELECT 3;\n");
  ASSERT_EQ(scripts.size(), 4U);
  EXPECT_EQ(kind(scripts[0]), "dbmate up single-message");
  EXPECT_EQ(scripts[0].reason, "-- migrate:up in line 1; transaction:false in line 1");
  EXPECT_EQ(scripts[0].version, "20240501120000");
  EXPECT_THAT(statements(scripts[0]), ElementsAre("CREATE INDEX CONCURRENTLY i ON t (a)"));
  EXPECT_EQ(kind(scripts[1]), "dbmate up transaction");
  EXPECT_THAT(statements(scripts[1]), ElementsAre("SELECT 2"));
  EXPECT_EQ(kind(scripts[2]), "dbmate down transaction");
  EXPECT_THAT(statements(scripts[2]), ElementsAre("SELECT 3")) << "the last one is taken back first";
  EXPECT_THAT(statements(scripts[3]), ElementsAre("DROP INDEX i"));
}

TEST(TernTest, EachHalfHasItsOwnTransaction) {
  const auto scripts = read("001_x.sql",
                            "---- tern: disable-tx ----\nCREATE INDEX CONCURRENTLY i ON t (a);\n"
                            "---- create above / drop below ----\nDROP INDEX i;\n");
  ASSERT_EQ(scripts.size(), 2U);
  EXPECT_EQ(kind(scripts[0]), "tern up autocommit");
  EXPECT_THAT(statements(scripts[0]), ElementsAre("CREATE INDEX CONCURRENTLY i ON t (a)"));
  EXPECT_EQ(kind(scripts[1]), "tern down transaction");
  EXPECT_THAT(statements(scripts[1]), ElementsAre("DROP INDEX i"));
}

TEST(NodePgMigrateTest, SeparatesUpAndDown) {
  const auto scripts =
      read("1700000000000_x.sql", "-- note\n-- Up Migration\nSELECT 1;\n--- down migration, if need be\nSELECT 2;\n");
  ASSERT_EQ(scripts.size(), 2U);
  EXPECT_EQ(kind(scripts[0]), "node-pg-migrate up transaction");
  EXPECT_THAT(statements(scripts[0]), ElementsAre("SELECT 1"));
  EXPECT_EQ(kind(scripts[1]), "node-pg-migrate down transaction");
  EXPECT_THAT(statements(scripts[1]), ElementsAre("SELECT 2"));
  const auto backwards = read("1_x.sql", "-- Down Migration\nSELECT 2;\n-- Up Migration\nSELECT 1;\n");
  ASSERT_EQ(backwards.size(), 2U);
  EXPECT_THAT(statements(backwards[0]), ElementsAre("SELECT 1"));
  EXPECT_THAT(statements(backwards[1]), ElementsAre("SELECT 2"));
  EXPECT_EQ(read("1_x.sql", "-- the up migration of today\nSELECT 1;")[0].framework, "plain");
}

TEST(LiquibaseTest, ChangesetsAreSentEachByItself) {
  const auto scripts =
      read("changelog-4.2.sql",
           "--liquibase formatted sql\n-- changeset a:1\nCREATE TABLE t ();\n--rollback DROP TABLE t;\n"
           "--changeset a:2 runInTransaction:false\nCREATE INDEX CONCURRENTLY i ON t (a);\n"
           "/* liquibase rollback\nDROP INDEX i;\n*/\n"
           "--changeset a:3 splitStatements:false runInTransaction:false\nVACUUM;\n--rollback empty\n");
  ASSERT_EQ(scripts.size(), 5U);
  EXPECT_EQ(kind(scripts[0]), "liquibase up transaction");
  EXPECT_EQ(scripts[0].reason, "--liquibase formatted sql in line 1; changeset a:1 in line 2");
  EXPECT_EQ(scripts[0].version, "");
  EXPECT_THAT(statements(scripts[0]), ElementsAre("CREATE TABLE t ()"));
  EXPECT_EQ(kind(scripts[1]), "liquibase up autocommit");
  EXPECT_THAT(statements(scripts[1]), ElementsAre("CREATE INDEX CONCURRENTLY i ON t (a)"));
  EXPECT_EQ(kind(scripts[2]), "liquibase up single-message");
  EXPECT_EQ(kind(scripts[3]), "liquibase down autocommit");
  EXPECT_THAT(statements(scripts[3]), ElementsAre("DROP INDEX i"));
  EXPECT_EQ(kind(scripts[4]), "liquibase down transaction");
  EXPECT_THAT(statements(scripts[4]), ElementsAre("DROP TABLE t"));
}

TEST(LiquibaseTest, StatementsEndWhereTheChangesetSaysSo) {
  const auto scripts =
      read("x.sql",
           "--liquibase formatted sql\n--changeset a:1 endDelimiter:\\n//\\s*$\nSELECT 1\n//\nSELECT 2//\n"
           "--changeset a:2 endDelimiter:GO\nSELECT go FROM t\ngo\nSELECT 3\n"
           "--changeset a:3\nSELECT 4 /* x\n*/\n/\nSELECT 5\n--changeset a:4 splitStatements:false\nSELECT 6\n/\n2\n");
  ASSERT_EQ(scripts.size(), 4U);
  EXPECT_THAT(statements(scripts[0]), ElementsAre("SELECT 1", "SELECT 2"));
  EXPECT_THAT(statements(scripts[1]), ElementsAre("SELECT go FROM t", "SELECT 3"));
  EXPECT_THAT(statements(scripts[2]), ElementsAre("SELECT 4", "SELECT 5"));
  EXPECT_THAT(statements(scripts[3]), ElementsAre("SELECT 6\n/\n2"));
}

TEST(LiquibaseTest, ChangesetsOfOtherDatabasesAreLeftOut) {
  const auto scripts =
      read("x.sql",
           "--liquibase formatted sql\n--changeset a:1 dbms:oracle,h2\nSELECT 1 FROM dual;\n"
           "--changeset a:2 dbms:!oracle\nSELECT 2;\n--changeset a:3 dbms:\"postgresql,h2\"\nSELECT 3;\n"
           "--changeset a:4 dbms:!postgresql\nSELECT 4;\n");
  ASSERT_EQ(scripts.size(), 2U);
  EXPECT_THAT(statements(scripts[0]), ElementsAre("SELECT 2"));
  EXPECT_THAT(statements(scripts[1]), ElementsAre("SELECT 3"));
  const auto none = read("x.sql", "--liquibase formatted sql\n--changeset a:1 dbms:oracle\nSELECT 1 FROM dual;\n");
  ASSERT_EQ(none.size(), 1U);
  EXPECT_THAT(statements(none[0]), IsEmpty());
  EXPECT_THAT(none[0].reason, HasSubstr("for another database"));
}

TEST(LiquibaseTest, LinesCanBeIgnored) {
  const auto scripts = read("x.sql",
                            "--liquibase formatted sql\n--changeset a:1\nSELECT 1;\n--ignoreLines:2\nno\nno\n"
                            "SELECT 2;\n--ignoreLines:start\nno\n--ignoreLines:end\nSELECT 3;\n--rollback: no\n");
  ASSERT_EQ(scripts.size(), 1U);
  EXPECT_THAT(statements(scripts[0]), ElementsAre("SELECT 1", "SELECT 2", "SELECT 3"));
}

TEST(LiquibaseTest, AFileOfVeryManyChangesetsBecomesOneScript) {
  std::string text = "--liquibase formatted sql\n";
  while (text.size() < std::size_t{1} << 20) text += "--changeset a:1\nSELECT 1;\n";
  const auto scripts = read("big.sql", text);
  ASSERT_EQ(scripts.size(), 1U);
  EXPECT_TRUE(scripts[0].masked.empty());
}

TEST(AtlasTest, StatementsEndAtItsDelimiterToo) {
  const auto scripts = read("1.sql", "-- atlas:delimiter \\n\\n//\n\nSELECT 1\n\n//\nSELECT 2; SELECT 3\n//\n");
  ASSERT_EQ(scripts.size(), 1U);
  EXPECT_EQ(kind(scripts[0]), "atlas up transaction");
  EXPECT_THAT(statements(scripts[0]), ElementsAre("SELECT 1", "SELECT 2", "SELECT 3"));
}

TEST(GraphileMigrateTest, ReadsItsHeaders) {
  const auto scripts = read("migrations/committed/000002.sql",
                            "--! Previous: sha1:1\n--! Hash: sha1:2\n\n--! no-transaction\n"
                            "CREATE INDEX CONCURRENTLY i ON :SCHEMA.t (a);\n");
  ASSERT_EQ(scripts.size(), 1U);
  EXPECT_EQ(kind(scripts[0]), "graphile-migrate up single-message");
  EXPECT_EQ(scripts[0].sql().find(':', 40), std::string_view::npos) << "placeholders are names";
  EXPECT_EQ(kind(read("000001.sql", "--! Previous: -\n\nSELECT 1;")[0]), "graphile-migrate up transaction");
}

TEST(AtlasTest, TheDirectiveNeedsAnEmptyLine) {
  const auto scripts = read("20240501120000_x.sql", "-- atlas:txmode none\n\nCREATE INDEX CONCURRENTLY i ON t (a);\n");
  ASSERT_EQ(scripts.size(), 1U);
  EXPECT_EQ(kind(scripts[0]), "atlas up autocommit");
  EXPECT_THAT(scripts[0].reason, HasSubstr("txmode none in line 1"));
  EXPECT_EQ(kind(read("1_x.sql", "-- atlas:txmode none\nSELECT 1;\n")[0]), "atlas up transaction");
}

TEST(SqlxTest, TheFirstBytesSwitchTheTransactionOff) {
  EXPECT_EQ(kind(read("1_x.sql", "-- no-transaction\nVACUUM;")[0]), "sqlx up single-message");
  EXPECT_EQ(kind(read("1_x.down.sql", "-- no-transaction\nVACUUM;")[0]), "sqlx down single-message");
  EXPECT_EQ(read("1_x.sql", "\n-- no-transaction\nVACUUM;")[0].framework, "plain");
}

TEST(DrizzleTest, IsOneTransaction) {
  const auto scripts =
      read("0001_x.sql", "CREATE TABLE a ();--> statement-breakpoint\nCREATE INDEX CONCURRENTLY i ON a (b);");
  ASSERT_EQ(scripts.size(), 1U);
  EXPECT_EQ(kind(scripts[0]), "drizzle up transaction");
  EXPECT_EQ(statements(scripts[0]).size(), 2U);
}

TEST(PgDumpTest, IsRecognisedByItsFirstLines) {
  EXPECT_EQ(kind(read("schema.sql", "--\n-- PostgreSQL database dump\n--\n\n\\restrict x\n\nSET a = 0;\n")[0]),
            "pg_dump up autocommit");
  EXPECT_EQ(read("db/structure.sql",
                 "SET statement_timeout = 0;\nSET lock_timeout = 0;\nSET check_function_bodies = false;\n")[0]
                .framework,
            "pg_dump");
  EXPECT_EQ(read("1.sql", "SET statement_timeout = 0;\nSELECT 1;\nSET check_function_bodies = false;\n")[0].framework,
            "plain");
}

TEST(MarkedTest, EmptyFilesAreNobodys) {
  for (const char* text : {"", "\n", "--", "-- +goose", "-- migrate:down\n", "--liquibase"}) {
    EXPECT_EQ(read("a.sql", text)[0].framework, "plain") << text;
  }
}

TEST(MarkedTest, AFrameworkThatIsNamedTakesAnyFile) {
  for (const Framework* framework : frameworks()) {
    for (const char* text : {"", "SELECT 1;", "-- x\nSELECT 1;\n"}) {
      const auto file = std::make_shared<const SourceFile>("a.sql", text);
      const auto scripts = read_scripts(file, framework);
      ASSERT_EQ(scripts.size(), 1U) << framework->name();
      EXPECT_EQ(scripts[0].direction, Direction::up) << framework->name();
      // What is read for its strings or code blocks has none here.
      if (framework->reads(FileType::sql)) {
        EXPECT_EQ(scripts[0].sql(), text) << framework->name();
      } else {
        EXPECT_EQ(scripts[0].sql().find_first_not_of(" \n"), std::string_view::npos) << framework->name();
      }
    }
  }
}

}  // namespace
}  // namespace pglatch::testing
