// The effects of code in strings, and what it leaves in the catalog.
#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "analyzer/base/concat.h"
#include "analyzer/locks/effects.h"
#include "tests/unit/catalog/replay.h"

namespace pglatch::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

constexpr std::string_view kTables = "CREATE TABLE a (id int PRIMARY KEY, x text); CREATE TABLE b (id int, y text);";

// The last statement of a script, after what comes before it.
class Last {
 public:
  Last(Replay& replay, std::string sql, ExecutionMode mode = ExecutionMode::autocommit) : sql_(std::move(sql)) {
    parsed_ = parse(sql_);
    EXPECT_THAT(parsed_.errors, IsEmpty());
    replay.catalog.script = 1000;  // none that was run before
    replay.session.begin_script(mode, parsed_.statements.size());
    for (const Statement& statement : parsed_.statements) {
      if (&statement != &parsed_.statements.back()) {
        apply(statement, sql_, replay.catalog, replay.session);
        replay.session.apply(statement.node);
        continue;
      }
      compute_effects(statement, {replay.catalog, replay.session, 17, sql_}, effects);
    }
    for (const TakenLock& lock : effects.locks) {
      const Relation* relation = replay.catalog.find(lock.relation);
      const std::string name = relation == nullptr ? "(none)" : display_name(*relation);
      locks.push_back(name + " " + std::string(to_string(lock.mode)) + (lock.conditional ? "?" : ""));
    }
    for (const Work& work : effects.work) {
      const Relation* relation = replay.catalog.find(work.relation);
      const std::string name = relation == nullptr ? "(none)" : display_name(*relation);
      this->work.push_back(name + " " + std::string(to_string(work.kind)) + (work.conditional ? "?" : ""));
    }
    for (const ByteRange range : effects.dynamic_sql) dynamic.emplace_back(range.of(sql_));
  }

  std::vector<std::string> locks, work, dynamic;
  Effects effects;

 private:
  std::string sql_;
  ParsedScript parsed_;
};

TEST(Code, ConditionsAreMarked) {
  Replay replay(kTables);
  const Last last(replay,
                  "DO $$ BEGIN IF f() THEN ALTER TABLE a ADD COLUMN n int; END IF; ALTER TABLE b ADD COLUMN n int; "
                  "WHILE f() LOOP ALTER TABLE b ADD COLUMN m int; END LOOP; END $$");
  EXPECT_THAT(last.locks, UnorderedElementsAre("public.a AccessExclusiveLock?", "public.b AccessExclusiveLock"));
}

TEST(Code, StatementsSeeWhatWasDoneBefore) {
  Replay replay(kTables);
  const Last last(replay,
                  "DO $$ BEGIN CREATE TABLE c (id int); CREATE INDEX ON c (id); ALTER TABLE a RENAME TO d; TRUNCATE d; "
                  "END $$");
  EXPECT_THAT(last.locks, ElementsAre("public.a AccessExclusiveLock", "public.a_pkey AccessExclusiveLock"));
  EXPECT_THAT(last.work, ElementsAre("public.a truncate"));
  EXPECT_FALSE(last.effects.fails);
}

TEST(Code, CatalogIsAsItWas) {
  for (const ExecutionMode mode : {ExecutionMode::autocommit, ExecutionMode::transaction}) {
    Replay replay(kTables);
    replay.catalog.complete = true;
    const std::vector<std::string> before = describe(replay.catalog);
    const Last last(replay, "DO $$ BEGIN DROP TABLE a; CREATE TABLE c (id int); EXECUTE f(); END $$", mode);
    EXPECT_EQ(describe(replay.catalog), before);
    EXPECT_TRUE(replay.catalog.complete);
    EXPECT_EQ(replay.catalog.keeps_journal(), mode == ExecutionMode::transaction);
  }
}

TEST(Code, RelationsThatNobodyKnowsStay) {
  Replay replay;
  const Last last(replay, "DO $$ BEGIN ALTER TABLE s.t ADD COLUMN a int; DROP TABLE u; CREATE TABLE u (); END $$");
  EXPECT_THAT(last.locks, ElementsAre("s.t AccessExclusiveLock", "public.u AccessExclusiveLock"));
}

TEST(Code, AnErrorTakesItsBlockWithIt) {
  Replay replay(kTables);
  const Last last(replay,
                  "DO $$ BEGIN TRUNCATE b; BEGIN TRUNCATE a; ALTER TABLE a ADD COLUMN x int; DROP TABLE b; EXCEPTION "
                  "WHEN OTHERS THEN ALTER TABLE a ADD COLUMN z int; END; END $$");
  EXPECT_FALSE(last.effects.fails);
  EXPECT_THAT(last.locks, ElementsAre("public.b AccessExclusiveLock", "public.a AccessExclusiveLock?"));
  EXPECT_THAT(last.work, ElementsAre("public.b truncate"));
}

TEST(Code, ErrorsAreTheStatements) {
  Replay replay(kTables);
  EXPECT_EQ(Last(replay, "DO $$ BEGIN TRUNCATE b; ALTER TABLE a ADD COLUMN x int; END $$").effects.fails,
            "column \"x\" of relation \"a\" already exists");
  const Last perhaps(replay, "DO $$ BEGIN IF f() THEN ALTER TABLE a ADD COLUMN x int; END IF; END $$");
  EXPECT_EQ(perhaps.effects.fails, "column \"x\" of relation \"a\" already exists (if the code comes to it)");
  EXPECT_FALSE(perhaps.effects.refused());
  EXPECT_EQ(Last(replay, "DO $$ BEGIN TRUNCATE b; TRUNCAT b; END $$").effects.fails,
            "syntax error at or near \"TRUNCAT\"");
  EXPECT_EQ(Last(replay, "DO $$ BEGIN IF f() THEN TRUNCATE b; END $$").effects.fails, "syntax error at end of input");
}

TEST(Code, CommitGivesLocksBack) {
  Replay replay(kTables);
  const Last last(replay, "DO $$ BEGIN TRUNCATE b; COMMIT; ALTER TABLE a ADD COLUMN n int; END $$");
  ASSERT_THAT(last.locks, ElementsAre("public.b AccessExclusiveLock", "public.a AccessExclusiveLock"));
  EXPECT_EQ(last.effects.locks[0].held_until, HeldUntil::statement);
  EXPECT_EQ(last.effects.locks[1].held_until, HeldUntil::transaction);
  constexpr std::string_view kMessage = "invalid transaction termination";
  EXPECT_EQ(Last(replay, "BEGIN; DO $$ BEGIN COMMIT; END $$").effects.fails, kMessage);
  replay.run(
      "CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $$ BEGIN COMMIT; END $$;"
      "CREATE PROCEDURE p() LANGUAGE plpgsql AS $$ BEGIN ROLLBACK; END $$");
  EXPECT_EQ(Last(replay, "SELECT f()").effects.fails, kMessage);
  EXPECT_EQ(Last(replay, "DO $$ BEGIN PERFORM f(); END $$").effects.fails, kMessage);
  EXPECT_EQ(Last(replay, "CALL p()").effects.fails, std::nullopt);
  EXPECT_EQ(Last(replay, "DO $$ BEGIN CALL p(); END $$").effects.fails, std::nullopt);
}

TEST(Code, DynamicSqlIsShown) {
  Replay replay(kTables);
  EXPECT_THAT(Last(replay,
                   "DO $$ BEGIN EXECUTE 'TRUNCATE b'; EXECUTE x || 'a'; FOR r IN EXECUTE f(y) LOOP END LOOP; "
                   "END $$")
                  .dynamic,
              ElementsAre("x || 'a'", "f(y)"));
  EXPECT_THAT(Last(replay, "DO $$ BEGIN EXECUTE 'DO $x$ BEGIN EXECUTE z; END $x$'; END $$").dynamic, ElementsAre("z"));
  EXPECT_THAT(Last(replay, "DO 'BEGIN EXECUTE x || ''a''; END'").dynamic,
              ElementsAre("DO 'BEGIN EXECUTE x || ''a''; END'"));
  EXPECT_THAT(Last(replay, "DO LANGUAGE plperl $$ x $$").dynamic, ElementsAre("DO LANGUAGE plperl $$ x $$"));
}

TEST(Code, GapsMayNotMatter) {
  Replay replay(kTables);
  const Last view(replay,
                  "DO $$ BEGIN EXECUTE format('CREATE VIEW v AS SELECT * FROM a JOIN %I USING (id)', x); END $$");
  EXPECT_THAT(view.dynamic, IsEmpty());
  EXPECT_THAT(view.locks, ElementsAre("public.a AccessShareLock"));
  const Last policy(replay, "BEGIN; CREATE TABLE n (); DO $$ BEGIN EXECUTE format('CREATE POLICY %I ON n', x); END $$");
  EXPECT_THAT(policy.dynamic, IsEmpty());
  EXPECT_THAT(Last(replay, "DO $$ BEGIN EXECUTE format('CREATE POLICY %I ON a', x); END $$").dynamic,
              ElementsAre("format('CREATE POLICY %I ON a', x)"));
  const Last both(replay,
                  "DO $$ DECLARE t text; BEGIN IF f() THEN t := 'a'; ELSE t := 'b'; END IF; EXECUTE 'TRUNCATE ' || t; "
                  "END $$");
  EXPECT_THAT(both.dynamic, IsEmpty());
  EXPECT_THAT(both.work, UnorderedElementsAre("public.a truncate?", "public.b truncate?"));
}

TEST(Code, RecursionEnds) {
  Replay replay(std::string(kTables) +
                "CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $$ BEGIN PERFORM g(); TRUNCATE a; END $$;"
                "CREATE FUNCTION g() RETURNS void LANGUAGE plpgsql AS $$ BEGIN PERFORM f(); TRUNCATE b; END $$;");
  EXPECT_THAT(Last(replay, "SELECT f()").work, UnorderedElementsAre("public.a truncate", "public.b truncate"));
}

// Each function calls the next one twice: what is not followed to the end is not known.
TEST(Code, CallsAreBounded) {
  Replay replay(kTables);
  for (int i = 0; i < 40; ++i) {
    const std::string call = concat({"PERFORM f", std::to_string(i + 1), "();"});
    replay.run(concat({"CREATE FUNCTION f", std::to_string(i), "() RETURNS void LANGUAGE plpgsql AS $$ BEGIN ", call,
                       call, " END $$"}));
  }
  EXPECT_THAT(Last(replay, "SELECT f0()").dynamic, ElementsAre("SELECT f0()"));
}

TEST(Code, BranchesLeaveTheirTraceInTheCatalog) {
  Replay replay(
      "DO $$ BEGIN IF f() THEN CREATE TYPE mood AS ENUM ('good'); END IF; EXECUTE 'CREATE TABLE c (id int)'; "
      "END $$;");
  EXPECT_NE(replay.catalog.find_type({"public", "mood"}, {}), nullptr);
  EXPECT_TRUE(replay.has("c"));
  replay.run(
      "CREATE FUNCTION make() RETURNS void LANGUAGE sql SET search_path = s AS 'CREATE TABLE d (id int)';"
      "SELECT make();");
  EXPECT_TRUE(replay.has("s.d"));
  EXPECT_FALSE(replay.has("d"));
  replay.run("EXPLAIN ANALYZE CREATE TABLE e AS SELECT 1; EXPLAIN CREATE TABLE f AS SELECT 1;");
  EXPECT_TRUE(replay.has("e"));
  EXPECT_FALSE(replay.has("f"));
}

TEST(Code, DynamicSqlMayCreateAnything) {
  Replay replay(kTables);
  replay.catalog.complete = true;
  replay.run("DO $$ BEGIN EXECUTE 'CREATE TABLE c (id int)'; END $$");
  EXPECT_TRUE(replay.catalog.complete);
  replay.run("DO $$ BEGIN EXECUTE x; END $$");
  EXPECT_FALSE(replay.catalog.complete);
}

}  // namespace
}  // namespace pglatch::testing
