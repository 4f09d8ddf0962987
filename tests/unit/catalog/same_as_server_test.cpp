// The catalog after a script is the one that a real server has after it: names that PostgreSQL makes
// up, columns, constraints, indexes and what is attached to what.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>

#include "tests/support/server.h"
#include "tests/unit/catalog/replay.h"

namespace pglatch::testing {
namespace {

struct Case {
  const char* name;
  const char* sql;
  int from_major = 0;
};

const Case kCases[] = {
#include "tests/unit/catalog/server_cases.inc"
};

// What one has and the other has not, in words: a whole listing is too long to compare by eye.
std::vector<std::string> differences(const std::vector<std::string>& server, const std::vector<std::string>& catalog) {
  std::vector<std::string> result;
  const auto add = [&](const char* label, const auto& a, const auto& b) {
    std::vector<std::string> only;
    std::set_difference(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(only));
    for (const std::string& line : only) result.push_back(label + line);
  };
  add("only on the server:   ", server, catalog);
  add("only in the catalog:  ", catalog, server);
  return result;
}

// A new database for each case would take most of the test's time.
constexpr const char* kClean = R"sql(
  RESET ALL;
  DO $$
  DECLARE name text;
  BEGIN
    FOR name IN SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema' LOOP
      EXECUTE format('DROP SCHEMA %I CASCADE', name);
    END LOOP;
    CREATE SCHEMA public;
  END $$)sql";

std::vector<std::string> on_server(Connection& connection, const std::string& sql) {
  connection.exec(kClean);
  const ParsedScript script = parse(sql);
  for (const Statement& statement : script.statements) {
    connection.exec(std::string(statement.range.of(sql)));
  }
  std::vector<std::string> lines;
  for (const Row& row : connection.query(describe_query())) lines.push_back(row.front().value_or("(null)"));
  return lines;
}

TEST(SameAsServer, AfterEachScript) {
  const std::vector<int> majors = Server::available_majors();
  ASSERT_FALSE(majors.empty());
  for (const int major : majors) {
    Database database = Server::shared(major).scratch();
    Connection connection = database.connect();
    for (const Case& one : kCases) {
      if (major < one.from_major) continue;
      SCOPED_TRACE(::testing::Message() << one.name << ", PostgreSQL " << major);
      std::vector<std::string> expected;
      EXPECT_NO_THROW(expected = on_server(connection, one.sql));
      const Replay replay(one.sql, ExecutionMode::autocommit);
      EXPECT_THAT(differences(expected, describe(replay.catalog)), ::testing::IsEmpty());
    }
  }
}

}  // namespace
}  // namespace pglatch::testing
