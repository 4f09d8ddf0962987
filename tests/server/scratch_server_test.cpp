// Databases for the time being: made, and gone whatever happens.
#include "analyzer/server/scratch_server.h"

#include <gmock/gmock.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <thread>

#include "tests/support/server.h"

namespace pglatch::testing {
namespace {

using ::testing::HasSubstr;

Server& newest() { return Server::shared(Server::available_majors().back()); }

std::string databases_named(const std::string& prefix) {
  return newest().connect().value("SELECT count(*) FROM pg_database WHERE starts_with(datname, '" + prefix + "')");
}

TEST(ScratchServerTest, DropsItsDatabasesAndNoOther) {
  const Database other = newest().scratch();
  std::string name;
  {
    ScratchServer server(newest().conninfo());
    EXPECT_FALSE(server.is_own());
    EXPECT_EQ(server.major(), newest().major());
    name = server.create_database("one");
    Connection(server.conninfo(name)).exec("CREATE TABLE t (id int)");
    const std::string copy = server.create_database("two", name);
    pglatch::Connection left_open(server.conninfo(copy));
    EXPECT_EQ(left_open.value("SELECT count(*) FROM t"), "0");
    EXPECT_EQ(databases_named(name.substr(0, name.size() - 3)), "2");
  }
  EXPECT_EQ(databases_named(name.substr(0, name.size() - 3)), "0");
  EXPECT_EQ(databases_named(other.name()), "1");
}

TEST(ScratchServerTest, DropsThemWhenTheProcessIsKilled) {
  const std::string conninfo = newest().conninfo();
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    ScratchServer server(conninfo);
    const std::string name = server.create_database("one");
    if (::write(ends[1], name.data(), name.size()) < 0) ::_exit(1);
    for (;;) ::pause();
  }
  ::close(ends[1]);
  char name[256] = {};
  ASSERT_GT(::read(ends[0], name, sizeof name - 1), 0);
  ::close(ends[0]);
  EXPECT_EQ(databases_named(name), "1");
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  for (int tries = 0; tries < 200 && databases_named(name) != "0"; ++tries) {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  EXPECT_EQ(databases_named(name), "0");
}

TEST(ScratchServerTest, TakesConnectionStringsApart) {
  const ServerAddress address = read_address("postgresql://me:se%20cret@db.example.com:5433/shop?connect_timeout=3");
  EXPECT_EQ(address.database, "shop");
  EXPECT_EQ(address.password, "se cret");
  EXPECT_THAT(address.server, HasSubstr("host='db.example.com' "));
  EXPECT_THAT(address.server, HasSubstr("port='5433' "));
  EXPECT_THAT(address.server, HasSubstr("user='me' "));
  EXPECT_THAT(address.server, HasSubstr("connect_timeout='3' "));
  EXPECT_THAT(read_address(R"(user='it\'s' dbname=x)").server, HasSubstr(R"(user='it\'s' )"));
  EXPECT_THROW(static_cast<void>(read_address("nonsense")), std::runtime_error);
}

}  // namespace
}  // namespace pglatch::testing
