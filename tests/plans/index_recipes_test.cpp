// What the index recipes make of statements, without a server.
#include <gmock/gmock.h>

#include "tests/plans/planning.h"

namespace pglatch::testing {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

constexpr const char* kTable = "CREATE TABLE t (a int, b text, c int);";
constexpr const char* kPartitioned =
    "CREATE TABLE p (a int, b text) PARTITION BY LIST (a);"
    "CREATE TABLE p_1 PARTITION OF p FOR VALUES IN (1);"
    "CREATE TABLE p_2 PARTITION OF p FOR VALUES IN (2) PARTITION BY LIST (b);"
    "CREATE TABLE p_2_x PARTITION OF p_2 FOR VALUES IN ('x');";

std::vector<std::string> sent_for(const std::string& sql, const std::string& schema) {
  Planning planning;
  planning.schema = schema;
  return sent(plan_of(sql, planning));
}

TEST(CreateIndexTest, KeepsEverythingAfterTheTableAsItIsWritten) {
  EXPECT_THAT(
      sent_for("create unique index i on only t using BTREE (a desc nulls last, b text_pattern_ops) include (c) "
               "nulls not distinct with (fillfactor=80) tablespace \"Fast\" where b <> ';--' -- why\n and c>1;",
               kTable),
      ElementsAre("CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS i ON public.t using BTREE (a desc nulls last, b "
                  "text_pattern_ops) include (c) nulls not distinct with (fillfactor=80) tablespace \"Fast\" where "
                  "b <> ';--' and c>1"));
}

TEST(CreateIndexTest, AnExpressionNeedsAnalyze) {
  EXPECT_THAT(sent_for("CREATE INDEX i ON t ((a + c))", kTable),
              ElementsAre("CREATE INDEX CONCURRENTLY IF NOT EXISTS i ON public.t ((a + c))", "ANALYZE public.t"));
}

TEST(CreateIndexTest, ConcurrentlyBecomesRepeatable) {
  Planning planning;
  planning.schema = kTable;
  const Plan plan = plan_of("CREATE INDEX CONCURRENTLY i ON t (a)", planning);
  const Step& step = step_with(plan, "CONCURRENTLY");
  EXPECT_EQ(step.step_class, StepClass::concurrent);
  EXPECT_THAT(step.leftovers, SizeIs(2));
  EXPECT_THAT(step.locks, SizeIs(1));
  EXPECT_EQ(step.locks.front().mode, LockMode::share_update_exclusive);
  EXPECT_FALSE(plan.keeps_ledger());
}

TEST(CreateIndexTest, LeavesAloneWhatNobodyUses) {
  const std::vector<std::string> as_written{"CREATE TABLE n (a int)", "CREATE INDEX i ON n (a)"};
  EXPECT_EQ(sent_for("CREATE TABLE n (a int); CREATE INDEX i ON n (a);", ""), as_written);
  EXPECT_THAT(sent_for("CREATE INDEX IF NOT EXISTS i ON t (a)", std::string(kTable) + "CREATE INDEX i ON t (a)"),
              ElementsAre("CREATE INDEX IF NOT EXISTS i ON t (a)"));
}

TEST(CreateIndexTest, AnUnknownTableIsAnAssumptionThatIsChecked) {
  const Plan plan = plan_of("CREATE INDEX i ON nowhere.seen (a)");
  ASSERT_THAT(plan.assumptions, SizeIs(1));
  EXPECT_THAT(plan.assumptions.front().check, HasSubstr("to_regclass('nowhere.seen') AND relkind IN ('r', 'm')"));
}

TEST(CreateIndexTest, UniqueLooksForDuplicatesBefore) {
  Planning planning;
  planning.schema = kTable;
  const auto duplicates = [&](const std::string& sql) {
    const Plan plan = plan_of(sql, planning);
    for (const Preflight& preflight : plan.preflight) {
      if (preflight.sql.find("HAVING") != std::string::npos) return preflight.sql;
    }
    return std::string();
  };
  EXPECT_EQ(duplicates("CREATE UNIQUE INDEX i ON t (lower(b) COLLATE \"C\" text_ops DESC, (a % 2), c) WHERE a > 0"),
            "SELECT lower(b), (a % 2), c, count(*)\nFROM public.t\n"
            "WHERE (a > 0) AND lower(b) IS NOT NULL AND (a % 2) IS NOT NULL AND c IS NOT NULL\n"
            "GROUP BY lower(b), (a % 2), c HAVING count(*) > 1 LIMIT 10");
  EXPECT_EQ(duplicates("CREATE UNIQUE INDEX i ON t (a) NULLS NOT DISTINCT"),
            "SELECT a, count(*)\nFROM public.t\nGROUP BY a HAVING count(*) > 1 LIMIT 10");
}

TEST(CreateIndexPartitionedTest, ParentsOnlyThenLeavesThenAttach) {
  EXPECT_THAT(sent_for("CREATE INDEX p_b_idx ON p (b)", kPartitioned),
              ElementsAre("CREATE INDEX IF NOT EXISTS p_b_idx ON ONLY public.p (b)",
                          "CREATE INDEX IF NOT EXISTS p_2_b_idx ON ONLY public.p_2 (b)",
                          "CREATE INDEX CONCURRENTLY IF NOT EXISTS p_1_b_idx ON public.p_1 (b)",
                          "CREATE INDEX CONCURRENTLY IF NOT EXISTS p_2_x_b_idx ON public.p_2_x (b)",
                          "ALTER INDEX public.p_2_b_idx ATTACH PARTITION public.p_2_x_b_idx",
                          "ALTER INDEX public.p_b_idx ATTACH PARTITION public.p_1_b_idx",
                          "ALTER INDEX public.p_b_idx ATTACH PARTITION public.p_2_b_idx"));
}

TEST(CreateIndexPartitionedTest, StepsTakeWhatTheLockModelSays) {
  Planning planning;
  planning.schema = kPartitioned;
  const Plan plan = plan_of("CREATE INDEX p_b_idx ON p (b)", planning);
  const Step& only = step_with(plan, "ON ONLY public.p ");
  ASSERT_THAT(only.locks, SizeIs(1));
  EXPECT_EQ(only.locks.front().mode, LockMode::share);
  EXPECT_THAT(only.work, IsEmpty());
  const Step& attach = step_with(plan, "ATTACH PARTITION public.p_1_b_idx");
  EXPECT_THAT(attach.locks, Contains(AllOf(::testing::Field(&StepLock::relation, "public.p_1_b_idx"),
                                           ::testing::Field(&StepLock::mode, LockMode::access_exclusive))));
}

TEST(CreateIndexPartitionedTest, OneThatPostgresWouldRefuseIsPlannedAllTheSame) {
  EXPECT_THAT(sent_for("CREATE INDEX CONCURRENTLY p_b_idx ON p (b)", kPartitioned),
              Contains("CREATE INDEX IF NOT EXISTS p_b_idx ON ONLY public.p (b)"));
}

TEST(CreateIndexPartitionedTest, TakesWhatIsThereAlready) {
  const std::string schema = std::string(kPartitioned) +
                             "CREATE INDEX mine ON p_1 USING btree (B);"  // equal but for its name
                             "CREATE INDEX other ON p_2_x (b DESC);"      // not equal
                             "CREATE UNIQUE INDEX unequal ON p_2_x (b);";
  const auto statements = sent_for("CREATE INDEX p_b_idx ON p (b)", schema);
  EXPECT_THAT(statements, Contains("ALTER INDEX public.p_b_idx ATTACH PARTITION public.mine"));
  EXPECT_THAT(statements, Not(Contains(HasSubstr("ON public.p_1 "))));
  EXPECT_THAT(statements, Contains(HasSubstr("CONCURRENTLY IF NOT EXISTS p_2_x_b_idx ON public.p_2_x ")));
}

TEST(CreateIndexPartitionedTest, LeavesAloneWhatBelongsToAnotherIndex) {
  const std::string schema =
      std::string(kPartitioned) + "CREATE INDEX p_1_b_idx ON p_1 (b); CREATE INDEX first ON p (b);";
  const auto statements = sent_for("CREATE INDEX p_b_idx ON p (b)", schema);
  EXPECT_THAT(statements, Not(Contains(HasSubstr("ATTACH PARTITION public.p_1_b_idx"))));
  EXPECT_THAT(statements, Contains(HasSubstr(" ON public.p_1 ")));
}

TEST(CreateIndexPartitionedTest, OnOnlyStaysWhatItIs) {
  EXPECT_THAT(sent_for("CREATE INDEX p_b_idx ON ONLY p (b)", kPartitioned),
              ElementsAre("CREATE INDEX IF NOT EXISTS p_b_idx ON ONLY public.p (b)"));
}

TEST(CreateIndexPartitionedTest, UniqueWithoutThePartitionKeyIsNotPromised) {
  Planning planning;
  planning.schema = kPartitioned;
  const Plan plan = plan_of("CREATE UNIQUE INDEX u ON p (a)", planning);  // lacks b, the key of p_2
  ASSERT_THAT(plan.not_rewritten, SizeIs(1));
  EXPECT_EQ(plan.steps().front()->disposition, Disposition::not_covered);
  EXPECT_THAT(plan_of("CREATE UNIQUE INDEX u ON p (b, a)", planning).not_rewritten, IsEmpty());
}

TEST(CreateIndexPartitionedTest, PartitionsThatNobodyKnowsAreEnumerated) {
  Planning planning;
  planning.schema = "CREATE TABLE p (a int) PARTITION BY LIST (a);";
  const Plan plan = plan_of("CREATE INDEX p_a_idx ON p (a)", planning);
  std::size_t generators = 0;
  for (const Step* step : plan.steps()) generators += step->generator ? 1U : 0U;
  EXPECT_EQ(generators, 4U);
}

TEST(CreateIndexPartitionedTest, ForeignTablesComeFirst) {
  const std::string schema = std::string(kPartitioned) + "CREATE FOREIGN TABLE f PARTITION OF p DEFAULT SERVER s;";
  const auto statements = sent_for("CREATE INDEX p_b_idx ON p (b)", schema);
  EXPECT_EQ(statements.back(), "CREATE INDEX IF NOT EXISTS p_b_idx ON public.p (b)");
  EXPECT_THAT(statements, Not(Contains(HasSubstr("ONLY"))));
  Planning planning;
  planning.schema = schema;
  EXPECT_THAT(plan_of("CREATE UNIQUE INDEX u ON p (a, b)", planning).not_rewritten, SizeIs(1));
}

TEST(DropIndexTest, OneByOneAndConcurrently) {
  const std::string schema =
      std::string(kTable) + "CREATE INDEX i ON t (a); CREATE UNIQUE INDEX j ON t (b) WHERE a > 1;";
  Planning planning;
  planning.schema = schema;
  const Plan plan = plan_of("DROP INDEX i, public.j", planning);
  EXPECT_THAT(sent(plan),
              ElementsAre("DROP INDEX CONCURRENTLY IF EXISTS public.i", "DROP INDEX CONCURRENTLY IF EXISTS public.j"));
  ASSERT_THAT(step_with(plan, "public.j").rollback, SizeIs(1));
  EXPECT_EQ(step_with(plan, "public.j").rollback.front().sql,
            "CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS j ON public.t (b) WHERE a > 1");
}

TEST(DropIndexTest, APartitionedOneIsBrief) {
  Planning planning;
  planning.schema = std::string(kPartitioned) + "CREATE INDEX p_b_idx ON p (b);";
  const Plan plan = plan_of("DROP INDEX p_b_idx", planning);
  const Step& step = step_with(plan, "DROP INDEX");
  EXPECT_EQ(step.step_class, StepClass::brief);
  EXPECT_EQ(step.sql.front(), "DROP INDEX IF EXISTS public.p_b_idx");
}

TEST(DropIndexTest, CascadeAndConstraintsAreNotForIt) {
  Planning planning;
  planning.schema = "CREATE TABLE t (a int PRIMARY KEY); CREATE INDEX i ON t (a);";
  EXPECT_THAT(plan_of("DROP INDEX t_pkey", planning).not_rewritten, SizeIs(1));
  EXPECT_THAT(plan_of("DROP INDEX i CASCADE", planning).not_rewritten, SizeIs(1));
}

}  // namespace
}  // namespace pglatch::testing
