// Frameworks that show in a file's name and in what lies around it.
#include <filesystem>

#include "tests/support/temp_dir.h"
#include "tests/unit/source/frameworks/read.h"

namespace pglatch::testing {
namespace {

using ::testing::HasSubstr;

// The framework, direction and mode of a file by its path alone.
std::string by_name(const std::string& path, std::string text = "SELECT 1;") {
  const auto scripts = read(path, std::move(text));
  EXPECT_EQ(scripts.size(), 1U) << path;
  return kind(scripts.front());
}

TEST(GolangMigrateTest, IsRecognisedByName) {
  EXPECT_EQ(by_name("db/7_orders.up.sql"), "golang-migrate up single-message");
  EXPECT_EQ(by_name("000077_users_v6.5.down.sql"), "golang-migrate down single-message");
  EXPECT_EQ(read("db/007_orders.up.sql", "")[0].version, "007");
  EXPECT_EQ(by_name("7_orders.sql"), "plain up unknown");
  EXPECT_EQ(by_name("orders.up.sql"), "plain up unknown");
  EXPECT_EQ(by_name("7_orders.tx.up.sql"), "plain up unknown");
}

TEST(FlywayTest, IsRecognisedByName) {
  EXPECT_EQ(by_name("V1__orders.sql"), "flyway up transaction");
  EXPECT_EQ(by_name("db/V1_9.2__orders.sql"), "flyway up transaction");
  EXPECT_EQ(by_name("U1__orders.sql"), "flyway down transaction");
  EXPECT_EQ(by_name("B2__base.sql"), "flyway up transaction");
  EXPECT_EQ(by_name("R__views.sql"), "flyway up transaction");
  EXPECT_EQ(by_name("src/db/migration/20260722140000000__orders.sql"), "flyway up transaction");
  EXPECT_EQ(by_name("20260722140000000__orders.sql"), "plain up unknown");
  EXPECT_EQ(by_name("afterMigrate__grants.sql"), "flyway up transaction");
  EXPECT_EQ(by_name("V1_orders.sql"), "plain up unknown");
  EXPECT_EQ(by_name("Very__orders.sql"), "plain up unknown");
  EXPECT_EQ(by_name("V1__.sql"), "plain up unknown");
  EXPECT_EQ(by_name("src/db/migration/V6.1.0.6.sql"), "flyway up transaction");
  EXPECT_EQ(by_name("V6.1.0.6.sql"), "plain up unknown");
}

TEST(FlywayTest, FindsOutWhatCannotBeInATransaction) {
  EXPECT_EQ(by_name("V1__x.sql", "-- x\ncreate UNIQUE index concurrently i on t (a);"), "flyway up autocommit");
  EXPECT_EQ(by_name("V1__x.sql", "VACUUM t; drop index concurrently i"), "flyway up autocommit");
  EXPECT_EQ(by_name("V1__x.sql", "SET lock_timeout = 0; DROP INDEX CONCURRENTLY i;"), "flyway up transaction")
      << "mixed: refused";
  EXPECT_EQ(by_name("V1__x.sql", "REINDEX INDEX CONCURRENTLY i;"), "flyway up transaction") << "not detected";
}

TEST(FlywayTest, CopyDataAreNoSql) {
  const auto scripts = read("V1__x.sql", "COPY t FROM stdin;\n1\tx;y\n\\.\nSELECT 1;\n");
  ASSERT_EQ(scripts.size(), 1U);
  EXPECT_EQ(scripts[0].framework, "flyway");
  EXPECT_EQ(scripts[0].sql().find('\\'), std::string_view::npos);
}

TEST(FlywayTest, TheConfBesideItDecides) {
  const TempDir dir;
  const std::string path = dir.write("V1__x.sql", "SELECT 1;");
  dir.write("V1__x.sql.conf", "encoding=UTF-8\nexecuteInTransaction = false\n");
  EXPECT_EQ(by_name(path), "flyway up autocommit");
  EXPECT_THAT(read(path, "")[0].reason, HasSubstr(".conf"));
}

TEST(SupabaseTest, IsRecognisedByItsFolder) {
  EXPECT_EQ(by_name("supabase/migrations/20240501120000_x.sql"), "supabase up pipeline");
  EXPECT_EQ(by_name("supabase/seed.sql"), "plain up unknown");
  EXPECT_EQ(by_name("migrations/20240501120000_x.sql"), "plain up unknown");
}

TEST(PrismaTest, IsRecognisedByItsFolder) {
  EXPECT_EQ(by_name("migrations/20240501120000_x/migration.sql"), "prisma up single-message");
  EXPECT_EQ(read("migrations/20240501120000_x/migration.sql", "")[0].version, "20240501120000");
  EXPECT_EQ(by_name("migrations/0_init/migration.sql"), "plain up unknown");
  const TempDir dir;
  dir.write("migration_lock.toml", "");
  EXPECT_EQ(by_name(dir.write("0_init/migration.sql", "")), "prisma up single-message");
}

TEST(DrizzleTest, IsRecognisedByTheFilesBesideIt) {
  const TempDir dir;
  dir.write("meta/_journal.json", R"({"entries": [{"idx": 1, "tag": "0001_x"}]})");
  dir.write("20240501120000_x/snapshot.json", "{}");
  EXPECT_EQ(by_name(dir.write("0001_x.sql", "")), "drizzle up transaction");
  EXPECT_EQ(by_name(dir.write("0002_x.sql", "")), "plain up unknown");
  EXPECT_EQ(by_name(dir.write("0001_x_y.sql", "")), "plain up unknown");
  EXPECT_EQ(by_name(dir.write("20240501120000_x/migration.sql", "")), "drizzle up transaction");
}

TEST(DieselTest, IsRecognisedByItsFolder) {
  EXPECT_EQ(by_name("m/2024-05-01-120000_x/up.sql"), "diesel up transaction");
  EXPECT_EQ(by_name("m/2024-05-01-120000-0000_x/down.sql"), "diesel down transaction");
  EXPECT_EQ(by_name("m/00000000000000_diesel_initial_setup/up.sql"), "diesel up transaction");
  EXPECT_EQ(read("m/2024-05-01-120000_x/up.sql", "")[0].version, "2024-05-01-120000");
  EXPECT_EQ(by_name("m/7_x/up.sql"), "plain up unknown");
}

TEST(DieselTest, MetadataWithoutTheKeyIsWithoutATransaction) {
  const TempDir dir;
  const std::string path = dir.write("7_x/up.sql", "");
  dir.write("7_x/metadata.toml", "run_in_transaction = false\n");
  EXPECT_EQ(by_name(path), "diesel up single-message");
  dir.write("7_x/metadata.toml", "# nothing\n");
  EXPECT_EQ(by_name(path), "diesel up single-message");
  dir.write("7_x/metadata.toml", "run_in_transaction=true\n");
  EXPECT_EQ(by_name(path), "diesel up transaction");
}

TEST(HasuraTest, IsRecognisedByMilliseconds) {
  EXPECT_EQ(by_name("migrations/default/1700000000000_x/up.sql"), "hasura up transaction");
  EXPECT_EQ(by_name("migrations/default/1700000000000_x/down.sql"), "hasura down transaction");
  const TempDir dir;
  dir.write("config.yaml", "version: 3\nmetadata_directory: metadata\n");
  EXPECT_EQ(by_name(dir.write("migrations/default/7_x/down.sql", "")), "hasura down transaction");
}

TEST(SqlxTest, IsRecognisedByWhatItPutsIntoANewFile) {
  EXPECT_EQ(by_name("7_x.sql", "-- Add migration script here\nSELECT 1;"), "sqlx up transaction");
  EXPECT_EQ(by_name("8_x.down.sql", "-- Add down migration script here\n"), "sqlx down transaction");
  EXPECT_EQ(by_name("9_x.sql", "SELECT 1; -- Add migration script here\n"), "plain up unknown");
}

TEST(PlainTest, SaysWhyNothingShows) {
  const TempDir dir;
  dir.write("meta/_journal.json", R"({"entries": []})");
  EXPECT_THAT(read("helper.sql", "SELECT 1;")[0].reason, HasSubstr("no framework shows in name or content"));
  EXPECT_THAT(read("20240101000000_x.sql", "SELECT 1;")[0].reason, HasSubstr("--framework says which"));
  EXPECT_THAT(read((dir.path() / "0003_x.sql").string(), "SELECT 1;")[0].reason,
              HasSubstr("meta/_journal.json does not list it"));
}

TEST(SqlxTest, IsRecognisedByItsProject) {
  const TempDir dir;
  dir.write("Cargo.toml", "[dependencies]\nsqlx = \"0.8\"\n");
  EXPECT_EQ(by_name(dir.write("migrations/7_x.sql", "")), "sqlx up transaction");
  EXPECT_EQ(by_name(dir.write("migrations/8_x.down.sql", "")), "sqlx down transaction");
  EXPECT_EQ(by_name(dir.write("queries/7_x.sql", "")), "plain up unknown");
  EXPECT_EQ(by_name(dir.write("db/7_x.up.sql", "")), "sqlx up transaction");
}

TEST(RefineryTest, IsRecognisedByItsProject) {
  const TempDir dir;
  dir.write("Cargo.toml", "[dependencies]\nrefinery = \"0.8\"\n");
  EXPECT_EQ(by_name(dir.write("migrations/V1__x.sql", "")), "refinery up transaction");
  EXPECT_EQ(by_name(dir.write("migrations/U2__x.sql", "")), "refinery up transaction") << "not undo, as in Flyway";
}

// What lies above the root of a repository is another project's.
TEST(RefineryTest, LooksNoFurtherThanTheRepository) {
  const TempDir dir;
  dir.write("Cargo.toml", "refinery");
  std::filesystem::create_directories(dir.path() / "repo/.git");
  EXPECT_EQ(by_name(dir.write("repo/migrations/V1__x.sql", "")), "flyway up transaction");
}

TEST(PgmigrateTest, IsRecognisedByTheFileBesideItsFolder) {
  const TempDir dir;
  dir.write("migrations.yml", "conn: dbname=shop\n");
  EXPECT_EQ(by_name(dir.write("migrations/V0001__x.sql", "")), "pgmigrate up transaction");
  EXPECT_EQ(by_name(dir.write("migrations/V0002__NONTRANSACTIONAL_x.sql", "")), "pgmigrate up autocommit");
  EXPECT_EQ(by_name(dir.write("grants/V0001__x.sql", "")), "flyway up transaction");
}

TEST(GolangMigrateTest, TheDatabasesUrlCanSplitFiles) {
  const TempDir dir;
  std::filesystem::create_directories(dir.path() / ".git");
  const std::string path = dir.write("migrations/1_x.up.sql", "");
  EXPECT_EQ(by_name(path), "golang-migrate up single-message");
  dir.write("Makefile", "migrate:\n\tmigrate -database \"$(URL)?x-multi-statement=true\" up\n");
  EXPECT_EQ(by_name(path), "golang-migrate up autocommit");
}

TEST(SqitchTest, FoldersAreDirections) {
  const TempDir dir;
  dir.write("db/sqitch.plan", "");
  EXPECT_EQ(by_name(dir.write("db/deploy/tables/x.sql", "")), "sqitch up autocommit");
  EXPECT_EQ(by_name(dir.write("db/revert/tables/x.sql", "")), "sqitch down autocommit");
  EXPECT_EQ(by_name(dir.write("db/verify/tables/x.sql", "")), "sqitch verify autocommit");
  EXPECT_EQ(by_name("deploy/x.sql", "-- Deploy shop:x to pg\nBEGIN;\nCOMMIT;\n"), "sqitch up autocommit");
  EXPECT_EQ(by_name("deploy/x.sql"), "plain up unknown");
}

TEST(AtlasTest, IsRecognisedByItsSum) {
  const TempDir dir;
  dir.write("atlas.sum", "h1:x\n");
  EXPECT_EQ(by_name(dir.write("20240501120000_x.sql", "")), "atlas up transaction");
  EXPECT_EQ(by_name(dir.write("20240501120000_x.up.sql", "")), "golang-migrate up single-message");
}

TEST(GraphileMigrateTest, CurrentIsBesideCommitted) {
  const TempDir dir;
  std::filesystem::create_directories(dir.path() / "migrations/committed");
  EXPECT_EQ(by_name(dir.write("migrations/current.sql", "")), "graphile-migrate up transaction");
  EXPECT_EQ(by_name(dir.write("migrations/current/1-x.sql", "")), "graphile-migrate up transaction");
}

TEST(PlainTest, KnowsTheWayBackByItsName) {
  const TempDir dir;
  dir.write("1-x-up.sql", "");
  dir.write("a/up.sql", "");
  EXPECT_EQ(by_name(dir.write("1-x-down.sql", "")), "plain down unknown");
  EXPECT_EQ(by_name("2.undo.x.sql"), "plain down unknown");
  EXPECT_EQ(by_name(dir.write("a/down.sql", "")), "plain down unknown");
  EXPECT_EQ(by_name("0189.down.sql"), "plain down unknown");
  EXPECT_EQ(by_name(dir.write("scale_down.sql", "")), "plain up unknown") << "nothing that it takes back";
  EXPECT_EQ(by_name(dir.write("down.sql", "")), "plain up unknown");
}

}  // namespace
}  // namespace pglatch::testing
