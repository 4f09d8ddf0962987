#include "analyzer/base/program.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <cerrno>
#include <string>

namespace pglatch {
namespace {

TEST(ProgramTest, GivesBothOutputsAndTheStatus) {
  const ProgramOutput output = run_program({"sh", "-c", "echo out; echo err >&2; exit 3"});
  EXPECT_EQ(output.start_error, 0);
  EXPECT_EQ(output.status, 3);
  EXPECT_EQ(output.out, "out\n");
  EXPECT_EQ(output.err, "err\n");
}

TEST(ProgramTest, TellsAMissingProgramFromAFailedOne) {
  EXPECT_EQ(run_program({"pglatch-no-such-program"}).start_error, ENOENT);
  EXPECT_EQ(run_program({"false"}).start_error, 0);
  EXPECT_EQ(run_program({"sh", "-c", "kill -9 $$"}).status, 128 + 9);
}

TEST(ProgramTest, ArgumentsAreNeverReadByAShell) {
  const std::string nasty = "a b; $(echo c) 'd' \"e\" *\n";
  EXPECT_EQ(run_program({"printf", "%s", nasty}).out, nasty);
}

TEST(ProgramTest, MovesMuchDataEitherWay) {
  const std::string much(3'000'000, 'x');
  EXPECT_EQ(run_program({"cat"}, much).out, much);
  const ProgramOutput both = run_program({"sh", "-c", "cat; head -c 300000 /dev/zero >&2"}, much);
  EXPECT_EQ(both.out.size(), much.size());
  EXPECT_EQ(both.err.size(), 300000U);
  // Nobody reads it.
  EXPECT_EQ(run_program({"true"}, much).status, 0);
  EXPECT_EQ(run_program({"cat"}).out, "");
}

TEST(ProgramTest, KeepsVariablesBack) {
  ::setenv("PGLATCH_TEST_VARIABLE", "set", 1);
  EXPECT_EQ(run_program({"sh", "-c", "echo ${PGLATCH_TEST_VARIABLE-unset}"}).out, "set\n");
  EXPECT_EQ(run_program({"sh", "-c", "echo ${PGLATCH_TEST_VARIABLE-unset}"}, {}, {"PGLATCH_TEST_VARIABLE"}).out,
            "unset\n");
  EXPECT_EQ(run_program({"sh", "-c", "echo ${PGLATCH_TEST_VARIABLE-unset}"}, {}, {"PGLATCH_TEST"}).out, "set\n");
  ::unsetenv("PGLATCH_TEST_VARIABLE");
}

}  // namespace
}  // namespace pglatch
