// --baseline, --write-baseline and --prune-baseline.
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "tests/support/golden.h"
#include "tests/support/process.h"
#include "tests/support/temp_dir.h"

namespace pglatch::testing {
namespace {

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

class Baselines : public ::testing::Test {
 protected:
  ProcessResult lint(std::vector<std::string> arguments, const std::string& below = ".") {
    arguments.insert(arguments.begin(), {"lint", "--isolated"});
    ProcessOptions options;
    options.directory = dir_.path() / below;
    return run_pglatch(arguments, options);
  }
  std::string baseline() const { return read_file(dir_.path() / "known.json"); }
  TempDir dir_;
};

TEST_F(Baselines, WhatIsWrittenIsKnownFromThenOn) {
  dir_.write("m/1.sql", "drop index a;\ndrop index a;\n");
  dir_.write("m/2.sql", "create index b on t (c);\n");
  const auto written = lint({"--write-baseline", "known.json", "m"});
  EXPECT_EQ(written.exit_code, 0) << written.out << written.err;
  EXPECT_TRUE(has(written.err, "wrote 3 findings to known.json")) << written.err;
  const auto known = lint({"--baseline", "known.json", "m"});
  EXPECT_EQ(known.exit_code, 0) << known.out;
  EXPECT_TRUE(has(known.out, "no findings, 3 known by the baseline")) << known.out;
  EXPECT_EQ(known.err, "");
  dir_.write("m/1.sql", "-- moved\n\nDROP INDEX a; select 1;\ndrop\nindex a;\ndrop index new;\n");
  const auto one = lint({"--baseline", "known.json", "m"});
  EXPECT_EQ(one.exit_code, 1);
  EXPECT_TRUE(has(one.out, "m/1.sql:6:1")) << one.out;
  EXPECT_TRUE(has(one.out, "3 known by the baseline")) << one.out;
  EXPECT_FALSE(has(one.out, "m/1.sql:3:1")) << one.out;
  EXPECT_TRUE(has(lint({}).out, "m/1.sql:3:1"));
}

TEST_F(Baselines, AreTheSameBytesForTheSameFindings) {
  dir_.write("m/10.sql", "drop index a;\n");
  dir_.write("m/9.sql", "drop index a; create index b on t (c);\n");
  EXPECT_EQ(lint({"--write-baseline", "known.json", "m"}).exit_code, 0);
  const std::string first = baseline();
  EXPECT_EQ(lint({"-j", "8", "--write-baseline", "../known.json", "../m/9.sql", "./10.sql"}, "m").exit_code, 0);
  EXPECT_EQ(baseline(), first);
  EXPECT_TRUE(
      has(first, R"(    {"path": "m/10.sql", "rule": "drop-index-non-concurrent", "statement": "drop index a")"))
      << first;
  // From another directory it means the same files.
  EXPECT_EQ(lint({"--baseline", "../known.json"}, "m").exit_code, 0);
  EXPECT_EQ(lint({"--baseline", (dir_.path() / "known.json").string(), (dir_.path() / "m").string()}).exit_code, 0);
}

TEST_F(Baselines, ArePrunedOfWhatIsNotFoundAnyMore) {
  dir_.write("m/1.sql", "drop index a;\ncreate index b on t (c);\n");
  dir_.write("m/2.sql", "drop index a;\n");
  lint({"--write-baseline", "known.json", "m"});
  const std::string before = baseline();
  dir_.write("m/1.sql", "drop index a;\n");
  const auto note = lint({"--baseline", "known.json", "m"});
  EXPECT_EQ(note.exit_code, 0);
  EXPECT_TRUE(has(note.err, "known.json: 1 finding is not found any more; --prune-baseline drops it")) << note.err;
  EXPECT_EQ(baseline(), before);
  // What was not looked at stays.
  EXPECT_EQ(lint({"--prune-baseline", "--baseline", "known.json", "m/2.sql"}).exit_code, 0);
  EXPECT_EQ(baseline(), before);
  EXPECT_EQ(lint({"--prune-baseline", "--baseline", "known.json", "--select", "constraints", "m"}).exit_code, 0);
  EXPECT_EQ(baseline(), before);
  const auto pruned = lint({"--prune-baseline", "--baseline", "known.json", "m"});
  EXPECT_EQ(pruned.exit_code, 0);
  EXPECT_TRUE(has(pruned.err, "dropped 1 finding from known.json")) << pruned.err;
  EXPECT_FALSE(has(baseline(), "create-index-non-concurrent"));
  EXPECT_EQ(lint({"--baseline", "known.json", "m"}).err, "");
  std::filesystem::remove(dir_.path() / "m/2.sql");
  EXPECT_EQ(lint({"--prune-baseline", "--baseline", "known.json", "m"}).exit_code, 0);
  EXPECT_FALSE(has(baseline(), "m/2.sql"));
}

TEST_F(Baselines, FollowAFileThatMoves) {
  dir_.write("m/1.sql", "drop index a;\n");
  lint({"--write-baseline", "known.json", "m"});
  std::filesystem::rename(dir_.path() / "m", dir_.path() / "db");
  EXPECT_EQ(lint({"--baseline", "known.json", "db"}).exit_code, 0);
  EXPECT_EQ(lint({"--prune-baseline", "--baseline", "known.json", "db"}).exit_code, 0);
  EXPECT_TRUE(has(baseline(), "\"db/1.sql\"")) << baseline();
}

TEST_F(Baselines, GoWithAllFormats) {
  dir_.write("1.sql", "drop index a;\n");
  lint({"--write-baseline", "known.json", "1.sql"});
  EXPECT_TRUE(has(lint({"--baseline", "known.json", "--format", "json", "1.sql"}).out, "\"findings\": []"));
  EXPECT_TRUE(has(lint({"--baseline", "known.json", "--format", "sarif", "1.sql"}).out, "\"results\": []"));
}

TEST_F(Baselines, DamagedOnesAreErrorsWithTheirPlace) {
  dir_.write("1.sql", "drop index a;\n");
  const auto missing = lint({"--baseline", "known.json", "1.sql"});
  EXPECT_EQ(missing.exit_code, 2);
  EXPECT_TRUE(has(missing.err, "--write-baseline known.json makes it")) << missing.err;
  dir_.write("known.json", "{\n  \"version\": 1,\n  \"findings\": [\n<<<<<<< HEAD\n");
  const auto damaged = lint({"--baseline", "known.json", "1.sql"});
  EXPECT_EQ(damaged.exit_code, 2);
  EXPECT_TRUE(has(damaged.err, "known.json:4:1: the baseline is damaged")) << damaged.err;
  // Not overwritten either.
  EXPECT_EQ(lint({"--prune-baseline", "--baseline", "known.json", "1.sql"}).exit_code, 2);
  EXPECT_TRUE(has(baseline(), "<<<<<<< HEAD"));
  std::filesystem::create_directory(dir_.path() / "folder");
  EXPECT_EQ(lint({"--baseline", "folder", "1.sql"}).exit_code, 2);
}

TEST_F(Baselines, OptionsThatDoNotGoTogether) {
  dir_.write("1.sql", "drop index a;\n");
  for (const std::vector<std::string>& arguments :
       std::vector<std::vector<std::string>>{{"--prune-baseline", "1.sql"},
                                             {"--baseline", "known.json", "--write-baseline", "known.json", "1.sql"},
                                             {"--write-baseline", "known.json", "--since", "HEAD", "1.sql"},
                                             {"--write-baseline", "known.json", "--staged", "1.sql"},
                                             {"--write-baseline", "no/such/folder/known.json", "1.sql"},
                                             {"--write-baseline", "known.json", "1.sql", "missing.sql"}}) {
    const auto result = lint(arguments);
    EXPECT_EQ(result.exit_code, 2) << ::testing::PrintToString(arguments);
    EXPECT_NE(result.err, "");
    EXPECT_FALSE(std::filesystem::exists(dir_.path() / "known.json"));
  }
}

}  // namespace
}  // namespace pglatch::testing
