// The three forms of a plan, byte for byte, for the cases of fixtures/plans. UPDATE_GOLDEN=1 rewrites them.
#include "tests/support/golden.h"

#include <string>
#include <vector>

#include "analyzer/plan/writers.h"
#include "tests/plans/plan_fixture.h"

namespace pglatch::testing {
namespace {

std::vector<std::string> cases() {
  std::vector<std::string> names;
  for (const PlanFixture& fixture : plan_fixtures()) names.push_back(fixture.name);
  return names;
}

class PlanGoldenTest : public ::testing::TestWithParam<std::string> {};

TEST_P(PlanGoldenTest, Forms) {
  const std::string folder = "plans/" + GetParam();
  const Plan plan = plan_fixture(GetParam()).plan();
  EXPECT_TRUE(matches_golden(write_plan_json(plan), folder + "/plan.json"));
  EXPECT_TRUE(matches_golden(write_plan_sql(plan), folder + "/plan.sql"));
  EXPECT_TRUE(matches_golden(write_plan_markdown(plan), folder + "/plan.md"));
}

INSTANTIATE_TEST_SUITE_P(Fixtures, PlanGoldenTest, ::testing::ValuesIn(cases()), [](const auto& param_info) {
  std::string name = param_info.param;
  for (char& c : name) {
    if (c == '-') c = '_';
  }
  return name;
});

}  // namespace
}  // namespace pglatch::testing
