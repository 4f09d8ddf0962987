// The settings for editors against what pglatch writes; in the editors themselves, where they are installed.
#include <gtest/gtest.h>
#include <rapidjson/document.h>

#include <fstream>
#include <regex>
#include <sstream>
#include <string>
#include <vector>

#include "tests/integrations/tools.h"

namespace pglatch::testing {
namespace {

namespace fs = std::filesystem;

// An error, a warning, an info; a name that regular expressions could stumble over.
constexpr const char* kName = "00003: it's (one).sql";
constexpr const char* kSql =
    "CREATE INDEX orders_status_idx ON orders (status); -- \xC3\xA9\n"
    "CREATE TABLE notes (id serial, note varchar(20));\n";

class Editors : public ::testing::Test {
 protected:
  void SetUp() override {
    project_ = sandbox_.make_project();
    file_ = sandbox_.write(std::string("project/migrations/") + kName, kSql);
  }
  // What is found, a line each.
  std::vector<std::string> concise() {
    const ProcessResult result = sandbox_.run({"pglatch", "lint", "--select", "all", "--format", "concise", "--named",
                                               "migrations", std::string("migrations/") + kName},
                                              project_);
    std::vector<std::string> lines;
    std::istringstream text(result.out);
    for (std::string line; std::getline(text, line);) lines.push_back(line);
    EXPECT_GE(lines.size(), 3U) << result.err;
    return lines;
  }
  Sandbox sandbox_;
  fs::path project_;
  fs::path file_;
};

// What a regular expression makes of a line: the groups that the matcher names, and a severity.
struct Match {
  std::string file, line, column, severity, message, code;
};
std::vector<Match> matches(const rapidjson::Value& matcher, const std::vector<std::string>& lines) {
  const rapidjson::Value& pattern = matcher["pattern"].IsArray() ? matcher["pattern"][0] : matcher["pattern"];
  const std::regex regexp(pattern["regexp"].GetString(), std::regex::ECMAScript);
  std::vector<Match> found;
  for (const std::string& line : lines) {
    std::smatch groups;
    if (!std::regex_match(line, groups, regexp)) continue;
    const auto group = [&](const char* name) {
      return pattern.HasMember(name) ? groups[pattern[name].GetUint()].str() : std::string();
    };
    found.push_back(
        {group("file"), group("line"), group("column"), group("severity"), group("message"), group("code")});
    if (matcher.HasMember("severity")) found.back().severity = matcher["severity"].GetString();
  }
  return found;
}

const Match* with_code(const std::vector<Match>& found, const std::string& code) {
  for (const Match& match : found) {
    if (match.code == code) return &match;
  }
  return nullptr;
}

TEST_F(Editors, GithubsProblemMatcher) {
  rapidjson::Document document;
  document.Parse(read_source("integrations/github/problem-matcher.json"));
  ASSERT_FALSE(document.HasParseError());
  const std::vector<std::string> lines = concise();
  std::vector<Match> found;
  for (const auto& matcher : document["problemMatcher"].GetArray()) {
    for (Match& match : matches(matcher, lines)) found.push_back(std::move(match));
  }
  // Every line is of one matcher.
  EXPECT_EQ(found.size(), lines.size());
  const Match* index = with_code(found, "create-index-non-concurrent");
  ASSERT_NE(index, nullptr);
  EXPECT_EQ(index->file, std::string("migrations/") + kName);
  EXPECT_EQ(index->line + ":" + index->column + " " + index->severity, "1:1 error");
  EXPECT_TRUE(has(index->message, "CREATE INDEX blocks writes")) << index->message;
  for (const Match& match : found) {
    // The runner knows these three (actions/runner, IssueMatcher).
    EXPECT_TRUE(match.severity == "error" || match.severity == "warning" || match.severity == "notice");
  }
}

TEST_F(Editors, TheTaskOfVsCode) {
  rapidjson::Document document;
  document.Parse<rapidjson::kParseCommentsFlag>(read_source("integrations/editors/vscode/tasks.json"));
  ASSERT_FALSE(document.HasParseError());
  const rapidjson::Value& task = document["tasks"][0];
  const std::vector<std::string> lines = concise();
  const std::vector<Match> found = matches(task["problemMatcher"], lines);
  EXPECT_EQ(found.size(), lines.size());
  ASSERT_NE(with_code(found, "create-index-non-concurrent"), nullptr);
  EXPECT_EQ(with_code(found, "create-index-non-concurrent")->severity, "error");
  // Its command as it stands: the new file differs from the main branch.
  std::vector<std::string> command{task["command"].GetString()};
  for (const auto& argument : task["args"].GetArray()) command.emplace_back(argument.GetString());
  const ProcessResult result = sandbox_.run(command, project_);
  EXPECT_EQ(result.exit_code, 1) << result.err;
  EXPECT_TRUE(has(result.out, "[create-index-non-concurrent]")) << result.out;
}

TEST_F(Editors, Vim) {
  PGLATCH_NEEDS_TOOL("vim");
  if (!has(sandbox_.run({"vim", "--version"}, ".").out, "+quickfix")) GTEST_SKIP() << "this vim has no quickfix";
  const std::string runtime = source_file("integrations/editors/vim").string();
  const ProcessResult result = sandbox_.run(
      {"vim", "-u", "NONE", "-N", "-es", "-c", "set runtimepath+=" + runtime, "-c", "compiler pglatch", "-c",
       "silent make!", "-c", "call writefile([json_encode(getqflist())], 'found.json')", "-c", "qa!", file_.string()},
      project_);
  rapidjson::Document found;
  std::ifstream in(project_ / "found.json");
  const std::string json{std::istreambuf_iterator<char>(in), {}};
  found.Parse(json);
  ASSERT_TRUE(found.IsArray()) << result.out << result.err;
  ASSERT_GE(found.Size(), 1U) << result.out << result.err;
  const rapidjson::Value& first = found[0];
  EXPECT_EQ(first["valid"].GetInt(), 1) << json;
  EXPECT_GT(first["bufnr"].GetInt(), 0) << json;
  EXPECT_EQ(first["lnum"].GetInt(), 1) << json;
  EXPECT_EQ(first["col"].GetInt(), 1) << json;
  EXPECT_STREQ(first["type"].GetString(), "e") << json;
  EXPECT_TRUE(has(first["text"].GetString(), "[create-index-non-concurrent]")) << json;
}

TEST_F(Editors, Ale) {
  const fs::path ale = "/usr/share/vim-ale";
  PGLATCH_NEEDS_TOOL("vim");
  if (!fs::exists(ale)) GTEST_SKIP() << "ALE is not installed (Debian's vim-ale)";
  const std::string script = "set nocompatible\nfiletype on\nset runtimepath^=" + ale.string() +
                             "\nset runtimepath+=" + source_file("integrations/editors/vim").string() +
                             "\nlet g:ale_linters = {'sql': ['pglatch']}\nlet g:ale_lint_on_enter = 1\n"
                             "runtime plugin/ale.vim\n"
                             "let s:name = $PGLATCH_FILE\nexecute 'edit ' . fnameescape(s:name)\nset "
                             "filetype=sql\ncall ale#Queue(0, 'lint_file')\n"
                             "for s:i in range(100)\n  sleep 100m\n  if !empty(getloclist(0)) | break | endif\nendfor\n"
                             "call writefile([json_encode(getloclist(0))], 'found.json')\nqa!\n";
  const fs::path file = sandbox_.write("ale.vim", script);
  const ProcessResult result = sandbox_.run({"vim", "-u", file.string(), "-N", "-es"}, project_,
                                            {{"PGLATCH_FILE", file_.string()}, {"TERM", "dumb"}});
  std::ifstream in(project_ / "found.json");
  const std::string json{std::istreambuf_iterator<char>(in), {}};
  EXPECT_TRUE(has(json, "\"type\":\"E\"")) << json << result.out << result.err;
  EXPECT_TRUE(has(json, "CREATE INDEX blocks writes")) << json << result.err;
}

TEST_F(Editors, Emacs) {
  PGLATCH_NEEDS_TOOL("emacs");
  const std::string script =
      "(require 'pglatch)\n"
      "(find-file (getenv \"PGLATCH_FILE\"))\n"
      "(let (found)\n"
      "  (pglatch-flymake (lambda (all &rest _) (setq found (or all 'nothing))))\n"
      "  (while (not found) (accept-process-output nil 0.1))\n"
      "  (dolist (one found)\n"
      "    (princ (format \"%s %d %s\\n\" (flymake-diagnostic-type one) (flymake-diagnostic-beg one)\n"
      "                   (flymake-diagnostic-text one)))))\n";
  const fs::path file = sandbox_.write("try.el", script);
  const ProcessResult result = sandbox_.run(
      {"emacs", "-Q", "--batch", "-L", source_file("integrations/editors/emacs").string(), "-l", file.string()},
      project_, {{"PGLATCH_FILE", file_.string()}});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_TRUE(has(result.out, ":error 1 CREATE INDEX blocks writes")) << result.out << result.err;
}

TEST_F(Editors, Neovim) {
  PGLATCH_NEEDS_TOOL("nvim");
  // nvim-lint itself calls the command and shows what the parser gives; here its list of linters is a table.
  const std::string script =
      "package.preload['lint'] = function() return { linters = {} } end\n"
      "dofile(os.getenv('PGLATCH_CONFIG'))\n"
      "local linter = require('lint').linters.pglatch\n"
      "vim.cmd('edit ' .. vim.fn.fnameescape(os.getenv('PGLATCH_FILE')))\n"
      "local command = { linter.cmd }\n"
      "for _, arg in ipairs(linter.args) do table.insert(command, type(arg) == 'function' and arg() or arg) end\n"
      "table.insert(command, vim.api.nvim_buf_get_name(0))\n"
      "local found = linter.parser(vim.fn.system(command))\n"
      "vim.diagnostic.set(vim.api.nvim_create_namespace('pglatch'), 0, found)\n"
      "vim.fn.writefile({ vim.fn.json_encode(vim.diagnostic.get(0)) }, 'found.json')\n"
      "vim.cmd('qa!')\n";
  const fs::path file = sandbox_.write("try.lua", script);
  const ProcessResult result =
      sandbox_.run({"nvim", "--headless", "-u", "NONE", "-c", "luafile " + file.string()}, project_,
                   {{"PGLATCH_FILE", file_.string()},
                    {"PGLATCH_CONFIG", source_file("integrations/editors/neovim/pglatch.lua").string()}});
  std::ifstream in(project_ / "found.json");
  const std::string json{std::istreambuf_iterator<char>(in), {}};
  EXPECT_TRUE(has(json, "\"code\": \"create-index-non-concurrent\"")) << json << result.out << result.err;
  EXPECT_TRUE(has(json, "\"lnum\": 0")) << json;
}

}  // namespace
}  // namespace pglatch::testing
