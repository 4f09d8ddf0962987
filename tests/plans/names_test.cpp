// Names that plans give to partitions' indexes: short enough, apart from each other, always the same.
#include <gmock/gmock.h>

#include <set>
#include <string>

#include "analyzer/base/utf8.h"
#include "rules/recipes/index_names.h"
#include "tests/plans/planning.h"

namespace pglatch::testing {
namespace {

using ::testing::Contains;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

TEST(ChildNamesTest, PutsThePartitionInPlaceOfTheTable) {
  EXPECT_EQ(ChildNames("t_x_idx", "t").name("public", "t_1"), "t_1_x_idx");
  EXPECT_EQ(ChildNames("successful_label_cancel_idx", "successful_label").name("s", "successful_label_20240417"),
            "successful_label_20240417_cancel_idx");
}

TEST(ChildNamesTest, KeepsTheWholeIndexNameWhereItIsNotMadeOfTheTables) {
  EXPECT_EQ(ChildNames("by_date", "t").name("public", "t_1"), "t_1_by_date");
  EXPECT_EQ(ChildNames("t_", "t").name("public", "t_1"), "t_1_t_");
  EXPECT_EQ(ChildNames("tx_idx", "t").name("public", "t_1"), "t_1_tx_idx");
}

TEST(ChildNamesTest, ShortensWhatPostgresWouldCut) {
  const std::string partition(50, 'p');
  const ChildNames names("t_" + std::string(40, 's'), "t");
  const std::string name = names.name("public", partition);
  EXPECT_EQ(name.size(), 63U);
  EXPECT_THAT(name, StartsWith("pppppp"));
  EXPECT_THAT(name, EndsWith("_" + std::string(20, 's')));
  EXPECT_EQ(name, names.name("public", partition));
}

TEST(ChildNamesTest, SixtyThreeBytesAreNotTooLong) {
  const ChildNames names("t_idx", "t");
  EXPECT_EQ(names.name("public", std::string(59, 'p')), std::string(59, 'p') + "_idx");
  EXPECT_NE(names.name("public", std::string(60, 'p')), std::string(60, 'p') + "_idx");
}

TEST(ChildNamesTest, TellsPartitionsApartThatAgreeInTheirBeginning) {
  const ChildNames names("t_a_rather_long_index_name_idx", "t");
  std::set<std::string> seen;
  for (int i = 0; i < 100; ++i) {
    const std::string name = names.name("public", std::string(58, 'p') + "_" + std::to_string(i));
    EXPECT_LE(name.size(), 63U);
    EXPECT_TRUE(seen.insert(name).second) << name;
  }
  // The same partition's name in two schemas: each index lives in its own.
  EXPECT_NE(names.name("a", std::string(60, 'p')), names.name("b", std::string(60, 'p')));
}

TEST(ChildNamesTest, NeverCutsACharacter) {
  std::string partition;
  for (int i = 0; i < 20; ++i) partition += "ü€";  // 2 + 3 bytes
  for (const std::string suffix : {"idx", "größenäußerungüberall_ä_idx", "€€€€€€€€€€€€"}) {
    const std::string name = ChildNames("t_" + suffix, "t").name("public", partition.substr(0, 60));
    EXPECT_LE(name.size(), 63U);
    EXPECT_EQ(valid_utf8_prefix(name), name.size()) << name;
  }
}

TEST(IndexNameTest, AnUnnamedIndexGetsTheServersDefault) {
  Planning planning;
  planning.schema = "CREATE TABLE t (a int, b int, c text); CREATE INDEX t_a_idx ON t (a)";
  EXPECT_THAT(sent(plan_of("CREATE INDEX ON t (a, lower(c)) INCLUDE (b)", planning)),
              Contains(HasSubstr("IF NOT EXISTS t_a_lower_b_idx ON public.t ")));
  EXPECT_THAT(sent(plan_of("CREATE INDEX ON t (a)", planning)), Contains(HasSubstr(" t_a_idx1 ON ")));
  EXPECT_THAT(sent(plan_of("CREATE UNIQUE INDEX ON t ((a + b))", planning)), Contains(HasSubstr(" t_expr_idx ON ")));
}

TEST(IndexNameTest, QuotedNamesStayQuoted) {
  Planning planning;
  planning.schema =
      "CREATE SCHEMA \"S p\"; CREATE TABLE \"S p\".\"T\"\"x\" (a int) PARTITION BY LIST (a);"
      "CREATE TABLE \"S p\".\"P 1\" PARTITION OF \"S p\".\"T\"\"x\" DEFAULT";
  const Plan plan = plan_of("CREATE INDEX \"T\"\"x_İdx\" ON \"S p\".\"T\"\"x\" (a)", planning);
  EXPECT_THAT(sent(plan), Contains("CREATE INDEX IF NOT EXISTS \"T\"\"x_İdx\" ON ONLY \"S p\".\"T\"\"x\" (a)"));
  EXPECT_THAT(sent(plan), Contains("CREATE INDEX CONCURRENTLY IF NOT EXISTS \"P 1_İdx\" ON \"S p\".\"P 1\" (a)"));
  EXPECT_THAT(sent(plan), Contains("ALTER INDEX \"S p\".\"T\"\"x_İdx\" ATTACH PARTITION \"S p\".\"P 1_İdx\""));
}

TEST(IndexNameTest, PartitionsOfOneNameInTwoSchemasGetTheirOwn) {
  Planning planning;
  planning.schema =
      "CREATE SCHEMA a; CREATE SCHEMA b; CREATE TABLE a.t (x int) PARTITION BY LIST (x);"
      "CREATE TABLE a.p PARTITION OF a.t FOR VALUES IN (1); CREATE TABLE b.p PARTITION OF a.t FOR VALUES IN (2)";
  const Plan plan = plan_of("CREATE INDEX t_x_idx ON a.t (x)", planning);
  EXPECT_THAT(sent(plan), Contains("ALTER INDEX a.t_x_idx ATTACH PARTITION a.p_x_idx"));
  EXPECT_THAT(sent(plan), Contains("ALTER INDEX a.t_x_idx ATTACH PARTITION b.p_x_idx"));
}

TEST(IndexNameTest, ATakenNameIsAvoided) {
  Planning planning;
  planning.schema =
      "CREATE TABLE t (x int) PARTITION BY LIST (x); CREATE TABLE t_1 PARTITION OF t DEFAULT;"
      "CREATE TABLE t_1_x_idx (something_else int)";
  const Plan plan = plan_of("CREATE INDEX t_x_idx ON t (x)", planning);
  const std::string& sql = step_with(plan, "CONCURRENTLY").sql.front();
  EXPECT_THAT(sql, Not(HasSubstr(" t_1_x_idx ")));
  EXPECT_THAT(sql, HasSubstr(" " + ChildNames("t_x_idx", "t").hashed_name("public", "t_1") + " "));
}

}  // namespace
}  // namespace pglatch::testing
