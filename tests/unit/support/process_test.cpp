#include "tests/support/process.h"

#include <gtest/gtest.h>

#include <system_error>

namespace pglatch::testing {
namespace {

TEST(ProcessTest, KeepsOutputErrorAndExitCodeApart) {
  const ProcessResult result = run_process({"sh", "-c", "cat; echo oops >&2; exit 3"}, {.input = "in\n"});
  EXPECT_EQ(result.exit_code, 3);
  EXPECT_EQ(result.out, "in\n");
  EXPECT_EQ(result.err, "oops\n");
  EXPECT_FALSE(result.timed_out);
}

TEST(ProcessTest, PassesMoreThanAPipeHolds) {
  const std::string big(1'000'000, 'x');
  EXPECT_EQ(run_process({"cat"}, {.input = big}).out, big);
  // Whoever doesn't read its input doesn't hurt.
  EXPECT_EQ(run_process({"true"}, {.input = big}).exit_code, 0);
}

TEST(ProcessTest, SetsDirectoryAndEnvironment) {
  const ProcessResult result =
      run_process({"sh", "-c", "pwd; echo $PGLATCH_X"}, {.directory = "/", .environment = {{"PGLATCH_X", "y"}}});
  EXPECT_EQ(result.out, "/\ny\n");
}

TEST(ProcessTest, KillsWhatTakesTooLong) {
  const ProcessResult result =
      run_process({"sh", "-c", "echo started; exec sleep 60"}, {.timeout = std::chrono::milliseconds(300)});
  EXPECT_TRUE(result.timed_out);
  EXPECT_EQ(result.exit_code, 128 + 9);
  EXPECT_EQ(result.out, "started\n");
}

TEST(ProcessTest, ThrowsIfThereIsNoSuchCommand) {
  EXPECT_THROW(run_process({"pglatch-no-such-command"}), std::system_error);
}

}  // namespace
}  // namespace pglatch::testing
