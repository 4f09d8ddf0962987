// The JSON Schemas of integrations/schemas: every plan of fixtures/plans is valid by one (and so are real verifications
// by the other, see proof_server_test.cpp), and each property says what it is. That the plans are those of the folders'
// plan.json is golden_test.cpp's business.
#include <gtest/gtest.h>

#include "analyzer/plan/writers.h"
#include "tests/plans/plan_fixture.h"
#include "tests/support/json_schema.h"

namespace pglatch::testing {
namespace {

TEST(PlanSchema, EveryPlanIsValid) {
  const JsonSchema schema("plan");
  for (const PlanFixture& fixture : plan_fixtures()) {
    EXPECT_EQ(schema.violation(write_plan_json(fixture.plan())), "") << fixture.name;
  }
}

TEST(PlanSchema, SeesErrors) {
  const JsonSchema schema("plan");
  const std::string good = write_plan_json(plan_fixture("add-key").plan());
  const auto with = [&](const std::string& from, const std::string& to) {
    std::string text = good;
    text.replace(text.find(from), from.size(), to);
    return schema.violation(text);
  };
  EXPECT_EQ(with("\"plan_version\": 1", "\"plan_version\": 2"), "enum at #/plan_version");
  EXPECT_EQ(with("\"class\": \"brief\"", "\"class\": \"quick\""), "enum at #/phases/0/steps/0/class");
  EXPECT_EQ(with("\"fingerprint\"", "\"finger\""), "additionalProperties at #/finger");
  EXPECT_EQ(with("\"attempts\": 30", "\"attempts\": 0"), "minimum at #/policies/brief/attempts");
}

TEST(JsonSchemas, DescribeEachProperty) {
  for (const char* name : {"plan", "verify"}) EXPECT_EQ(JsonSchema(name).undescribed(), "") << name;
}

}  // namespace
}  // namespace pglatch::testing
