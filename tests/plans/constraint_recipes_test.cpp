// Plans of constraints: what they send, and what they refuse.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/plans/planning.h"

namespace pglatch::testing {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

constexpr const char* kTables =
    "CREATE TABLE t (a int, b text); CREATE TABLE o (id int PRIMARY KEY);"
    "CREATE TABLE p (a int, b int) PARTITION BY LIST (b); CREATE TABLE p_1 PARTITION OF p FOR VALUES IN (1);"
    "CREATE TABLE empty_p (a int, b int) PARTITION BY LIST (b);";

Plan plan_for(int version, const std::string& migration) {
  Planning planning;
  planning.schema = kTables;
  planning.pg_version = version;
  return plan_of(migration, planning);
}

std::string refusal_of(int version, const std::string& migration) {
  const Plan plan = plan_for(version, migration);
  EXPECT_THAT(plan.not_rewritten, SizeIs(1)) << migration;
  return plan.not_rewritten.empty() ? std::string() : plan.not_rewritten.front().reason;
}

TEST(ConstraintRecipes, NotNullNeedsNoCheckSince18) {
  EXPECT_THAT(sent(plan_for(18, "ALTER TABLE t ALTER COLUMN a SET NOT NULL")),
              ElementsAre("ALTER TABLE public.t ADD CONSTRAINT t_a_not_null NOT NULL a NOT VALID",
                          "ALTER TABLE public.t VALIDATE CONSTRAINT t_a_not_null"));
  EXPECT_THAT(sent(plan_for(17, "ALTER TABLE t ALTER COLUMN a SET NOT NULL")), SizeIs(4));
}

TEST(ConstraintRecipes, NotNullHasNoSafeFormBefore12) {
  EXPECT_THAT(refusal_of(11, "ALTER TABLE t ALTER COLUMN a SET NOT NULL"), HasSubstr("PostgreSQL 11"));
  EXPECT_THAT(refusal_of(11, "ALTER TABLE t ADD PRIMARY KEY (a)"), HasSubstr("PostgreSQL 11"));
}

TEST(ConstraintRecipes, APartitionedTableTakesNotValidForeignKeysSince18) {
  EXPECT_THAT(sent(plan_for(18, "ALTER TABLE p ADD FOREIGN KEY (a) REFERENCES o")),
              ElementsAre("ALTER TABLE public.p ADD CONSTRAINT p_a_fkey FOREIGN KEY (a) REFERENCES o NOT VALID",
                          "ALTER TABLE public.p VALIDATE CONSTRAINT p_a_fkey"));
  EXPECT_THAT(sent(plan_for(17, "ALTER TABLE p ADD FOREIGN KEY (a) REFERENCES o")),
              ElementsAre("ALTER TABLE public.p_1 ADD CONSTRAINT p_a_fkey FOREIGN KEY (a) REFERENCES o NOT VALID",
                          "ALTER TABLE public.p_1 VALIDATE CONSTRAINT p_a_fkey",
                          "ALTER TABLE public.p ADD CONSTRAINT p_a_fkey FOREIGN KEY (a) REFERENCES o"));
}

TEST(ConstraintRecipes, APartitionsInheritedKeyIsNoPartOfANewOne) {
  Planning planning;
  planning.schema = std::string(kTables) + "ALTER TABLE p ADD CONSTRAINT first FOREIGN KEY (a) REFERENCES o;";
  EXPECT_THAT(sent(plan_of("ALTER TABLE p ADD CONSTRAINT second FOREIGN KEY (a) REFERENCES o", planning)),
              Contains("ALTER TABLE public.p_1 ADD CONSTRAINT second FOREIGN KEY (a) REFERENCES o NOT VALID"));
}

TEST(ConstraintRecipes, UnknownPartitionsAreNoObstacleWhereTheParentsStatementsReachThem) {
  EXPECT_THAT(sent(plan_for(15, "ALTER TABLE empty_p ADD CHECK (a > 0)")),
              ElementsAre("ALTER TABLE public.empty_p ADD CONSTRAINT empty_p_a_check CHECK (a > 0) NOT VALID",
                          "ALTER TABLE public.empty_p VALIDATE CONSTRAINT empty_p_a_check"));
  EXPECT_THAT(plan_for(15, "ALTER TABLE empty_p ALTER a SET NOT NULL").not_rewritten, IsEmpty());
  EXPECT_THAT(refusal_of(15, "ALTER TABLE empty_p ADD FOREIGN KEY (a) REFERENCES o"), HasSubstr("not known here"));
  EXPECT_THAT(refusal_of(15, "ALTER TABLE empty_p ADD UNIQUE (a, b)"), HasSubstr("not known here"));
}

TEST(ConstraintRecipes, WhatCannotBeTakenApartIsRefused) {
  EXPECT_THAT(refusal_of(15, "ALTER TABLE t ADD CHECK (a > 0), OWNER TO someone"), HasSubstr("OWNER TO someone"));
  EXPECT_THAT(refusal_of(15, "ALTER TABLE t ADD CHECK (a > 0), ADD CHECK (a < 9)"), HasSubstr("t_a_check"));
  EXPECT_THAT(refusal_of(15, "ALTER TABLE p ADD FOREIGN KEY (a) REFERENCES p (a)"), HasSubstr("references"));
  EXPECT_THAT(refusal_of(15, "ALTER TABLE t ADD CONSTRAINT " + std::string(64, 'x') + " CHECK (a > 0)"),
              HasSubstr("63 bytes"));
  EXPECT_THAT(refusal_of(15, "ALTER TABLE ONLY p ALTER COLUMN a SET NOT NULL"), Not(IsEmpty()));
}

TEST(ConstraintRecipes, ANewPlanFindsWhatAnEarlierOneLeft) {
  Planning planning;
  planning.schema = std::string(kTables) +
                    "ALTER TABLE t ADD CONSTRAINT t_a_pglatch_not_null CHECK (a IS NOT NULL) NOT VALID;"
                    "ALTER TABLE p_1 ADD CONSTRAINT p_a_fkey FOREIGN KEY (a) REFERENCES o NOT VALID;";
  EXPECT_THAT(sent(plan_of("ALTER TABLE t ALTER a SET NOT NULL", planning)),
              ElementsAre("ALTER TABLE public.t VALIDATE CONSTRAINT t_a_pglatch_not_null",
                          "ALTER TABLE public.t ALTER COLUMN a SET NOT NULL",
                          "ALTER TABLE public.t DROP CONSTRAINT IF EXISTS t_a_pglatch_not_null"));
  EXPECT_THAT(sent(plan_of("ALTER TABLE p ADD CONSTRAINT p_a_fkey FOREIGN KEY (a) REFERENCES o", planning)),
              ElementsAre("ALTER TABLE public.p_1 VALIDATE CONSTRAINT p_a_fkey",
                          "ALTER TABLE public.p ADD CONSTRAINT p_a_fkey FOREIGN KEY (a) REFERENCES o"));
  planning.pg_version = 18;
  planning.schema = std::string(kTables) + "ALTER TABLE t ADD CONSTRAINT mine NOT NULL a NOT VALID;";
  EXPECT_THAT(sent(plan_of("ALTER TABLE t ALTER a SET NOT NULL", planning)),
              ElementsAre("ALTER TABLE public.t VALIDATE CONSTRAINT mine"));
}

TEST(ConstraintRecipes, AKeyThatVersionsTreatDifferentlyIsRefused) {
  Planning planning;
  planning.schema =
      std::string(kTables) + "ALTER TABLE p_1 ADD CONSTRAINT mine FOREIGN KEY (a) REFERENCES o NOT VALID;";
  const Plan plan = plan_of("ALTER TABLE p ADD FOREIGN KEY (a) REFERENCES o", planning);
  ASSERT_THAT(plan.not_rewritten, SizeIs(1));
  EXPECT_THAT(plan.not_rewritten.front().reason, HasSubstr("mine of public.p_1"));
}

TEST(ConstraintRecipes, KeysComeBeforeTheForeignKeysThatMayNeedThem) {
  EXPECT_THAT(sent(plan_for(18, "ALTER TABLE t ADD FOREIGN KEY (a) REFERENCES t (a), ADD UNIQUE (a)")),
              ElementsAre("CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS t_a_key ON public.t (a)",
                          "ALTER TABLE public.t ADD CONSTRAINT t_a_key UNIQUE USING INDEX t_a_key",
                          "ALTER TABLE public.t ADD CONSTRAINT t_a_fkey FOREIGN KEY (a) REFERENCES t (a) NOT VALID",
                          "ALTER TABLE public.t VALIDATE CONSTRAINT t_a_fkey"));
}

TEST(ConstraintRecipes, AnUnnamedCheckTakesTheNameOfOneThatIsDropped) {
  Planning planning;
  planning.schema = "CREATE TABLE pair (a int, b int, CHECK (a > 0 AND b > 0));";
  const Plan plan = plan_of("ALTER TABLE pair ADD CHECK (a > 1 AND b > 1), DROP CONSTRAINT pair_check", planning);
  EXPECT_THAT(sent(plan), Contains(HasSubstr("RENAME CONSTRAINT")));
  EXPECT_THAT(sent(plan), Contains(HasSubstr("TO pair_check")));
}

TEST(ConstraintRecipes, WhatTakesNoTimeStaysAsItIs) {
  const std::string migration =
      "ALTER TABLE t ADD CHECK (a > 0) NOT VALID; ALTER TABLE t ADD COLUMN c int REFERENCES o; "
      "CREATE TABLE n (a int); ALTER TABLE n ADD PRIMARY KEY (a), ADD CHECK (a > 0), ALTER a SET NOT NULL;";
  const Plan plan = plan_for(15, migration);
  for (const Step* step : plan.steps()) EXPECT_NE(step->disposition, Disposition::rewritten);
}

TEST(ConstraintRecipes, ATableThatIsNotKnownIsAskedFor) {
  const Plan plan = plan_for(15, "ALTER TABLE elsewhere ADD PRIMARY KEY (x, y)");
  EXPECT_THAT(plan.not_rewritten, IsEmpty());
  EXPECT_THAT(plan.assumptions, SizeIs(1));
  EXPECT_THAT(sent(plan), Contains("ALTER TABLE public.elsewhere ADD CONSTRAINT elsewhere_pkey PRIMARY KEY USING INDEX "
                                   "elsewhere_pkey"));
}

TEST(ConstraintRecipes, NamesThatPostgresWouldCutAreCutAlike) {
  Planning planning;
  const std::string table(60, 't');
  planning.schema = "CREATE TABLE " + table + " (column_of_some_length int);";
  const Plan plan = plan_of("ALTER TABLE " + table + " ADD UNIQUE (column_of_some_length)", planning);
  EXPECT_THAT(sent(plan).back(), HasSubstr(std::string(37, 't') + "_column_of_some_length_key UNIQUE"));
}

TEST(ConstraintRecipes, OtherSubcommandsAreKeptAndRemembered) {
  const Plan plan =
      plan_for(15, "ALTER TABLE t ALTER b SET DEFAULT 'x', ADD CHECK (a > 0), DROP CONSTRAINT IF EXISTS z");
  EXPECT_THAT(sent(plan), ElementsAre("ALTER TABLE public.t ALTER b SET DEFAULT 'x'",
                                      "ALTER TABLE public.t ADD CONSTRAINT t_a_check CHECK (a > 0) NOT VALID",
                                      "ALTER TABLE public.t VALIDATE CONSTRAINT t_a_check",
                                      "ALTER TABLE public.t DROP CONSTRAINT IF EXISTS z"));
  EXPECT_TRUE(plan.keeps_ledger());
}

}  // namespace
}  // namespace pglatch::testing
