// What is installed beside the program, and that all places name one version.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <regex>
#include <string>
#include <vector>

#include "tests/integrations/tools.h"
#include "tests/support/golden.h"

namespace pglatch::testing {
namespace {

namespace fs = std::filesystem;

using ::testing::HasSubstr;

TEST(Install, HasTheManualPageAndCompletionsThatTheProgramPrints) {
  const fs::path build = fs::path(PGLATCH_BINARY).parent_path();
  const fs::path page = build / "generated/pages/pglatch.1.gz";
  if (!fs::exists(page) || fs::last_write_time(page) < fs::last_write_time(PGLATCH_BINARY)) {
    GTEST_SKIP() << "only a part was built; ./dev build builds all";
  }
  Sandbox sandbox;
  sandbox.must({"cmake", "--install", build.string(), "--prefix", (sandbox.path() / "usr").string()}, ".");
  const std::string program = (sandbox.path() / "usr/bin/pglatch").string();
  EXPECT_EQ(sandbox.must({program, "--version"}, "."), run_pglatch({"--version"}).out);
  EXPECT_TRUE(sandbox.must({"gzip", "-dc", "usr/share/man/man1/pglatch.1.gz"}, ".") == run_pglatch({"man"}).out);
  const auto same = [&](const std::string& name, const char* shell) {
    EXPECT_TRUE(read_file(sandbox.path() / "usr/share" / name) == run_pglatch({"completion", shell}).out) << name;
  };
  same("bash-completion/completions/pglatch", "bash");
  same("fish/vendor_completions.d/pglatch.fish", "fish");
  EXPECT_THAT(read_file(sandbox.path() / "usr/share/doc/pglatch/copyright"), HasSubstr("MIT License"));
}

TEST(Install, AllPlacesNameOneVersion) {
  const std::regex entry("\n## ([0-9.]+) - ([0-9-]+)\n");
  const std::string changes = read_source("CHANGELOG.md");
  std::smatch newest;
  ASSERT_TRUE(std::regex_search(changes, newest, entry));
  EXPECT_THAT(run_pglatch({"--version"}).out, HasSubstr("pglatch " + newest[1].str() + " ("));
  EXPECT_THAT(run_pglatch({"man"}).out, HasSubstr(newest[2].str() + " \"pglatch " + newest[1].str() + "\""));
  // What people copy, and what pglatch init writes, asks npm, a tag or an image for the same.
  const std::regex wanted("(?:pglatch@|pglatch:|integrations/github@v|rev: v)([0-9]+\\.[0-9]+\\.[0-9]+)");
  std::vector<fs::path> files{source_file("README.md")};
  for (const auto& each : fs::recursive_directory_iterator(source_file("integrations"))) {
    if (each.is_regular_file()) files.push_back(each.path());
  }
  std::size_t named = 0;
  for (const fs::path& file : files) {
    const std::string text = read_file(file);
    for (auto it = std::sregex_iterator(text.begin(), text.end(), wanted); it != std::sregex_iterator();
         ++it, ++named) {
      EXPECT_EQ((*it)[1], newest[1]) << file;
    }
  }
  EXPECT_GE(named, 8U);
}

}  // namespace
}  // namespace pglatch::testing
