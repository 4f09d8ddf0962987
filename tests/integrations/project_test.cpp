// The whole way through a project: a risky migration is stopped, its plan's files take its place, and the gates let
// them pass.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "tests/integrations/tools.h"

namespace pglatch::testing {
namespace {

namespace fs = std::filesystem;

TEST(Project, ARiskyMigrationIsStoppedAndItsPlanPasses) {
  PGLATCH_NEEDS_TOOL("pre-commit");
  const Sandbox sandbox;
  const fs::path project = sandbox.make_project();
  const auto git = [&](std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "git");
    return sandbox.must(arguments, project);
  };

  // The hook is set up as the example says.
  const fs::path hooks = sandbox.make_hooks();
  sandbox.write("project/.pre-commit-config.yaml",
                replaced(read_source("integrations/pre-commit/pre-commit-config.yaml"),
                         "https://github.com/OWNER/pglatch", hooks.string()));
  git({"add", "--all"});
  git({"commit", "--quiet", "--message", "pre-commit"});
  sandbox.must({"pre-commit", "install"}, project);

  // Stopped.
  git({"checkout", "--quiet", "-b", "feature"});
  sandbox.play_risky(project);
  const ProcessResult stopped = sandbox.run({"git", "commit", "--message", "Orders of a customer"}, project);
  EXPECT_NE(stopped.exit_code, 0);
  EXPECT_TRUE(has(stopped.out + stopped.err, "create-index-non-concurrent")) << stopped.out << stopped.err;
  EXPECT_TRUE(has(stopped.out + stopped.err, "add-foreign-key-validated")) << stopped.out << stopped.err;

  // The gate sees it too, of who goes around the hook.
  git({"commit", "--quiet", "--no-verify", "--message", "Orders of a customer"});
  EXPECT_EQ(sandbox.run({"pglatch", "lint", "--since", "main", "migrations"}, project).exit_code, 1);
  git({"reset", "--quiet", "--soft", "main"});

  // Its plan, as migrations of the framework.
  const ProcessResult plan = sandbox.run(
      {"pglatch", "plan", "--since", "HEAD", "--format", "files", "--out", "migrations", "--replace", "migrations"},
      project);
  EXPECT_EQ(plan.exit_code, 0) << plan.out << plan.err;
  git({"add", "--all"});
  const std::string staged = git({"diff", "--cached", "--name-only"});
  EXPECT_FALSE(has(staged, "migrations/00003_orders_of_a_customer.sql\n")) << staged;
  EXPECT_GE(std::count(staged.begin(), staged.end(), '\n'), 2) << "a file for each transaction: " << staged;

  // The hook lets it pass, and so does the gate.
  const ProcessResult passed = sandbox.run({"git", "commit", "--message", "Orders of a customer, safely"}, project);
  EXPECT_EQ(passed.exit_code, 0) << passed.out << passed.err;
  const ProcessResult gate = sandbox.run({"pglatch", "lint", "--since", "main", "migrations"}, project);
  EXPECT_EQ(gate.exit_code, 0) << gate.out << gate.err;
  EXPECT_FALSE(has(gate.out, "0 statements")) << gate.out;
}

}  // namespace
}  // namespace pglatch::testing
