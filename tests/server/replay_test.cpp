// Histories of several frameworks leave behind on a server what their replay says, and what is different there is
// found.
#include <gmock/gmock.h>

#include <filesystem>

#include "tests/support/replay_comparison.h"
#include "tests/support/server.h"

namespace pglatch::testing {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

const fs::path kHistories = fs::path(PGLATCH_SOURCE_DIR) / "fixtures/replay";

Server& newest() { return Server::shared(Server::available_majors().back()); }

struct History {
  explicit History(const fs::path& directory) {
    AnalysisOptions options;
    options.paths = {directory.string()};
    options.isolated = true;
    options.pg_version = newest().major();
    auto read = read_input(options);
    EXPECT_TRUE(read) << read.error().message;
    input = std::move(*read);
    scripts = ways_up(input);
  }

  Input input;
  std::vector<Script> scripts;
};

std::vector<std::string> sentences(const ReplayComparison& comparison) {
  std::vector<std::string> all;
  for (const CatalogDifference& one : comparison.differences) all.push_back(in_words(one, "replayed", "there"));
  return all;
}

TEST(ReplayServerTest, IsWhatTheServerHas) {
  std::size_t histories = 0;
  for (const fs::directory_entry& entry : fs::directory_iterator(kHistories)) {
    SCOPED_TRACE(entry.path());
    const History history(entry.path());
    EXPECT_GE(history.scripts.size(), 3U);
    for (const Script& script : history.scripts) EXPECT_EQ(script.framework, entry.path().filename());
    const Database database = newest().scratch();
    const auto failure = run_scripts(history.scripts, database.conninfo());
    ASSERT_FALSE(failure) << failure->message();
    const ReplayComparison comparison = compare_replay(history.scripts, history.input.walk, database.conninfo());
    EXPECT_THAT(sentences(comparison), IsEmpty());
    EXPECT_GT(comparison.facts, 100U);
    ++histories;
  }
  EXPECT_GE(histories, 3U);
}

TEST(ReplayServerTest, FindsWhatSomebodyChangedByHand) {
  const History history(kHistories / "goose");
  const Database database = newest().scratch();
  ASSERT_FALSE(run_scripts(history.scripts, database.conninfo()));
  database.connect().exec(
      "CREATE TABLE by_hand (a int); DROP INDEX accounts_referrer_idx; ALTER TABLE accounts ALTER status DROP NOT NULL,"
      " ALTER blocked_reason TYPE text; ALTER TABLE orders_archive DROP CONSTRAINT orders_net_check");
  const auto found = sentences(compare_replay(history.scripts, history.input.walk, database.conninfo()));
  EXPECT_THAT(found,
              ElementsAre("column public.accounts.blocked_reason: type is character varying(40) replayed, text there",
                          "column public.accounts.status: nullability is NOT NULL replayed, NULL there",
                          "constraint orders_net_check of public.orders_archive is replayed only, not there",
                          "index public.accounts_referrer_idx is replayed only, not there",
                          "table public.by_hand is there only, not replayed"));
}

TEST(ReplayServerTest, SaysWhereTheServerRefuses) {
  History history(kHistories / "goose");
  history.scripts.erase(history.scripts.begin());
  const Database database = newest().scratch();
  const auto failure = run_scripts(history.scripts, database.conninfo());
  ASSERT_TRUE(failure);
  EXPECT_THAT(failure->message(), ::testing::EndsWith("00002_orders.sql:2: relation \"accounts\" does not exist"));
}

}  // namespace
}  // namespace pglatch::testing
