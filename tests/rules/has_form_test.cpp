// What a recipe says of its rewrite before it is written is true of all statements of fixtures/.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "analyzer/engine/walker.h"
#include "analyzer/rule_api/recipe.h"
#include "rules/registry.h"
#include "tests/rules/fixture.h"
#include "tests/support/golden.h"

namespace pglatch::testing {
namespace {

// Asks all recipes about each statement.
class Questioner final : public Visitor {
 public:
  void begin(const Script&, const ParsedScript&) override {}
  void end(const Script&, const ParsedScript&) override {}
  void visit(const StatementContext& context) override {
    for (const Recipe* recipe : all_recipes()) {
      const bool is_for_it =
          std::find(recipe->nodes.begin(), recipe->nodes.end(), context.statement.tag()) != recipe->nodes.end();
      if (!is_for_it || recipe->has_form == nullptr) continue;
      const auto rewrite = recipe->rewrite(context);
      const bool has_form = rewrite && !rewrite->refusal;
      EXPECT_EQ(recipe->has_form(context), has_form)
          << context.script.file->path() << ": " << recipe->id << ": " << context.statement.range.of(context.sql);
      (has_form ? forms_ : others_) += 1;
    }
  }

  [[nodiscard]] std::size_t forms() const { return forms_; }
  [[nodiscard]] std::size_t others() const { return others_; }

 private:
  std::size_t forms_ = 0;
  std::size_t others_ = 0;
};

Script script_of(const std::filesystem::path& path) {
  Script script;
  script.file = std::make_shared<SourceFile>(path.string(), read_file(path));
  return script;
}

TEST(HasForm, AgreesWithTheRewriteOnRuleFixtures) {
  Questioner questioner;
  for (const auto& path : fixture_files()) {
    const Fixture fixture = read_fixture(path);
    for (const int version : fixture.versions) {
      Walker walker({version, 1});
      for (const auto& [origin, script] : fixture.earlier) walker.replay({&script, 1}, origin);
      walker.walk(fixture.migration, questioner);
    }
  }
  EXPECT_GT(questioner.forms(), 100U);
  EXPECT_GT(questioner.others(), 100U);
}

TEST(HasForm, AgreesWithTheRewriteOnPlanFixtures) {
  Questioner questioner;
  const std::filesystem::path plans = std::filesystem::path(PGLATCH_SOURCE_DIR) / "fixtures/plans";
  for (const auto& entry : std::filesystem::directory_iterator(plans)) {
    if (!std::filesystem::exists(entry.path() / "input.sql")) continue;
    for (const int version : {14, 18}) {
      Walker walker({version, 1});
      if (std::filesystem::exists(entry.path() / "schema.sql")) {
        const Script schema = script_of(entry.path() / "schema.sql");
        walker.replay({&schema, 1}, Origin::schema);
      }
      const Script input = script_of(entry.path() / "input.sql");
      walker.walk({&input, 1}, questioner);
    }
  }
  EXPECT_GT(questioner.forms(), 10U);
  EXPECT_GT(questioner.others(), 10U);
}

}  // namespace
}  // namespace pglatch::testing
