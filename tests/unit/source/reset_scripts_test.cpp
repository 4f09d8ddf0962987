#include "analyzer/source/reset_scripts.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "analyzer/source/neighbours.h"
#include "tests/support/temp_dir.h"

namespace pglatch::testing {
namespace {

// The files of a project with these settings, in the order in which they are run.
std::string ordered(std::string_view settings, const char* name = ".gmrc") {
  const TempDir dir;
  dir.write(name, settings);
  dir.write("migrations/committed/000001.sql", "--! Previous: -\nSELECT 1;\n");
  dir.write("migrations/committed/000002.sql", "--! Previous: -\nSELECT 1;\n");
  Neighbours neighbours;
  std::vector<Script> scripts;
  for (const char* path : {"a.sql", "committed/000001.sql", "committed/000002.sql", "roles.sql", "schema.sql"}) {
    const std::string full = (dir.path() / "migrations" / path).string();
    if (!std::filesystem::exists(full)) dir.write(std::string("migrations/") + path, "SELECT 1;\n");
    for (Script& script : neighbours.read_scripts(*read_source_file(full))) scripts.push_back(std::move(script));
  }
  const auto moved = put_reset_scripts_first(scripts);
  std::string result;
  for (const Script& script : scripts) {
    if (!result.empty()) result += ' ';
    const bool is_moved = std::find(moved.begin(), moved.end(), &script) != moved.end();
    EXPECT_EQ(is_moved, script.reason.find("afterReset in .gmrc") != std::string::npos);
    if (is_moved) result += '+';
    result += std::filesystem::path(script.file->path()).stem().string();
  }
  return result;
}

TEST(ResetScriptsTest, ComeBeforeTheMigrationsInTheirOwnOrder) {
  EXPECT_EQ(ordered(R"({"afterReset": ["!schema.sql", "roles.sql"]})"), "a +schema +roles 000001 000002");
  EXPECT_EQ(ordered(R"({"afterReset": "schema.sql", "afterCurrent": ["roles.sql"]})"), "a +schema 000001 000002 roles");
  EXPECT_EQ(ordered("{/* \"afterReset\": [\"roles.sql\"] */ // so\n\"afterReset\": [{\"command\": \"roles.sql\"}, "
                    "\"schema.sql\",]}"),
            "a +schema 000001 000002 roles");
  EXPECT_EQ(ordered("module.exports = {afterReset: ['schema.sql']};", ".gmrc.js"), "a +schema 000001 000002 roles");
}

TEST(ResetScriptsTest, NothingElseMoves) {
  EXPECT_EQ(ordered("{}"), "a 000001 000002 roles schema");
  EXPECT_EQ(ordered(R"({"afterReset": [)"), "a 000001 000002 roles schema");
  EXPECT_EQ(ordered(R"({"afterReset": ["none.sql", "../schema.sql"]})"), "a 000001 000002 roles schema");
  EXPECT_EQ(ordered(R"({"afterReset": ["schema.sql"]})", "other.json"), "a 000001 000002 roles schema");
}

}  // namespace
}  // namespace pglatch::testing
