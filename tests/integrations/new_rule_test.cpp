// What CONTRIBUTING.md begins with: a rule and a recipe from their templates, which compile and are registered.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidjson/document.h>

#include <algorithm>
#include <filesystem>
#include <regex>
#include <string>
#include <vector>

#include "tests/integrations/tools.h"
#include "tests/support/golden.h"

namespace pglatch::testing {
namespace {

namespace fs = std::filesystem;

using ::testing::HasSubstr;

// How a file beside the registry is compiled, as CMake wrote it down; empty where nothing is built.
std::string compiler_of_rules(fs::path& directory) {
  const fs::path commands = fs::path(PGLATCH_BINARY).parent_path() / "compile_commands.json";
  if (!fs::exists(commands)) return {};
  rapidjson::Document document;
  document.Parse(read_file(commands));
  for (const auto& each : document.GetArray()) {
    const std::string file = each["file"].GetString();
    if (!file.ends_with("/rules/registry.cpp")) continue;
    directory = each["directory"].GetString();
    const std::string command = each["command"].GetString();
    return std::regex_replace(command.substr(0, command.find(" -o ")), std::regex(" -c\\b"), "");
  }
  return {};
}

class NewRule : public ::testing::Test {
 protected:
  void SetUp() override {
    fs::create_directories(sandbox_.path() / "rules/recipes");
    for (const char* file : {"new.sh", "new_rule.cpp.template", "new_rule.md.template", "new_recipe.cpp.template",
                             "registry.cpp", "recipes/recipes.h"}) {
      fs::copy(source_file("rules") / file, sandbox_.path() / "rules" / file);
    }
  }
  ProcessResult start(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "rules/new.sh");
    return sandbox_.run(arguments, ".");
  }
  std::string text(const std::string& name) { return read_file(sandbox_.path() / name); }
  bool is_there(const std::string& name) { return fs::exists(sandbox_.path() / name); }
  void compiles(const std::string& name) {
    fs::path directory;
    const std::string compiler = compiler_of_rules(directory);
    ASSERT_NE(compiler, "");
    const std::string file = (sandbox_.path() / name).string();
    // The lists of the copy go before those of the tree.
    const ProcessResult result = sandbox_.run(
        {"sh", "-c", compiler + " -iquote " + sandbox_.path().string() + " -fsyntax-only " + file}, directory);
    EXPECT_EQ(result.exit_code, 0) << name << '\n' << result.err;
  }
  Sandbox sandbox_;
};

TEST_F(NewRule, ARuleHasAllItsFilesAndCompiles) {
  const ProcessResult made = start({"new-rule", "indexes", "reindex-on-busy-table"});
  ASSERT_EQ(made.exit_code, 0) << made.err;
  for (const char* file :
       {"rules/indexes/reindex_on_busy_table.cpp", "rules/indexes/reindex-on-busy-table.md",
        "fixtures/rules/reindex-on-busy-table/bad.sql", "fixtures/rules/reindex-on-busy-table/good.sql"}) {
    EXPECT_TRUE(is_there(file)) << file;
    EXPECT_THAT(made.out, HasSubstr(file));
  }
  EXPECT_THAT(text("rules/registry.cpp"),
              ::testing::ContainsRegex("RULE\\(kReindexNonConcurrent\\) *\\\\\n *RULE\\(kReindexOnBusyTable\\)"));
  compiles("rules/indexes/reindex_on_busy_table.cpp");
  compiles("rules/registry.cpp");
}

TEST_F(NewRule, ARecipeHasAllItsFilesAndCompiles) {
  const ProcessResult made = start({"new-recipe", "create-policy"});
  ASSERT_EQ(made.exit_code, 0) << made.err;
  for (const char* file : {"rules/recipes/create_policy.cpp", "fixtures/plans/create-policy/schema.sql",
                           "fixtures/plans/create-policy/input.sql"}) {
    EXPECT_TRUE(is_there(file)) << file;
  }
  EXPECT_THAT(text("rules/recipes/recipes.h"), HasSubstr("extern const Recipe kCreatePolicyRecipe;\n"));
  EXPECT_THAT(text("rules/registry.cpp"), HasSubstr("&kCreatePolicyRecipe"));
  compiles("rules/recipes/create_policy.cpp");
}

TEST_F(NewRule, NothingIsWrittenOver) {
  ASSERT_EQ(start({"new-rule", "indexes", "reindex-on-busy-table"}).exit_code, 0);
  const std::string registry = text("rules/registry.cpp");
  const ProcessResult again = start({"new-rule", "indexes", "reindex-on-busy-table"});
  EXPECT_NE(again.exit_code, 0);
  EXPECT_THAT(again.err, HasSubstr("exists already"));
  EXPECT_NE(start({"new-rule", "indexes", "Reindex_On"}).exit_code, 0);
  EXPECT_EQ(text("rules/registry.cpp"), registry);
}

}  // namespace
}  // namespace pglatch::testing
