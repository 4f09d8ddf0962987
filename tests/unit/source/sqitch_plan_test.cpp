#include "analyzer/source/sqitch_plan.h"

#include <gtest/gtest.h>

namespace pglatch::testing {
namespace {

TEST(SqitchPlanTest, ChangesHaveTheirPlaces) {
  const auto places = read_sqitch_plan(
      "%syntax-version=1.0.0\n%project=shop\n\n# first\n"
      "users 2024-05-01T12:00:00Z Ann <a@example.com> # all of them\r\n"
      "tables/orders [users !views] 2024-05-02T12:00:00Z Ann <a@example.com>\n"
      "@v1 2024-05-03T12:00:00Z Ann <a@example.com>\n"
      "items 2024-05-04T12:00:00Z Ann <a@example.com>\n"
      "users [users@v1] 2024-05-05T12:00:00Z Ann <a@example.com> # reworked");
  EXPECT_EQ(places.size(), 4U);
  EXPECT_EQ(places.at("users@v1"), 1U);
  EXPECT_EQ(places.at("tables/orders"), 2U);
  EXPECT_EQ(places.at("items"), 3U);
  EXPECT_EQ(places.at("users"), 4U);
  EXPECT_TRUE(read_sqitch_plan("").empty());
}

TEST(SqitchPlanTest, WhatWasReworkedIsNamedAfterSomeTagInBetween) {
  const auto places = read_sqitch_plan("@v0\na\nb\n@v1\nc\n@v2\n@v2.1\na [a@v2.1]\nd\n@v3\na\n@v4\n");
  for (const char* tag : {"@v1", "@v2", "@v2.1"}) EXPECT_EQ(places.at(std::string("a") + tag), 1U) << tag;
  EXPECT_EQ(places.at("a@v3"), 4U);
  EXPECT_EQ(places.at("a"), 6U);
  EXPECT_EQ(places.size(), 8U);
}

}  // namespace
}  // namespace pglatch::testing
