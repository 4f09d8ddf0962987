// `pglatch init`: what it finds, what it writes, and that nothing is ever lost.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/support/golden.h"
#include "tests/support/process.h"
#include "tests/support/temp_dir.h"

namespace pglatch::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kGoose =
    "-- +goose Up\nCREATE TABLE orders (id bigint PRIMARY KEY);\n-- +goose Down\nDROP TABLE orders;\n";
constexpr const char* kGooseColumn = "-- +goose Up\nALTER TABLE orders ADD COLUMN note text;\n";
// As pg_dump writes it.
std::string dump(const std::string& sql) {
  return "--\n-- PostgreSQL database dump\n--\n\nSET statement_timeout = 0;\n" + sql +
         "\n--\n-- PostgreSQL database dump complete\n--\n";
}

class Init : public ::testing::Test {
 protected:
  ProcessResult run(std::vector<std::string> arguments, const std::string& folder = {}) {
    ProcessOptions options;
    options.directory = dir_.path() / folder;
    return run_pglatch(std::move(arguments), options);
  }
  std::string text(const std::string& name) { return read_file(dir_.path() / name); }
  bool is_there(const std::string& name) { return std::filesystem::exists(dir_.path() / name); }
  // All settings switched on.
  static std::string switched_on(const std::string& text) {
    std::string out;
    for (std::size_t at = 0; at < text.size(); ++at) {
      const bool is_setting = text[at] == '#' && (at == 0 || text[at - 1] == '\n') && text[at + 1] != ' ';
      if (!is_setting || text[at + 1] == '\n') out += text[at];
    }
    return out;
  }
  TempDir dir_;
};

TEST_F(Init, SaysWhatItFoundAndWrote) {
  dir_.write("db/migrations/001_orders.sql", kGoose);
  dir_.write("db/migrations/002_note.sql", kGooseColumn);
  const auto result = run({"init"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(result.out, "found goose in db/migrations (2 files)\nwrote pglatch.toml\n");
  EXPECT_THAT(text("pglatch.toml"), HasSubstr("\nframework = \"goose\"\n"));
  EXPECT_THAT(text("pglatch.toml"), HasSubstr("#   goose in db/migrations (2 files)\n"));
  EXPECT_EQ(run({"lint", "--fail-on", "error"}).exit_code, 0);
  EXPECT_THAT(run({"lint", "--show-config", "db/migrations/001_orders.sql"}).out, HasSubstr("pglatch.toml:"));
}

TEST_F(Init, WritesAConfigurationThatIsValidAsItIsAndSwitchedOn) {
  dir_.write("db/migrations/001.sql", kGoose);
  dir_.write("db/migrations/odd \"name\".sql", "SELECT 1;\n");
  dir_.write("db/dump \"x\".sql", dump("CREATE TABLE public.customers (id bigint);\n"));
  ASSERT_EQ(run({"init"}).exit_code, 0);
  EXPECT_EQ(run({"lint", "--show-config"}).exit_code, 0);
  std::string all = switched_on(text("pglatch.toml"));
  all.insert(all.find("\nsnapshot") + 1, "#");  // it stands in the place of a schema
  EXPECT_THAT(all, HasSubstr("\nlock-timeout = \"2s\"\n"));
  EXPECT_THAT(all, Not(HasSubstr("\n#lock")));
  dir_.write("pglatch.toml", all);
  const auto shown = run({"lint", "--show-config"});
  EXPECT_EQ(shown.exit_code, 0) << shown.err;
  for (const char* key : {"pg-version = 17", "lock-timeout", "public.orders", "max-statement-timeout"}) {
    EXPECT_THAT(shown.out, HasSubstr(key));
  }
}

TEST_F(Init, LeavesTheFrameworkOpenWhereFilesDiffer) {
  dir_.write("a/001.sql", kGoose);
  dir_.write("b/V1__orders.sql", "CREATE TABLE orders_2 (id bigint PRIMARY KEY);\n");
  ASSERT_EQ(run({"init"}).exit_code, 0);
  EXPECT_THAT(text("pglatch.toml"), HasSubstr("\n#framework = \"goose\"\n"));
  EXPECT_THAT(text("pglatch.toml"), HasSubstr("#   flyway in b (1 file)\n"));
}

TEST_F(Init, TakesADumpAsTheSchemaUnlessTheMigrationsMadeIt) {
  dir_.write("db/migrations/002.sql", kGooseColumn);
  dir_.write("db/structure.sql", dump("CREATE TABLE public.orders (id bigint PRIMARY KEY);\n"));
  const auto before = run({"init"});
  EXPECT_THAT(before.out, HasSubstr("found a pg_dump: db/structure.sql\n"));
  EXPECT_THAT(text("pglatch.toml"), HasSubstr("\nschema = [\"db/structure.sql\"]\n"));
  std::filesystem::remove(dir_.path() / "pglatch.toml");
  dir_.write("db/structure.sql", dump("CREATE TABLE public.orders (id bigint PRIMARY KEY, note text);\n"));
  ASSERT_EQ(run({"init"}).exit_code, 0);
  EXPECT_THAT(text("pglatch.toml"), HasSubstr("\n#schema = [\"db/structure.sql\"]\n"));
}

// Else the migrations that come after it would be read as a dump, which is history: nothing would be found in them.
TEST_F(Init, TakesNoFrameworkFromADump) {
  dir_.write("db/structure.sql", dump("CREATE TABLE public.orders (id bigint PRIMARY KEY);\n"));
  ASSERT_EQ(run({"init"}).exit_code, 0);
  EXPECT_THAT(text("pglatch.toml"), HasSubstr("\nschema = [\"db/structure.sql\"]\n"));
  EXPECT_THAT(text("pglatch.toml"), HasSubstr("\n#framework = "));
  dir_.write("db/migrate/1.sql", "CREATE INDEX orders_id_idx ON orders (id);\n");
  const auto lint = run({"lint"});
  EXPECT_EQ(lint.exit_code, 1) << lint.out;
  EXPECT_THAT(lint.out, HasSubstr("db/migrate/1.sql:1:1: error[create-index-non-concurrent]"));
}

TEST_F(Init, NamesTheFolderOfFoldersAndNoForeignOnes) {
  for (const char* version : {"20240101120000_a", "20240102120000_b"}) {
    dir_.write(fmt::format("prisma/migrations/{}/migration.sql", version), "SELECT 1;\n");
  }
  dir_.write("prisma/migrations/migration_lock.toml", "provider = \"postgresql\"\n");
  dir_.write("node_modules/other/migrations/1.sql", "SELECT 1;\n");
  EXPECT_EQ(run({"init"}).out, "found prisma in prisma/migrations (2 files)\nwrote pglatch.toml\n");
}

TEST_F(Init, NeverOverwrites) {
  dir_.write("pglatch.toml", "pg-version = 14\n");
  const auto alone = run({"init"});
  EXPECT_EQ(alone.exit_code, 2) << "there was nothing to write";
  EXPECT_THAT(alone.err, HasSubstr("pglatch.toml is there already and stays as it is"));
  const auto more = run({"init", "--pre-commit"});
  EXPECT_EQ(more.exit_code, 0) << more.err;
  EXPECT_EQ(text("pglatch.toml"), "pg-version = 14\n");
  std::filesystem::create_symlink("nowhere", dir_.path() / "Jenkinsfile");
  EXPECT_EQ(run({"init", "--ci", "jenkins"}).exit_code, 2);
  EXPECT_FALSE(is_there("nowhere"));
  dir_.write(".gitlab-ci.yml", "stages: [test]\n");
  const auto gitlab = run({"init", "--ci", "gitlab"});
  EXPECT_EQ(text(".gitlab-ci.yml"), "stages: [test]\n");
  EXPECT_THAT(gitlab.out, HasSubstr(" lint --since ")) << "what to add";
}

TEST_F(Init, WritesTheFilesOfIntegrationsForTheProjectsFolder) {
  dir_.write("db/migrations/001.sql", kGoose);
  const auto result =
      run({"init", "--pre-commit", "--ci", "github", "--ci", "gitlab", "--ci", "azure", "--ci", "jenkins"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(
      result.out,
      "found goose in db/migrations (1 file)\nwrote pglatch.toml\nwrote .pre-commit-config.yaml\n"
      "wrote .github/workflows/pglatch.yml\nwrote .gitlab-ci.yml\nwrote azure-pipelines.yml\nwrote Jenkinsfile\n");
  for (const char* name : {".pre-commit-config.yaml", ".github/workflows/pglatch.yml", ".gitlab-ci.yml",
                           "azure-pipelines.yml", "Jenkinsfile"}) {
    EXPECT_THAT(text(name), HasSubstr("db/migrations")) << name;
    EXPECT_THAT(text(name), ::testing::ContainsRegex("pglatch(@[0-9.]+)? lint ")) << name;
    EXPECT_THAT(text(name), Not(::testing::ContainsRegex("[^/]migrations/\\*"))) << name;
    EXPECT_THAT(text(name), Not(HasSubstr("OWNER"))) << name << ": nothing is left to fill in";
  }
  EXPECT_THAT(text(".pre-commit-config.yaml"), HasSubstr("files: ^db/migrations/"));
}

TEST_F(Init, WithoutMigrationsIsTheSame) {
  const auto result = run({"init", "--ci", "github"});
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_THAT(result.out, HasSubstr("found no migrations"));
  EXPECT_EQ(run({"lint", "--show-config"}).exit_code, 0);
}

TEST_F(Init, SaysWhatIsWrongWithItsArguments) {
  EXPECT_THAT(run({"init", "--ci", "travis"}).err, HasSubstr("github, gitlab, azure, jenkins"));
  EXPECT_EQ(run({"init", "--ci", "travis"}).exit_code, 2);
  EXPECT_EQ(run({"init", "a", "b"}).exit_code, 2);
  EXPECT_THAT(run({"init", "nowhere"}).err, HasSubstr("nowhere"));
  dir_.write("file", "");
  EXPECT_EQ(run({"init", "file"}).exit_code, 2);
  EXPECT_FALSE(is_there("pglatch.toml"));
}

TEST_F(Init, OfAnotherFolder) {
  dir_.write("app/db/V1__a.sql", "SELECT 1;\n");
  const auto result = run({"init", "app"});
  EXPECT_THAT(result.out, HasSubstr("found flyway in db (1 file)\nwrote app/pglatch.toml\n")) << result.err;
}

}  // namespace
}  // namespace pglatch::testing
