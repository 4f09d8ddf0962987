// `pglatch fix`: only where CONCURRENTLY alone is right, and never at the cost of the file.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>

#include "tests/support/golden.h"
#include "tests/support/process.h"
#include "tests/support/temp_dir.h"

namespace pglatch::testing {
namespace {

class Fix : public ::testing::Test {
 protected:
  ProcessResult fix(std::vector<std::string> arguments, std::string input = {}) {
    arguments.insert(arguments.begin(), "fix");
    ProcessOptions options;
    options.directory = dir_.path();
    options.input = std::move(input);
    return run_pglatch(std::move(arguments), options);
  }
  TempDir dir_;
  std::string schema_ = dir_.write("schema.sql",
                                   "create table orders (id bigint, customer_id bigint);\n"
                                   "create index old_idx on orders (id);\n"
                                   "create table events (id bigint) partition by range (id);\n")
                            .string();
};

constexpr const char* kMigration =
    "-- find a customer's orders\r\n"
    "create index orders_customer_idx\r\n  on orders (customer_id);\r\n"
    "create index events_id_idx on events (id);\r\n";

TEST_F(Fix, ShowsADiffAndChangesNothing) {
  const auto file = dir_.write("1.sql", kMigration);
  const auto result = fix({"--diff", "--execution-mode", "autocommit", "--schema", schema_, "1.sql"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_NE(result.out.find("-create index orders_customer_idx\r\n+create index concurrently orders_customer_idx\r\n"),
            std::string::npos)
      << result.out;
  EXPECT_NE(result.out.find("@@ -1,"), std::string::npos) << result.out;
  EXPECT_EQ(read_file(file), kMigration);
}

TEST_F(Fix, WritesTheFileAndKeepsTheRestByteForByte) {
  const std::string bom = "\xEF\xBB\xBF";
  const auto file = dir_.write("1.sql", bom + kMigration);
  ASSERT_EQ(chmod(file.c_str(), 0640), 0);
  const auto result = fix({"--write", "--execution-mode", "autocommit", "--schema", schema_, "1.sql"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(read_file(file), bom +
                                 "-- find a customer's orders\r\n"
                                 "create index concurrently orders_customer_idx\r\n  on orders (customer_id);\r\n"
                                 "create index events_id_idx on events (id);\r\n");
  struct stat status {};
  ASSERT_EQ(stat(file.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0640U);
  const std::string once = read_file(file);
  fix({"--write", "--execution-mode", "autocommit", "--schema", schema_, "1.sql"});
  EXPECT_EQ(read_file(file), once);
}

TEST_F(Fix, TheDiffIsWhatPatchTakes) {
  dir_.write("1.sql",
             "create index a on orders (id);\n-- 2\n-- 3\n-- 4\n-- 5\n-- 6\n-- 7\n-- 8\n-- 9\n"
             "create index b on orders (customer_id)");
  const auto diff = fix({"--diff", "--execution-mode", "autocommit", "--schema", schema_, "1.sql"});
  dir_.write("fix.diff", diff.out);
  ProcessOptions options;
  options.directory = dir_.path();
  const auto patched = run_process({"git", "apply", "--unsafe-paths", "fix.diff"}, options);
  ASSERT_EQ(patched.exit_code, 0) << patched.err << diff.out;
  EXPECT_EQ(read_file(dir_.path() / "1.sql"),
            "create index concurrently a on orders (id);\n-- 2\n-- 3\n-- 4\n-- 5\n-- 6\n-- 7\n-- 8\n-- 9\n"
            "create index concurrently b on orders (customer_id)");
}

TEST_F(Fix, LeavesAloneWhatItIsNotSureOf) {
  // Nobody said how a plain file is run; the table of the second file is not known.
  dir_.write("1.sql", kMigration);
  dir_.write("2.sql", "create index on elsewhere (x);\n");
  dir_.write("3.sql", "begin;\ncreate index on orders (id);\ncommit;\n");
  EXPECT_EQ(fix({"--schema", schema_, "1.sql"}).out, "");
  EXPECT_EQ(fix({"--execution-mode", "autocommit", "--schema", schema_, "2.sql"}).out, "");
  EXPECT_EQ(fix({"--execution-mode", "autocommit", "--schema", schema_, "3.sql"}).out, "");
  EXPECT_EQ(fix({"--execution-mode", "transaction", "--schema", schema_, "1.sql"}).out, "");
}

TEST_F(Fix, StandardInputCanBeShownButNotWritten) {
  const std::vector<std::string> options{"--execution-mode", "autocommit", "--schema", schema_};
  std::vector<std::string> show = options;
  show.emplace_back("-");
  EXPECT_NE(fix(show, kMigration).out.find("+create index concurrently"), std::string::npos);
  std::vector<std::string> write = options;
  write.insert(write.end(), {"--write", "-"});
  EXPECT_EQ(fix(write, kMigration).exit_code, 2);
}

TEST_F(Fix, AFailedWriteLosesNothing) {
  const auto file = dir_.write("d/1.sql", kMigration);
  for (const char* directory : {".", "d"}) ASSERT_EQ(chmod((dir_.path() / directory).c_str(), 0555), 0);
  ProcessOptions options;
  options.directory = dir_.path();
  if (geteuid() == 0) options.user = "nobody";  // root may write anywhere
  const auto result =
      run_pglatch({"fix", "--write", "--execution-mode", "autocommit", "--schema", schema_, "d/1.sql"}, options);
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_NE(result.err.find("d/1.sql"), std::string::npos) << result.err;
  for (const char* directory : {".", "d"}) ASSERT_EQ(chmod((dir_.path() / directory).c_str(), 0755), 0);
  EXPECT_EQ(read_file(file), kMigration);
}

}  // namespace
}  // namespace pglatch::testing
