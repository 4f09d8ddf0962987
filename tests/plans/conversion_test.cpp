// Conversions to partitioned tables that are refused, and why.
#include <gmock/gmock.h>

#include "tests/plans/planning.h"

namespace pglatch::testing {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

constexpr const char* kSchema = "CREATE TABLE t (id bigint PRIMARY KEY, at date NOT NULL, n int);";

// Those that surround the copy.
std::string conversion(const std::string& more = {}, const std::string& like = "LIKE t_old INCLUDING DEFAULTS") {
  return "ALTER TABLE t RENAME TO t_old;\nCREATE TABLE t (" + like +
         ") PARTITION BY RANGE (at);\n"
         "CREATE TABLE t_2040 PARTITION OF t FOR VALUES FROM ('2040-01-01') TO ('2041-01-01');\n" +
         more + "INSERT INTO t SELECT * FROM t_old;";
}

Plan plan(const std::string& migration, const std::string& schema = kSchema, const char* floor = "2000-01-01",
          const char* cut = "2040-01-01") {
  Planning planning;
  planning.schema = schema;
  planning.decisions.parameters["floor"] = floor;
  planning.decisions.parameters["cut"] = cut;
  return plan_of(migration, planning);
}

std::string refusal(const Plan& plan) {
  return plan.not_rewritten.empty() ? std::string()
                                    : plan.not_rewritten.front().reason + " " + plan.not_rewritten.front().manual;
}

TEST(ConversionTest, StandsForAllStatements) {
  const Plan made = plan(conversion("CREATE INDEX ON t (n);\n"));
  EXPECT_THAT(made.not_rewritten, IsEmpty()) << refusal(made);
  for (const OriginalStatement& statement : made.statements) {
    EXPECT_EQ(statement.disposition, Disposition::rewritten) << statement.sql;
  }
  EXPECT_THAT(sent(made), Contains("CREATE INDEX IF NOT EXISTS t_n_idx ON public.t_pglatch_new (n)"));
  EXPECT_THAT(sent(made), Not(Contains(HasSubstr("INSERT"))));
}

TEST(ConversionTest, AsksForFloorAndCut) {
  const Plan made = plan_of(conversion(), {kSchema});
  EXPECT_THAT(refusal(made), HasSubstr("SELECT min(at), max(at)"));
  EXPECT_THAT(refusal(made), HasSubstr("--param floor="));
}

TEST(ConversionTest, PartitionsOfHistoryAreLeftToTheOldTable) {
  const Plan made =
      plan(conversion("CREATE TABLE t_2020 PARTITION OF t FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');\n"));
  EXPECT_THAT(refusal(made), IsEmpty());
  EXPECT_THAT(made.notes, Contains(HasSubstr("The partition public.t_2020 is not made")));
}

TEST(ConversionTest, ACutInsideOfAPartitionIsRefused) {
  EXPECT_THAT(refusal(plan(conversion(), kSchema, "2000-01-01", "2040-06-01")),
              HasSubstr("from below the cut and from above"));
}

TEST(ConversionTest, NoPartitionForNewRowsIsRefused) {
  EXPECT_THAT(refusal(plan(conversion(), kSchema, "2000-01-01", "2042-01-01")), HasSubstr("would be refused"));
}

TEST(ConversionTest, WhatHoldsOnToTheOldTableIsRefused) {
  EXPECT_THAT(refusal(plan(conversion(), std::string(kSchema) + "CREATE TABLE u (t bigint REFERENCES t);")),
              HasSubstr("Foreign keys reference public.t"));
  EXPECT_THAT(refusal(plan(conversion(), std::string(kSchema) + "CREATE VIEW v AS SELECT id FROM t;")),
              HasSubstr("The view public.v reads public.t"));
  const std::string identity = "CREATE TABLE t (id bigint GENERATED ALWAYS AS IDENTITY, at date);";
  EXPECT_THAT(refusal(plan(conversion(), identity)), HasSubstr("would get no number"));
  EXPECT_THAT(refusal(plan(conversion({}, "LIKE t_old INCLUDING IDENTITY"), identity)), IsEmpty());
}

TEST(ConversionTest, WhatCannotBeAPartOfItIsRefused) {
  EXPECT_THAT(refusal(plan(conversion("SELECT make_partitions('t');\n"))), HasSubstr("cannot be told from outside"));
  EXPECT_THAT(refusal(plan(conversion("UPDATE t SET n = 1;\n"))), HasSubstr("between the rename and the copy"));
}

TEST(ConversionTest, ColumnsMayBeSpelledOutAsTheyWere) {
  const std::string same = "id bigint NOT NULL, at date NOT NULL, n int";
  EXPECT_THAT(refusal(plan(conversion({}, same))), IsEmpty());
  EXPECT_THAT(refusal(plan(conversion({}, same + ", m int"))), HasSubstr("more or fewer columns"));
  EXPECT_THAT(refusal(plan(conversion({}, "id bigint NOT NULL, at date NOT NULL, n bigint"))),
              HasSubstr("its column n"));
  EXPECT_THAT(refusal(plan(conversion({}, "id bigint NOT NULL, at date NOT NULL, n int NOT NULL"))),
              HasSubstr("its column n"));
  EXPECT_THAT(refusal(plan(conversion({}, "id bigserial, at date NOT NULL, n int"))), HasSubstr("begin at 1 again"));
  EXPECT_THAT(refusal(plan(conversion({}, same + " CHECK (n > 0)"))), HasSubstr("its column n has a constraint"));
  EXPECT_THAT(refusal(plan(conversion({}, same + ", CONSTRAINT c CHECK (n > 0)"))), HasSubstr("satisfy its CHECK"));
}

TEST(ConversionTest, KeysAndIndexesMayComeAfterTheCopy) {
  const Plan made = plan(conversion() + "CREATE INDEX ON t (n);\nCOMMENT ON TABLE t IS 'by year';\nSELECT 1;");
  EXPECT_THAT(refusal(made), IsEmpty());
  EXPECT_THAT(sent(made), Contains("CREATE INDEX IF NOT EXISTS t_n_idx ON public.t_pglatch_new (n)"));
  EXPECT_EQ(made.statements[4].disposition, Disposition::rewritten);
  EXPECT_EQ(made.statements[6].disposition, Disposition::unchanged);
  // By itself, it would be built under a lock on all rows.
  EXPECT_THAT(refusal(plan(conversion() + "SELECT 1;\nCREATE INDEX ON t (n);")),
              HasSubstr("when the table has all its rows"));
  EXPECT_THAT(refusal(plan(conversion() + "UPDATE t SET n = 1;")), HasSubstr("when the table has all its rows"));
  EXPECT_THAT(refusal(plan(conversion() + "ALTER TABLE t ADD COLUMN m int;")), HasSubstr("changes the new table"));
}

TEST(ConversionTest, ForeignKeysChangeTheirTargetWhenTheTableDoes) {
  Planning planning;
  planning.schema = "CREATE TABLE t (id bigint PRIMARY KEY); CREATE TABLE u (t bigint CONSTRAINT k REFERENCES t);";
  planning.decisions.parameters["split"] = "copy";
  planning.pg_version = 18;
  const std::string script =
      "ALTER TABLE t RENAME TO t_old;\nCREATE TABLE t (LIKE t_old, PRIMARY KEY (id)) PARTITION BY HASH (id);\n"
      "CREATE TABLE t_0 PARTITION OF t FOR VALUES WITH (MODULUS 1, REMAINDER 0);\n"
      "INSERT INTO t SELECT * FROM t_old;\n";
  const std::string drop = "ALTER TABLE u DROP CONSTRAINT k;\n";
  const std::string add = "ALTER TABLE u ADD CONSTRAINT k FOREIGN KEY (t) REFERENCES t;\n";
  const Plan made = plan_of(script + drop + add, planning);
  EXPECT_THAT(refusal(made), IsEmpty());
  const Step& swap = step_with(made, "RENAME TO t_old");
  EXPECT_THAT(swap.sql, Contains("ALTER TABLE u DROP CONSTRAINT k"));
  EXPECT_EQ(swap.sql.back(), "ALTER TABLE public.u ADD CONSTRAINT k FOREIGN KEY (t) REFERENCES t NOT VALID");
  EXPECT_EQ(made.steps().back()->sql.front(), "ALTER TABLE public.u VALIDATE CONSTRAINT k");
  EXPECT_THAT(refusal(plan_of(script, planning)), HasSubstr("Foreign keys reference public.t"));
  EXPECT_THAT(refusal(plan_of(script + "SELECT 1;\n" + drop, planning)), HasSubstr("has all its rows"));
  planning.pg_version = 17;
  EXPECT_THAT(refusal(plan_of(script + drop + add, planning)), HasSubstr("before PostgreSQL 18"));
  EXPECT_THAT(refusal(plan_of(script + drop, planning)), IsEmpty());
}

TEST(ConversionTest, CopiesWhereThatIsAskedFor) {
  Planning planning;
  planning.schema = kSchema;
  planning.decisions.parameters["split"] = "copy";
  const Plan made = plan_of(conversion("ALTER TABLE t ADD PRIMARY KEY (id, at);\n") + "\nDROP TABLE t_old;", planning);
  EXPECT_THAT(refusal(made), Not(HasSubstr("becomes a partitioned table")));
  EXPECT_THAT(sent(made), Contains(HasSubstr("FOR SHARE")));
  EXPECT_THAT(refusal(plan_of(conversion(), planning)), HasSubstr("needs a primary key"));
}

TEST(ConversionTest, AMereRenameIsNone) {
  const Plan made = plan("ALTER TABLE t RENAME TO t_old;\nCREATE TABLE t (id bigint) PARTITION BY RANGE (id);");
  EXPECT_THAT(refusal(made), Not(HasSubstr("becomes a partitioned table")));
}

}  // namespace
}  // namespace pglatch::testing
