// The files of `plan --format files`, framework by framework: byte for byte, as the linter sees them, and as pglatch
// reads them back and a server runs them in the mode that they say.
#include <gmock/gmock.h>

#include <algorithm>
#include <map>

#include "analyzer/server/schema_state.h"
#include "analyzer/source/discovery.h"
#include "analyzer/source/framework.h"
#include "analyzer/source/lexer.h"
#include "tests/frameworks/project.h"
#include "tests/support/golden.h"
#include "tests/support/server.h"

namespace pglatch::testing {
namespace {

// What a database holds in the end: its schema and the rows.
struct EndState {
  std::vector<std::string> schema;
  std::vector<std::string> values;
};

EndState end_state(Connection& connection) {
  EndState end{as_lines(read_schema(connection)), as_lines(read_values(connection))};
  std::erase_if(end.values, [](const std::string& line) {
    return line.find("pglatch_progress") != std::string::npos;  // it stays behind
  });
  return end;
}

class WrittenFilesTest : public ::testing::TestWithParam<std::string> {
 protected:
  static const Server& server() { return Server::shared(Server::available_majors().back()); }

  // What the migrations of the projects lead to as they are.
  static const EndState& by_original(const std::string& risk) {
    static std::map<std::string, EndState> known;
    const auto found = known.find(risk);
    if (found != known.end()) return found->second;
    const Database database(server());
    Connection connection = database.connect();
    connection.exec(Project::tables());
    connection.exec(risk);
    return known[risk] = end_state(connection);
  }

  [[nodiscard]] const Framework* named() const {
    return GetParam() == "plain" ? find_framework("plain") : nullptr;  // the only one that shows in nothing
  }

  // The scripts of the project in the order in which they are applied.
  [[nodiscard]] std::vector<Script> scripts(Direction direction) const {
    std::vector<Script> found;
    for (const std::string& path : discover(std::vector<std::string>{project_.directory().string()}).files) {
      for (Script& script : read_scripts(*read_source_file(path), named())) {
        if (script.direction == direction) found.push_back(std::move(script));
      }
    }
    return found;
  }

  static void run(Connection& connection, const Script& script) {
    const std::string text(script.sql());
    const bool in_transaction = script.mode == ExecutionMode::transaction;
    if (!in_transaction && script.mode != ExecutionMode::autocommit) return connection.exec(text);
    if (in_transaction) connection.exec("BEGIN");
    for (const ByteRange statement : split_statements(text)) connection.exec(std::string(statement.of(text)));
    if (in_transaction) connection.exec("COMMIT");
  }

  void expect_no_errors_of_lint() const {
    std::vector<std::string> arguments{"lint", "--isolated", "--fail-on", "error", "."};
    if (named() != nullptr) arguments.insert(arguments.end(), {"--framework", GetParam()});
    ProcessOptions options;
    options.directory = project_.directory();
    const ProcessResult lint = run_pglatch(arguments, options);
    EXPECT_EQ(lint.exit_code, 0) << lint.out << lint.err;
  }

  void expect_same_end() const {
    const Database database(server());
    Connection connection = database.connect();
    const std::vector<Script> up = scripts(Direction::up);
    EXPECT_GT(up.size(), 4U);
    for (const Script& script : up) {
      EXPECT_EQ(script.framework, GetParam()) << script.file->path();
      ASSERT_NO_THROW(run(connection, script)) << script.file->path() << "\n" << script.file->text();
    }
    const EndState end = end_state(connection);
    EXPECT_EQ(end.schema, by_original(project_.risk()).schema);
    EXPECT_EQ(end.values, by_original(project_.risk()).values);
  }

  const Project project_{project_form(GetParam())};
};

TEST_P(WrittenFilesTest, AreRightToTheByteAndLeadToTheSameEnd) {
  const ProcessResult result = project_.plan();
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_TRUE(matches_golden(result.out + result.err + project_.written(), "framework-files/" + GetParam() + ".txt"));
  expect_no_errors_of_lint();
  // Files of program code only the framework itself can run.
  if (GetParam() != "node-pg-migrate") expect_same_end();
}

std::vector<std::string> all() {
  std::vector<std::string> names;
  for (const ProjectForm& form : project_forms()) names.push_back(form.framework);
  return names;
}

INSTANTIATE_TEST_SUITE_P(Frameworks, WrittenFilesTest, ::testing::ValuesIn(all()), [](const auto& param_info) {
  std::string name = param_info.param;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
});

}  // namespace
}  // namespace pglatch::testing
