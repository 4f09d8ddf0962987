// Constraints that are dropped and added again under one name: the old one holds until the new one can take over.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include "tests/plans/planning.h"

namespace pglatch::testing {
namespace {

using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;

constexpr const char* kTables =
    "CREATE TABLE o (id int PRIMARY KEY, u int UNIQUE);"
    "CREATE TABLE h (id int PRIMARY KEY) PARTITION BY HASH (id);"
    "CREATE TABLE t (id int PRIMARY KEY, a int, b int CONSTRAINT fk REFERENCES o, h int CONSTRAINT fh REFERENCES h,"
    "  CONSTRAINT u UNIQUE (a), CONSTRAINT c CHECK (a > 0));"
    "CREATE TABLE p (a int, b int CONSTRAINT fk REFERENCES o, CONSTRAINT pu UNIQUE (a)) PARTITION BY LIST (a);"
    "CREATE TABLE p_1 PARTITION OF p FOR VALUES IN (1);"
    "CREATE TABLE r (u int REFERENCES o (u));";

Plan plan(const std::string& migration, int pg_version = 15) {
  Planning planning;
  planning.schema = kTables;
  planning.pg_version = pg_version;
  return plan_of(migration, planning);
}

std::string refusal_of(const std::string& migration) {
  const Plan made = plan(migration);
  EXPECT_THAT(made.not_rewritten, SizeIs(1)) << migration;
  return made.not_rewritten.empty() ? std::string() : made.not_rewritten.front().reason;
}

TEST(ReplacedConstraintsTest, AForeignKeyIsAddedUnderAnotherNameAndTakesTheOldOnes) {
  const Plan made = plan("ALTER TABLE t DROP CONSTRAINT fk, ADD CONSTRAINT fk FOREIGN KEY (b) REFERENCES o (u)");
  EXPECT_THAT(
      sent(made),
      ElementsAre("ALTER TABLE public.t ADD CONSTRAINT pglatch_fk_new FOREIGN KEY (b) REFERENCES o (u) NOT VALID",
                  "ALTER TABLE public.t VALIDATE CONSTRAINT pglatch_fk_new", "ALTER TABLE public.t DROP CONSTRAINT fk",
                  "ALTER TABLE public.t RENAME CONSTRAINT pglatch_fk_new TO fk"));
  EXPECT_THAT(made.steps().back()->sql, SizeIs(2));
  // The database does not tell: the name is the old one's before, and nobody's afterwards.
  EXPECT_THAT(made.steps().front()->already_done, IsEmpty());
  EXPECT_TRUE(made.keeps_ledger());
}

TEST(ReplacedConstraintsTest, APartitionsForeignKeysAreRenamedToo) {
  for (const int version : {15, 18}) {
    const Plan made = plan("ALTER TABLE p DROP CONSTRAINT fk, ADD CONSTRAINT fk FOREIGN KEY (b) REFERENCES o", version);
    EXPECT_THAT(made.steps().back()->sql, ElementsAre("ALTER TABLE public.p DROP CONSTRAINT fk",
                                                      "ALTER TABLE public.p RENAME CONSTRAINT pglatch_fk_new TO fk",
                                                      "ALTER TABLE public.p_1 RENAME CONSTRAINT pglatch_fk_new TO fk"));
  }
}

TEST(ReplacedConstraintsTest, AUniqueKeysIndexIsBuiltBeforeTheOldKeyGoes) {
  EXPECT_THAT(sent(plan("ALTER TABLE t DROP CONSTRAINT IF EXISTS u, ADD CONSTRAINT u UNIQUE (a, b) DEFERRABLE")),
              ElementsAre("CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS t_a_b_pglatch_key ON public.t (a, b)",
                          "ALTER TABLE public.t DROP CONSTRAINT IF EXISTS u, ADD CONSTRAINT u UNIQUE USING INDEX "
                          "t_a_b_pglatch_key DEFERRABLE"));
}

TEST(ReplacedConstraintsTest, APartitionedTablesKeysChangeInOneTransaction) {
  const Plan made = plan("ALTER TABLE p DROP CONSTRAINT pu, ADD CONSTRAINT pu UNIQUE (a, b)");
  EXPECT_THAT(made.steps().back()->sql,
              ElementsAre("ALTER TABLE public.p DROP CONSTRAINT pu", StartsWith("DO "),
                          "ALTER TABLE public.p_1 ADD CONSTRAINT p_1_a_b_key UNIQUE USING INDEX p_1_a_b_pglatch_key",
                          "ALTER TABLE public.p ADD CONSTRAINT pu UNIQUE (a, b)"));
}

TEST(ReplacedConstraintsTest, AnUnnamedKeyTakesTheNameOfTheOneThatIsDropped) {
  EXPECT_THAT(
      sent(plan("ALTER TABLE o DROP CONSTRAINT o_u_key, ADD UNIQUE (u) WITH (fillfactor = 70), ADD COLUMN x int")),
      Not(Contains(HasSubstr("o_u_key1"))));
}

TEST(ReplacedConstraintsTest, AnotherConstraintThanThePrimaryKeyMayGoAsOneComes) {
  Planning planning;
  planning.schema = "CREATE TABLE n (id int NOT NULL, CONSTRAINT c CHECK (id > 0));";
  EXPECT_THAT(plan_of("ALTER TABLE n DROP CONSTRAINT c, ADD PRIMARY KEY (id)", planning).not_rewritten, IsEmpty());
}

// As migration tools write it.
TEST(ReplacedConstraintsTest, TwoStatementsAreOneChange) {
  for (const std::string add : {"CHECK (a > 1)", "FOREIGN KEY (b) REFERENCES o (u)", "UNIQUE (a, b)"}) {
    for (const std::string bracket : {"", "BEGIN;"}) {
      const Plan made =
          plan(fmt::format("{}ALTER TABLE t DROP CONSTRAINT IF EXISTS x; ALTER TABLE t ADD CONSTRAINT x {};{}", bracket,
                           add, bracket.empty() ? "" : " COMMIT;"));
      SCOPED_TRACE(add);
      EXPECT_THAT(made.statements, Each(Field(&OriginalStatement::disposition, Disposition::rewritten)));
      EXPECT_EQ(made.statements[0].steps, made.statements[1].steps);
      EXPECT_THAT(sent(made).front(), HasSubstr("pglatch"));
    }
  }
}

TEST(ReplacedConstraintsTest, StatementsOnOtherTablesOrOfOtherNamesAreNone) {
  for (const std::string sql : {
           "ALTER TABLE t DROP CONSTRAINT c; ALTER TABLE t ADD CONSTRAINT d CHECK (a > 1);",
           "ALTER TABLE t DROP CONSTRAINT c; ALTER TABLE o ADD CONSTRAINT c CHECK (u > 1);",
           "ALTER TABLE t DROP CONSTRAINT c, ALTER b DROP DEFAULT; ALTER TABLE t ADD CONSTRAINT c CHECK (a > 1);",
           "ALTER TABLE t DROP CONSTRAINT c; ALTER TABLE t ADD CONSTRAINT c CHECK (a > 1) NOT VALID;",
           "ALTER TABLE t DROP CONSTRAINT c; SELECT 1; ALTER TABLE t ADD CONSTRAINT c CHECK (a > 1);",
       }) {
    EXPECT_THAT(sent(plan(sql)).front(), StartsWith("ALTER TABLE t DROP CONSTRAINT c")) << sql;
  }
}

TEST(ReplacedConstraintsTest, WhatCannotTakeOverIsRefused) {
  EXPECT_THAT(refusal_of("ALTER TABLE o DROP CONSTRAINT o_u_key CASCADE, ADD CONSTRAINT o_u_key UNIQUE (u, id)"),
              HasSubstr("The foreign key r_u_fkey of public.r holds on to o_u_key of public.o"));
  EXPECT_THAT(
      refusal_of("ALTER TABLE t DROP CONSTRAINT fh, ADD CONSTRAINT fh FOREIGN KEY (h) REFERENCES h ON DELETE CASCADE"),
      HasSubstr("public.h is partitioned"));
  EXPECT_THAT(
      refusal_of("ALTER TABLE t DROP CONSTRAINT c, ADD CONSTRAINT c CHECK (a > 1) NOT VALID, ADD CHECK (b > 0)"),
      HasSubstr("dropped and added again in a statement that does more"));
  EXPECT_THAT(refusal_of("ALTER TABLE t DROP CONSTRAINT t_pkey, ADD CONSTRAINT k PRIMARY KEY (id, a), ADD x int"),
              HasSubstr("a table has one primary key at a time"));
}

}  // namespace
}  // namespace pglatch::testing
