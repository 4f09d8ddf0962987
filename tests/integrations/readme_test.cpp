// The README, carried out: each command of pglatch that it shows with what it prints, and what it tells people to copy.
// UPDATE_GOLDEN=1 writes down what the commands print now.
#include <gmock/gmock.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <regex>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "tests/integrations/terminal_picture.h"
#include "tests/support/git_repo.h"
#include "tests/support/golden.h"
#include "tests/support/process.h"
#include "tests/support/temp_dir.h"

namespace pglatch::testing {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kIndent = "    ";
constexpr std::string_view kPrompt = "    $ ";
constexpr int kNotDone = 2;

struct Command {
  std::string text;              // for a shell
  std::size_t output_begin = 0;  // lines of the README, from 0
  std::size_t output_end = 0;
};

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

fs::path readme_path() { return fixture_path("..") / "README.md"; }

bool is_code(const std::string& line) { return line.starts_with(kIndent); }

// Blank lines in the middle of what is printed belong to it.
std::size_t end_of_output(const std::vector<std::string>& lines, std::size_t begin) {
  std::size_t end = begin;
  for (std::size_t i = begin; i < lines.size(); ++i) {
    if (lines[i].starts_with(kPrompt) || (!lines[i].empty() && !is_code(lines[i]))) break;
    if (!lines[i].empty()) end = i + 1;
  }
  return end;
}

std::vector<Command> commands_in(const std::vector<std::string>& lines) {
  std::vector<Command> commands;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (!lines[i].starts_with(kPrompt)) continue;
    Command command;
    command.text = lines[i].substr(kPrompt.size());
    while (command.text.ends_with('\\') && i + 1 < lines.size()) {
      command.text.pop_back();
      command.text += lines[++i].substr(kIndent.size());
    }
    command.output_begin = i + 1;
    command.output_end = end_of_output(lines, i + 1);
    commands.push_back(std::move(command));
  }
  return commands;
}

// What differs from run to run: times and the columns that they widen, rows that chance rejects, the server's release.
std::string without_chance(std::string text) {
  text = std::regex_replace(text, std::regex(R"(\d[\d.]* (ms|s)\b)"), "TIME");
  text = std::regex_replace(text, std::regex(R"(PostgreSQL \d+\.\d+)"), "PostgreSQL RELEASE");
  text = std::regex_replace(text, std::regex(R"((public\.\w+): \d+)"), "$1: ROWS");
  text = std::regex_replace(text, std::regex(R"((locks seen) +\d+ +\d+)"), "$1");
  return std::regex_replace(text, std::regex(" {2,}"), "  ");
}

class Readme : public ::testing::Test {
 protected:
  Readme() : repo_(directory_.path()) {
    fs::create_directories(repo_.path() / "fixtures");
    fs::copy(fixture_path("demo"), repo_.path() / "fixtures/demo", fs::copy_options::recursive);
    fs::copy(fixture_path("runbooks"), repo_.path() / "fixtures/runbooks", fs::copy_options::recursive);
    fs::copy(fixture_path("demo/migrations"), repo_.path() / "migrations", fs::copy_options::recursive);
    repo_.commit("what the README shows");
  }

  ProcessResult run(const std::string& command) {
    ProcessOptions options;
    options.directory = repo_.path();
    options.timeout = std::chrono::minutes(5);
    const std::string directory = fs::path(PGLATCH_BINARY).parent_path();
    options.environment = git_environment();
    options.environment.insert(options.environment.end(),
                               {{"PATH", directory + ":" + std::getenv("PATH")}, {"NO_COLOR", "1"}});
    return run_process({"sh", "-c", command}, options);
  }

  TempDir directory_;
  GitRepo repo_;
};

TEST_F(Readme, CommandsPrintWhatItShows) {
  PGLATCH_NEEDS_GIT();
  const std::vector<std::string> lines = lines_of(read_file(readme_path()));
  const std::vector<Command> commands = commands_in(lines);
  ASSERT_FALSE(commands.empty());
  std::string updated;
  std::size_t taken = 0;
  for (const Command& command : commands) {
    // What is run on a database of the reader's own.
    if (!command.text.starts_with("pglatch ")) continue;
    const ProcessResult result = run(command.text);
    EXPECT_LT(result.exit_code, kNotDone) << command.text << '\n' << result.err;
    std::string expected;
    for (std::size_t i = command.output_begin; i < command.output_end; ++i) {
      expected += lines[i].empty() ? "\n" : lines[i].substr(kIndent.size()) + '\n';
    }
    // Nothing is shown of some.
    if (expected.empty()) continue;
    const std::string printed = result.err + result.out;
    const bool same = without_chance(printed) == without_chance(expected);
    if (!updates_golden()) {
      EXPECT_TRUE(same) << command.text << '\n' << line_diff(expected, printed);
      continue;
    }
    for (; taken < command.output_begin; ++taken) updated += lines[taken] + '\n';
    for (const std::string& line : lines_of(same ? expected : printed)) {
      updated += line.empty() ? "\n" : std::string(kIndent) + line + '\n';
    }
    taken = command.output_end;
  }
  if (!updates_golden()) return;
  for (; taken < lines.size(); ++taken) updated += lines[taken] + '\n';
  std::ofstream(readme_path()) << updated;
}

// The picture at its head: what pglatch prints on a terminal.
TEST_F(Readme, PictureIsOfATerminal) {
  PGLATCH_NEEDS_GIT();
  const std::string command = "pglatch lint migrations/003_orders_of_a_customer.sql";
  const std::string printed = run(command + " --color always").out;
  EXPECT_TRUE(matches_golden(terminal_picture(command, printed), "../integrations/docs/terminal.svg"));
}

// A block that is to be copied begins with the name of its file in a comment.
TEST_F(Readme, WhatIsToBeCopiedIsThere) {
  const std::vector<std::string> lines = lines_of(read_file(readme_path()));
  std::string all;
  for (const auto& entry : fs::recursive_directory_iterator(readme_path().parent_path() / "integrations")) {
    if (entry.is_regular_file()) all += read_file(entry.path());
  }
  int blocks = 0;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (!std::regex_match(lines[i], std::regex(R"(    # \S+\.ya?ml)"))) continue;
    std::string block;
    for (++i; i < lines.size() && is_code(lines[i]); ++i) block += lines[i].substr(kIndent.size()) + '\n';
    EXPECT_NE(all.find(block), std::string::npos) << "in no file of integrations:\n" << block;
    ++blocks;
  }
  EXPECT_GT(blocks, 0);
}

// Files and folders that it leads to.
TEST_F(Readme, LinksLeadSomewhere) {
  const std::string text = read_file(readme_path());
  const std::regex link(R"(\]\(([^)#:]+)(#[^)]*)?\))");
  for (auto it = std::sregex_iterator(text.begin(), text.end(), link); it != std::sregex_iterator(); ++it) {
    EXPECT_TRUE(fs::exists(readme_path().parent_path() / (*it)[1].str())) << (*it)[1];
  }
}

}  // namespace
}  // namespace pglatch::testing
