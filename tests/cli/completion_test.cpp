// `pglatch completion` and `pglatch man` against the commands themselves: what --help lists is there, and what is
// offered is taken. The shells and troff have their say in tests/integrations.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include "tests/support/process.h"
#include "tests/support/temp_dir.h"

namespace pglatch::testing {
namespace {

using ::testing::HasSubstr;

std::string output_of(std::vector<std::string> arguments) {
  const ProcessResult result = run_pglatch(std::move(arguments));
  EXPECT_EQ(result.exit_code, 0) << result.err;
  return result.out;
}

std::vector<std::string> all_matches(const std::string& text, const char* pattern) {
  const std::regex regex(pattern);
  std::vector<std::string> found;
  for (std::sregex_iterator at(text.begin(), text.end(), regex), end; at != end; ++at) found.push_back((*at)[1]);
  return found;
}

std::vector<std::string> command_names() { return all_matches(output_of({"--help"}), "\n  ([a-z]+) "); }

// "--since", of what a command lists.
std::vector<std::string> options_of(const std::string& command) {
  return all_matches(output_of({command, "--help"}), "\n  (?:-[a-z] \\[ )?(--[a-z-]+)");
}

std::string without_backslashes(std::string text) {
  text.erase(std::remove(text.begin(), text.end(), '\\'), text.end());
  return text;
}

TEST(Completion, HasEveryCommandAndOptionThatHelpLists) {
  const std::string bash = output_of({"completion", "bash"});
  const std::string zsh = output_of({"completion", "zsh"});
  const std::string fish = output_of({"completion", "fish"});
  const std::string page = without_backslashes(output_of({"man"}));
  const auto commands = command_names();
  ASSERT_GE(commands.size(), 9U);
  for (const std::string& command : commands) {
    EXPECT_THAT(zsh, HasSubstr(fmt::format("_pglatch-{}() {{", command)));
    EXPECT_THAT(fish, HasSubstr(fmt::format("__fish_use_subcommand -a {} ", command)));
    EXPECT_THAT(page, HasSubstr(fmt::format(".SS \"pglatch {}", command)));
    const auto options = options_of(command);
    ASSERT_FALSE(options.empty()) << command;
    for (const std::string& option : options) {
      EXPECT_THAT(bash,
                  ::testing::ContainsRegex(fmt::format("\n    {}\\)\n[^\n]*\n[^\n]*[ ']{}[ ']", command, option)));
      EXPECT_THAT(fish, HasSubstr(fmt::format("_from {}' -l {} ", command, option.substr(2))));
      EXPECT_THAT(zsh, HasSubstr(option));
      EXPECT_THAT(page, HasSubstr("fB" + option + "fR"));
    }
  }
}

TEST(Completion, OffersWhatIsTakenAndNothingElseIs) {
  TempDir dir;
  dir.write("a.sql", "SELECT 1;\n");
  ProcessOptions here;
  here.directory = dir.path();
  const std::string fish = output_of({"completion", "fish"});
  const std::regex choices("_from ([a-z]+)' -l ([a-z-]+) (?:-s . )?-x -a '([a-z][a-z_ -]*)'");
  std::set<std::string> seen;
  for (std::sregex_iterator at(fish.begin(), fish.end(), choices), end; at != end; ++at) {
    const std::string command = (*at)[1];
    const std::string option = "--" + (*at)[2].str();
    // The same table for all commands that read files; a server is another matter.
    if (command == "init" || command == "verify" || (command != "lint" && option != "--format" && option != "--only")) {
      continue;
    }
    seen.insert(command + option);
    const std::string argument = command == "rules" ? "indexes" : "a.sql";
    const auto refused = run_pglatch({command, option, "something-else", argument}, here);
    EXPECT_EQ(refused.exit_code, 2) << command << option;
    for (const std::string& word : all_matches((*at)[3], "([^ ]+)")) {
      const auto result = run_pglatch({command, option, word, argument}, here);
      EXPECT_NE(result.err, std::regex_replace(refused.err, std::regex("something-else"), word));
      // That one asks for another option.
      if (word == "files") continue;
      EXPECT_EQ(result.exit_code, 0) << command << ' ' << option << ' ' << word << ": " << result.err;
    }
  }
  for (const char* option : {"lint--format", "lint--framework", "lint--execution-mode", "lint--color", "lint--fail-on",
                             "plan--format", "plan--only", "locks--format", "rules--format"}) {
    EXPECT_EQ(seen.count(option), 1U) << option;
  }
}

TEST(Completion, TakesOneShell) {
  for (const std::vector<std::string>& arguments : {std::vector<std::string>{"completion"},
                                                    {"completion", "tcsh"},
                                                    {"completion", "bash", "zsh"},
                                                    {"man", "lint"}}) {
    const auto result = run_pglatch(arguments);
    EXPECT_EQ(result.exit_code, 2);
    EXPECT_EQ(result.out, "");
  }
  EXPECT_THAT(run_pglatch({"completion", "tcsh"}).err, HasSubstr("bash, zsh, fish"));
}

TEST(Version, NamesPglatchAndTheParser) {
  EXPECT_THAT(
      output_of({"--version"}),
      ::testing::MatchesRegex(
          "pglatch [0-9]+\\.[0-9]+\\.[0-9]+ \\(libpg_query( [0-9.-]+)?, PostgreSQL 1[78]\\.[0-9]+ grammar\\)\n"));
}

}  // namespace
}  // namespace pglatch::testing
