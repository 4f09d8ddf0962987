// A table with an identity column becomes a partitioned one on real servers: its numbers go on, in each moment between.
#include <gmock/gmock.h>

#include "tests/plans/server_plan.h"

namespace pglatch::testing {
namespace {

using ::testing::IsEmpty;

class ConversionIdentityServerTest : public PlanServerTest {
 protected:
  ConversionIdentityServerTest() {
    create("CREATE TABLE visit (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, day date NOT NULL, page text);");
  }

  // For servers of that major and newer ones.
  void plan_for(int major) {
    Planning planning;
    planning.pg_version = major;
    planning.decisions.parameters["floor"] = "2000-01-01";
    planning.decisions.parameters["cut"] = "2040-01-01";
    plan(
        "ALTER TABLE visit RENAME TO visit_old;\n"
        "CREATE TABLE visit (LIKE visit_old INCLUDING DEFAULTS INCLUDING IDENTITY) PARTITION BY RANGE (day);\n"
        "CREATE TABLE visit_2040 PARTITION OF visit FOR VALUES FROM ('2040-01-01') TO ('2041-01-01');\n"
        "INSERT INTO visit OVERRIDING SYSTEM VALUE SELECT * FROM visit_old;\n"
        "ALTER TABLE visit ADD PRIMARY KEY (id, day);",
        planning);
    ASSERT_THAT(plan_.not_rewritten, IsEmpty()) << plan_.not_rewritten.front().reason;
  }

  std::string ask(const std::string& query) { return connection_.query(query).front().front().value_or("null"); }

  int insert(const std::string& day = "2030-01-01") {
    return std::stoi(ask("INSERT INTO visit (day) VALUES ('" + day + "') RETURNING id"));
  }

  void expect_numbers_to_go_on() {
    int last = 0;
    const auto expect_next = [&](int number) {
      EXPECT_GT(number, last);
      EXPECT_LE(number, last + 3);  // each time that the sequence changes, a number is left out
      last = number;
    };
    for (std::size_t steps = 1; steps < plan_.steps().size(); ++steps) {
      expect_next(insert());
      const std::size_t next = script_.find("\n-- ── S" + std::to_string(steps + 1) + " [");
      const ProcessResult part = run_psql(database_.conninfo(), script_.substr(0, next));
      ASSERT_EQ(part.exit_code, 0) << steps << part.out << part.err;
    }
    expect_next(insert());
    run_well();
    expect_next(insert());
    expect_next(insert("2040-02-01"));
    EXPECT_EQ(ask("SELECT count(*) = " + std::to_string(plan_.steps().size() + 2) + " FROM visit"), "t");
    EXPECT_EQ(ask("SELECT attidentity FROM pg_attribute WHERE attrelid = 'visit'::regclass AND attname = 'id'"), "a");
    EXPECT_EQ(ask("SELECT pg_get_serial_sequence('visit', 'id')"), "public.visit_id_seq1");
    EXPECT_EQ(ask("SELECT count(*) FROM pg_class WHERE relkind = 'S'"), "1");
    const auto before = state();
    run_well();
    EXPECT_EQ(state(), before);
  }
};

TEST_P(ConversionIdentityServerTest, NumbersGoOn) {
  plan_for(GetParam());
  expect_numbers_to_go_on();
}

// Of which the script finds out what the server wants.
TEST_P(ConversionIdentityServerTest, NumbersGoOnByAPlanForAnOlderServer) {
  if (GetParam() == 14) GTEST_SKIP() << "that is the oldest there is";
  plan_for(14);
  expect_numbers_to_go_on();
}

INSTANTIATE_TEST_SUITE_P(Servers, ConversionIdentityServerTest,
                         ::testing::ValuesIn(oldest_and_newest(Server::available_majors())),
                         ::testing::PrintToStringParamName());

}  // namespace
}  // namespace pglatch::testing
