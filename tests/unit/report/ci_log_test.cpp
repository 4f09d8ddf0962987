#include "analyzer/report/ci_log.h"

#include <gtest/gtest.h>

namespace pglatch::testing {
namespace {

constexpr const char* kBreak = "\u200b";

TEST(CiLogTest, CommandsAreBrokenUp) {
  EXPECT_EQ(safe_for_log("::error::x\n  ::add-mask::y\na::b"),
            std::string(kBreak) + "::error::x\n  " + kBreak + "::add-mask::y\na::b");
  EXPECT_EQ(safe_for_log("1 | ##[error]x ##vso[task.complete]"),
            std::string("1 | #") + kBreak + "#[error]x #" + kBreak + "#vso[task.complete]");
}

TEST(CiLogTest, OtherTextStaysAsItIs) {
  const std::string text = "\na #[b] ## x::y '{1}'::int[]\n\n  | ::c\n";
  EXPECT_EQ(safe_for_log(text), text);
  EXPECT_EQ(safe_for_log(""), "");
  EXPECT_EQ(without_log_commands("::error::ours\n"), "::error::ours\n");
}

}  // namespace
}  // namespace pglatch::testing
