// integrations/github/action.yml, its steps run for real: with the clone that actions/checkout makes, an event, and a
// GitHub API that answers.
#include <gtest/gtest.h>
#include <rapidjson/document.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <fstream>
#include <string>

#include "tests/integrations/tools.h"

namespace pglatch::testing {
namespace {

namespace fs = std::filesystem;

constexpr const char* kFound = "create-index-non-concurrent";
constexpr const char* kRiskyFile = "migrations/00003_orders_of_a_customer.sql";

class GithubAction : public ::testing::Test {
 protected:
  void SetUp() override {
    PGLATCH_NEEDS_TOOL("npm:js-yaml/package.json");
    PGLATCH_NEEDS_TOOL("jq");
    PGLATCH_NEEDS_TOOL("curl");
    work_ = sandbox_.make_project("work");
    fs::copy(source_file("integrations/github"), action_, fs::copy_options::recursive);
    remote_ = sandbox_.path() / "remote.git";
    git({"clone", "--quiet", "--bare", work_.string(), remote_.string()});
    // As GitHub does: any commit of it can be asked for.
    git({"-C", remote_.string(), "config", "uploadpack.allowAnySHA1InWant", "true"});
    git({"remote", "add", "origin", remote_.string()});
    request_.SetObject();
    set("event_name", "pull_request");
  }

  std::string git(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "git");
    std::string out = sandbox_.must(arguments, work_);
    while (!out.empty() && out.back() == '\n') out.pop_back();
    return out;
  }
  void commit(const std::string& name, std::string_view content) {
    sandbox_.write("work/" + name, content);
    git({"add", "--all"});
    git({"commit", "--quiet", "--message", name});
  }
  void commit_risky() {
    sandbox_.play_risky(work_);
    git({"commit", "--quiet", "--message", "Risky"});
  }
  // The branch "feature" as a pull request: GitHub merges it into what main is by now.
  void open_pull_request(const std::string& base) {
    git({"checkout", "--quiet", "-B", "merge", "main"});
    git({"merge", "--quiet", "--no-ff", "--message", "Merge", "feature"});
    git({"push", "--quiet", "--force", "origin", "main", "feature", "merge:refs/pull/1/merge"});
    set_event("{\"pull_request\":{\"number\":1,\"base\":{\"sha\":\"" + base + "\"}}}");
  }
  // What actions/checkout does: one commit.
  void check_out(const std::string& commit) {
    const std::string clone = (sandbox_.path() / "clone").string();
    fs::remove_all(clone);
    git({"init", "--quiet", clone});
    git({"-C", clone, "remote", "add", "origin", "file://" + remote_.string()});
    git({"-C", clone, "fetch", "--quiet", "--no-tags", "--depth=1", "origin", commit});
    git({"-C", clone, "checkout", "--quiet", "--detach", commit});
    set("sha", commit);
    set("workspace", clone);
  }

  void set(const char* name, const std::string& value) { put(request_, name, text(value)); }
  void set_input(const char* name, const std::string& value) {
    if (!request_.HasMember("inputs")) put(request_, "inputs", rapidjson::Value(rapidjson::kObjectType));
    put(request_["inputs"], name, text(value));
  }
  void set_event(const std::string& json) { put(request_, "event", parsed(json)); }
  rapidjson::Value text(const std::string& value) { return rapidjson::Value(value, request_.GetAllocator()); }
  rapidjson::Value parsed(const std::string& json) {
    rapidjson::Document document(&request_.GetAllocator());
    document.Parse(json);
    return document.GetObject().MemberCount() == 0 ? rapidjson::Value(rapidjson::kObjectType)
                                                   : rapidjson::Value(document, request_.GetAllocator());
  }
  void put(rapidjson::Value& object, const char* name, rapidjson::Value value) {
    object.RemoveMember(name);
    object.AddMember(rapidjson::Value(name, request_.GetAllocator()), value, request_.GetAllocator());
  }

  // Comments stay from one run to the next.
  void run() {
    if (!request_.HasMember("inputs")) set_input("paths", "migrations");
    put(request_, "temp", text(sandbox_.path().string()));
    rapidjson::StringBuffer buffer;
    rapidjson::Writer<rapidjson::StringBuffer> writer(buffer);
    request_.Accept(writer);
    const fs::path request = sandbox_.write("request.json", buffer.GetString());
    const ProcessResult result = sandbox_.run(
        {"node", source_file("tests/integrations/run_action.mjs").string(), action_.string(), request.string()}, ".",
        {{"PGLATCH_NODE_MODULES",
          fs::path(find_tool("npm:js-yaml/package.json")).parent_path().parent_path().string()}});
    ASSERT_EQ(result.exit_code, 0) << result.err << result.out;
    result_.Parse(result.out);
    ASSERT_FALSE(result_.HasParseError()) << result.out;
    rapidjson::Value comments;
    comments.CopyFrom(result_["comments"], request_.GetAllocator());
    put(request_, "comments", std::move(comments));
  }
  std::string conclusion() const { return result_["conclusion"].GetString(); }
  std::string summary() const { return result_["summary"].GetString(); }
  std::string log() const {
    std::string all;
    for (const auto& step : result_["steps"].GetArray()) all += step["output"].GetString();
    return all;
  }
  std::vector<std::string> comments() const {
    std::vector<std::string> bodies;
    for (const auto& comment : result_["comments"].GetArray()) bodies.emplace_back(comment["body"].GetString());
    return bodies;
  }

  Sandbox sandbox_;
  fs::path work_;
  fs::path remote_;
  // Where the runner unpacks it.
  fs::path action_ = [this] {
    const fs::path folder = sandbox_.path() / "_actions/OWNER/pglatch/v0.1.0/integrations";
    fs::create_directories(folder);
    return folder / "github";
  }();
  rapidjson::Document request_;
  rapidjson::Document result_;
};

TEST_F(GithubAction, AnnotatesSummarisesUploadsCommentsAndFails) {
  const std::string base = git({"rev-parse", "main"});
  git({"checkout", "--quiet", "-b", "feature"});
  commit_risky();
  open_pull_request(base);
  check_out(git({"rev-parse", "merge"}));
  run();
  EXPECT_EQ(conclusion(), "failure") << log();
  EXPECT_TRUE(has(log(), std::string("::error file=") + kRiskyFile + ",line=2,")) << log();
  EXPECT_TRUE(has(summary(), kFound)) << summary();
  ASSERT_EQ(result_["uses"].Size(), 1U);
  EXPECT_TRUE(has(result_["uses"][0]["action"].GetString(), "github/codeql-action/upload-sarif@"));
  std::ifstream sarif(result_["uses"][0]["with"]["sarif_file"].GetString());
  const std::string uploaded{std::istreambuf_iterator<char>(sarif), {}};
  EXPECT_TRUE(has(uploaded, kFound));
  EXPECT_TRUE(has(uploaded, "\"pglatch/\"")) << "the category";
  ASSERT_EQ(comments().size(), 1U) << log();
  EXPECT_TRUE(has(comments()[0], kFound)) << comments()[0];
  EXPECT_TRUE(has(comments()[0], "CREATE INDEX CONCURRENTLY")) << "the plan: " << comments()[0];
  for (const auto& request : result_["requests"].GetArray()) {
    EXPECT_STREQ(request["authorization"].GetString(), "Bearer a-token");
  }

  // The next push to it: the comment is the same one, with what is found now.
  git({"checkout", "--quiet", "feature"});
  commit(kRiskyFile, "-- +goose Up\nSELECT 1;\n");
  open_pull_request(base);
  check_out(git({"rev-parse", "merge"}));
  run();
  EXPECT_EQ(conclusion(), "success") << log();
  ASSERT_EQ(comments().size(), 1U) << log();
  EXPECT_FALSE(has(comments()[0], kFound)) << comments()[0];
  EXPECT_TRUE(has(comments()[0], "No findings")) << comments()[0];
}

TEST_F(GithubAction, IsQuietWhereNothingIsFound) {
  const std::string base = git({"rev-parse", "main"});
  git({"checkout", "--quiet", "-b", "feature"});
  commit("migrations/00003_parts.sql", "-- +goose Up\nCREATE TABLE parts (id bigint PRIMARY KEY);\n");
  open_pull_request(base);
  check_out(git({"rev-parse", "merge"}));
  run();
  EXPECT_EQ(conclusion(), "success") << log();
  EXPECT_TRUE(comments().empty()) << comments()[0];
  // Code scanning closes what is not found any more: it has to be told each time.
  EXPECT_EQ(result_["uses"].Size(), 1U);
}

TEST_F(GithubAction, WhatMainGotMeanwhileIsNotThePullRequests) {
  const std::string base = git({"rev-parse", "main"});
  git({"checkout", "--quiet", "-b", "feature"});
  commit("migrations/00004_parts.sql", "-- +goose Up\nCREATE TABLE parts (id bigint PRIMARY KEY);\n");
  git({"checkout", "--quiet", "main"});
  commit_risky();
  open_pull_request(base);
  // Merged, as it is checked out if nobody says otherwise …
  check_out(git({"rev-parse", "merge"}));
  run();
  EXPECT_EQ(conclusion(), "success") << log();
  // … and the head alone, for which the history has to be there as far as the branch began.
  for (int i = 0; i < 3; ++i) {
    git({"checkout", "--quiet", "feature"});
    commit("notes.txt", std::to_string(i));
  }
  open_pull_request(git({"rev-parse", "main"}));
  check_out(git({"rev-parse", "feature"}));
  set("sha", git({"rev-parse", "merge"}));
  run();
  EXPECT_EQ(conclusion(), "success") << log();
  EXPECT_TRUE(has(summary(), "1 statement in 1 file")) << summary();
}

TEST_F(GithubAction, OfAPushWhatCameWithIt) {
  const std::string before = git({"rev-parse", "main"});
  commit_risky();
  git({"push", "--quiet", "origin", "main"});
  set("event_name", "push");
  set_event("{\"before\":\"" + before + "\"}");
  check_out(git({"rev-parse", "main"}));
  run();
  EXPECT_EQ(conclusion(), "failure") << log();
  EXPECT_TRUE(has(summary(), "in 1 file")) << summary();
  EXPECT_TRUE(comments().empty());
  // A new branch, and one whose former head is gone: all of it.
  for (const std::string& gone : {std::string(40, '0'), std::string(40, 'a')}) {
    set_event("{\"before\":\"" + gone + "\"}");
    run();
    EXPECT_TRUE(has(summary(), "in 3 files")) << summary() << log();
  }
}

TEST_F(GithubAction, AForkMayNotComment) {
  const std::string base = git({"rev-parse", "main"});
  git({"checkout", "--quiet", "-b", "feature"});
  commit_risky();
  open_pull_request(base);
  check_out(git({"rev-parse", "merge"}));
  put(request_, "api_status", rapidjson::Value(403));
  run();
  EXPECT_TRUE(comments().empty());
  EXPECT_TRUE(has(log(), "::notice title=pglatch::The report could not be put into a comment")) << log();
  EXPECT_EQ(std::string(result_["steps"][result_["steps"].Size() - 1]["name"].GetString()), "Verdict");
  EXPECT_EQ(conclusion(), "failure");
}

TEST_F(GithubAction, MistakesAreTheirOwnStatus) {
  commit_risky();
  git({"push", "--quiet", "origin", "main"});
  check_out(git({"rev-parse", "main"}));
  set("event_name", "workflow_dispatch");
  set_input("paths", "migrations\nmore migrations");
  set_input("arguments", "--fail-on=error\n--no-such-option");
  run();
  EXPECT_EQ(conclusion(), "failure");
  EXPECT_TRUE(has(log(), "no-such-option")) << log();
  EXPECT_EQ(result_["uses"].Size(), 0U);
  // Each line is one argument, spaces and all.
  set_input("arguments", "--fail-on=never\n");
  run();
  EXPECT_TRUE(has(log(), "more migrations")) << log();
  EXPECT_EQ(result_["steps"][result_["steps"].Size() - 1]["status"].GetInt(), 2);
}

// The release that the action's own tag names is taken where no pglatch is on the PATH.
class GithubInstall : public GithubAction {
 protected:
  void SetUp() override {
    GithubAction::SetUp();
    if (IsSkipped()) return;
    releases_ = sandbox_.path() / "releases";
    fs::create_directories(releases_ / "pglatch");
    // What is tested is the way to it, not the program.
    const std::string program = "#!/bin/sh\necho \"pglatch of the release: $*\"\n";
    sandbox_.write("releases/pglatch/pglatch", program);
    fs::permissions(releases_ / "pglatch/pglatch", fs::perms::owner_all);
    sandbox_.must({"tar", "-czf", kArchive, "pglatch"}, releases_);
    sandbox_.write(std::string("releases/") + kArchive + ".sha256", sandbox_.must({"sha256sum", kArchive}, releases_));
    set("releases", releases_.string());
    set("workspace", work_.string());
    set("sha", git({"rev-parse", "HEAD"}));
    set("event_name", "workflow_dispatch");
  }
  static constexpr const char* kArchive = "pglatch-0.1.0-linux-x64.tar.gz";
  fs::path releases_;
};

TEST_F(GithubInstall, ARelease) {
  set_input("version", "0.1.0");
  run();
  EXPECT_TRUE(has(log(), "pglatch of the release: --version")) << log();
  EXPECT_TRUE(has(log(), "pglatch of the release: lint")) << "it comes first on the PATH: " << log();
  set_input("version", "9.9.9");
  run();
  EXPECT_EQ(conclusion(), "failure");
  EXPECT_TRUE(has(log(), "::error title=pglatch::OWNER/pglatch has no pglatch-9.9.9-linux-x64.tar.gz")) << log();
}

TEST_F(GithubInstall, NotWithoutItsChecksum) {
  set_input("version", "0.1.0");
  sandbox_.write(std::string("releases/") + kArchive + ".sha256", std::string(64, '0') + "  " + kArchive + "\n");
  run();
  EXPECT_EQ(conclusion(), "failure");
  EXPECT_TRUE(has(log(), "is not what its checksum says")) << log();
  EXPECT_EQ(result_["steps"].Size(), 1U);
}

TEST_F(GithubInstall, WhatTheActionsTagNamesElseTheLatest) {
  // Where nobody asks for a version, what is there already does …
  run();
  EXPECT_FALSE(has(log(), "of the release")) << log();
  // … and where there is none, it is the release of the tag, or of a branch the latest.
  put(request_, "has_pglatch", rapidjson::Value(false));
  run();
  EXPECT_TRUE(has(log(), "pglatch of the release: --version")) << log();
  const fs::path branch = sandbox_.path() / "_actions/OWNER/pglatch/main/integrations";
  fs::create_directories(branch);
  fs::rename(action_, branch / "github");
  action_ = branch / "github";
  run();
  EXPECT_TRUE(has(log(), "pglatch of the release: --version")) << log();
  // Of a folder of the project itself nobody knows the releases.
  fs::rename(action_, sandbox_.path() / "github");
  action_ = sandbox_.path() / "github";
  run();
  EXPECT_TRUE(has(log(), "::error title=pglatch::this action is used from a local folder")) << log();
}

}  // namespace
}  // namespace pglatch::testing
