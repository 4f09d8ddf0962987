#include "analyzer/plan/framework_files_names.h"

#include <gtest/gtest.h>

namespace pglatch {
namespace {

TEST(FrameworkFilesNamesTest, VersionsAreCountedUpInTheirForm) {
  const std::pair<const char*, const char*> cases[] = {
      {"1", "2"},
      {"009", "010"},
      {"99", "100"},
      {"1.9", "1.10"},
      {"2_8_0", "2_8_1"},
      {"1714564800999", "1714564801000"},
      {"20240501120000", "20240501120001"},
      {"20240228235959", "20240229000000"},
      {"20231231235959", "20240101000000"},
      {"2024-05-01-120059", "2024-05-01-120100"},
      {"2024-05-01-120059-0000", "2024-05-01-120100-0000"},
      {"20249999999999", "20250000000000"},  // no time
      {"20240501120000000001", "20240501120000000002"},
      {"1.20240501120059", "1.20240501120060"},
  };
  for (const auto& [version, next] : cases) EXPECT_EQ(next_version(version), next) << version;
}

TEST(FrameworkFilesNamesTest, TheHighestVersionIsThatOfAnyName) {
  EXPECT_EQ(highest_version({}), "");
  EXPECT_EQ(highest_version({"README.md", "atlas.sum"}), "");
  EXPECT_EQ(highest_version({"9_a.sql", "10_b.go", "2_c"}), "10");
  EXPECT_EQ(highest_version({"V1_9__a.sql", "V1.10__b.sql", "R__x.sql"}), "1.10");
  EXPECT_EQ(highest_version({"0001_a.sql", "meta"}), "0001");
}

TEST(FrameworkFilesNamesTest, DescriptionsAreWithoutVersionAndEnding) {
  EXPECT_EQ(description_of("7_orders.up.sql"), "orders");
  EXPECT_EQ(description_of("7_orders.down.sql"), "orders");
  EXPECT_EQ(description_of("V1_2__new-orders.sql"), "new-orders");
  EXPECT_EQ(description_of("20240501120000_orders/migration.sql"), "orders");
  EXPECT_EQ(description_of("2024-05-01-120000_orders/up.sql"), "orders");
  EXPECT_EQ(description_of("app/orders.sql"), "app/orders");
  EXPECT_EQ(description_of("7 many orders!.sql"), "many_orders_");
  EXPECT_EQ(description_of("000001.sql"), "migration");
  EXPECT_EQ(description_of("current.sql"), "current");
}

TEST(FrameworkFilesNamesTest, PatternsWithoutAVersion) {
  EXPECT_EQ(fill_in("V{version}__{name}.sql", "1.2", "x"), "V1.2__x.sql");
  EXPECT_EQ(fill_in("{version}_{name}.sql", "", "x"), "x.sql");
  EXPECT_EQ(fill_in("deploy/{name}.sql", "", "x"), "deploy/x.sql");
}

}  // namespace
}  // namespace pglatch
