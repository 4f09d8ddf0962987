// The three forms of a plan, byte for byte, for the cases of fixtures/plans. UPDATE_GOLDEN=1 rewrites them.
#include "tests/support/golden.h"

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "analyzer/plan/writers.h"
#include "tests/plans/planning.h"

namespace pglatch::testing {
namespace {

std::vector<std::string> cases() {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(fixture_path("plans"))) {
    if (entry.is_directory()) names.push_back(entry.path().filename().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

class PlanGoldenTest : public ::testing::TestWithParam<std::string> {
 protected:
  Plan plan() const {
    Planning planning;
    planning.schema = read_file(fixture_path("plans/" + GetParam() + "/schema.sql"));
    return plan_of(read_file(fixture_path("plans/" + GetParam() + "/input.sql")), planning);
  }
};

TEST_P(PlanGoldenTest, Forms) {
  const std::string folder = "plans/" + GetParam();
  EXPECT_TRUE(matches_golden(write_plan_json(plan()), folder + "/plan.json"));
  EXPECT_TRUE(matches_golden(write_plan_sql(plan()), folder + "/plan.sql"));
  EXPECT_TRUE(matches_golden(write_plan_markdown(plan()), folder + "/plan.md"));
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
