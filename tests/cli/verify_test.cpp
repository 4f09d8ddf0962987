// `pglatch verify`: exit statuses and outputs, on a cluster of its own.
#include <gmock/gmock.h>

#include "tests/support/golden.h"
#include "tests/support/process.h"
#include "tests/support/server.h"
#include "tests/support/temp_dir.h"

namespace pglatch::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

class VerifyCommandTest : public ::testing::Test {
 protected:
  ProcessResult verify(std::vector<std::string> options) {
    const std::string schema = directory_.write("schema.sql", "CREATE TABLE t (id int PRIMARY KEY, v text);").string();
    const std::string migration = directory_.write("1.sql", "CREATE INDEX t_v ON t (v);").string();
    std::vector<std::string> arguments{"verify", "--isolated", "--rows", "100", "--schema", schema, migration};
    arguments.insert(arguments.end(), options.begin(), options.end());
    return run_pglatch(std::move(arguments));
  }

  TempDir directory_;
};

TEST_F(VerifyCommandTest, ProvesAndWritesEachFormat) {
  const std::string bin = Server::bin_directory(Server::available_majors().back()).string();
  const std::string json = (directory_.path() / "proof.json").string();
  const ProcessResult result =
      verify({"--server-bin", bin, "--max-stall", "20000", "--format", "markdown", "--format", "json=" + json});
  EXPECT_EQ(result.exit_code, 0) << result.out << result.err;
  EXPECT_THAT(result.err, IsEmpty()) << "progress is for terminals";
  EXPECT_THAT(result.out, HasSubstr("## pglatch verify: the proof holds"));
  EXPECT_THAT(read_file(json), HasSubstr("\"holds\": true"));
}

TEST_F(VerifyCommandTest, SaysWhatItCannotDo) {
  const ProcessResult nothing = verify({"--server-bin", directory_.path().string()});
  EXPECT_EQ(nothing.exit_code, 2);
  EXPECT_THAT(nothing.err, HasSubstr("no initdb and postgres that run are there"));
  const ProcessResult both = verify({"--server-bin", "/x", "--db", "postgresql://x"});
  EXPECT_EQ(both.exit_code, 2);
  EXPECT_THAT(both.err, HasSubstr("give one of them"));
  EXPECT_EQ(verify({"--rows", "-1"}).exit_code, 2);
}

}  // namespace
}  // namespace pglatch::testing
