// The format of fixtures/locks itself.
#include "tests/locks/fixture.h"

#include <gmock/gmock.h>

#include <map>

#include "tests/support/golden.h"

namespace pglatch::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr const char* kText = R"(-- About the file.

-- case: one
-- note: nobody reads this
-- alone
-- setup:
create table x (id int);
-- a comment of the setup
-- statement:
vacuum
  x;
-- expect 14-16,18:
--   lock x ShareUpdateExclusiveLock
--   lock "odd name" AccessShareLock
--   scan x
-- expect 17:
--   fails no: such thing

-- case: two
-- majors: 18
-- before:
select 1;
-- model-differs 18: it is a secret
-- statement:
select 2;
)";

std::string message_of(const std::string& text) {
  try {
    parse_lock_cases("a.sql", text, "");
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return "no error";
}

TEST(LockFixtureTest, ReadsCases) {
  const std::vector<LockCase> cases = parse_lock_cases("a.sql", kText, "base;\n");
  ASSERT_EQ(cases.size(), 2U);
  EXPECT_EQ(cases[0].id, "one");
  EXPECT_TRUE(cases[0].alone);
  EXPECT_EQ(cases[0].setup, "base;\ncreate table x (id int);\n-- a comment of the setup\n");
  EXPECT_EQ(cases[0].statement, "vacuum\n  x;\n");
  EXPECT_EQ(cases[0].majors, (std::set<int>{14, 15, 16, 17, 18}));
  EXPECT_THAT(cases[0].expected(18)->lines(),
              ElementsAre("lock \"odd name\" AccessShareLock", "lock x ShareUpdateExclusiveLock", "scan x"));
  EXPECT_EQ(cases[0].expected(17)->fails, "no: such thing");
  EXPECT_FALSE(cases[0].known_to_differ(18));
  EXPECT_EQ(cases[1].setup, "base;\n");
  EXPECT_EQ(cases[1].before, "select 1;\n");
  EXPECT_EQ(cases[1].majors, std::set<int>{18});
  EXPECT_TRUE(cases[1].known_to_differ(18));
  EXPECT_EQ(cases[1].expected(18), nullptr);
}

TEST(LockFixtureTest, WritesExpectationsAndKeepsTheRest) {
  std::vector<LockCase> cases = parse_lock_cases("a.sql", kText, "");
  cases[0].expectations = {{{14, 15, 16, 17, 18}, {}}};
  Facts facts;
  facts.lock("t", "ShareLock");
  facts.lock("t", "RowShareLock");
  cases[1].expectations = {{{18}, facts}};
  const std::string text = with_expectations(kText, cases);
  EXPECT_EQ(line_diff(kText, text), line_diff(kText, [] {
              std::string expected = kText;
              const std::size_t begin = expected.find("-- expect");
              const std::size_t end = expected.find("\n-- case: two");
              expected.replace(begin, end - begin, "-- expect 14-18:\n--   nothing\n");
              return expected + "-- expect 18:\n--   lock t ShareLock\n";
            }()));
  const std::vector<LockCase> again = parse_lock_cases("a.sql", text, "");
  EXPECT_EQ(with_expectations(text, again), text);
}

TEST(LockFixtureTest, MergesMajorsWithTheSameFacts) {
  Facts fails;
  fails.fails = "no";
  const std::vector<Expectation> merged = merge_majors({{{14}, {}}, {{15}, fails}, {{16}, {}}, {{17}, {}}});
  ASSERT_EQ(merged.size(), 2U);
  EXPECT_EQ(to_string(merged[0].majors), "14,16-17");
  EXPECT_EQ(to_string(merged[1].majors), "15");
  EXPECT_EQ(parse_majors("14,16-17"), (std::set<int>{14, 16, 17}));
}

TEST(LockFixtureTest, SaysWhereAFileIsWrong) {
  EXPECT_THAT(message_of("-- case: a\n-- statement:\nselect 1;\n-- expect 14:\n--   lock t SharLock\n"),
              HasSubstr("a.sql:5: no fact"));
  EXPECT_THAT(message_of("-- case: a\n-- statement:\nselect 1;\n-- expect 13:\n"), HasSubstr("no PostgreSQL major"));
  EXPECT_THAT(message_of("-- case: a\n-- expect 14:\n"), HasSubstr("comes after the statement"));
  EXPECT_THAT(message_of("-- case: a\n-- case: b\n-- statement:\nselect 1;\n"), HasSubstr("has no statement"));
  EXPECT_THAT(message_of("select 1;\n"), HasSubstr("belongs to nothing"));
  EXPECT_THAT(message_of("-- case: a\n-- statement:\nx;\n-- expect 14:\n-- expect 14-15:\n"), HasSubstr("twice"));
  EXPECT_THAT(message_of("-- case: a\n-- alone\n-- before:\nx;\n-- statement:\nx;\n"), HasSubstr("alone"));
  EXPECT_THAT(message_of("-- case: a\n-- model-differs:\n-- statement:\nx;\n"), HasSubstr("needs a reason"));
}

TEST(LockFixtureTest, ComparesSources) {
  Facts one;
  one.add("lock t ShareLock");
  one.add("scan t");
  Facts other;
  other.add("lock t RowShareLock");
  other.add("scan t");
  EXPECT_EQ(compare({{"server", one}, {"model", one}}), "");
  EXPECT_EQ(compare({{"server", one}, {"model", other}}),
            "    model   | lock t RowShareLock\n    server  | lock t ShareLock\n");
}

TEST(LockFixtureTest, IdsAreUnique) {
  std::map<std::string, std::string> files;
  for (const LockCase& one : all_lock_cases()) {
    const auto [earlier, is_new] = files.emplace(one.id, one.file);
    EXPECT_TRUE(is_new) << one.id << " is in " << earlier->second << " and in " << one.file;
  }
}

}  // namespace
}  // namespace pglatch::testing
