// Primary keys that change: which statements belong to the change, and what is refused.
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

constexpr const char* kTable = "CREATE TABLE t (id bigint PRIMARY KEY, tenant bigint NOT NULL);";
constexpr const char* kPartitions =
    "CREATE TABLE p (id bigint NOT NULL, d date NOT NULL) PARTITION BY RANGE (d);"
    "CREATE TABLE p_1 PARTITION OF p (PRIMARY KEY (id)) FOR VALUES FROM ('2024-01-01') TO ('2024-02-01');"
    "CREATE TABLE p_2 PARTITION OF p (PRIMARY KEY (id)) FOR VALUES FROM ('2024-02-01') TO ('2024-03-01');";

Plan plan(const std::string& schema, const std::string& migration, int pg_version = 15) {
  Planning planning;
  planning.schema = schema;
  planning.pg_version = pg_version;
  return plan_of(migration, planning);
}

TEST(ChangeKeyTest, OneStatement) {
  const Plan made = plan(kTable, "ALTER TABLE t DROP CONSTRAINT t_pkey, ADD PRIMARY KEY (tenant, id)");
  EXPECT_THAT(sent(made),
              ElementsAre("CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS t_pglatch_pkey ON public.t (tenant, id)",
                          "ALTER TABLE public.t DROP CONSTRAINT t_pkey, ADD CONSTRAINT t_pkey PRIMARY KEY USING INDEX "
                          "t_pglatch_pkey"));
}

TEST(ChangeKeyTest, TwoStatementsAreOneChange) {
  const Plan made = plan(kTable,
                         "ALTER TABLE t DROP CONSTRAINT t_pkey;\n"
                         "ALTER TABLE t ADD CONSTRAINT k PRIMARY KEY (tenant, id);\n"
                         "COMMENT ON TABLE t IS 'x';");
  EXPECT_THAT(sent(made), SizeIs(3));
  EXPECT_THAT(made.statements[0].steps, ElementsAre("S1", "S2"));
  EXPECT_THAT(made.statements[1].steps, ElementsAre("S1", "S2"));
  EXPECT_EQ(made.statements[1].disposition, Disposition::rewritten);
  EXPECT_THAT(made.statements[2].steps, ElementsAre("S3"));
}

TEST(ChangeKeyTest, InATransactionToo) {
  const Plan made = plan(kTable,
                         "BEGIN;\nALTER TABLE t DROP CONSTRAINT t_pkey;\nALTER TABLE t ADD PRIMARY KEY (tenant, id);\n"
                         "COMMIT;");
  EXPECT_THAT(sent(made), SizeIs(2));
  EXPECT_THAT(made.not_rewritten, IsEmpty());
}

TEST(ChangeKeyTest, OtherStatementsBetweenKeepThemApart) {
  const Plan made = plan(kTable,
                         "ALTER TABLE t DROP CONSTRAINT t_pkey;\nUPDATE t SET tenant = 1 WHERE tenant = 2;\n"
                         "ALTER TABLE t ADD PRIMARY KEY (tenant, id);");
  EXPECT_THAT(sent(made), Contains("ALTER TABLE t DROP CONSTRAINT t_pkey"));
}

TEST(ChangeKeyTest, KeysOfPartitionsGoOneByOne) {
  const Plan made = plan(kPartitions,
                         "ALTER TABLE p_1 DROP CONSTRAINT p_1_pkey;\nALTER TABLE p_2 DROP CONSTRAINT p_2_pkey;\n"
                         "ALTER TABLE p ADD PRIMARY KEY (id, d);");
  EXPECT_THAT(made.statements, Each(Field(&OriginalStatement::disposition, Disposition::rewritten)));
  EXPECT_THAT(sent(made),
              Contains("ALTER TABLE public.p_2 DROP CONSTRAINT p_2_pkey, ADD CONSTRAINT p_2_pkey PRIMARY KEY "
                       "USING INDEX p_2_pglatch_pkey"));
  EXPECT_THAT(made.notes, Contains(HasSubstr("Nothing keeps (id) alone unique in public.p_1")));
}

TEST(ChangeKeyTest, KeysOfPartitionsInTheWayAreRefused) {
  const Plan made = plan(kPartitions, "ALTER TABLE p ADD PRIMARY KEY (id, d);");
  ASSERT_THAT(made.not_rewritten, SizeIs(1));
  EXPECT_THAT(made.not_rewritten.front().reason, HasSubstr("multiple primary keys for table \"p_1\" are not allowed"));
}

TEST(ChangeKeyTest, ReferencedKeysAreRefused) {
  const Plan made = plan(std::string(kTable) + "CREATE TABLE u (t bigint REFERENCES t);",
                         "ALTER TABLE t DROP CONSTRAINT t_pkey CASCADE, ADD PRIMARY KEY (tenant, id)");
  ASSERT_THAT(made.not_rewritten, SizeIs(1));
  EXPECT_THAT(made.not_rewritten.front().reason, HasSubstr("The foreign key u_t_fkey of public.u holds on to t_pkey"));
  EXPECT_THAT(made.not_rewritten.front().manual, HasSubstr("NOT VALID"));
}

TEST(ChangeKeyTest, NoPlaceholderUnlessItsRisksAreAccepted) {
  const std::string migration = "ALTER TABLE q DROP CONSTRAINT q_pkey, ADD PRIMARY KEY (d, id)";
  Planning planning;
  planning.schema =
      "CREATE TABLE q (id bigint, d date, PRIMARY KEY (id, d)) PARTITION BY RANGE (d);"
      "CREATE TABLE q_1 PARTITION OF q DEFAULT;";
  EXPECT_THAT(sent(plan_of(migration, planning)), Each(Not(HasSubstr("placeholder"))));
  planning.decisions.accepted_risks.insert("placeholder-swap");
  const Plan made = plan_of(migration, planning);
  EXPECT_THAT(sent(made), Contains("INSERT INTO public.q_pglatch_offline SELECT * FROM public.q_pglatch_placeholder"));
  EXPECT_THAT(made.notes, Contains(HasSubstr("Accepted risk: UPDATE and DELETE")));
}

// Then the database does not tell the new key from the old one.
TEST(ChangeKeyTest, TheSameColumnsAreRemembered) {
  const Plan made = plan(kTable, "ALTER TABLE t DROP CONSTRAINT t_pkey, ADD PRIMARY KEY (id) WITH (fillfactor = 70)");
  EXPECT_TRUE(made.keeps_ledger());
  EXPECT_THAT(step_with(made, "USING INDEX").already_done, IsEmpty());
  EXPECT_THAT(step_with(made, "USING INDEX").ledger_key, Not(IsEmpty()));
}

}  // namespace
}  // namespace pglatch::testing
