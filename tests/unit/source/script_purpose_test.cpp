#include "analyzer/source/script_purpose.h"

#include <gtest/gtest.h>

#include <vector>

namespace pglatch::testing {
namespace {

TEST(ScriptPurposeTest, FoldersAndFilesHaveNames) {
  for (const char* path : {"seeds/users.sql", "db/Seed/1.sql", "seed.sql", "seeds.sql", "db/seed_users.sql",
                           "seedUsers.sql", "seed-1.sql", "users.seed.sql", "SEED.SQL"}) {
    EXPECT_EQ(purpose_of_path(path), Purpose::seed) << path;
  }
  for (const char* path : {"tests/a.sql", "src/test/resources/a.sql", "spec/a.sql", "a/fixtures/b/c.sql",
                           "testdata/1_x.up.sql", "orders_test.sql", "orders.test.sql"}) {
    EXPECT_EQ(purpose_of_path(path), Purpose::test) << path;
  }
  for (const char* path : {"db/scripts/Flyway_revert_v21_orders.sql", "rollback-3.sql", "undo_V7__orders.sql"}) {
    EXPECT_EQ(purpose_of_path(path), Purpose::down) << path;
  }
  for (const char* path : {"docs/diagram.sql", "Doc/x/y.sql"}) {
    EXPECT_EQ(purpose_of_path(path), Purpose::documentation) << path;
  }
  for (const char* path : {"", "1.sql", "0007_revert_v6.sql", "undo_wrong_charts.sql", "revert.sql", "v7_undo.sql",
                           "migrations/0042_ab_test.sql", "seedlings.sql", "0003_seed_users.sql", "contest/1.sql",
                           "testing/1.sql", "test.sql", "0001_spec.sql"}) {
    EXPECT_EQ(purpose_of_path(path), Purpose::migration) << path;
  }
}

TEST(ScriptPurposeTest, OnlyWhatIsBelowTheArgumentCounts) {
  const auto below = [](std::string_view path, std::vector<std::string> arguments) {
    return std::string(path_below(path, arguments));
  };
  EXPECT_EQ(below("/tmp/tests/x/migrations/1.sql", {"/tmp/tests/x"}), "migrations/1.sql");
  EXPECT_EQ(below("/tmp/tests/x/migrations/1.sql", {"/tmp/tests/x/"}), "migrations/1.sql");
  EXPECT_EQ(below("tests/1.sql", {"."}), "tests/1.sql");
  EXPECT_EQ(below("tests/1.sql", {"tests"}), "1.sql");
  EXPECT_EQ(below("tests/1.sql", {".", "tests"}), "1.sql");
  EXPECT_EQ(below("../tests/1.sql", {".."}), "tests/1.sql");
  EXPECT_EQ(below("/tests/1.sql", {"/"}), "tests/1.sql");
  EXPECT_EQ(below("seeds/1.sql", {"seeds/1.sql"}), "");
  EXPECT_EQ(below("seeds/1.sql", {".", "seeds/1.sql"}), "");
  EXPECT_EQ(below("-", {"-"}), "");
  EXPECT_EQ(below("tests2/1.sql", {"tests"}), "");
}

TEST(ScriptPurposeTest, WhatAScriptIsComesFirst) {
  Script script;
  EXPECT_EQ(purpose_of(script, "migrations/1.sql", false), Purpose::migration);
  EXPECT_EQ(purpose_of(script, "tests/1.sql", false), Purpose::test);
  script.direction = Direction::down;
  EXPECT_EQ(purpose_of(script, "", false), Purpose::down);
  EXPECT_EQ(purpose_of(script, "tests/1.sql", false), Purpose::down);
  script.direction = Direction::verify;
  EXPECT_EQ(purpose_of(script, "", false), Purpose::test);
}

TEST(ScriptPurposeTest, WhatHasAVersionIsAMigrationOfItsOwn) {
  Script script;
  EXPECT_EQ(purpose_of(script, "rollback_V7.sql", false), Purpose::down);
  script.version = "8";
  EXPECT_EQ(purpose_of(script, "rollback_V7.sql", false), Purpose::migration);
}

TEST(ScriptPurposeTest, DocumentsAreNoMigrationsWhereAFrameworkRunsThose) {
  Script script;
  EXPECT_EQ(purpose_of(script, "docs/diagram.sql", true), Purpose::documentation);
  EXPECT_EQ(purpose_of(script, "docs/tests/a.sql", true), Purpose::test);
  EXPECT_EQ(purpose_of(script, "docs/diagram.sql", false), Purpose::migration);
  EXPECT_EQ(purpose_of(script, "", true), Purpose::migration);
  script.framework = "flyway";
  EXPECT_EQ(purpose_of(script, "docs/V1__a.sql", true), Purpose::migration);
  script.framework = "pg_dump";
  EXPECT_EQ(purpose_of(script, "docs/schema.sql", true), Purpose::dump);
}

TEST(ScriptPurposeTest, AFileForEachObjectIsAPictureOfTheSchema) {
  const Script script;
  for (const char* path : {"schema/tables/public.orders.sql", "views/public.a.sql"}) {
    EXPECT_EQ(purpose_of(script, path, true), Purpose::dump) << path;
    EXPECT_EQ(purpose_of(script, path, false), Purpose::migration) << path;
  }
  for (const char* path : {"tables/orders.sql", "tables/1.orders.sql", "tables/v1/public.orders.sql", "public.a.sql"}) {
    EXPECT_EQ(purpose_of(script, path, true), Purpose::migration) << path;
  }
}

TEST(ScriptPurposeTest, ADumpIsOneWhereItWasFound) {
  Script script;
  script.framework = "pg_dump";
  EXPECT_EQ(purpose_of(script, "db/schema.sql", false), Purpose::dump);
  EXPECT_EQ(purpose_of(script, "", false), Purpose::migration);
}

TEST(ScriptPurposeTest, WhatIsAskedForIsLinted) {
  Purposes linted;
  EXPECT_EQ(treatment_of(Purpose::migration, linted), Treatment::lint);
  EXPECT_EQ(treatment_of(Purpose::down, linted), Treatment::leave_out);
  EXPECT_EQ(treatment_of(Purpose::test, linted), Treatment::leave_out);
  EXPECT_EQ(treatment_of(Purpose::seed, linted), Treatment::replay);
  EXPECT_EQ(treatment_of(Purpose::dump, linted), Treatment::replay);
  for (const Purpose purpose : kOptionalPurposes) {
    EXPECT_EQ(find_purpose(to_string(purpose)), purpose);
    linted.add(purpose);
    EXPECT_EQ(treatment_of(purpose, linted), Treatment::lint);
  }
  EXPECT_EQ(find_purpose("migrations"), std::nullopt);
}

}  // namespace
}  // namespace pglatch::testing
