// The lock model says of every case what the fixtures say, which the oracle read off servers.
#include <gtest/gtest.h>

#include <cctype>

#include "tests/locks/fixture.h"
#include "tests/locks/model_facts.h"

namespace pglatch::testing {
namespace {

class LockModelTest : public ::testing::TestWithParam<LockCase> {};

TEST_P(LockModelTest, AgreesWithTheFixture) {
  const LockCase& one = GetParam();
  ASSERT_FALSE(one.expectations.empty()) << "UPDATE_GOLDEN=1 lets the servers write them";
  for (const Expectation& expectation : one.expectations) {
    std::map<std::string, std::set<int>> differences;  // text → majors
    for (const int major : expectation.majors) {
      const std::string difference =
          compare({{"server", expectation.facts}, {"model", settled(model_facts(one, major), expectation.facts)}});
      if (one.known_to_differ(major)) {
        EXPECT_NE(difference, "") << "the model agrees on PostgreSQL " << major << " now: remove model-differs";
      } else if (!difference.empty()) {
        differences[difference].insert(major);
      }
    }
    for (const auto& [difference, majors] : differences) {
      ADD_FAILURE() << "case " << one.id << " (" << one.file << ") on PostgreSQL " << to_string(majors) << "\n    "
                    << one.statement << difference;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Cases, LockModelTest, ::testing::ValuesIn(all_lock_cases()), [](const auto& info) {
  std::string name = info.param.file.substr(0, info.param.file.find('.')) + "__" + info.param.id;
  for (char& c : name) {
    if (std::isalnum(static_cast<unsigned char>(c)) == 0) c = '_';
  }
  return name;
});

}  // namespace
}  // namespace pglatch::testing
