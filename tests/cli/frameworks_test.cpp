// fixtures/frameworks: projects of each framework, with what pglatch reads in them and finds. Each has a way there and
// back, a statement that is run outside of a transaction, CONCURRENTLY where it works and where it does not, and an
// order that the names do not show to whoever sorts them as text. In `expected.txt` a relation that is not there (rule
// will-fail) means that the order is wrong, and a syntax-error that the framework's own language was not taken out.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "analyzer/source/framework.h"
#include "tests/support/golden.h"
#include "tests/support/process.h"
#include "tests/support/temp_dir.h"

namespace pglatch::testing {
namespace {

using ::testing::HasSubstr;

constexpr const char* kRules = "concurrently-in-transaction,syntax-error,unclosed-transaction,will-fail";

std::vector<std::string> fixtures() {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(fixture_path("frameworks"))) {
    names.push_back(entry.path().filename().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

ProcessResult run_in(const std::filesystem::path& folder, std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), {"lint", "--isolated"});
  ProcessOptions options;
  options.directory = folder;
  return run_pglatch(std::move(arguments), options);
}

class FrameworkFixture : public ::testing::TestWithParam<std::string> {};

TEST_P(FrameworkFixture, IsReadAndJudgedAsItsFrameworkDoes) {
  const std::filesystem::path folder = fixture_path("frameworks/" + GetParam());
  const ProcessResult files = run_in(folder, {"--show-files", "."});
  EXPECT_EQ(files.exit_code, 0) << files.err;
  const ProcessResult findings =
      run_in(folder, {"--include", "down,dumps", "--schema-complete", "--select", kRules, "--format", "concise", "."});
  EXPECT_LT(findings.exit_code, 2) << findings.err;
  EXPECT_TRUE(matches_golden(files.out + "\n" + findings.out, "frameworks/" + GetParam() + "/expected.txt"));
}

INSTANTIATE_TEST_SUITE_P(Frameworks, FrameworkFixture, ::testing::ValuesIn(fixtures()), [](const auto& instance) {
  std::string name = instance.param;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
});

TEST(FrameworkFixtures, ThereIsOneForEachFrameworkOfSqlFiles) {
  const std::vector<std::string> names = fixtures();
  for (const Framework* framework : frameworks()) {
    if (!framework->reads(FileType::sql) || framework->name() == "plain") continue;
    std::string name(framework->name());
    std::replace(name.begin(), name.end(), '_', '-');
    EXPECT_NE(std::find(names.begin(), names.end(), name), names.end()) << name;
  }
}

TEST(FrameworkFixtures, AFileIsReadAloneAsAmongItsNeighbours) {
  const std::filesystem::path folder = fixture_path("frameworks");
  EXPECT_THAT(run_in(folder / "sqlx-reversible", {"--show-files", "migrations/9_orders.up.sql"}).out,
              HasSubstr("sqlx       9        up         transaction"));
  EXPECT_THAT(run_in(folder / "mixed", {"--show-files", "migrations/4_note_idx.sql"}).out,
              HasSubstr("beside files of dbmate, golang-migrate, goose"));
}

TEST(FrameworkFixtures, NobodyUsesWhatIsJustInstalled) {
  const ProcessResult findings = run_in(fixture_path("frameworks/installation"), {"--format", "concise", "."});
  EXPECT_THAT(findings.out, HasSubstr("sql/zones_indices.sql:1:1: error: CREATE INDEX blocks writes on public.orders"));
  EXPECT_THAT(findings.out, HasSubstr("erp/upgrade/account_notes.sql:1:22: error: Dropping column note"));
  EXPECT_EQ(std::count(findings.out.begin(), findings.out.end(), '\n'), 3) << findings.out;
}

TEST(PsqlIncludes, RunInThePlaceAndInTheTransactionOfTheirCommand) {
  const TempDir dir;
  dir.write("main.sql", "BEGIN;\n\\ir parts/index.sql\nCOMMIT;\n\\ir parts/index.sql\n");
  dir.write("parts/index.sql", "create index concurrently if not exists i on t (a);\n");
  const std::vector<std::string> rules = {"--select", "concurrently-in-transaction,unclosed-transaction"};
  const auto lint = [&](std::vector<std::string> paths) {
    paths.insert(paths.end(), rules.begin(), rules.end());
    return run_in(dir.path(), paths).out;
  };
  const std::string all = lint({"."});
  EXPECT_THAT(all, HasSubstr("parts/index.sql:1:14"));
  EXPECT_THAT(all, HasSubstr("1 error")) << "once in the transaction, once outside of it";
  EXPECT_THAT(all, HasSubstr("4 statements in 2 files")) << "and not by itself";
  EXPECT_THAT(lint({"parts"}), HasSubstr("no findings"));
}

// They come after all others, and are there on a database that has had a deployment before.
TEST(FlywayRepeatables, MayHaveMadeWhatNoVersionMakes) {
  const TempDir dir;
  dir.write("V1__tables.sql", "create table orders (id bigint primary key);\n");
  dir.write("V2__view.sql", "drop view if exists order_ids cascade;\ndrop table if exists notes cascade;\n");
  dir.write("R__views.sql", "create or replace view order_ids as select id from orders;\n");
  const ProcessResult result = run_in(dir.path(), {"--format", "concise", "--select", "drop-cascade", "."});
  EXPECT_THAT(result.out, HasSubstr("V2__view.sql:1:31: warning"));
  EXPECT_THAT(result.out, HasSubstr("V2__view.sql:2:28: info"));
}

TEST(PsqlIncludes, WhatCannotBeFollowedIsUnseen) {
  const TempDir dir;
  dir.write("main.sql", "\\ir self.sql\n\\ir missing.sql\n\\ir :file\nselect * from t;\n");
  dir.write("self.sql", "\\ir self.sql\nselect 1;\n");
  const ProcessResult result = run_in(dir.path(), {"--schema-complete", "--select", "will-fail", "main.sql"});
  EXPECT_EQ(result.exit_code, 0) << result.out;
  EXPECT_THAT(run_in(dir.path(), {"--show-files", "."}).out, HasSubstr("included in line 1 of main.sql"));
}

TEST(PsqlIncludes, OfTwoThatIncludeEachOtherOneIsRead) {
  const TempDir dir;
  dir.write("a.sql", "\\ir b.sql\nselect 1;\n");
  dir.write("b.sql", "\\ir a.sql\nselect 2;\n");
  EXPECT_THAT(run_in(dir.path(), {"."}).out, HasSubstr("2 statements in 2 files"));
}

}  // namespace
}  // namespace pglatch::testing
