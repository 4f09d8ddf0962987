// What the transaction holds when a statement starts.
#include "analyzer/locks/held_locks.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "analyzer/catalog/apply.h"

namespace pglatch {
namespace {

using Mode = ExecutionMode;

// A script up to its last statement, which is about to run.
class HeldRun {
 public:
  explicit HeldRun(const std::string& sql, Mode mode = Mode::autocommit) : parsed_(parse(sql)) {
    EXPECT_TRUE(parsed_.errors.empty()) << sql;
    EXPECT_FALSE(parsed_.statements.empty()) << sql;
    catalog.script = 1;
    session_.begin_script(mode, parsed_.statements);
    for (const Statement& statement : parsed_.statements) {
      compute_effects(statement, {catalog, session_, 15, sql}, effects_);
      held.before(statement, effects_, catalog, session_);
      if (&statement == &parsed_.statements.back()) return;
      apply(statement, sql, catalog, session_);
      session_.apply(statement.node);
      held.after(effects_, session_);
    }
  }

  // "t AccessExclusiveLock 1": relation, mode, the number of the statement; a question mark where it may not be held.
  std::string text() const {
    std::string text;
    for (const HeldLock& lock : held.list()) {
      const Relation* relation = catalog.find(lock.relation);
      const DroppedRelation* dropped = held.dropped(lock.relation);
      if (!text.empty()) text += ", ";
      if (relation != nullptr) text += relation->name;
      if (relation == nullptr && dropped != nullptr) text += dropped->name + (dropped->doubtful ? "?" : "");
      text += fmt::format(" {} {}{}", to_string(lock.mode), lock.statement, lock.conditional ? "?" : "");
    }
    return text;
  }

  RelationId id(std::string_view name) const {
    const Relation* relation = catalog.find({{}, name}, {"public"});
    return relation == nullptr ? kNoRelation : relation->id;
  }

  Catalog catalog;
  HeldLocks held;

 private:
  ParsedScript parsed_;
  Session session_{catalog};
  Effects effects_;
};

std::string held(const std::string& sql, Mode mode = Mode::autocommit) { return HeldRun(sql, mode).text(); }

TEST(HeldLocks, AddUpUntilTheTransactionEnds) {
  EXPECT_EQ(held("LOCK t; SELECT 1"), "");
  EXPECT_EQ(held("BEGIN; SELECT 1"), "");
  EXPECT_EQ(held("BEGIN; LOCK t; SELECT 1"), "t AccessExclusiveLock 1");
  EXPECT_EQ(held("BEGIN; LOCK t; LOCK u IN SHARE MODE; SELECT 1"), "t AccessExclusiveLock 1, u ShareLock 2");
  EXPECT_EQ(held("BEGIN; LOCK t; COMMIT; SELECT 1"), "");
  EXPECT_EQ(held("BEGIN; LOCK t; END; SELECT 1"), "");
  EXPECT_EQ(held("BEGIN; LOCK t; ROLLBACK; SELECT 1"), "");
  EXPECT_EQ(held("BEGIN; LOCK t; COMMIT AND CHAIN; SELECT 1"), "");
  EXPECT_EQ(held("BEGIN; LOCK t; ROLLBACK AND CHAIN; LOCK u; SELECT 1"), "u AccessExclusiveLock 3");
  EXPECT_EQ(held("BEGIN; LOCK t; PREPARE TRANSACTION 'x'; SELECT 1"), "");
  EXPECT_EQ(held("BEGIN; LOCK t; BEGIN; SELECT 1"), "t AccessExclusiveLock 1");  // it only warns
}

TEST(HeldLocks, TheStrongestModeAndWhoTookIt) {
  EXPECT_EQ(held("BEGIN; LOCK t IN SHARE MODE; LOCK u; LOCK t IN EXCLUSIVE MODE; LOCK t IN ROW SHARE MODE; SELECT 1"),
            "u AccessExclusiveLock 2, t ExclusiveLock 3");
  EXPECT_EQ(held("BEGIN; LOCK t; LOCK t; SELECT 1"), "t AccessExclusiveLock 1");
}

TEST(HeldLocks, RollbackToReleasesWhatCameAfterTheSavepoint) {
  EXPECT_EQ(held("BEGIN; LOCK t; SAVEPOINT s; LOCK u; ROLLBACK TO s; SELECT 1"), "t AccessExclusiveLock 1");
  EXPECT_EQ(held("BEGIN; SAVEPOINT s; LOCK u; ROLLBACK TO s; LOCK v; SELECT 1"), "v AccessExclusiveLock 4");
  EXPECT_EQ(held("BEGIN; LOCK t IN SHARE MODE; SAVEPOINT s; LOCK t; ROLLBACK TO s; SELECT 1"), "t ShareLock 1");
  // RELEASE gives them to the transaction.
  EXPECT_EQ(held("BEGIN; SAVEPOINT s; LOCK u; RELEASE s; SELECT 1"), "u AccessExclusiveLock 2");
  EXPECT_EQ(held("BEGIN; SAVEPOINT a; SAVEPOINT b; LOCK u; RELEASE b; LOCK v; ROLLBACK TO a; SELECT 1"), "");
  EXPECT_EQ(held("BEGIN; SAVEPOINT s; LOCK t; SAVEPOINT s; LOCK u; ROLLBACK TO s; SELECT 1"),
            "t AccessExclusiveLock 2");
  EXPECT_EQ(held("BEGIN; SAVEPOINT s; LOCK t; ROLLBACK TO s; LOCK u; ROLLBACK TO s; LOCK v; SELECT 1"),
            "v AccessExclusiveLock 6");
  EXPECT_EQ(held("BEGIN; LOCK t; ROLLBACK TO unheard_of; SELECT 1"), "t AccessExclusiveLock 1");
  EXPECT_EQ(held("BEGIN; LOCK t; SAVEPOINT s; LOCK u; ROLLBACK; SELECT 1"), "");
}

// The numbers of the statements whose effects are not committed and not rolled back.
std::string pending(const std::string& sql, Mode mode = Mode::autocommit) {
  const HeldRun run(sql, mode);
  std::string numbers;
  for (std::uint32_t statement = 0; statement < 20; ++statement) {
    if (run.held.is_pending(statement)) numbers += fmt::format("{}{}", numbers.empty() ? "" : " ", statement);
  }
  return numbers;
}

TEST(HeldLocks, StatementsArePendingUntilTheTransactionEnds) {
  EXPECT_EQ(pending("LOCK t; SELECT 1"), "");
  EXPECT_EQ(pending("BEGIN; LOCK t; SELECT 1; SELECT 2"), "1 2");
  EXPECT_EQ(pending("BEGIN; LOCK t; COMMIT; SELECT 1"), "");
  EXPECT_EQ(pending("BEGIN; LOCK t; COMMIT; BEGIN; LOCK u; SELECT 1"), "4");
  EXPECT_EQ(pending("LOCK t; LOCK u; SELECT 1", Mode::transaction), "0 1");
  EXPECT_EQ(pending("LOCK t; SAVEPOINT s; LOCK u; ROLLBACK TO s; LOCK v; SELECT 1", Mode::transaction), "0 1 4");
  EXPECT_EQ(pending("SAVEPOINT s; LOCK u; RELEASE s; SELECT 1", Mode::transaction), "0 1 2");
}

TEST(HeldLocks, HowTheScriptIsSent) {
  EXPECT_EQ(held("LOCK t; SELECT 1", Mode::transaction), "t AccessExclusiveLock 0");
  EXPECT_EQ(held("LOCK t; COMMIT; SELECT 1", Mode::transaction), "");
  EXPECT_EQ(held("LOCK t; COMMIT; LOCK u; SELECT 1", Mode::transaction), "");  // each by itself now
  EXPECT_EQ(held("LOCK t; SELECT 1", Mode::single_message), "t AccessExclusiveLock 0");
  EXPECT_EQ(held("LOCK t; COMMIT; LOCK u; SELECT 1", Mode::single_message), "u AccessExclusiveLock 2");
  EXPECT_EQ(held("ALTER TABLE t ADD a int; SELECT 1", Mode::pipeline), "t AccessExclusiveLock 0");
}

TEST(HeldLocks, WhereNobodyKnowsOfATransaction) {
  EXPECT_EQ(held("ALTER TABLE t ADD a int; SELECT 1", Mode::unknown), "t AccessExclusiveLock 0?");
  EXPECT_EQ(held("ALTER TABLE t ADD a int; BEGIN; LOCK u; SELECT 1", Mode::unknown), "u AccessExclusiveLock 2");
  EXPECT_EQ(held("ALTER TABLE t ADD a int; COMMIT; SELECT 1", Mode::unknown), "");
  EXPECT_EQ(held("ALTER TABLE t ADD a int; ROLLBACK; SELECT 1", Mode::unknown), "");
  // Allowed in a transaction only: so one was open all the time.
  EXPECT_EQ(held("ALTER TABLE t ADD a int; SAVEPOINT s; SELECT 1", Mode::unknown), "t AccessExclusiveLock 0");
  // Refused in a transaction: so none was.
  EXPECT_EQ(held("ALTER TABLE t ADD a int; CREATE INDEX CONCURRENTLY ON u (x)", Mode::unknown), "");
  EXPECT_EQ(held("ALTER TABLE t ADD a int; CREATE INDEX CONCURRENTLY ON u (x); SELECT 1", Mode::unknown), "");
}

TEST(HeldLocks, WhatCommitsByItselfLeavesNothing) {
  EXPECT_EQ(held("CREATE INDEX CONCURRENTLY ON t (x); SELECT 1", Mode::unknown), "");
  EXPECT_EQ(held("CREATE INDEX CONCURRENTLY ON t (x); SELECT 1"), "");
  // It is refused.
  EXPECT_EQ(held("BEGIN; LOCK u; CREATE INDEX CONCURRENTLY ON t (x); SELECT 1"), "u AccessExclusiveLock 1");
}

TEST(HeldLocks, ADroppedRelationIsLockedUntilTheEnd) {
  EXPECT_EQ(held("BEGIN; DROP TABLE \"T\"; SELECT 1"), "public.\"T\" AccessExclusiveLock 1");
  EXPECT_EQ(held("BEGIN; DROP TABLE t; COMMIT; SELECT 1"), "");
  EXPECT_EQ(held("BEGIN; DROP TABLE IF EXISTS t; SELECT 1"), "public.t? AccessExclusiveLock 1");
  EXPECT_EQ(held("BEGIN; SAVEPOINT s; DROP TABLE t; ROLLBACK TO s; SELECT 1"), "");
}

TEST(HeldLocks, WaitsForOthersUnlessTheyAreKeptOutAlready) {
  const HeldRun share("BEGIN; LOCK t IN SHARE MODE; SELECT 1");
  const RelationId t = share.id("t");
  EXPECT_TRUE(share.held.holds(t, LockMode::share));
  EXPECT_FALSE(share.held.holds(t, LockMode::row_share));
  EXPECT_FALSE(share.held.waits_for(t, LockMode::share));
  EXPECT_FALSE(share.held.waits_for(t, LockMode::access_share));
  EXPECT_TRUE(share.held.waits_for(t, LockMode::row_exclusive));  // another session can hold SHARE too
  EXPECT_TRUE(share.held.waits_for(t, LockMode::share_update_exclusive));
  EXPECT_TRUE(share.held.waits_for(t, LockMode::access_exclusive));
  EXPECT_TRUE(share.held.waits_for(share.id("u"), LockMode::access_share));

  const HeldRun all("BEGIN; ALTER TABLE t ADD a int; SELECT 1");
  for (const LockMode mode : {LockMode::access_share, LockMode::share, LockMode::access_exclusive}) {
    EXPECT_FALSE(all.held.waits_for(all.id("t"), mode));
  }
  // Two modes can keep out what neither does alone.
  const HeldRun both("BEGIN; LOCK t IN SHARE MODE; LOCK t IN SHARE UPDATE EXCLUSIVE MODE; SELECT 1");
  EXPECT_FALSE(both.held.waits_for(both.id("t"), LockMode::share_row_exclusive));
  const HeldRun unknown("ALTER TABLE t ADD a int; SELECT 1", Mode::unknown);
  EXPECT_TRUE(unknown.held.waits_for(unknown.id("t"), LockMode::access_exclusive));
}

TEST(HeldLocks, WhatCodeMayHaveTakenIsNotCertain) {
  Catalog catalog;
  Session session(catalog);
  HeldLocks held;
  Effects effects;
  const ParsedScript script = parse("SELECT 1");
  session.begin_script(Mode::transaction, 3);
  const auto step = [&](LockMode mode, bool conditional) {
    effects.clear();
    effects.conditional = conditional;
    effects.lock(7, mode, LockReason::target);
    held.before(script.statements.front(), effects, catalog, session);
    session.apply(script.statements.front().node);
    held.after(effects, session);
  };
  step(LockMode::share, false);
  step(LockMode::access_exclusive, true);
  ASSERT_EQ(held.list().size(), 1U);
  EXPECT_EQ(held.list()[0].mode, LockMode::access_exclusive);
  EXPECT_TRUE(held.list()[0].conditional);
  EXPECT_FALSE(held.holds(7, LockMode::access_exclusive));
  EXPECT_TRUE(held.waits_for(7, LockMode::access_exclusive));
  EXPECT_FALSE(held.waits_for(7, LockMode::share));
  step(LockMode::access_exclusive, false);
  EXPECT_FALSE(held.list()[0].conditional);
  EXPECT_EQ(held.list()[0].statement, 1U);
  held.clear();
  EXPECT_TRUE(held.empty());
  EXPECT_TRUE(held.waits_for(7, LockMode::access_share));
}

}  // namespace
}  // namespace pglatch
