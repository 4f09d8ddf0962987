#include "analyzer/source/installation.h"

#include <gtest/gtest.h>

#include <string>

#include "analyzer/source/neighbours.h"
#include "tests/support/temp_dir.h"

namespace pglatch::testing {
namespace {

// The scripts of these files once they are joined: names, a plus before what continues the one in front.
std::string joined(const std::vector<std::string>& names, std::string_view text = "SELECT 1;\n") {
  const TempDir dir;
  Neighbours neighbours;
  std::vector<Script> scripts;
  for (const std::string& name : names) {
    const std::string path = dir.write(name, text).string();
    for (Script& script : neighbours.read_scripts(*read_source_file(path))) scripts.push_back(std::move(script));
  }
  (void)join_installations(scripts);
  std::string result;
  for (const Script& script : scripts) {
    if (!result.empty()) result += ' ';
    if (script.continues) result += '+';
    result += std::filesystem::relative(script.file->path(), dir.path()).string();
  }
  return result;
}

TEST(InstallationTest, PartsComeAfterTheirTables) {
  EXPECT_EQ(joined({"a_constraints.sql", "a_ddl.sql", "a_indices.sql", "a_primary_keys.sql", "b.sql"}),
            "a_ddl.sql +a_primary_keys.sql +a_indices.sql +a_constraints.sql b.sql");
  EXPECT_EQ(joined({"foreign_keys.sql", "indexes.sql", "tables.sql"}), "tables.sql +indexes.sql +foreign_keys.sql");
  EXPECT_EQ(joined({"schema-orders-idx.sql", "schema-orders.sql"}), "schema-orders.sql +schema-orders-idx.sql");
  EXPECT_EQ(joined({"shop.Indexes.sql", "shop.Tables.sql"}), "shop.Tables.sql +shop.Indexes.sql");
}

TEST(InstallationTest, ThoseOfOthersAreNoParts) {
  EXPECT_EQ(joined({"add_constraints.sql", "tables.sql"}), "add_constraints.sql tables.sql");
  EXPECT_EQ(joined({"orders_indexes.sql", "orders.sql"}), "orders_indexes.sql orders.sql");
  EXPECT_EQ(joined({"a_constraints.sql", "b_ddl.sql"}), "a_constraints.sql b_ddl.sql");
  EXPECT_EQ(joined({"a/constraints.sql", "b/tables.sql"}), "a/constraints.sql b/tables.sql");
  EXPECT_EQ(joined({"indexes.sql", "views.sql"}), "indexes.sql views.sql");
  EXPECT_EQ(joined({"subtables.sql", "subindexes.sql"}), "subtables.sql subindexes.sql");
}

TEST(InstallationTest, WhatHasAVersionIsAMigration) {
  EXPECT_EQ(joined({"1_orders_tables.sql", "1_orders_indexes.sql"}), "1_orders_tables.sql 1_orders_indexes.sql");
  EXPECT_EQ(joined({"orders_indexes.sql", "orders_tables.sql"}, "-- +goose Up\nSELECT 1;\n"),
            "orders_indexes.sql orders_tables.sql");
}

TEST(InstallationTest, UpgradesTellOfItsFolder) {
  const auto folders = folders_with_upgrades({"sql/1.sql", "sql/Pg-upgrade2/a/b.sql", "db/a.sql", "upgrade/x.sql"});
  EXPECT_EQ(folders, (std::set<std::string, std::less<>>{"sql"}));
}

TEST(InstallationTest, WhatTakesItAwayIsBesideWhatMakesIt) {
  const TempDir dir;
  dir.write("create/queue.create.sql", "");
  dir.write("create/orders.sql", "");
  const auto is_found = [&](const char* name) { return takes_installation_away(dir.write(name, "").string()); };
  EXPECT_TRUE(is_found("drop/queue.drop.sql"));
  EXPECT_TRUE(is_found("drop/orders.sql"));
  EXPECT_FALSE(is_found("drop/others.sql"));
  EXPECT_FALSE(is_found("dropped/queue.drop.sql"));
  EXPECT_FALSE(is_found("drop/old/orders.sql"));
  EXPECT_FALSE(takes_installation_away("orders.sql"));
}

}  // namespace
}  // namespace pglatch::testing
