// The README and the manual, carried out: each command that they show with what it prints, on a history like the one
// that they speak of, and what they tell people to copy. UPDATE_GOLDEN=1 writes down what the commands print now.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <regex>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/integrations/pages.h"
#include "tests/integrations/terminal_picture.h"
#include "tests/integrations/tools.h"
#include "tests/support/git_repo.h"
#include "tests/support/golden.h"
#include "tests/support/process.h"
#include "tests/support/server.h"
#include "tests/support/temp_dir.h"

namespace pglatch::testing {
namespace {

namespace fs = std::filesystem;

using ::testing::IsEmpty;
using ::testing::Le;
using ::testing::SizeIs;

constexpr int kNotDone = 2;
constexpr const char* kReadme = "README.md";
constexpr const char* kManual = "integrations/docs/manual.md";

// The database that the pages speak of: how they name it, and the option before its name.
constexpr const char* kDatabase = "shop";
constexpr std::array<std::pair<std::string_view, std::string_view>, 2> kShop{
    {{"-d shop", "-d "}, {"postgresql://reader@db/shop", ""}}};

std::vector<std::string> page(const std::string& name) { return lines_of(read_source(name)); }

// What differs from run to run: times and the columns that they widen, rows that chance rejects, the server's release.
std::string without_chance(std::string text) {
  text = std::regex_replace(text, std::regex(R"(\d[\d.]* (ms|s)\b)"), "TIME");
  text = std::regex_replace(text, std::regex(R"(PostgreSQL \d+\.\d+)"), "PostgreSQL RELEASE");
  text = std::regex_replace(text, std::regex(R"((public\.\w+): \d+)"), "$1: ROWS");
  text = std::regex_replace(text, std::regex(R"((locks seen) +\d+ +\d+)"), "$1");
  return std::regex_replace(text, std::regex(" {2,}"), "  ");
}

class Pages : public ::testing::Test {
 protected:
  Pages() : repo_(directory_.path()) {
    fs::create_directories(repo_.path() / "fixtures");
    fs::copy(fixture_path("demo"), repo_.path() / "fixtures/demo", fs::copy_options::recursive);
    fs::copy(fixture_path("demo/migrations"), repo_.path() / "migrations", fs::copy_options::recursive);
    repo_.commit("what the pages show");
  }
  ~Pages() override {
    if (server_ != nullptr) server_->connect().exec(fmt::format("DROP DATABASE {} WITH (FORCE)", kDatabase));
  }

  ProcessResult run(std::string command) {
    for (const auto& [shown, option] : kShop) {
      const std::size_t at = command.find(shown);
      if (at != std::string::npos) command.replace(at, shown.size(), fmt::format("{}'{}'", option, conninfo()));
    }
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

 private:
  // As the first two migrations leave it.
  std::string conninfo() {
    if (server_ == nullptr) {
      const std::vector<int> majors = Server::available_majors();
      if (majors.empty()) throw std::runtime_error("no PostgreSQL server to run the pages' plan on");
      server_ = &Server::shared(majors.back());
      server_->connect().exec(fmt::format("CREATE DATABASE {}", kDatabase));
      for (const char* migration : {"001_create_shop.sql", "002_create_shipments.sql"}) {
        const ProcessResult made = run_psql_file(server_->conninfo(kDatabase), repo_.path() / "migrations" / migration,
                                                 {"-v", "ON_ERROR_STOP=1"});
        EXPECT_EQ(made.exit_code, 0) << made.err;
      }
    }
    return server_->conninfo(kDatabase);
  }
  Server* server_ = nullptr;
};

class Page : public Pages, public ::testing::WithParamInterface<const char*> {};

INSTANTIATE_TEST_SUITE_P(All, Page, ::testing::Values(kReadme, kManual),
                         [](const auto& each) { return std::string(each.param == kReadme ? "Readme" : "Manual"); });

// Others run these: NpmPackage in the next test, and CI by itself.
bool is_run_elsewhere(const std::string& command) {
  if (!command.starts_with("./dev ")) return command.starts_with("npm ") || command.starts_with("npx ");
  static const std::string ci = read_source(".ci/run");
  return has(ci, command.substr(0, command.find_first_of(" #", 6)));
}

TEST_P(Page, CommandsPrintWhatItShows) {
  PGLATCH_NEEDS_GIT();
  const std::vector<std::string> lines = page(GetParam());
  EXPECT_THAT(unmarked_commands_in(lines), IsEmpty()) << "a command is shown with its prompt, and then tried here";
  const std::vector<ShownCommand> commands = commands_in(lines);
  ASSERT_FALSE(commands.empty());
  std::string updated;
  std::size_t taken = 0;
  for (const ShownCommand& command : commands) {
    if (is_run_elsewhere(command.text)) continue;
    const ProcessResult result = run(command.text);
    // Findings are what pglatch is about.
    const int most = command.text.starts_with("pglatch ") ? kNotDone - 1 : 0;
    EXPECT_THAT(result.exit_code, Le(most)) << command.text << '\n' << result.err << result.out;
    std::string expected;
    for (std::size_t i = command.output_begin; i < command.output_end; ++i) expected += code_of(lines[i]) + '\n';
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
      updated += line.empty() ? "\n" : "    " + line + '\n';
    }
    taken = command.output_end;
  }
  if (!updates_golden()) return;
  for (; taken < lines.size(); ++taken) updated += lines[taken] + '\n';
  std::ofstream(source_file(GetParam())) << updated;
}

// Files, folders and their headings.
TEST_P(Page, LinksLeadSomewhere) {
  const fs::path folder = source_file(GetParam()).parent_path();
  const std::string text = read_source(GetParam());
  const std::regex link(R"(\]\(([^)#:]*)(?:#([^)]*))?\))");
  for (auto it = std::sregex_iterator(text.begin(), text.end(), link); it != std::sregex_iterator(); ++it) {
    const fs::path target = (*it)[1].length() == 0 ? source_file(GetParam()) : folder / (*it)[1].str();
    ASSERT_TRUE(fs::exists(target)) << target;
    if (!(*it)[2].matched) continue;
    EXPECT_EQ(anchors_of(lines_of(read_file(target))).count((*it)[2]), 1U) << (*it)[0];
  }
}

// "Sixty seconds", by who has nothing but Node.js and a project with new migrations on top of its history.
TEST(Readme, SixtySecondsLeadToAPlan) {
  PGLATCH_NEEDS_TOOL("npm");
  const Sandbox sandbox;
  const fs::path project = sandbox.path() / "shop";
  fs::create_directories(project / "migrations");
  sandbox.write("shop/package.json", "{\"private\": true}\n");
  sandbox.write("shop/.gitignore", "node_modules\n");
  sandbox.must({"git", "init", "--quiet", "--initial-branch=main"}, project);
  const auto take = [&](const char* name) {
    fs::copy(fixture_path("demo/migrations") / name, project / "migrations" / name);
  };
  for (const char* name : {"001_create_shop.sql", "002_create_shipments.sql"}) take(name);
  sandbox.must({"git", "add", "--all"}, project);
  sandbox.must({"git", "-c", "user.name=S", "-c", "user.email=s@example.org", "commit", "--quiet", "-m", "shop"},
               project);
  take("010_track_shipments.sql");
  // As packed here, in the place of what the registry would have.
  std::string packages = sandbox.must({source_file("integrations/npm/pack.sh").string(), PGLATCH_BINARY, "."}, ".");
  std::replace(packages.begin(), packages.end(), '\n', ' ');

  std::string printed;
  for (const ShownCommand& command : commands_in(page(kReadme))) {
    if (!command.text.starts_with("npm ") && !command.text.starts_with("npx ")) continue;
    const std::string text =
        command.text.starts_with("npm ") ? replaced(command.text, " pglatch", ' ' + packages) : command.text;
    const ProcessResult result = sandbox.run({"sh", "-c", text}, project,
                                             {{"PATH", "/usr/local/bin:/usr/bin:/bin"},
                                              {"npm_config_offline", "true"},
                                              {"npm_config_audit", "false"},
                                              {"npm_config_fund", "false"},
                                              {"npm_config_cache", (sandbox.path() / "cache").string()}});
    EXPECT_LT(result.exit_code, kNotDone) << text << '\n' << result.err;
    printed += result.out;
  }
  EXPECT_TRUE(has(printed, "wrote pglatch.toml\n")) << printed;
  EXPECT_TRUE(has(printed, "migrations/010_track_shipments.sql:2:1: error[create-index-on-partitioned]")) << printed;
  EXPECT_TRUE(has(printed, "**Safe to run on a busy database")) << printed;
}

// The picture at its head: what pglatch prints on a terminal.
TEST_F(Pages, PictureIsOfATerminal) {
  PGLATCH_NEEDS_GIT();
  const std::string command = "pglatch lint migrations/003_orders_of_a_customer.sql";
  const std::string printed = run(command + " --color always").out;
  EXPECT_TRUE(matches_golden(terminal_picture(command, printed), "../integrations/docs/terminal.svg"));
}

TEST(Readme, FiveLinesAreEnoughForPreCommit) {
  PGLATCH_NEEDS_TOOL("pre-commit");
  const ShownFile shown = file_in(page(kReadme), ".pre-commit-config.yaml");
  EXPECT_THAT(lines_of(shown.text), SizeIs(Le(5U)));
  const Sandbox sandbox;
  const fs::path project = sandbox.make_project();
  sandbox.write("project/.pre-commit-config.yaml",
                replaced(shown.text, "https://github.com/OWNER/pglatch", sandbox.make_hooks().string()));
  sandbox.play_risky(project);
  const ProcessResult stopped = sandbox.run({"pre-commit", "run"}, project);
  EXPECT_EQ(stopped.exit_code, 1) << stopped.out << stopped.err;
  EXPECT_TRUE(has(stopped.out, "create-index-non-concurrent")) << stopped.out;
}

TEST_F(Pages, TheConfigurationIsOne) {
  for (const char* name : {kReadme, kManual}) {
    const ShownFile shown = file_in(page(name), "pglatch.toml");
    repo_.write("pglatch.toml", shown.text);
    repo_.write("db/structure.sql", "CREATE TABLE settings (id bigint);\n");
    const ProcessResult result = run("pglatch lint --show-config migrations");
    EXPECT_EQ(result.exit_code, 0) << name << '\n' << result.err;
    EXPECT_TRUE(has(result.out, "pglatch.toml:1")) << result.out;
  }
}

// The groups of the page of all rules.
TEST(Readme, TheIndexHasAllGroups) {
  const std::string text = read_source(kReadme);
  for (const std::string& line : page("integrations/docs/rules.md")) {
    if (!line.starts_with("## ") || line == "## Other names") continue;
    EXPECT_TRUE(has(text, fmt::format("[{0}](integrations/docs/rules.md#{0})", line.substr(3)))) << line;
  }
}

}  // namespace
}  // namespace pglatch::testing
