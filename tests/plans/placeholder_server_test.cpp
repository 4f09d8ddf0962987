// The placeholder swap on real servers: what was written to the placeholder is merged, or stops the swap.
#include <gmock/gmock.h>

#include "tests/plans/plan_fixture.h"
#include "tests/plans/server_plan.h"

namespace pglatch::testing {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;

class PlaceholderServerTest : public PlanServerTest {
 protected:
  PlaceholderServerTest() {
    create(fixture_.schema);
    connection_.exec(
        "INSERT INTO tbl SELECT g, timestamp '2023-05-10' + g % 60 * interval '1 day' FROM generate_series(1, 600) g");
    Planning planning;
    planning.decisions = fixture_.decisions;
    planning.pg_version = GetParam();
    plan(fixture_.input, planning);
  }

  // Up to where the placeholder stands for the table, and its key is changed.
  void run_until_merge() {
    const std::size_t merge = script_.find("Merge what was written");
    ASSERT_NE(merge, std::string::npos);
    const ProcessResult result = run_psql(database_.conninfo(), script_.substr(0, script_.rfind("\n-- ── S", merge)));
    ASSERT_EQ(result.exit_code, 0) << result.out << result.err;
  }

  std::string count() { return connection_.query("SELECT count(*) FROM tbl").front().front().value_or("null"); }

  PlanFixture fixture_ = plan_fixture("placeholder-swap");
};

TEST_P(PlaceholderServerTest, MergesWhatWasWritten) {
  EXPECT_THAT(plan_.notes, Contains(HasSubstr("71 % of the acknowledged inserts")));
  run_until_merge();
  EXPECT_EQ(count(), "0");
  connection_.exec("INSERT INTO tbl VALUES (601, '2023-05-20', 'new'), (602, '2023-06-20', 'new')");
  run_well();
  EXPECT_EQ(count(), "602");
  const auto before = state();
  run_well();
  EXPECT_EQ(state(), before);
}

TEST_P(PlaceholderServerTest, ARowThatIsThereAlreadyStopsTheSwap) {
  run_until_merge();
  connection_.exec("INSERT INTO tbl SELECT id, created_at FROM tbl_pglatch_offline WHERE id = 7");
  const ProcessResult result = run();
  EXPECT_NE(result.exit_code, 0);
  EXPECT_THAT(result.err, HasSubstr("duplicate key"));
  EXPECT_EQ(count(), "1");
  connection_.exec("DELETE FROM tbl");
  run_well();
  EXPECT_EQ(count(), "600");
}

PGLATCH_ON_SERVERS(PlaceholderServerTest);

}  // namespace
}  // namespace pglatch::testing
