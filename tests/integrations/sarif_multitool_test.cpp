// Our SARIF by Microsoft's validator, with the rules of GitHub's ingestion ("GH…") on top of the format's own.
#include <gtest/gtest.h>
#include <rapidjson/document.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>

#include "tests/support/golden.h"
#include "tests/support/process.h"
#include "tests/support/temp_dir.h"

namespace pglatch::testing {
namespace {

namespace fs = std::filesystem;

const fs::path kMultitool = fs::path(PGLATCH_SOURCE_DIR) / "build/deps/sarif/multitool/Sarif.Multitool";

// "error GH1015 at fix.sarif" …
using Verdict = std::multiset<std::string>;

class SarifMultitool : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!fs::exists(kMultitool)) GTEST_SKIP() << kMultitool << " is not there: ./dev setup gets it on Linux, x86-64";
  }

  // Its exit status is 0 whatever it finds; the report tells.
  Verdict validate(const std::vector<fs::path>& files) {
    const fs::path report = dir_.path() / "report";
    std::vector<std::string> command = {kMultitool.string(), "validate"};
    for (const fs::path& file : files) command.push_back(file.string());
    command.insert(command.end(), {"--rule-kind", "Sarif;Ghas", "--level", "Error;Warning", "--log", "ForceOverwrite",
                                   "--output", report.string()});
    ProcessOptions options;
    // It carries its own .NET; invariant: without ICU.
    options.environment = {{"DOTNET_SYSTEM_GLOBALIZATION_INVARIANT", "1"},
                           {"DOTNET_BUNDLE_EXTRACT_BASE_DIR", dir_.path()}};
    const ProcessResult result = run_process(command, options);
    EXPECT_EQ(result.exit_code, 0) << result.out << result.err;
    rapidjson::Document document;
    document.Parse(read_file(report).c_str());
    EXPECT_FALSE(document.HasParseError()) << result.out;
    Verdict verdict;
    for (const auto& found : document["runs"][0]["results"].GetArray()) {
      const std::string level = found.HasMember("level") ? found["level"].GetString() : "warning";
      const std::string rule = found["ruleId"].GetString();
      // There is no page of the project to name yet.
      if (rule == "SARIF2005") continue;
      const fs::path file = found["locations"][0]["physicalLocation"]["artifactLocation"]["uri"].GetString();
      verdict.insert(level + " " + rule + " at " + file.filename().string());
    }
    EXPECT_TRUE(result.out.find(std::to_string(files.size()) + " file") != std::string::npos) << result.out;
    return verdict;
  }

  TempDir dir_;
};

// All in one run: it takes seconds to start.
TEST_F(SarifMultitool, HasNothingToSayOfOursAndSeesWhatGithubWouldRefuse) {
  std::vector<fs::path> files;
  // The unit tests keep these equal to what is written.
  for (const char* name : {"fix", "hostile", "related", "syntax-error", "unreadable"}) {
    files.push_back(dir_.path() / (std::string(name) + ".sarif"));
    fs::copy_file(fixture_path("formats") / name / "expected.sarif", files.back());
  }
  files.push_back(dir_.path() / "demo.sarif");
  const ProcessResult lint =
      run_pglatch({"lint", "--format", "sarif=" + files.back().string(), "--sarif-category", "pglatch/demo",
                   "--show-suppressed", fixture_path("demo/migrations").string()});
  ASSERT_EQ(lint.exit_code, 1) << lint.err;

  std::string bad = read_file(fixture_path("formats/fix/expected.sarif"));
  const auto change = [&](const std::string& from, const std::string& to) {
    const std::size_t at = bad.find(from);
    ASSERT_NE(at, std::string::npos) << from;
    bad.replace(at, from.size(), to);
  };
  change("\"ruleIndex\": 0", "\"ruleIndex\": 99");
  change("\"fullDescription\"", "\"x\"");
  files.push_back(dir_.write("bad.sarif", bad));

  std::size_t seen = 0;
  for (const std::string& each : validate(files)) {
    EXPECT_TRUE(each.ends_with(" at bad.sarif")) << each;
    if (each.starts_with("error SARIF1009") || each.starts_with("error GH2012")) ++seen;
  }
  EXPECT_EQ(seen, 2U);
}

}  // namespace
}  // namespace pglatch::testing
