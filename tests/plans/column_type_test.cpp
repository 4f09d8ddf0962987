// Columns that get another type: what the plan makes of what stands on them, and where it makes none.
#include <gmock/gmock.h>

#include "tests/plans/planning.h"

namespace pglatch::testing {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::Each;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

constexpr const char* kTree =
    "CREATE TABLE p (id int NOT NULL, d date NOT NULL, a int, s text COLLATE \"C\", PRIMARY KEY (id, d))"
    "  PARTITION BY RANGE (d);"
    "CREATE TABLE p_1 PARTITION OF p FOR VALUES FROM ('2024-01-01') TO ('2024-02-01');"
    "CREATE TABLE p_2 PARTITION OF p DEFAULT;";

Plan plan(const std::string& schema, const std::string& migration, int pg_version = 15) {
  Planning planning;
  planning.schema = schema;
  planning.pg_version = pg_version;
  return plan_of(migration, planning);
}

std::string refusal_of(const std::string& schema, const std::string& migration, int pg_version = 15) {
  const Plan made = plan(schema, migration, pg_version);
  EXPECT_THAT(made.not_rewritten, SizeIs(1)) << migration;
  return made.not_rewritten.empty() ? std::string() : made.not_rewritten.front().reason;
}

const Step& switching(const Plan& made) { return step_with(made, "LOCK TABLE"); }

TEST(ColumnTypeTest, PartitionsIndexesAreBuiltAndTakenOver) {
  const Plan made = plan(kTree, "ALTER TABLE p ALTER id TYPE bigint");
  EXPECT_THAT(made.not_rewritten, IsEmpty());
  EXPECT_THAT(sent(made), Contains("CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS pglatch_new_p_2_pkey ON public.p_2 "
                                   "(pglatch_new_id, d)"));
  EXPECT_THAT(switching(made).sql,
              Contains("ALTER TABLE public.p_2 ADD CONSTRAINT p_2_pkey PRIMARY KEY USING INDEX pglatch_new_p_2_pkey"));
  EXPECT_THAT(switching(made).sql, Contains("ALTER TABLE public.p ADD CONSTRAINT p_pkey PRIMARY KEY (id, d)"));
  EXPECT_THAT(switching(made).sql, Contains(HasSubstr("has other partitions than planned")));
  EXPECT_THAT(made.reordered, SizeIs(3));
}

// By the model's own account it builds nothing: the parts are as the parent's index is to be.
TEST(ColumnTypeTest, TheSwitchBuildsNothing) {
  const Plan made = plan(std::string(kTree) + "CREATE INDEX i ON p (a DESC) INCLUDE (id);",
                         "ALTER TABLE p ALTER a TYPE bigint; ALTER TABLE p ALTER id TYPE bigint;");
  EXPECT_THAT(made.not_rewritten, IsEmpty());
  for (const Step* step : made.steps()) {
    if (step->step_class != StepClass::brief) continue;
    EXPECT_THAT(step->work, Each(Field(&StepWork::kind, Not(WorkKind::index_build)))) << step->title;
  }
}

TEST(ColumnTypeTest, ACollationIsPartOfTheType) {
  const Plan made =
      plan("CREATE TABLE t (id int PRIMARY KEY, a int);", "ALTER TABLE t ALTER a TYPE text COLLATE \"C\"");
  EXPECT_THAT(sent(made), Contains("ALTER TABLE public.t ADD COLUMN pglatch_new_a text COLLATE \"C\""));
  EXPECT_THAT(switching(made).already_done, HasSubstr("a.attcollation = to_regcollation('\"C\"')"));
}

TEST(ColumnTypeTest, AnIndexThatIsBuiltAnewIsReasonEnough) {
  const Plan made = plan(std::string(kTree) + "CREATE INDEX ON p (s);", "ALTER TABLE p ALTER s TYPE text");
  EXPECT_THAT(made.not_rewritten, IsEmpty());
  EXPECT_THAT(sent(made), Contains("ALTER TABLE public.p ADD COLUMN pglatch_new_s text"));
}

TEST(ColumnTypeTest, AnIndexsOwnCollationMayNotBeTheColumns) {
  EXPECT_THAT(refusal_of("CREATE TABLE t (id int PRIMARY KEY, a text); CREATE INDEX i ON t (a COLLATE \"C\");",
                         "ALTER TABLE t ALTER a TYPE varchar(10) COLLATE \"C\""),
              HasSubstr("The index public.i"));
}

// What its condition becomes the server says: nothing of it is in the plan.
TEST(ColumnTypeTest, ACheckIsMadeFromADraftOfTheTable) {
  const Plan made = plan("CREATE TABLE t (id int PRIMARY KEY, a int CONSTRAINT c CHECK (a > 4711));",
                         "ALTER TABLE t ALTER a TYPE bigint");
  EXPECT_THAT(made.not_rewritten, IsEmpty());
  EXPECT_THAT(sent(made), Each(Not(HasSubstr("4711"))));
  EXPECT_THAT(step_with(made, "INCLUDING CONSTRAINTS").sql,
              Contains("ALTER TABLE public.pglatch_draft_t_a ALTER COLUMN a TYPE bigint USING NULL"));
  EXPECT_THAT(sent(made), Contains("ALTER TABLE public.t VALIDATE CONSTRAINT pglatch_new_c"));
  EXPECT_THAT(switching(made).sql, AllOf(Contains("ALTER TABLE public.t DROP CONSTRAINT c"),
                                         Contains("ALTER TABLE public.t RENAME CONSTRAINT pglatch_new_c TO c")));
}

TEST(ColumnTypeTest, ACheckThatIsNotValidStaysSo) {
  const Plan made =
      plan("CREATE TABLE t (id int PRIMARY KEY, a int); ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0) NOT VALID;",
           "ALTER TABLE t ALTER a TYPE bigint");
  EXPECT_THAT(made.not_rewritten, IsEmpty());
  EXPECT_THAT(sent(made), Each(Not(HasSubstr("VALIDATE CONSTRAINT pglatch_new_c"))));
}

TEST(ColumnTypeTest, TheSameTypeIsAnUpdate) {
  const Plan made =
      plan("CREATE TABLE t (id int PRIMARY KEY, a text);", "ALTER TABLE t ALTER a TYPE text USING upper(a)");
  ASSERT_THAT(made.not_rewritten, SizeIs(1));
  EXPECT_THAT(made.not_rewritten.front().reason, HasSubstr("keeps its type"));
  EXPECT_THAT(made.not_rewritten.front().manual, HasSubstr("UPDATE"));
}

TEST(ColumnTypeTest, WhatOnlyOnePartitionHasIsRefused) {
  const std::string change = "ALTER TABLE p ALTER a TYPE bigint";
  const auto with = [&](const std::string& more) { return refusal_of(kTree + more, change); };
  EXPECT_THAT(with("CREATE INDEX i ON p_1 (a);"),
              HasSubstr("The partition public.p_1 has the index public.i of its own"));
  EXPECT_THAT(with("ALTER TABLE p_1 ADD CONSTRAINT c CHECK (a > 0);"), HasSubstr("has the constraint c of its own"));
  EXPECT_THAT(with("ALTER TABLE p_1 ALTER a SET NOT NULL;"), HasSubstr("has a NOT NULL of its own"));
  EXPECT_THAT(with("CREATE TABLE o (id int PRIMARY KEY); ALTER TABLE p_2 ADD FOREIGN KEY (a) REFERENCES o;"),
              HasSubstr("of its own"));
}

TEST(ColumnTypeTest, TreesThatCannotBeFollowedAreRefused) {
  const std::string change = "ALTER TABLE p ALTER a TYPE bigint";
  EXPECT_THAT(refusal_of(kTree, change, 12), HasSubstr("Before PostgreSQL 13"));
  EXPECT_THAT(
      refusal_of(std::string(kTree) + "CREATE FOREIGN TABLE p_3 PARTITION OF p FOR VALUES FROM ('2025-01-01') TO "
                                      "('2025-02-01') SERVER s;",
                 change),
      HasSubstr("is a foreign table"));
  EXPECT_THAT(
      refusal_of("CREATE TABLE p (a int, d date) PARTITION BY RANGE (d); CREATE TABLE p_1 PARTITION OF p DEFAULT;",
                 change),
      HasSubstr("none is known"));
  EXPECT_THAT(refusal_of(std::string(kTree) + "CREATE TABLE o (id int PRIMARY KEY); ALTER TABLE p ADD FOREIGN KEY (a) "
                                              "REFERENCES o;",
                         change),
              HasSubstr("The foreign key p_a_fkey"));
}

}  // namespace
}  // namespace pglatch::testing
