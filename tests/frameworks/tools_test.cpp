// The frameworks' own tools run what `plan --format files` wrote, on a server: they accept the files, the schema and
// the rows are those of the original migration, and where there are ways back they lead back.
//
// Tools are looked for in build/deps/frameworks (from npm) and in PATH. PGLATCH_FRAMEWORK_TOOLS="dbmate,sqitch" runs
// these, which have to be there; without it the quickest is run, if it is there (./dev setup fetches it).
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <optional>
#include <sstream>

#include "analyzer/server/schema_state.h"
#include "tests/frameworks/project.h"
#include "tests/support/golden.h"
#include "tests/support/server.h"

namespace pglatch::testing {
namespace {

namespace fs = std::filesystem;

const fs::path kNodeModules = fs::path(PGLATCH_SOURCE_DIR) / "build/deps/frameworks/node_modules";

// An address of this machine that no other process of these tests uses, for the tool that cannot use a socket.
std::string own_address() {
  const int id = static_cast<int>(::getpid());
  return fmt::format("127.{}.{}.{}", 1 + id / 62'500 % 250, id / 250 % 250, 1 + id % 250);
}

// What a tool is told: where the server is and where the project.
struct Site {
  std::string socket;  // its directory
  std::string database;
  const Project* project = nullptr;

  [[nodiscard]] std::string url() const {
    return fmt::format("postgres://postgres@/{}?host={}&sslmode=disable", database, socket);
  }
};

using Command = std::vector<std::string>;

struct Tool {
  std::string framework;
  std::string program;              // in PATH, or below the folder of npm's packages
  void (*configure)(const Site&);   // writes what the tool reads; may be null
  Command (*up)(const Site&);       // applies all that is pending
  Command (*down)(const Site&);     // takes the last one back; null: there is no such thing
  std::vector<std::string> tables;  // the tool's own, with their schemas if they have one to themselves
};

void write(const Site& site, const std::string& name, const std::string& text) {
  std::ofstream(site.project->directory() / name) << text;
}

std::string module(const std::string& path) { return (kNodeModules / path).string(); }

Command dbmate(const Site& site, const std::string& command) {
  return {module(".bin/dbmate"),
          "--url",
          fmt::format("postgres://postgres@/{}?socket={}&sslmode=disable", site.database, site.socket),
          "--migrations-dir",
          site.project->folder().string(),
          "--no-dump-schema",
          command};
}

Command node_pg_migrate(const Site& site, const std::string& command) {
  return {"env", "DATABASE_URL=" + site.url(), module(".bin/node-pg-migrate"), command};
}

void configure_graphile(const Site& site) {
  write(site, ".gmrc",
        fmt::format("{{\"connectionString\": \"{0}\", \"shadowConnectionString\": \"{0}\"}}", site.url()));
}

void configure_drizzle(const Site& site) {
  write(site, "migrate.mjs",
        fmt::format("import {{ createRequire }} from 'node:module';\n"
                    "const require = createRequire('{}/');\n"
                    "const {{ Client }} = require('pg');\n"
                    "const {{ drizzle }} = require('drizzle-orm/node-postgres');\n"
                    "const {{ migrate }} = require('drizzle-orm/node-postgres/migrator');\n"
                    "const client = new Client({{ host: '{}', user: 'postgres', database: '{}' }});\n"
                    "await client.connect();\n"
                    "await migrate(drizzle(client), {{ migrationsFolder: 'drizzle' }});\n"
                    "await client.end();\n",
                    kNodeModules.string(), site.socket, site.database));
}

Command sqitch(const Site& site, std::vector<std::string> words) {
  Command command{"env",
                  "PGHOST=" + site.socket,
                  "PGUSER=postgres",
                  "SQITCH_FULLNAME=Zoe",
                  "SQITCH_EMAIL=zoe@example.org",
                  "SQITCH_USER_CONFIG=/dev/null",
                  "sqitch"};
  command.insert(command.end(), words.begin(), words.end());
  command.push_back("db:pg:" + site.database);
  return command;
}

void configure_sql_migrate(const Site& site) {
  write(site, "dbconfig.yml",
        fmt::format("development:\n  dialect: postgres\n  datasource: host={} user=postgres dbname={} sslmode=disable\n"
                    "  dir: migrations\n",
                    site.socket, site.database));
}

void configure_liquibase(const Site& site) {
  write(site, "root.xml",
        "<databaseChangeLog xmlns=\"http://www.liquibase.org/xml/ns/dbchangelog\" "
        "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" "
        "xsi:schemaLocation=\"http://www.liquibase.org/xml/ns/dbchangelog "
        "http://www.liquibase.org/xml/ns/dbchangelog/dbchangelog-4.4.xsd\">\n"
        "  <includeAll path=\"changelog\"/>\n</databaseChangeLog>\n");
}

Command liquibase(const Site& site, std::vector<std::string> words) {
  const fs::path distribution = kNodeModules / "liquibase/dist";
  Command command{"java",
                  "-cp",
                  fmt::format("{0}/liquibase/liquibase.jar:{0}/liquibase/lib/*:{0}/drivers/postgresql-42.2.8.jar:.",
                              distribution.string()),
                  "liquibase.integration.commandline.Main",
                  "--changeLogFile=root.xml",
                  fmt::format("--url=jdbc:postgresql://{}:5432/{}", own_address(), site.database),
                  "--username=postgres"};
  command.insert(command.end(), words.begin(), words.end());
  return command;
}

const std::vector<Tool>& tools() {
  static const std::vector<Tool> all{{"dbmate",
                                      ".bin/dbmate",
                                      nullptr,
                                      [](const Site& site) { return dbmate(site, "up"); },
                                      [](const Site& site) { return dbmate(site, "rollback"); },
                                      {"TABLE schema_migrations"}},
                                     {"drizzle",
                                      "drizzle-orm/package.json",
                                      configure_drizzle,
                                      [](const Site&) {
                                        return Command{"node", "migrate.mjs"};
                                      },
                                      nullptr,
                                      {"SCHEMA drizzle"}},
                                     {"graphile-migrate",
                                      ".bin/graphile-migrate",
                                      configure_graphile,
                                      [](const Site&) {
                                        return Command{module(".bin/graphile-migrate"), "migrate"};
                                      },
                                      nullptr,
                                      {"SCHEMA graphile_migrate"}},
                                     {"liquibase",
                                      "liquibase/dist/liquibase/liquibase.jar",
                                      configure_liquibase,
                                      [](const Site& site) { return liquibase(site, {"update"}); },
                                      [](const Site& site) {
                                        return liquibase(site, {"rollbackCount", "1"});
                                      },
                                      {"TABLE databasechangelog", "TABLE databasechangeloglock"}},
                                     {"node-pg-migrate",
                                      ".bin/node-pg-migrate",
                                      nullptr,
                                      [](const Site& site) { return node_pg_migrate(site, "up"); },
                                      [](const Site& site) { return node_pg_migrate(site, "down"); },
                                      {"TABLE pgmigrations"}},
                                     {"sql-migrate",
                                      "sql-migrate",
                                      configure_sql_migrate,
                                      [](const Site&) {
                                        return Command{"sql-migrate", "up"};
                                      },
                                      [](const Site&) {
                                        return Command{"sql-migrate", "down", "-limit=1"};
                                      },
                                      {"TABLE gorp_migrations"}},
                                     {"sqitch",
                                      "sqitch",
                                      nullptr,
                                      [](const Site& site) {
                                        return sqitch(site, {"deploy", "--verify"});
                                      },
                                      [](const Site& site) {
                                        return sqitch(site, {"revert", "-y", "--to", "@HEAD^"});
                                      },
                                      {"SCHEMA sqitch"}}};
  return all;
}

bool is_in_path(const std::string& program) {
  std::istringstream path(std::getenv("PATH") == nullptr ? "" : std::getenv("PATH"));
  for (std::string folder; std::getline(path, folder, ':');) {
    if (::access((folder + '/' + program).c_str(), X_OK) == 0) return true;
  }
  return false;
}

bool is_there(const Tool& tool) {
  if (tool.framework == "liquibase" && !is_in_path("java")) return false;
  return fs::exists(kNodeModules / tool.program) || is_in_path(tool.program);
}

// The tools that are to run; nothing: nobody said.
std::optional<std::string> wanted_tools() {
  const char* wanted = std::getenv("PGLATCH_FRAMEWORK_TOOLS");
  if (wanted == nullptr || *wanted == '\0') return std::nullopt;
  return std::string(",") + wanted + ",";
}

class FrameworkToolTest : public ::testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    for (const Tool& tool : tools()) {
      if (tool.framework == GetParam()) tool_ = &tool;
    }
    const auto wanted = wanted_tools();
    const bool is_chosen = wanted ? wanted->find("," + GetParam() + ",") != std::string::npos : GetParam() == "dbmate";
    if (!is_chosen) GTEST_SKIP() << "./dev verify-frameworks runs " << GetParam();
    if (!is_there(*tool_)) {
      ASSERT_FALSE(wanted) << tool_->program << " is not there";
      GTEST_SKIP() << tool_->program << " is not there; ./dev setup fetches it";
    }
    site_ = Site{server().conninfo().substr(5, server().conninfo().find(' ') - 5), database_.name(), &project_};
    if (tool_->configure != nullptr) tool_->configure(site_);
  }

  static const Server& server() {
    static const Server only(Server::available_majors().back(), {"listen_addresses=" + own_address()});
    return only;
  }

  [[nodiscard]] ProcessResult run(const Command& command) const {
    ProcessOptions options;
    options.directory = project_.directory();
    options.timeout = std::chrono::minutes(3);
    return run_process(command, options);
  }

  void run_well(const Command& command) const {
    const ProcessResult result = run(command);
    ASSERT_EQ(result.exit_code, 0) << result.out << result.err << project_.written();
  }

  // What the tool keeps for itself is no part of the schema.
  [[nodiscard]] std::vector<std::string> schema() {
    Connection connection = database_.connect();
    connection.exec("BEGIN");
    for (const std::string& own : tool_->tables) connection.exec("DROP " + own + " CASCADE");
    std::vector<std::string> facts = as_lines(read_schema(connection));
    connection.exec("ROLLBACK");
    return facts;
  }

  [[nodiscard]] static std::vector<std::string> schema_of(const Database& database) {
    Connection connection = database.connect();  // its settings are another's then
    return as_lines(read_schema(connection));
  }
  [[nodiscard]] static std::vector<Row> rows(const Database& database) {
    return database.connect().query("SELECT * FROM orders ORDER BY id");
  }

  const Tool* tool_ = nullptr;
  const Project project_{project_form(GetParam())};
  const Database database_{server()};
  Site site_;
};

TEST_P(FrameworkToolTest, RunsTheFilesToTheSameEndAndBack) {
  const ProcessResult planned = project_.plan();
  ASSERT_EQ(planned.exit_code, 0) << planned.err;
  run_well(tool_->up(site_));

  const Database original(server());
  original.connect().exec(Project::tables());
  const std::vector<std::string> before = schema_of(original);
  original.connect().exec(project_.risk());
  EXPECT_EQ(schema(), schema_of(original));
  EXPECT_EQ(rows(database_), rows(original));

  if (tool_->down == nullptr) return;
  constexpr int kMoreThanThereAre = 20;
  for (int i = 0; i < kMoreThanThereAre && schema() != before; ++i) run_well(tool_->down(site_));
  EXPECT_EQ(schema(), before);
}

std::vector<std::string> all() {
  std::vector<std::string> names;
  for (const Tool& tool : tools()) names.push_back(tool.framework);
  return names;
}

INSTANTIATE_TEST_SUITE_P(Tools, FrameworkToolTest, ::testing::ValuesIn(all()), [](const auto& param_info) {
  std::string name = param_info.param;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
});

}  // namespace
}  // namespace pglatch::testing
