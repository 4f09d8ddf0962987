#include "analyzer/catalog/settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/catalog/replay.h"

namespace pglatch {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::Replay;

TEST(Settings, Milliseconds) {
  struct Case {
    const char* text;
    std::int64_t milliseconds;
  };
  const Case cases[] = {{"0", 0},          {"250", 250},       {"5s", 5000},       {" 5 s ", 5000}, {"1.5s", 1500},
                        {"2min", 120'000}, {"1h", 3'600'000},  {"1d", 86'400'000}, {"900us", 1},    {"400us", 0},
                        {"100ms", 100},    {"0.5min", 30'000}, {"1e3", 1000}};
  for (const Case& one : cases) EXPECT_EQ(parse_milliseconds(one.text), one.milliseconds) << one.text;
  for (const char* bad : {"", "s", "5 weeks", "-1", "5S", "abc", "1e30", "nan"}) {
    EXPECT_EQ(parse_milliseconds(bad), std::nullopt) << bad;
  }
}

TEST(Settings, SearchPathText) {
  EXPECT_THAT(parse_search_path("App, \"MixedCase\" ,public"), ElementsAre("app", "MixedCase", "public"));
  EXPECT_THAT(parse_search_path("\"$user\", public"), ElementsAre("public"));
  EXPECT_THAT(parse_search_path("\"a\"\"b\""), ElementsAre("a\"b"));
  EXPECT_THAT(parse_search_path(""), IsEmpty());
  EXPECT_THAT(parse_search_path(" , "), IsEmpty());
}

std::vector<std::string> path_after(std::string_view sql, ExecutionMode mode = ExecutionMode::autocommit) {
  Replay replay;
  replay.start(sql, mode, 1);
  return replay.session.search_path();
}

TEST(Settings, SearchPathStatements) {
  EXPECT_THAT(path_after("SELECT 1"), ElementsAre("public"));
  EXPECT_THAT(path_after("SET search_path TO app, public"), ElementsAre("app", "public"));
  EXPECT_THAT(path_after("SET search_path = \"$user\", app"), ElementsAre("app"));
  EXPECT_THAT(path_after("SET SCHEMA 'app'"), ElementsAre("app"));
  EXPECT_THAT(path_after("SET search_path = ''"), IsEmpty());
  EXPECT_THAT(path_after("SET search_path = app; RESET search_path"), ElementsAre("public"));
  EXPECT_THAT(path_after("SET search_path = app; SET search_path TO DEFAULT"), ElementsAre("public"));
  EXPECT_THAT(path_after("SET search_path = app; RESET ALL"), ElementsAre("public"));
  EXPECT_THAT(path_after("SET search_path = app; DISCARD ALL"), ElementsAre("public"));
  EXPECT_THAT(path_after("SELECT pg_catalog.set_config('search_path', '', false)"), IsEmpty());
  EXPECT_THAT(path_after("SELECT set_config('search_path', 'a,b', false), 1"), ElementsAre("a", "b"));
  EXPECT_THAT(path_after("SELECT set_config('search_path', x, false) FROM t"), ElementsAre("public"));
  EXPECT_THAT(path_after("SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY; SET other.thing = 'x'"),
              ElementsAre("public"));
}

TEST(Settings, LocalAndRollback) {
  // SET LOCAL outside of a transaction only warns.
  EXPECT_THAT(path_after("SET LOCAL search_path = app"), ElementsAre("public"));
  EXPECT_THAT(path_after("BEGIN; SET LOCAL search_path = app"), ElementsAre("app"));
  EXPECT_THAT(path_after("BEGIN; SET LOCAL search_path = app; COMMIT"), ElementsAre("public"));
  EXPECT_THAT(path_after("BEGIN; SET search_path = app; COMMIT"), ElementsAre("app"));
  EXPECT_THAT(path_after("BEGIN; SET search_path = app; ROLLBACK"), ElementsAre("public"));
  EXPECT_THAT(path_after("BEGIN; SET search_path = a; SET LOCAL search_path = b; COMMIT"), ElementsAre("a"));
  EXPECT_THAT(path_after("BEGIN; SET LOCAL search_path = b; SET search_path = a; COMMIT"), ElementsAre("a"));
  EXPECT_THAT(path_after("BEGIN; SAVEPOINT s; SET search_path = a; ROLLBACK TO s"), ElementsAre("public"));
  EXPECT_THAT(path_after("BEGIN; SET search_path = a; SAVEPOINT s; SET search_path = b; ROLLBACK TO s; COMMIT"),
              ElementsAre("a"));
  EXPECT_THAT(path_after("SELECT set_config('search_path', 'a', true)"), ElementsAre("public"));
  EXPECT_THAT(path_after("BEGIN; SELECT set_config('search_path', 'a', true); COMMIT"), ElementsAre("public"));
  EXPECT_THAT(path_after("SET LOCAL search_path = app", ExecutionMode::transaction), ElementsAre("app"));
  EXPECT_THAT(path_after("SET LOCAL search_path = app", ExecutionMode::unknown), ElementsAre("app"));
}

TEST(Settings, Timeouts) {
  Replay replay;
  replay.start("SET lock_timeout = '2s'; SET statement_timeout = 500; SET lock_timeout = 'rubbish'",
               ExecutionMode::autocommit, 1);
  EXPECT_EQ(replay.session.settings().lock_timeout_ms, 2000);
  EXPECT_EQ(replay.session.settings().statement_timeout_ms, 500);
  replay.finish();
  // A new script is a new session.
  replay.start("SELECT set_config('LOCK_TIMEOUT', '1min', false)", ExecutionMode::autocommit, 1);
  EXPECT_EQ(replay.session.settings().lock_timeout_ms, 60'000);
  EXPECT_EQ(replay.session.settings().statement_timeout_ms, std::nullopt);
  replay.start("BEGIN; SET LOCAL lock_timeout = 0; RESET statement_timeout", ExecutionMode::unknown, 1);
  EXPECT_EQ(replay.session.settings().lock_timeout_ms, 0);
}

// The lock_timeout in effect for the statement after a script; -1 where it is the server's own.
std::int64_t lock_timeout_after(const std::string& sql, ExecutionMode mode = ExecutionMode::autocommit) {
  Replay replay;
  replay.start(sql, mode, 1);
  return replay.session.settings().lock_timeout_ms.value_or(-1);
}

TEST(Settings, LockTimeoutInEffect) {
  struct Case {
    const char* sql;
    std::int64_t milliseconds;
  };
  const Case cases[] = {
      {"SELECT 1", -1},
      {"SET lock_timeout = 250", 250},
      {"SET SESSION LOCK_TIMEOUT TO '3s'", 3000},
      {"SET lock_timeout = '2s'; SET lock_timeout TO DEFAULT", -1},
      {"SET lock_timeout = '2s'; RESET lock_timeout", -1},
      {"SET lock_timeout = '2s'; RESET statement_timeout", 2000},
      {"SET lock_timeout = '2s'; RESET ALL", -1},
      {"SET lock_timeout = '2s'; DISCARD ALL", -1},
      {"SET lock_timeout = '2s'; DISCARD PLANS", 2000},
      {"SET lock_timeout = '2s'; SET lock_timeout = -1", 2000},  // refused
      // Of other sessions, to come.
      {"ALTER ROLE app SET lock_timeout = '2s'", -1},
      {"ALTER DATABASE shop SET lock_timeout = '2s'", -1},
      {"ALTER ROLE ALL IN DATABASE shop SET lock_timeout = '2s'", -1},
      {"ALTER SYSTEM SET lock_timeout = '2s'", -1},
      // set_config(name, value, is_local)
      {"SELECT set_config('lock_timeout', '2s', false)", 2000},
      {"SELECT pg_catalog.set_config('lock_timeout', '2s'::text, 'f')", 2000},
      {"SELECT set_config('lock_timeout', '2s', NULL)", 2000},
      {"SELECT set_config('lock_timeout', '2s', true)", -1},
      {"SET lock_timeout = '2s'; SELECT set_config('lock_timeout', NULL, false)", -1},
      {"SET lock_timeout = '2s'; SELECT set_config('lock_timeout', to_char(1, '9'), false)", 2000},  // not known
      {"BEGIN; SELECT set_config('lock_timeout', '2s', true)", 2000},
      {"BEGIN; SELECT set_config('lock_timeout', '2s', true); COMMIT", -1},
      {"BEGIN; SELECT set_config('lock_timeout', '2s', false); COMMIT", 2000},
      {"BEGIN; SELECT set_config('lock_timeout', '2s', false); ROLLBACK", -1},
      // LOCAL ends with the transaction, and has no effect outside of one.
      {"SET LOCAL lock_timeout = '2s'", -1},
      {"SET lock_timeout = '1s'; BEGIN; SET LOCAL lock_timeout = '2s'", 2000},
      {"SET lock_timeout = '1s'; BEGIN; SET LOCAL lock_timeout = '2s'; COMMIT", 1000},
      {"SET lock_timeout = '1s'; BEGIN; SET LOCAL lock_timeout = '2s'; COMMIT AND CHAIN", 1000},
      {"SET lock_timeout = '1s'; BEGIN; SET LOCAL lock_timeout TO DEFAULT", -1},
      {"SET lock_timeout = '1s'; BEGIN; SET LOCAL lock_timeout TO DEFAULT; COMMIT", 1000},
      {"BEGIN; SET LOCAL lock_timeout = '2s'; SET lock_timeout = '3s'; COMMIT", 3000},
      {"BEGIN; SET lock_timeout = '3s'; SET LOCAL lock_timeout = '2s'; COMMIT", 3000},
      {"BEGIN; SET LOCAL lock_timeout = '2s'; RESET ALL", -1},
      // What a transaction set it takes along.
      {"SET lock_timeout = '1s'; BEGIN; SET lock_timeout = '2s'; ROLLBACK", 1000},
      {"SET lock_timeout = '1s'; BEGIN; RESET lock_timeout; ROLLBACK", 1000},
      {"SET lock_timeout = '1s'; BEGIN; RESET ALL; ROLLBACK", 1000},
      {"SET lock_timeout = '1s'; BEGIN; SET LOCAL lock_timeout = '2s'; ROLLBACK", 1000},
      {"BEGIN; SET lock_timeout = '2s'; SAVEPOINT s; SET lock_timeout = '3s'; ROLLBACK TO s", 2000},
      {"BEGIN; SET lock_timeout = '2s'; SAVEPOINT s; SET lock_timeout = '3s'; ROLLBACK TO s; COMMIT", 2000},
      {"BEGIN; SET LOCAL lock_timeout = '2s'; SAVEPOINT s; SET LOCAL lock_timeout = '3s'; ROLLBACK TO s", 2000},
      {"BEGIN; SAVEPOINT s; SET LOCAL lock_timeout = '3s'; RELEASE s", 3000},
      {"BEGIN; SAVEPOINT s; SET LOCAL lock_timeout = '3s'; RELEASE s; COMMIT", -1},
      {"BEGIN; SAVEPOINT s; SET lock_timeout = '3s'; RELEASE s; COMMIT", 3000},
  };
  for (const Case& one : cases) EXPECT_EQ(lock_timeout_after(one.sql), one.milliseconds) << one.sql;
}

TEST(Settings, LocalByHowTheScriptIsSent) {
  const std::string local = "SET LOCAL lock_timeout = '2s'";
  EXPECT_EQ(lock_timeout_after(local, ExecutionMode::transaction), 2000);
  EXPECT_EQ(lock_timeout_after(local, ExecutionMode::single_message), 2000);
  EXPECT_EQ(lock_timeout_after(local, ExecutionMode::pipeline), 2000);
  EXPECT_EQ(lock_timeout_after(local, ExecutionMode::unknown), 2000);
  EXPECT_EQ(lock_timeout_after(local + "; COMMIT", ExecutionMode::transaction), -1);
  EXPECT_EQ(lock_timeout_after(local + "; COMMIT", ExecutionMode::single_message), -1);
}

TEST(Settings, StatementTimeoutIsFollowedTheSameWay) {
  Replay replay;
  replay.start("SET statement_timeout = '15min'; BEGIN; SET LOCAL statement_timeout = 0", ExecutionMode::autocommit, 1);
  EXPECT_EQ(replay.session.settings().statement_timeout_ms, 0);
  EXPECT_EQ(replay.session.settings().lock_timeout_ms, std::nullopt);
  replay.start("SET statement_timeout = '15min'; BEGIN; SET LOCAL statement_timeout = 0; ROLLBACK",
               ExecutionMode::autocommit, 1);
  EXPECT_EQ(replay.session.settings().statement_timeout_ms, 900'000);
}

TEST(Settings, TimeZone) {
  Replay replay;
  replay.start("SET TIME ZONE 'UTC'", ExecutionMode::autocommit, 1);
  EXPECT_TRUE(replay.session.settings().utc());
  replay.start("SET timezone TO 'Europe/Vienna'", ExecutionMode::autocommit, 1);
  EXPECT_FALSE(replay.session.settings().utc());
  for (const char* zone : {"'utc'", "'Etc/UTC'", "'GMT'", "'Zulu'", "0"}) {
    replay.start(std::string("SET TIME ZONE ") + zone, ExecutionMode::autocommit, 1);
    EXPECT_TRUE(replay.session.settings().utc()) << zone;
  }
  replay.start("SET TIME ZONE 'UTC'; SET TIME ZONE LOCAL", ExecutionMode::autocommit, 1);
  EXPECT_FALSE(replay.session.settings().utc());
}

}  // namespace
}  // namespace pglatch
