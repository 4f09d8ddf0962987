// The fixture itself: real servers come up, do their work and leave nothing behind.
#include <gmock/gmock.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <thread>

#include "tests/support/golden.h"
#include "tests/support/server.h"

namespace pglatch::testing {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsSupersetOf;

std::filesystem::path socket_directory(const std::string& conninfo) {
  const std::size_t start = conninfo.find('=') + 1;
  return conninfo.substr(start, conninfo.find(' ') - start);
}

bool is_gone_soon(const std::filesystem::path& path) {
  for (int tries = 0; tries < 200 && std::filesystem::exists(path); ++tries) {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  return !std::filesystem::exists(path);
}

TEST(ServerTest, MajorsOfTheTestSetupAreThere) {
  if (std::getenv("PGLATCH_TEST_MAJORS") != nullptr) GTEST_SKIP() << "PGLATCH_TEST_MAJORS chooses others";
  EXPECT_THAT(Server::available_majors(), IsSupersetOf({14, 18}));
}

TEST(ServerTest, EveryMajorStartsAndIsTornDown) {
  for (const int major : Server::available_majors()) {
    SCOPED_TRACE(major);
    std::filesystem::path directory;
    {
      const Server server(major, {"log_statement=all"});
      directory = socket_directory(server.conninfo());
      Connection connection = server.connect();
      EXPECT_EQ(std::stoi(connection.value("SHOW server_version_num")) / 10000, major);
      connection.exec("CREATE TABLE t (id int PRIMARY KEY, v text); INSERT INTO t VALUES (1, NULL), (2, 'é')");
      EXPECT_THAT(connection.query("SELECT * FROM t ORDER BY id"),
                  ElementsAre(ElementsAre("1", std::nullopt), ElementsAre("2", "é")));
      EXPECT_THAT(server.log(), HasSubstr("CREATE TABLE t"));
      EXPECT_TRUE(std::filesystem::exists(directory));
    }
    EXPECT_FALSE(std::filesystem::exists(directory));
  }
}

TEST(ServerTest, AServerThatCannotStartSaysWhy) {
  try {
    const Server server(Server::available_majors().back(), {"no_such_setting=1"});
    FAIL() << "it started";
  } catch (const std::runtime_error& error) {
    EXPECT_THAT(error.what(), HasSubstr("no_such_setting"));
  }
}

TEST(ServerTest, GoesWithAProcessThatIsKilled) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    const Server server(Server::available_majors().back());
    const std::string directory = socket_directory(server.conninfo()).string();
    if (::write(ends[1], directory.data(), directory.size()) < 0) ::_exit(1);
    for (;;) ::pause();
  }
  ::close(ends[1]);
  char name[256] = {};
  ASSERT_GT(::read(ends[0], name, sizeof name - 1), 0);
  ::close(ends[0]);
  EXPECT_TRUE(std::filesystem::exists(name));
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  EXPECT_TRUE(is_gone_soon(name)) << name;
}

TEST(DatabaseTest, IsFreshAndDroppedWithItsSessions) {
  Server& server = Server::shared(Server::available_majors().front());
  std::string name;
  {
    const Database database = server.scratch();
    name = database.name();
    Connection left_open = database.connect();
    EXPECT_EQ(left_open.value("SELECT current_database()"), name);
    EXPECT_EQ(left_open.value("SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace"), "0");
    const Database other = server.scratch();
    EXPECT_NE(other.name(), name);
  }
  EXPECT_EQ(server.connect().value("SELECT count(*) FROM pg_database WHERE datname = '" + name + "'"), "0");
}

class ConnectionTest : public ::testing::Test {
 protected:
  Database database_ = Server::shared(Server::available_majors().back()).scratch();
  Connection connection_ = database_.connect();
};

TEST_F(ConnectionTest, ErrorsCarryTheirSqlstate) {
  const SqlError error = connection_.expect_error("SELECT 1/0");
  EXPECT_EQ(error.sqlstate, "22012");
  EXPECT_EQ(error.message, "division by zero");
  EXPECT_THROW(connection_.exec("SELECT * FROM nowhere"), SqlException);
  EXPECT_EQ(connection_.try_exec("SELECT 1"), std::nullopt);
  EXPECT_THROW(connection_.expect_error("SELECT 1"), std::runtime_error);
}

TEST_F(ConnectionTest, CollectsTheServersDebugMessages) {
  connection_.exec("CREATE TABLE t (id int); SET client_min_messages = debug1");
  connection_.take_notices();
  connection_.exec("ALTER TABLE t ALTER id TYPE text");
  EXPECT_THAT(connection_.take_notices(), Contains(HasSubstr("DEBUG: rewriting table \"t\"")));
  EXPECT_TRUE(connection_.take_notices().empty());
}

TEST_F(ConnectionTest, SendsWithoutWaitingAndCancels) {
  connection_.exec("CREATE TABLE t (id int)");
  Connection other = database_.connect();
  other.exec("BEGIN; LOCK TABLE t");
  connection_.send("SELECT * FROM t");
  EXPECT_FALSE(connection_.wait_for(std::chrono::milliseconds(100)));
  EXPECT_EQ(other.value("SELECT pg_blocking_pids(" + std::to_string(connection_.backend_pid()) + ")::text"),
            "{" + std::to_string(other.backend_pid()) + "}");
  connection_.cancel();
  EXPECT_TRUE(connection_.wait_for(std::chrono::seconds(10)));
  const std::optional<SqlError> error = connection_.finish();
  ASSERT_TRUE(error.has_value());
  EXPECT_EQ(error->sqlstate, "57014");
  other.exec("COMMIT");
  EXPECT_EQ(connection_.value("SELECT count(*) FROM t"), "0");
}

TEST_F(ConnectionTest, PsqlRunsScriptsAgainstIt) {
  const ProcessResult result = run_psql(database_.conninfo(), "\\set n 42\nSELECT :n;\nSELECT 1/0;\n", {"-At"});
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_EQ(result.out, "42\n");
  EXPECT_THAT(result.err, HasSubstr("division by zero"));
  EXPECT_EQ(run_psql(database_.conninfo(), "SELECT 1/0;", {"-v", "ON_ERROR_STOP=1"}).exit_code, 3);

  const TempDir directory;
  directory.write("inner.sql", "SELECT 'inner';\n");
  const std::filesystem::path outer = directory.write("outer.sql", "\\ir inner.sql\n");
  EXPECT_EQ(run_psql_file(database_.conninfo(), outer, {"-At"}).out, "inner\n");
}

}  // namespace
}  // namespace pglatch::testing
