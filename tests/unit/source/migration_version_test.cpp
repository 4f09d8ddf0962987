#include "analyzer/source/migration_version.h"

#include <gtest/gtest.h>

namespace pglatch {
namespace {

TEST(MigrationVersionTest, IsTheNumberAtTheBeginningOfTheName) {
  EXPECT_EQ(migration_version("003_orders.sql"), "003");
  EXPECT_EQ(migration_version("db/migrations/20240501120000_orders.up.sql"), "20240501120000");
  EXPECT_EQ(migration_version("V1__orders.sql"), "1");
  EXPECT_EQ(migration_version("V1_9_1__orders.sql"), "1_9_1");
  EXPECT_EQ(migration_version("U2.1__orders.sql"), "2.1");
  EXPECT_EQ(migration_version("1.2.3-orders.sql"), "1.2.3");
  EXPECT_EQ(migration_version("7.sql"), "7");
  EXPECT_EQ(migration_version("003_2fa.sql"), "003");
  EXPECT_EQ(migration_version("003-2fa.sql"), "003");
  EXPECT_EQ(migration_version("003_4_tables.sql"), "003");
}

TEST(MigrationVersionTest, OrOfTheFoldersName) {
  EXPECT_EQ(migration_version("m/2024-05-01-120000_orders/up.sql"), "2024-05-01-120000");
  EXPECT_EQ(migration_version("2/m/up.sql"), "2");
  EXPECT_EQ(migration_version("1/2/up.sql"), "2");
}

TEST(MigrationVersionTest, CanBeMissing) {
  EXPECT_EQ(migration_version("R__views.sql"), "");
  EXPECT_EQ(migration_version("schema.sql"), "");
  EXPECT_EQ(migration_version("Views.sql"), "");
  EXPECT_EQ(migration_version("-"), "");
  EXPECT_EQ(migration_version(""), "");
  EXPECT_FALSE(is_version("latest"));
  EXPECT_TRUE(is_version("v2"));
}

TEST(MigrationVersionTest, NumbersAreCompared) {
  EXPECT_LT(compare_versions("2", "10"), 0);
  EXPECT_LT(compare_versions("1_9", "1.10"), 0);
  EXPECT_GT(compare_versions("1.1", "1"), 0);
  EXPECT_EQ(compare_versions("7", "007"), 0);
  EXPECT_EQ(compare_versions("7.0", "7"), 0);
  EXPECT_EQ(compare_versions("v7", "7_orders"), 0);
  EXPECT_LT(compare_versions("20240501120000", "20240501120001"), 0);
  EXPECT_GT(compare_versions("99999999999999999999999", "99999999999999999999998"), 0);
  EXPECT_EQ(compare_versions("", "0"), 0);
}

}  // namespace
}  // namespace pglatch
