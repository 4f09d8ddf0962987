// The examples for lefthook and husky, run by them.
#include <gtest/gtest.h>

#include <string>

#include "tests/integrations/tools.h"

namespace pglatch::testing {
namespace {

namespace fs = std::filesystem;

class NpmHooks : public ::testing::Test {
 protected:
  void commit_a_risky_and_a_safe_migration(const fs::path& project) {
    sandbox_.must({"git", "add", "--all"}, project);
    sandbox_.must({"git", "commit", "--quiet", "--message", "Hooks"}, project);
    sandbox_.play_risky(project);
    // What is staged counts, not what is on disk.
    sandbox_.write("project/migrations/00003_orders_of_a_customer.sql", "-- +goose Up\nSELECT 1;\n");
    const auto stopped = sandbox_.run({"git", "commit", "--message", "Risky"}, project);
    EXPECT_NE(stopped.exit_code, 0);
    EXPECT_TRUE(has(stopped.out + stopped.err, "create-index-non-concurrent")) << stopped.out << stopped.err;
    sandbox_.must({"git", "add", "--all"}, project);
    const auto passed = sandbox_.run({"git", "commit", "--message", "Safe"}, project);
    EXPECT_EQ(passed.exit_code, 0) << passed.out << passed.err;
  }
  Sandbox sandbox_;
};

TEST_F(NpmHooks, Lefthook) {
  PGLATCH_NEEDS_TOOL("lefthook");
  const fs::path project = sandbox_.make_project();
  fs::copy(source_file("integrations/lefthook/lefthook.yml"), project / "lefthook.yml");
  sandbox_.must({"lefthook", "validate"}, project);
  sandbox_.must({"lefthook", "install"}, project);
  commit_a_risky_and_a_safe_migration(project);
  // In folders below too, and not where no SQL is staged.
  sandbox_.write("project/migrations/later/4.sql", "CREATE INDEX ON orders (status);\n");
  sandbox_.must({"git", "add", "--all"}, project);
  EXPECT_NE(sandbox_.run({"git", "commit", "--message", "Risky"}, project).exit_code, 0);
  sandbox_.must({"git", "rm", "--quiet", "--cached", "-r", "migrations/later"}, project);
  sandbox_.write("project/notes.txt", "nothing\n");
  sandbox_.must({"git", "add", "notes.txt"}, project);
  const auto notes = sandbox_.run({"git", "commit", "--message", "Notes"}, project);
  EXPECT_EQ(notes.exit_code, 0) << notes.out << notes.err;
  EXPECT_TRUE(has(notes.out + notes.err, "skip")) << notes.out << notes.err;
}

TEST_F(NpmHooks, Husky) {
  PGLATCH_NEEDS_TOOL("husky");
  const fs::path project = sandbox_.make_project();
  sandbox_.must({"husky"}, project);
  fs::copy(source_file("integrations/husky/pre-commit"), project / ".husky/pre-commit");
  commit_a_risky_and_a_safe_migration(project);
}

}  // namespace
}  // namespace pglatch::testing
