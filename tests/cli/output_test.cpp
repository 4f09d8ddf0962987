// Where output goes and what it looks like there: colours, pipes, CI systems, pages.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <set>
#include <sstream>
#include <string_view>

#include "tests/support/golden.h"
#include "tests/support/process.h"
#include "tests/support/temp_dir.h"

namespace pglatch::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;

class Output : public ::testing::Test {
 protected:
  void SetUp() override {
    dir_.write("risky.sql", "create index on orders (customer_id);\n");
    for (const char* name : {"GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY", "GITHUB_WORKSPACE", "CI_PROJECT_DIR", "TF_BUILD",
                             "NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE", "CLICOLOR"}) {
      set(name, "");
    }
    options_.directory = dir_.path();
  }

  void set(const std::string& name, const std::string& value) { options_.environment.emplace_back(name, value); }
  ProcessResult lint(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "lint");
    return run_pglatch(std::move(arguments), options_);
  }
  ProcessResult shell(const std::string& script) {
    return run_process({"bash", "-c", script, PGLATCH_BINARY}, options_);
  }
  std::string written(const std::string& name) { return read_file(dir_.path() / name); }

  TempDir dir_;
  ProcessOptions options_;
};

TEST_F(Output, APipeHasNoColoursUnlessTheyAreForced) {
  EXPECT_THAT(lint({"risky.sql"}).out, Not(HasSubstr("\x1b")));
  EXPECT_THAT(lint({"--color", "always", "risky.sql"}).out, HasSubstr("\x1b["));
  EXPECT_THAT(lint({"--color", "always", "risky.sql"}).out, Not(HasSubstr("\x1b]8"))) << "links are for terminals";
  const ProcessResult wrong = lint({"--color", "sometimes", "risky.sql"});
  EXPECT_EQ(wrong.exit_code, 2);
  EXPECT_THAT(wrong.err, HasSubstr("--color sometimes: it takes auto, always or never"));
  set("FORCE_COLOR", "1");
  EXPECT_THAT(lint({"risky.sql"}).out, HasSubstr("\x1b["));
  lint({"--format", "text=out.txt", "risky.sql"});
  EXPECT_THAT(written("out.txt"), Not(HasSubstr("\x1b"))) << "a file is no terminal";
  set("NO_COLOR", "1");
  EXPECT_THAT(lint({"risky.sql"}).out, Not(HasSubstr("\x1b")));
}

TEST_F(Output, ATerminalHasColoursLinksAndItsWidth) {
  const std::string command = std::string("stty cols 60; ") + PGLATCH_BINARY + " lint risky.sql";
  set("TERM", "xterm");
  if (run_process({"script", "--version"}).exit_code != 0) GTEST_SKIP() << "script(1), of bsdutils, is not installed";
  const ProcessResult result = run_process({"script", "--quiet", "--command", command, "/dev/null"}, options_);
  EXPECT_THAT(result.out, HasSubstr("\x1b]8;;file://"));
  EXPECT_THAT(result.out, HasSubstr("/risky.sql\x1b\\\x1b[1mrisky.sql:1:1:"));
  EXPECT_THAT(result.out, HasSubstr("\x1b[1;31merror["));
}

TEST_F(Output, AReaderThatGoesAwayIsNoError) {
  std::string many;
  for (int i = 0; i < 500; ++i) many += "truncate orders;\n";
  dir_.write("many.sql", many);
  const ProcessResult result =
      shell("\"$0\" lint --format text --format json=out.json many.sql | head -n 1; echo ${PIPESTATUS[0]}");
  EXPECT_THAT(result.out, StartsWith("many.sql:1:1: warning["));
  EXPECT_THAT(result.out, ::testing::EndsWith("\n1\n"));
  EXPECT_EQ(result.err, "");
  EXPECT_THAT(written("out.json"), HasSubstr("\"summary\""));
}

TEST_F(Output, AFullDiskIsAnError) {
  const ProcessResult result = shell("\"$0\" lint risky.sql > /dev/full");
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(result.err, HasSubstr("cannot write to standard output"));
}

TEST_F(Output, MessagesCannotControlTheTerminal) {
  const ProcessResult result = lint({"a\x1b[31m.sql"});
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(result.err, Not(HasSubstr("\x1b")));
  EXPECT_THAT(result.err, HasSubstr("␛[31m.sql"));
}

TEST_F(Output, InALogOfGithubNothingOfTheSqlIsACommand) {
  dir_.write("mask.sql", "create index \"##[error]x\" on orders (customer_id);\n");
  EXPECT_THAT(lint({"mask.sql"}).out, HasSubstr("##[error]x"));
  set("GITHUB_ACTIONS", "true");
  EXPECT_THAT(lint({"mask.sql"}).out, Not(HasSubstr("##[")));
  EXPECT_THAT(lint({"--format", "json", "mask.sql"}).out, HasSubstr("##[error]x")) << "data stays as it is";
}

TEST_F(Output, GithubsFormatAddsToTheSummaryOfTheJob) {
  dir_.write("summary.md", "# Before\n");
  set("GITHUB_STEP_SUMMARY", (dir_.path() / "summary.md").string());
  EXPECT_THAT(lint({"--format", "github", "risky.sql"}).out, StartsWith("::error file=risky.sql,line=1,"));
  EXPECT_THAT(written("summary.md"), StartsWith("# Before\n## pglatch\n"));
  EXPECT_THAT(written("summary.md"), HasSubstr("| 1 | error | `create-index-non-concurrent` |"));
  EXPECT_THAT(written("summary.md"), HasSubstr("<summary>The safe plan: "));
  // GitHub takes nothing of a summary above 1 MiB.
  dir_.write("summary.md", std::string((1 << 20) - 10, 'x'));
  EXPECT_EQ(lint({"--format", "github", "risky.sql"}).exit_code, 1);
  EXPECT_EQ(written("summary.md").size(), static_cast<std::size_t>((1 << 20) - 10));
}

TEST_F(Output, CiSystemsAreToldPathsFromTheRootOfTheCheckout) {
  dir_.write(".git/HEAD", "ref: refs/heads/main\n");
  dir_.write("db/a.sql", "create index on orders (customer_id);\n");
  options_.directory = dir_.path() / "db";
  EXPECT_THAT(lint({"--format", "sarif", "a.sql"}).out, HasSubstr("\"uri\": \"db/a.sql\""));
  EXPECT_THAT(lint({"--format", "gitlab", (dir_.path() / "db/a.sql").string()}).out,
              HasSubstr("\"path\": \"db/a.sql\""));
  EXPECT_THAT(lint({"a.sql"}).out, StartsWith("a.sql:1:1:"));
}

TEST_F(Output, HelpIsInTwoColumns) {
  const auto characters = [](std::string_view text) {
    return std::count_if(text.begin(), text.end(),
                         [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; });
  };
  for (const char* command : {"lint", "fix", "plan", "locks", "verify", "snapshot", "rules", "init"}) {
    std::set<std::ptrdiff_t> columns;
    std::istringstream help(run_pglatch({command, "--help"}, options_).out);
    for (std::string line; std::getline(help, line);) {
      EXPECT_FALSE(line.ends_with(' ')) << line;
      const std::size_t gap = line.starts_with("  -") ? line.find("  ", 2) : std::string::npos;
      if (gap == std::string::npos) continue;
      columns.insert(characters(std::string_view(line).substr(0, line.find_first_not_of(' ', gap))));
    }
    EXPECT_THAT(columns, SizeIs(1)) << command;
  }
}

TEST_F(Output, AFileThatCannotBeReplacedIsAnError) {
  const ProcessResult device = lint({"--format", "json=/dev/null", "risky.sql"});
  EXPECT_EQ(device.exit_code, 2);
  EXPECT_THAT(device.err, HasSubstr("/dev/null: is a device, not a regular file; name another one"));
  const ProcessResult nowhere = lint({"--format", "json=no/such/folder.json", "risky.sql"});
  EXPECT_EQ(nowhere.exit_code, 2);
  EXPECT_THAT(nowhere.err, HasSubstr("no/such/folder.json: cannot be written: there is no "));
}

TEST_F(Output, SuppressedFindingsAreInSarifWhereAskedFor) {
  dir_.write("meant.sql",
             "-- pglatch:ignore create-index-non-concurrent the table is small\ncreate index on orders (c);\n");
  EXPECT_THAT(lint({"--format", "sarif", "meant.sql"}).out, Not(HasSubstr("suppressions")));
  const std::string shown = lint({"--format", "sarif", "--show-suppressed", "meant.sql"}).out;
  EXPECT_THAT(shown, HasSubstr("\"justification\": \"the table is small\""));
  lint({"--write-baseline", "known.json", "risky.sql"});
  EXPECT_THAT(lint({"--format", "sarif", "--show-suppressed", "--baseline", "known.json", "risky.sql"}).out,
              HasSubstr("\"kind\": \"external\""));
}

TEST_F(Output, ThePageForReviewersHasLocksAndPlan) {
  const ProcessResult result = lint({"--format", "html=page.html", "--format", "text", "risky.sql"});
  EXPECT_EQ(result.exit_code, 1);
  const std::string page = written("page.html");
  EXPECT_THAT(page, StartsWith("<!DOCTYPE html>\n"));
  EXPECT_THAT(page, HasSubstr("This would hurt a live database: 1 error."));
  EXPECT_THAT(page, HasSubstr("What stays locked, statement by statement"));
  EXPECT_THAT(page, HasSubstr("The plan: <a href=\"#S1\">"));
}

}  // namespace
}  // namespace pglatch::testing
