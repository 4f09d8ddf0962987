// Transactions: whether a statement runs in one, what ROLLBACK undoes, which relations are live.
#include "analyzer/catalog/session.h"

#include <gtest/gtest.h>

#include "tests/unit/catalog/replay.h"

namespace pglatch {
namespace {

using testing::Replay;

using Mode = ExecutionMode;

InTransaction after(std::string_view sql, Mode mode) {
  Replay replay;
  replay.start(sql, mode, 1);
  return replay.session.in_transaction();
}

TEST(Session, InTransaction) {
  struct Case {
    const char* sql;
    Mode mode;
    InTransaction expected;
  };
  const auto yes = InTransaction::yes;
  const auto no = InTransaction::no;
  const auto unknown = InTransaction::unknown;
  const Case cases[] = {
      {"", Mode::autocommit, no},
      {"", Mode::transaction, yes},
      {"", Mode::unknown, unknown},
      {"", Mode::single_message, no},
      {"SELECT 1", Mode::single_message, yes},
      {"", Mode::pipeline, no},
      {"SELECT 1", Mode::pipeline, yes},
      {"BEGIN", Mode::unknown, yes},
      {"START TRANSACTION", Mode::autocommit, yes},
      {"BEGIN; COMMIT", Mode::autocommit, no},
      {"BEGIN; END", Mode::unknown, unknown},
      {"BEGIN; ROLLBACK", Mode::autocommit, no},
      {"BEGIN; ABORT", Mode::autocommit, no},
      {"BEGIN; COMMIT AND CHAIN", Mode::autocommit, yes},
      {"BEGIN; ROLLBACK AND CHAIN", Mode::autocommit, yes},
      {"BEGIN; PREPARE TRANSACTION 'x'", Mode::autocommit, no},
      {"BEGIN; PREPARE TRANSACTION 'x'; COMMIT PREPARED 'x'", Mode::autocommit, no},
      {"COMMIT", Mode::transaction, no},
      {"ROLLBACK", Mode::transaction, no},
      {"BEGIN; COMMIT", Mode::transaction, no},
      {"COMMIT; BEGIN", Mode::transaction, yes},
      {"COMMIT", Mode::single_message, yes},  // a new implicit transaction
      {"BEGIN; COMMIT; SELECT 1", Mode::single_message, yes},
      {"BEGIN; SAVEPOINT s; ROLLBACK TO s", Mode::autocommit, yes},
      {"SAVEPOINT s", Mode::unknown, yes},  // allowed in a transaction only
      {"SAVEPOINT s", Mode::autocommit, no},
      {"ROLLBACK", Mode::unknown, unknown},
      {"COMMIT", Mode::unknown, unknown},
      {"RELEASE s; ROLLBACK TO s; COMMIT; ROLLBACK", Mode::autocommit, no},
  };
  for (const Case& one : cases) {
    EXPECT_EQ(after(one.sql, one.mode), one.expected) << one.sql << " in " << to_string(one.mode);
  }
}

TEST(Session, ExplicitTransaction) {
  Replay replay;
  replay.start("", Mode::transaction, 2);
  EXPECT_FALSE(replay.session.in_explicit_transaction());
  replay.start("BEGIN", Mode::unknown, 2);
  EXPECT_TRUE(replay.session.in_explicit_transaction());
}

TEST(Session, Rollback) {
  struct Case {
    const char* sql;
    const char* there;      // relation that exists afterwards
    const char* not_there;  // and one that does not
  };
  const Case cases[] = {
      {"CREATE TABLE a (); BEGIN; CREATE TABLE b (); ROLLBACK", "a", "b"},
      {"CREATE TABLE a (); BEGIN; CREATE TABLE b (); COMMIT; BEGIN; DROP TABLE b; ROLLBACK; DROP TABLE a", "b", "a"},
      {"BEGIN; CREATE TABLE a (); SAVEPOINT s; CREATE TABLE b (); ROLLBACK TO s; COMMIT", "a", "b"},
      {"BEGIN; CREATE TABLE a (); SAVEPOINT s; DROP TABLE a; CREATE TABLE b (); ROLLBACK TO SAVEPOINT s; COMMIT", "a",
       "b"},
      {"BEGIN; CREATE TABLE a (); SAVEPOINT s; CREATE TABLE b (); RELEASE s; ROLLBACK; CREATE TABLE c ()", "c", "a"},
      {"BEGIN; SAVEPOINT s; CREATE TABLE b (); SAVEPOINT s; CREATE TABLE a (); RELEASE s; ROLLBACK TO s; "
       "CREATE TABLE c (); COMMIT",
       "c", "b"},
      {"BEGIN; SAVEPOINT s; CREATE TABLE a (); ROLLBACK TO s; CREATE TABLE b (); ROLLBACK TO s; CREATE TABLE c (); "
       "COMMIT",
       "c", "b"},
      {"BEGIN; CREATE TABLE a (); PREPARE TRANSACTION 'p'; ROLLBACK PREPARED 'p'", "a", "b"},
      {"BEGIN; CREATE TABLE b (); ROLLBACK AND CHAIN; CREATE TABLE a (); COMMIT", "a", "b"},
      {"BEGIN; CREATE TABLE a (); COMMIT AND CHAIN; CREATE TABLE b (); ROLLBACK", "a", "b"},
      {"CREATE TABLE a (); BEGIN; ALTER TABLE a RENAME TO b; ROLLBACK", "a", "b"},
      {"CREATE SCHEMA s; CREATE TABLE s.a (); BEGIN; DROP SCHEMA s CASCADE; ROLLBACK", "s.a", "b"},
      {"CREATE TABLE a (id int PRIMARY KEY); BEGIN; ALTER TABLE a DROP CONSTRAINT a_pkey; ROLLBACK", "a_pkey", "b"},
      {"BEGIN; DROP TABLE IF EXISTS a; CREATE TABLE a (); ROLLBACK; CREATE TABLE c ()", "c", "a"},
  };
  for (const Case& one : cases) {
    for (const Mode mode : {Mode::autocommit, Mode::unknown}) {
      const Replay replay(one.sql, mode);
      EXPECT_TRUE(replay.has(one.there)) << one.sql;
      EXPECT_FALSE(replay.has(one.not_there)) << one.sql;
    }
  }
}

TEST(Session, RollbackRestoresLinksBothWays) {
  Replay replay(
      "CREATE TABLE r (id int PRIMARY KEY); CREATE TABLE t (r_id int, v text); CREATE VIEW w AS SELECT t.v FROM t;");
  replay.run(
      "BEGIN; ALTER TABLE t ADD FOREIGN KEY (r_id) REFERENCES r; CREATE INDEX ON t (v); DROP VIEW w; "
      "ALTER TABLE t DROP COLUMN v; DROP TABLE r CASCADE; ROLLBACK",
      Mode::autocommit);
  EXPECT_TRUE(replay.at("r").referenced_by.empty());
  EXPECT_TRUE(replay.at("t").indexes.empty());
  EXPECT_TRUE(replay.at("t").constraints.empty());
  EXPECT_EQ(replay.at("t").used_by.size(), 1U);
  EXPECT_NE(replay.at("t").column("v"), nullptr);
}

TEST(Session, RollbackOfTypesFunctionsAndSchemas) {
  Replay replay("CREATE TYPE mood AS ENUM ('a'); CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1';");
  replay.run(
      "BEGIN; ALTER TYPE mood ADD VALUE 'b'; DROP FUNCTION f(); CREATE SCHEMA s; ALTER TYPE mood RENAME TO humour; "
      "ROLLBACK",
      Mode::autocommit);
  ASSERT_NE(replay.catalog.find_type({"public", "mood"}, {}), nullptr);
  EXPECT_EQ(replay.catalog.find_type({"public", "mood"}, {})->labels.size(), 1U);
  EXPECT_EQ(replay.catalog.find_type({"public", "humour"}, {}), nullptr);
  EXPECT_NE(replay.catalog.find_function({"public", "f"}, {}), nullptr);
  EXPECT_FALSE(replay.catalog.has_schema("s"));
}

TEST(Session, RunnersTransaction) {
  // The runner's transaction is the whole script …
  Replay rolled_back("CREATE TABLE a (); ROLLBACK; CREATE TABLE b ()", Mode::transaction);
  EXPECT_FALSE(rolled_back.has("a"));
  EXPECT_TRUE(rolled_back.has("b"));
  // … until a COMMIT inside ends it.
  Replay committed("CREATE TABLE a (); COMMIT; CREATE TABLE b (); ROLLBACK", Mode::transaction);
  EXPECT_TRUE(committed.has("a"));
  EXPECT_TRUE(committed.has("b"));
  // A message goes on in a new transaction.
  Replay message("CREATE TABLE a (); COMMIT; CREATE TABLE b (); ROLLBACK; CREATE TABLE c ()", Mode::single_message);
  EXPECT_TRUE(message.has("a"));
  EXPECT_FALSE(message.has("b"));
  EXPECT_TRUE(message.has("c"));
}

TEST(Session, NoJournalWithoutRollback) {
  const std::string sql = "BEGIN; CREATE TABLE a (); SAVEPOINT s; RELEASE s; COMMIT; DROP TABLE a; CREATE TABLE b ()";
  const ParsedScript script = parse(sql);
  Replay replay;
  replay.session.begin_script(Mode::transaction, script.statements);
  for (const Statement& statement : script.statements) {
    apply(statement, sql, replay.catalog, replay.session);
    replay.session.apply(statement.node);
  }
  replay.session.end_script();
  EXPECT_FALSE(replay.has("a"));
  EXPECT_TRUE(replay.has("b"));
}

TEST(Session, JournalWhereTheScriptRollsBack) {
  const std::string sql = "CREATE TABLE a (); ROLLBACK; CREATE TABLE b ()";
  const ParsedScript script = parse(sql);
  Replay replay;
  replay.session.begin_script(Mode::transaction, script.statements);
  for (const Statement& statement : script.statements) {
    apply(statement, sql, replay.catalog, replay.session);
    replay.session.apply(statement.node);
  }
  EXPECT_FALSE(replay.has("a"));
  EXPECT_TRUE(replay.has("b"));
}

TEST(Session, TransactionNumbers) {
  Replay replay;
  replay.start(
      "CREATE TABLE a (); CREATE TABLE b (); BEGIN; CREATE TABLE c (); CREATE TABLE d (); COMMIT; "
      "CREATE TABLE e ()",
      Mode::autocommit, 1);
  const auto number = [&](const char* name) { return replay.at(name).transaction; };
  EXPECT_LT(number("a"), number("b"));
  EXPECT_LT(number("b"), number("c"));
  EXPECT_EQ(number("c"), number("d"));
  EXPECT_LT(number("d"), number("e"));
  EXPECT_LT(number("e"), replay.session.transaction());
}

TEST(Session, ReleasedFrom) {
  struct Case {
    const char* sql;
    Mode mode;
    std::uint32_t from;
  };
  const Case cases[] = {
      {"SELECT 1", Mode::autocommit, 0},
      {"SELECT 1; SELECT 2", Mode::unknown, 2},  // nothing, as far as is known
      {"BEGIN; SELECT 1", Mode::autocommit, 2},
      {"BEGIN; SELECT 1; COMMIT", Mode::autocommit, 0},
      {"SELECT 1; BEGIN", Mode::unknown, 0},
      {"SELECT 1; ROLLBACK", Mode::unknown, 0},
      {"BEGIN; SELECT 1; SAVEPOINT s; SELECT 2; ROLLBACK TO s", Mode::autocommit, 3},
      {"BEGIN; SELECT 1; SAVEPOINT s; SELECT 2; RELEASE s", Mode::autocommit, 5},
      {"SELECT 1", Mode::transaction, 1},
      {"SELECT 1", Mode::pipeline, 1},
  };
  for (const Case& one : cases) {
    Replay replay;
    replay.start(one.sql, one.mode, 1);
    EXPECT_EQ(replay.session.released_from(), one.from) << one.sql << " in " << to_string(one.mode);
  }
}

TEST(Session, Liveness) {
  struct Case {
    const char* sql;
    Mode mode;
    bool live;
  };
  const Case cases[] = {
      {"CREATE TABLE t (id int)", Mode::transaction, false},
      {"CREATE TABLE t (id int); INSERT INTO t VALUES (1)", Mode::transaction, false},
      {"CREATE TABLE t (id int); INSERT INTO t VALUES (1)", Mode::autocommit, true},
      {"CREATE TABLE t (id int); SELECT 1", Mode::autocommit, false},
      {"CREATE TABLE t (id int); INSERT INTO t VALUES (1)", Mode::unknown, false},
      {"CREATE TABLE t (id int); INSERT INTO t VALUES (1)", Mode::single_message, false},
      {"BEGIN; CREATE TABLE t (id int); INSERT INTO t VALUES (1); COMMIT", Mode::unknown, true},
      {"BEGIN; CREATE TABLE t (id int); INSERT INTO t VALUES (1)", Mode::unknown, false},
      {"CREATE TABLE t (id int); INSERT INTO t VALUES (1); COMMIT", Mode::transaction, true},
      {"CREATE TABLE t AS SELECT 1 AS id", Mode::autocommit, true},
      {"CREATE TABLE t AS SELECT 1 AS id WITH NO DATA", Mode::autocommit, false},
      {"CREATE TABLE t (id int); COPY t FROM '/x'", Mode::autocommit, true},
      {"CREATE TABLE t (id int); COPY t TO '/x'", Mode::autocommit, false},
      {"CREATE TABLE t (id int); WITH x AS (INSERT INTO t VALUES (1) RETURNING id) SELECT * FROM x", Mode::autocommit,
       true},
      {"CREATE TABLE t (id int); INSERT INTO t VALUES (1); TRUNCATE t", Mode::autocommit, false},
      {"CREATE TEMP TABLE t (id int); INSERT INTO t VALUES (1)", Mode::autocommit, false},
      {"ALTER TABLE t ADD a int", Mode::transaction, true},  // unknown
  };
  for (const Case& one : cases) {
    Replay replay;
    replay.start(one.sql, one.mode, 1);
    const Relation* relation = replay.catalog.find({{}, "t"}, {"public"});
    ASSERT_NE(relation, nullptr) << one.sql;
    EXPECT_EQ(is_live(*relation, replay.catalog, replay.session), one.live) << one.sql << " in " << to_string(one.mode);
  }
}

TEST(Session, AnEarlierScriptsTableIsLiveAndItsNewIndexToo) {
  Replay replay("CREATE TABLE t (id int)", Mode::transaction);
  replay.start("CREATE INDEX i ON t (id); CREATE TABLE u (id int PRIMARY KEY)", Mode::transaction, 1);
  EXPECT_TRUE(replay.live("t"));
  EXPECT_TRUE(replay.live("i"));
  EXPECT_FALSE(replay.live("u"));
  EXPECT_FALSE(replay.live("u_pkey"));
}

TEST(Session, TemporaryObjectsEndWithTheScript) {
  Replay replay("CREATE TABLE t (id int)");
  replay.start("CREATE TEMP TABLE t (other int); CREATE INDEX i ON t (other)", Mode::autocommit, 1);
  const Relation* shadow = replay.catalog.find({{}, "t"}, {"public"});
  EXPECT_TRUE(shadow->temporary);
  EXPECT_FALSE(is_live(*shadow, replay.catalog, replay.session));
  replay.finish();
  EXPECT_FALSE(replay.catalog.find({{}, "t"}, {"public"})->temporary);
  EXPECT_FALSE(replay.has("pg_temp.i"));
}

}  // namespace
}  // namespace pglatch
