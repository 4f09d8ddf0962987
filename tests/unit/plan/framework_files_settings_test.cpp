#include "analyzer/plan/framework_files_settings.h"

#include <gmock/gmock.h>

namespace pglatch {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> local(const SessionSettings& settings) {
  std::vector<std::string> statements;
  settings.add_local(statements);
  return statements;
}

TEST(FrameworkFilesSettingsTest, TheLastValueOfANameHolds) {
  SessionSettings settings;
  settings.apply("SET search_path = app");
  settings.apply("set session Work_Mem to '1GB'");
  settings.apply("SET search_path = app, public");
  EXPECT_THAT(local(settings), ElementsAre("SET LOCAL Work_Mem to '1GB'", "SET LOCAL search_path = app, public"));
  settings.apply("RESET work_mem");
  EXPECT_THAT(local(settings), ElementsAre("SET LOCAL search_path = app, public"));
  settings.apply("RESET ALL");
  EXPECT_TRUE(settings.empty());
}

TEST(FrameworkFilesSettingsTest, NamesOfTwoWordsAndCalls) {
  SessionSettings settings;
  settings.apply("SET TIME ZONE 'UTC'");
  settings.apply("SET SESSION AUTHORIZATION ann");
  settings.apply("SELECT set_config('a.b', 'c', false)");
  std::vector<std::string> statements;
  settings.add(statements);
  settings.add_reset(statements);
  EXPECT_THAT(statements,
              ElementsAre("SET TIME ZONE 'UTC'", "SET SESSION AUTHORIZATION ann",
                          "SELECT set_config('a.b', 'c', false)", "RESET time zone", "RESET session authorization"));
}

TEST(FrameworkFilesSettingsTest, WordsAreFoundOutsideOfStringsAndComments) {
  EXPECT_FALSE(find_words("CREATE INDEX \"if not exists\" ON t (a) -- if not exists", {"if", "not", "exists"}));
  const auto found = find_words("CREATE INDEX IF /* or */ NOT EXISTS i ON t (a)", {"if", "not", "exists"});
  ASSERT_TRUE(found);
  EXPECT_EQ(found->of("CREATE INDEX IF /* or */ NOT EXISTS i ON t (a)"), "IF /* or */ NOT EXISTS");
}

}  // namespace
}  // namespace pglatch
