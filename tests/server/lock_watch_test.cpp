// The watcher of steps that cannot note their own locks.
#include "analyzer/server/lock_watch.h"

#include <gmock/gmock.h>

#include <chrono>
#include <thread>

#include "tests/support/server.h"

namespace pglatch::testing {
namespace {

using ::testing::ElementsAre;

class LockSamplerTest : public ::testing::Test {
 protected:
  // Asks until the answer is true.
  void wait_until(const std::string& query) {
    while (connection_.value(query) != "t") std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }

  Database database_ = Server::shared(Server::available_majors().back()).scratch();
  Connection connection_ = database_.connect();
};

TEST_F(LockSamplerTest, SeesTheLocksOfABuildThatIsHeldUp) {
  connection_.exec("CREATE TABLE t (a int)");
  create_notes(connection_);
  Connection writer = database_.connect();
  writer.exec("BEGIN; INSERT INTO t VALUES (1)");
  LockSampler sampler(database_.conninfo());
  Connection builder = database_.connect();
  for (const std::string& sql : begin_step_sql("S1", true)) builder.exec(sql);
  builder.send("CREATE INDEX CONCURRENTLY i ON t (a)");
  wait_until("SELECT count(*) > 0 FROM pg_stat_progress_create_index WHERE phase = 'waiting for writers before build'");
  // A look that began after that, and ended.
  const std::string now = connection_.value("SELECT clock_timestamp()");
  wait_until(
      "SELECT count(*) > 0 FROM pg_stat_activity WHERE datname = current_database() AND state = 'idle'\n"
      "AND query LIKE '%pg_locks%' AND query_start > '" +
      now + "'");
  writer.exec("COMMIT");
  EXPECT_FALSE(builder.finish().has_value());
  EXPECT_THAT(read_locks(connection_, sampler.stop()),
              ElementsAre(ObservedLock{"S1", "public.t", "ShareUpdateExclusiveLock", false}));
}

}  // namespace
}  // namespace pglatch::testing
