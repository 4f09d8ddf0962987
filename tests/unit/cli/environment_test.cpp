#include "analyzer/cli/environment.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <map>

#include "tests/support/temp_dir.h"

namespace pglatch::testing {
namespace {

Environment with(std::map<std::string, std::string> variables) {
  return [variables = std::move(variables)](const char* name) -> const char* {
    const auto found = variables.find(name);
    return found == variables.end() ? nullptr : found->second.c_str();
  };
}

TEST(ColorTest, ATerminalHasIt) {
  EXPECT_TRUE(wants_color("auto", true, with({})));
  EXPECT_FALSE(wants_color("auto", false, with({})));
  EXPECT_FALSE(wants_color("auto", true, with({{"TERM", "dumb"}})));
}

TEST(ColorTest, VariablesDecideInTheirOrder) {
  EXPECT_FALSE(wants_color("auto", true, with({{"NO_COLOR", "1"}, {"FORCE_COLOR", "1"}})));
  EXPECT_TRUE(wants_color("auto", true, with({{"NO_COLOR", ""}})));
  EXPECT_TRUE(wants_color("auto", false, with({{"FORCE_COLOR", "1"}})));
  EXPECT_FALSE(wants_color("auto", false, with({{"FORCE_COLOR", "0"}})));
  EXPECT_TRUE(wants_color("auto", false, with({{"CLICOLOR_FORCE", "1"}, {"CLICOLOR", "0"}})));
  EXPECT_FALSE(wants_color("auto", true, with({{"CLICOLOR", "0"}})));
  EXPECT_FALSE(wants_color("auto", false, with({{"CLICOLOR", "1"}})));
}

TEST(ColorTest, TheCommandLineGoesBeforeAll) {
  EXPECT_TRUE(wants_color("always", false, with({{"NO_COLOR", "1"}})));
  EXPECT_FALSE(wants_color("never", true, with({{"FORCE_COLOR", "1"}})));
}

TEST(CheckoutTest, TheRootIsWhatTheCiSystemSaysOrHasGit) {
  const TempDir dir;
  const std::string root = std::filesystem::canonical(dir.path()).string();
  dir.write(".git/HEAD", "");
  dir.write("db/a.sql", "");
  EXPECT_EQ(checkout_root(root + "/db", with({})), root);
  EXPECT_EQ(checkout_root(root + "/db", with({{"GITHUB_WORKSPACE", root + "/db/"}})), root + "/db");
  EXPECT_EQ(checkout_root(root + "/db", with({{"CI_PROJECT_DIR", "/elsewhere"}})), root);
}

TEST(CheckoutTest, PathsBelowTheRootCountFromThere) {
  EXPECT_EQ(path_in_checkout("/r/db/a.sql", "/r"), "db/a.sql");
  EXPECT_EQ(path_in_checkout("/r/db/../a.sql", "/r"), "a.sql");
  EXPECT_EQ(path_in_checkout("/rr/a.sql", "/r"), "/rr/a.sql");
  EXPECT_EQ(path_in_checkout("-", "/r"), "-");
  EXPECT_EQ(path_in_checkout("a.sql", ""), "a.sql");
  const std::string here = std::filesystem::current_path().string();
  EXPECT_EQ(path_in_checkout("./x/a.sql", here), "x/a.sql");
}

TEST(LinkTest, TheWorkingDirectoryIsAUriWithAHost) {
  const std::string uri = working_directory_uri();
  EXPECT_TRUE(uri.starts_with("file://")) << uri;
  EXPECT_NE(uri.find('/', 7), std::string::npos) << uri;
  EXPECT_EQ(uri.find(' '), std::string::npos) << uri;
}

}  // namespace
}  // namespace pglatch::testing
