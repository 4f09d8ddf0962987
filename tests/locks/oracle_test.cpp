// The fixtures say of every case what real servers do. With UPDATE_GOLDEN=1 the servers write them.
#include "tests/locks/oracle.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <map>
#include <memory>

#include "tests/locks/model_facts.h"
#include "tests/support/golden.h"

namespace pglatch::testing {
namespace {

Oracle& oracle(int major) {
  Server& server = Server::shared(major);  // first, so that it outlives the oracle
  static std::map<int, std::unique_ptr<Oracle>> oracles;
  std::unique_ptr<Oracle>& oracle = oracles[major];
  if (oracle == nullptr) oracle = std::make_unique<Oracle>(server);
  return *oracle;
}

class LockOracleTest : public ::testing::TestWithParam<std::string> {};

// Lets the servers write the expectations of a file: all, or with PGLATCH_ONLY_NEW=1 those that are missing.
void update(const std::string& file) {
  const std::string name = "locks/" + file;
  const std::string text = read_file(fixture_path(name));
  std::vector<LockCase> cases = parse_lock_cases(file, text, read_file(fixture_path("locks/base.sql")));
  const char* only_new = std::getenv("PGLATCH_ONLY_NEW");
  for (LockCase& one : cases) {
    if (only_new != nullptr && !one.expectations.empty()) continue;
    std::vector<Expectation> by_major;
    for (const int major : one.majors) by_major.push_back({{major}, oracle(major).observe(one)});
    one.expectations = merge_majors(by_major);
  }
  ASSERT_EQ(read_file(fixture_path(name)), text) << "was edited meanwhile";
  EXPECT_TRUE(matches_golden(with_expectations(text, cases), name));
}

// A statement that commits by itself can give a weak lock back before anything stands in its way: CLUSTER of a
// partitioned table looks at the parent's index so. That lock is seen by chance, and blocks next to nobody.
Facts without_passing_locks(Facts server, const LockCase& one, const Facts& expected) {
  if (!one.alone) return server;
  for (auto at = server.locks.begin(); at != server.locks.end();) {
    const bool passing = at->second == "AccessShareLock" && !expected.locks.contains(at->first);
    at = passing ? server.locks.erase(at) : std::next(at);
  }
  return server;
}

TEST_P(LockOracleTest, ServersAgreeWithTheFixture) {
  if (updates_golden()) return update(GetParam());
  const std::vector<LockCase> cases = read_lock_cases(GetParam());
  for (const int major : oracle_majors()) {
    for (const LockCase& one : cases) {
      if (!one.majors.contains(major)) continue;
      const Facts* expected = one.expected(major);
      if (expected == nullptr) {
        ADD_FAILURE() << "case " << one.id << " expects nothing of PostgreSQL " << major;
        continue;
      }
      const Facts server = without_passing_locks(oracle(major).observe(one), one, *expected);
      if (server == *expected) continue;
      ADD_FAILURE() << "case " << one.id << " (" << one.file << ") on PostgreSQL " << major << "\n"
                    << compare({{"server", server},
                                {"fixture", *expected},
                                {"model", settled(model_facts(one, major), server)}});
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Files, LockOracleTest, ::testing::ValuesIn(lock_fixture_files()),
                         [](const auto& info) { return info.param.substr(0, info.param.find('.')); });

}  // namespace
}  // namespace pglatch::testing
