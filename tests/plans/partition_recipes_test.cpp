// Partitions made, attached, detached and dropped: what the plans send, and what they refuse.
#include <gmock/gmock.h>

#include "analyzer/plan/writers.h"
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
using ::testing::StartsWith;

Plan plan(const std::string& schema, const std::string& migration, int pg_version = 15) {
  Planning planning;
  planning.schema = schema;
  planning.pg_version = pg_version;
  return plan_of(migration, planning);
}

// Why the only statement is left as it is.
std::string refusal(const std::string& schema, const std::string& migration) {
  const Plan made = plan(schema, migration);
  return made.not_rewritten.size() == 1 ? made.not_rewritten.front().reason : "not refused";
}

constexpr const char* kByDay = "CREATE TABLE t (id int, day date) PARTITION BY RANGE (day);";
constexpr const char* kByKind = "CREATE TABLE t (id int, kind text) PARTITION BY LIST (kind);";

// CREATE TABLE … PARTITION OF ------------------------------------------------------------------------------------

TEST(CreatePartition, IsATableOfItsOwnThatIsAttached) {
  EXPECT_THAT(sent(plan(kByDay, "CREATE TABLE p PARTITION OF t FOR VALUES FROM ('2025-01-01') TO ('2026-01-01')")),
              ElementsAre("CREATE TABLE public.p (LIKE public.t INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING "
                          "STORAGE INCLUDING GENERATED INCLUDING COMPRESSION)",
                          "ALTER TABLE public.t ATTACH PARTITION public.p FOR VALUES FROM ('2025-01-01') TO "
                          "('2026-01-01')"));
}

TEST(CreatePartition, KeepsWhatIsSaidOfThePartition) {
  const Plan made =
      plan(kByDay,
           "CREATE UNLOGGED TABLE IF NOT EXISTS \"My p\" PARTITION OF public . t (id WITH OPTIONS /* a, b "
           "*/ NOT NULL DEFAULT f(1, 2) CONSTRAINT c CHECK (id > 0), PRIMARY KEY (id, day)) DEFAULT "
           "WITH (fillfactor = 70) TABLESPACE fast");
  EXPECT_THAT(
      sent(made),
      ElementsAre("CREATE UNLOGGED TABLE IF NOT EXISTS public.\"My p\" (LIKE public.t INCLUDING DEFAULTS "
                  "INCLUDING CONSTRAINTS INCLUDING STORAGE INCLUDING GENERATED INCLUDING COMPRESSION, CONSTRAINT "
                  "c CHECK (id > 0), PRIMARY KEY (id, day)) WITH (fillfactor = 70) "
                  "TABLESPACE fast",
                  "ALTER TABLE public.\"My p\" ALTER COLUMN id SET NOT NULL, ALTER COLUMN id SET DEFAULT f(1, 2)",
                  "ALTER TABLE public.t ATTACH PARTITION public.\"My p\" DEFAULT"));
}

TEST(CreatePartition, IsStoredWhereItsParentIs) {
  EXPECT_THAT(sent(plan("CREATE TABLE t (k int) PARTITION BY LIST (k) USING columnar TABLESPACE fast;",
                        "CREATE TABLE p PARTITION OF t FOR VALUES IN (1)", 17)),
              Contains(HasSubstr(") USING columnar TABLESPACE fast")));
}

TEST(CreatePartition, HasTheDefaultPartitionProveThatItHasNoSuchRows) {
  const Plan made = plan(std::string(kByDay) + "CREATE TABLE d PARTITION OF t DEFAULT;",
                         "CREATE TABLE p PARTITION OF t FOR VALUES FROM ('2025-01-01') TO ('2026-01-01')");
  ASSERT_THAT(sent(made), SizeIs(5));
  EXPECT_THAT(sent(made)[0], AllOf(HasSubstr("public.d ADD CONSTRAINT pglatch_bound_"),
                                   HasSubstr("CHECK (day < '2025-01-01' OR day >= '2026-01-01') NOT VALID")));
  EXPECT_THAT(sent(made)[1], HasSubstr("public.d VALIDATE CONSTRAINT pglatch_bound_"));
  EXPECT_THAT(sent(made)[4], HasSubstr("public.d DROP CONSTRAINT IF EXISTS pglatch_bound_"));
  EXPECT_THAT(made.notes, Contains(HasSubstr("are refused")));
  EXPECT_THAT(step_with(made, "ATTACH").work, Not(Contains(::testing::Field(&StepWork::relation, "public.d"))));
}

// "t_kind_idx" is made on the parent first, which is all that a new partition needs to have it too.
constexpr const char* kIndexed =
    "CREATE TABLE t (id int, kind text) PARTITION BY LIST (kind); CREATE TABLE a PARTITION OF t FOR VALUES IN ('a');"
    "CREATE TABLE u (id int, kind text) PARTITION BY LIST (kind);";

TEST(CreatePartition, ComesBeforeTheRestOfAnIndexIsBuilt) {
  const Plan made = plan(kIndexed,
                         "CREATE INDEX ON t (kind);"
                         "CREATE TABLE b PARTITION OF t FOR VALUES IN ('b');"
                         "CREATE TABLE c PARTITION OF t FOR VALUES IN ('c');");
  EXPECT_THAT(titles(made),
              ElementsAre("Create public.t_kind_idx on public.t only", HasSubstr("Check that public.t has"),
                          "Create public.b as a table of its own", "Attach public.b to public.t",
                          "Create public.c as a table of its own", "Attach public.c to public.t",
                          HasSubstr("Build public.a_kind_idx"), HasSubstr("Check that every"),
                          HasSubstr("Attach public.a_kind_idx"), HasSubstr("Check that public.t_kind_idx is valid")));
  EXPECT_THAT(made.statements[0].steps, ElementsAre("S1", "S2", "S7", "S8", "S9", "S10"));
  EXPECT_THAT(made.statements[1].steps, ElementsAre("S3", "S4"));
  EXPECT_THAT(write_plan_markdown(made), HasSubstr("in the plan S1 to S2, S7 to S10"));
}

TEST(CreatePartition, ComesEarlyOutOfATransactionToo) {
  EXPECT_THAT(
      titles(plan(kIndexed,
                  "BEGIN; CREATE INDEX ON t (kind); CREATE TABLE b PARTITION OF t FOR VALUES IN ('b'); COMMIT;"))[2],
      "Create public.b as a table of its own");
}

TEST(CreatePartition, StaysBehindAnIndexOfAnotherTableAndBehindWhatIsInBetween) {
  const auto last_of = [](const std::string& migration) { return titles(plan(kIndexed, migration)).back(); };
  EXPECT_EQ(last_of("CREATE INDEX ON t (kind); CREATE TABLE b PARTITION OF u FOR VALUES IN ('b');"),
            "Attach public.b to public.u");
  EXPECT_EQ(last_of("CREATE INDEX ON t (kind); COMMENT ON TABLE t IS 'x';"
                    "CREATE TABLE b PARTITION OF t FOR VALUES IN ('b');"),
            "Attach public.b to public.t");
}

TEST(CreatePartition, IsTriedAsItIsWhereAttachLocksAsMuch) {
  const Plan made = plan(kByDay, "CREATE TABLE p PARTITION OF t FOR VALUES FROM ('2025-01-01') TO ('2026-01-01')", 11);
  EXPECT_THAT(titles(made), ElementsAre("Create public.p"));
  EXPECT_EQ(made.steps().front()->step_class, StepClass::brief);
}

TEST(CreatePartition, AssumesWhatNobodySaysOfTheParent) {
  const Plan made = plan("", "CREATE TABLE app.p PARTITION OF app.t FOR VALUES IN (1)");
  EXPECT_THAT(made.not_rewritten, IsEmpty());
  ASSERT_THAT(made.assumptions, SizeIs(1));
  EXPECT_THAT(made.assumptions.front().check, HasSubstr("partdefid = 0"));
}

TEST(CreatePartition, RefusesWhatLikeCannotSay) {
  const std::string schema =
      "CREATE TABLE c (id int PRIMARY KEY); CREATE TABLE t (k int, u int REFERENCES c, n int NOT "
      "NULL, CONSTRAINT known CHECK (u > 0), UNIQUE (k)) PARTITION BY LIST (k);";
  const auto refused = [&](const std::string& elements) {
    return refusal(schema, "CREATE TABLE p PARTITION OF t (" + elements + ") FOR VALUES IN (1)");
  };
  EXPECT_THAT(refused("UNIQUE (k)"), HasSubstr("twice"));
  EXPECT_THAT(refused("k PRIMARY KEY"), HasSubstr("twice"));
  EXPECT_THAT(refused("FOREIGN KEY (u) REFERENCES c"), HasSubstr("twice"));
  EXPECT_THAT(refused("CONSTRAINT known CHECK (u > 0)"), HasSubstr("of the name known"));
  EXPECT_THAT(refused("n NOT NULL"), HasSubstr("NOT NULL"));
  EXPECT_THAT(refused("n GENERATED ALWAYS AS (1) STORED"), HasSubstr("no form"));
  EXPECT_THAT(refused("u UNIQUE WITH (fillfactor = 70)"), HasSubstr("options"));
}

TEST(CreatePartition, RefusesWhereNothingProvesTheDefaultPartition) {
  EXPECT_THAT(refusal("CREATE TABLE t (k text) PARTITION BY LIST (lower(k)); CREATE TABLE d PARTITION OF t DEFAULT;",
                      "CREATE TABLE p PARTITION OF t FOR VALUES IN ('a')"),
              HasSubstr("partitioned by an expression"));
  EXPECT_THAT(refusal(std::string(kByDay) + "CREATE TABLE d PARTITION OF t DEFAULT;",
                      "CREATE TABLE p PARTITION OF t FOR VALUES FROM (current_date) TO ('2026-01-01')"),
              HasSubstr("A bound of public.t is an expression"));
}

TEST(CreatePartition, LeavesThePartitionOfANewTableAlone) {
  const Plan made = plan("", std::string(kByDay) + "CREATE TABLE p PARTITION OF t DEFAULT;");
  EXPECT_THAT(sent(made), Contains("CREATE TABLE p PARTITION OF t DEFAULT"));
}

// ATTACH PARTITION -----------------------------------------------------------------------------------------------

// The condition of the first CHECK that the plan adds.
std::string first_check(const std::string& schema, const std::string& migration) {
  const Plan made = plan(schema, migration);
  for (const std::string& sql : sent(made)) {
    const std::size_t start = sql.find(" CHECK (");
    if (start != std::string::npos) return sql.substr(start + 8, sql.rfind(") NOT VALID") - start - 8);
  }
  return made.not_rewritten.empty() ? "no CHECK" : made.not_rewritten.front().reason;
}

std::string check_for(const std::string& columns, const std::string& key, const std::string& bound) {
  return first_check("CREATE TABLE t (" + columns + ") PARTITION BY " + key + "; CREATE TABLE p (" + columns + ");",
                     "ALTER TABLE t ATTACH PARTITION p " + bound);
}

TEST(AttachPartition, ProvesEveryKindOfBound) {
  EXPECT_EQ(check_for("a int8", "RANGE (a)", "FOR VALUES FROM (-5) TO (10)"),
            "a IS NOT NULL AND a >= '-5' AND a < '10'");
  EXPECT_EQ(check_for("a int", "RANGE (a)", "FOR VALUES FROM (MINVALUE) TO (10)"), "a IS NOT NULL AND a < '10'");
  EXPECT_EQ(check_for("a int", "RANGE (a)", "FOR VALUES FROM (MINVALUE) TO (MAXVALUE)"), "a IS NOT NULL");
  EXPECT_EQ(check_for("a text", "LIST (a)", "FOR VALUES IN ('it''s', 'b')"), "a IS NOT NULL AND a IN ('it''s', 'b')");
  EXPECT_EQ(check_for("a text", "LIST (a)", "FOR VALUES IN ('x', NULL)"), "a IS NULL OR a IN ('x')");
  EXPECT_EQ(check_for("a text", "LIST (a)", "FOR VALUES IN (NULL)"), "a IS NULL");
  EXPECT_EQ(check_for("a int", "HASH (a)", "FOR VALUES WITH (MODULUS 4, REMAINDER 3)"),
            "satisfies_hash_partition('public.t'::regclass, 4, 3, a)");
  EXPECT_EQ(check_for("a int, b int", "RANGE (a, b)", "FOR VALUES FROM (1, 2) TO (3, 4)"),
            "a IS NOT NULL AND b IS NOT NULL AND (a > '1' OR (a = '1' AND b >= '2')) AND (a < '3' OR (a = '3' AND b < "
            "'4'))");
  EXPECT_EQ(check_for("a int, b int", "RANGE (a, b)", "FOR VALUES FROM (1, MINVALUE) TO (1, 4)"),
            "a IS NOT NULL AND b IS NOT NULL AND a = '1' AND b < '4'");
  EXPECT_EQ(check_for("a int, b int", "RANGE (a, b)", "FOR VALUES FROM (1, MINVALUE) TO (3, MAXVALUE)"),
            "a IS NOT NULL AND b IS NOT NULL AND a >= '1' AND a <= '3'");
}

TEST(AttachPartition, ProvesTheBoundsOfTheTablesAbove) {
  EXPECT_EQ(first_check("CREATE TABLE r (a int, b text) PARTITION BY RANGE (a);"
                        "CREATE TABLE t PARTITION OF r FOR VALUES FROM (1) TO (2) PARTITION BY LIST (b);"
                        "CREATE TABLE p (a int, b text);",
                        "ALTER TABLE t ATTACH PARTITION p FOR VALUES IN ('x')"),
            "(b IS NOT NULL AND b IN ('x')) AND (a IS NOT NULL AND a >= '1' AND a < '2')");
}

TEST(AttachPartition, ProvesWhatADefaultPartitionMayHave) {
  const std::string ranges =
      "CREATE TABLE t (a int) PARTITION BY RANGE (a); CREATE TABLE p (a int);"
      "CREATE TABLE o1 PARTITION OF t FOR VALUES FROM (1) TO (2);";
  const std::string attach = "ALTER TABLE t ATTACH PARTITION p DEFAULT";
  EXPECT_EQ(first_check(ranges, attach), "NOT (a IS NOT NULL AND a >= '1' AND a < '2')");
  EXPECT_EQ(first_check(ranges + "CREATE TABLE o2 PARTITION OF t FOR VALUES FROM (8) TO (MAXVALUE);", attach),
            "NOT (a IS NOT NULL AND ((a >= '1' AND a < '2') OR (a >= '8')))");
  EXPECT_EQ(first_check(std::string(kByKind) + "CREATE TABLE p (id int, kind text);"
                                               "CREATE TABLE o1 PARTITION OF t FOR VALUES IN ('a', NULL);"
                                               "CREATE TABLE o2 PARTITION OF t FOR VALUES IN ('b');",
                        attach),
            "kind IS NOT NULL AND kind NOT IN ('a', 'b')");
}

TEST(AttachPartition, NeedsNoCheckWhereOneProvesTheBound) {
  const Plan made = plan(std::string(kByDay) +
                             "CREATE TABLE p (id int, day date NOT NULL, CHECK (day >= '2025-01-01' AND "
                             "day < '2025-02-01')); CREATE TABLE d PARTITION OF t DEFAULT;"
                             "ALTER TABLE d ADD CHECK (day < '2024-01-01');",
                         "ALTER TABLE t ATTACH PARTITION p FOR VALUES FROM ('2025-01-01') TO ('2026-01-01')");
  EXPECT_THAT(titles(made), ElementsAre("Attach public.p to public.t"));
}

TEST(AttachPartition, ChecksTheTimeZoneOfLiteralsWithoutOne) {
  const std::string schema =
      "CREATE TABLE t (at timestamptz) PARTITION BY RANGE (at); CREATE TABLE p (at timestamptz);";
  const auto attach = [](const std::string& from, const std::string& to) {
    return "ALTER TABLE t ATTACH PARTITION p FOR VALUES FROM ('" + from + "') TO ('" + to + "')";
  };
  EXPECT_THAT(titles(plan(schema, attach("2025-01-01", "2026-01-01"))),
              Contains(StartsWith("Check that the time zone")));
  EXPECT_THAT(titles(plan(schema, attach("2025-01-01 00:00:00+00", "2026-01-01 00:00:00+00"))),
              Not(Contains(StartsWith("Check that the time zone"))));
}

TEST(AttachPartition, GivesTheTableWhatItsParentHas) {
  const Plan made = plan(
      "CREATE TABLE c (id int PRIMARY KEY);"
      "CREATE TABLE t (id int, day date, c int REFERENCES c ON DELETE SET NULL DEFERRABLE, note text, PRIMARY KEY (id, "
      "day), CONSTRAINT u UNIQUE (day, id) INCLUDE (note) DEFERRABLE INITIALLY DEFERRED) PARTITION BY RANGE (day);"
      "CREATE INDEX i ON t USING gin (to_tsvector('simple', note)) WHERE id > 0; CREATE INDEX j ON t (note);"
      "CREATE TABLE p (id int NOT NULL, day date NOT NULL, c int, note text); CREATE INDEX mine ON p (note);",
      "ALTER TABLE t ATTACH PARTITION p FOR VALUES FROM ('2025-01-01') TO ('2026-01-01')");
  EXPECT_THAT(made.not_rewritten, IsEmpty());
  const auto all = sent(made);
  EXPECT_THAT(all, Contains("ALTER TABLE public.p ADD CONSTRAINT p_pkey PRIMARY KEY USING INDEX p_pkey"));
  EXPECT_THAT(all, Contains("CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS p_day_id_note_key ON public.p (day, id) "
                            "INCLUDE (note)"));
  EXPECT_THAT(all,
              Contains("ALTER TABLE public.p ADD CONSTRAINT p_day_id_note_key UNIQUE USING INDEX p_day_id_note_key "
                       "DEFERRABLE INITIALLY DEFERRED"));
  EXPECT_THAT(all, Contains("CREATE INDEX CONCURRENTLY IF NOT EXISTS p_to_tsvector_idx ON public.p USING gin "
                            "(to_tsvector('simple', note)) WHERE id > 0"));
  EXPECT_THAT(all, Contains("ALTER TABLE public.p ADD CONSTRAINT t_c_fkey FOREIGN KEY (c) REFERENCES public.c (id) ON "
                            "DELETE SET NULL DEFERRABLE NOT VALID"));
  EXPECT_THAT(all, Not(Contains(HasSubstr("p_note_idx"))));
}

TEST(AttachPartition, RefusesWhatCannotBeProved) {
  const std::string cannot = "no CHECK can be written";
  EXPECT_THAT(check_for("a text", "HASH (a)", "FOR VALUES WITH (MODULUS 2, REMAINDER 1)"), HasSubstr("collation"));
  EXPECT_THAT(check_for("a text", "LIST (lower(a))", "FOR VALUES IN ('x')"), HasSubstr("by an expression"));
  EXPECT_THAT(check_for("a date", "RANGE (a)", "FOR VALUES FROM ('2025-01-01') TO (current_date)"), HasSubstr(cannot));
  EXPECT_THAT(check_for("a timestamptz", "RANGE (a)", "FOR VALUES FROM (date '2025-01-01') TO (MAXVALUE)"),
              HasSubstr("literal of the type date"));
  EXPECT_THAT(check_for("a numeric(4,1)", "RANGE (a)", "FOR VALUES FROM (1.25) TO (2)"), HasSubstr("'1.25'"));
  EXPECT_THAT(refusal("", "ALTER TABLE t ATTACH PARTITION p FOR VALUES IN (1)"), HasSubstr("not known here"));
  EXPECT_THAT(refusal(kByKind, "ALTER TABLE t ATTACH PARTITION p FOR VALUES IN ('a')"),
              HasSubstr("What public.p has is not known here"));
  EXPECT_THAT(
      refusal("CREATE TABLE t (a int, EXCLUDE USING gist (a WITH =)) PARTITION BY LIST (a); CREATE TABLE p (a int "
              "CHECK (a = 1) NOT NULL);",
              "ALTER TABLE t ATTACH PARTITION p FOR VALUES IN (1)"),
      HasSubstr("cannot be built without blocking"));
}

TEST(AttachPartition, OfANewTableIsBrief) {
  const Plan made = plan(kByKind, "CREATE TABLE p (LIKE t); ALTER TABLE t ATTACH PARTITION p FOR VALUES IN ('a')");
  EXPECT_EQ(step_with(made, "ATTACH").step_class, StepClass::brief);
}

// DETACH PARTITION, DROP TABLE -----------------------------------------------------------------------------------

constexpr const char* kTwo =
    "CREATE TABLE t (id int, day date) PARTITION BY RANGE (day);"
    "CREATE TABLE p PARTITION OF t FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');"
    "CREATE TABLE q PARTITION OF t FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');";

TEST(DetachPartition, IsConcurrentAndLeavesNoCheck) {
  const Plan made = plan(kTwo, "BEGIN; ALTER TABLE t DETACH PARTITION p; COMMIT;");
  ASSERT_THAT(made.steps(), SizeIs(3));
  EXPECT_THAT(made.steps()[0]->sql.front(), AllOf(HasSubstr("FINALIZE"), HasSubstr("inhdetachpending")));
  EXPECT_EQ(made.steps()[1]->sql.front(), "ALTER TABLE public.t DETACH PARTITION public.p CONCURRENTLY");
  EXPECT_EQ(made.steps()[1]->step_class, StepClass::concurrent);
  EXPECT_THAT(made.steps()[1]->rollback.front().sql, HasSubstr("FROM ('2025-01-01') TO ('2026-01-01')"));
  EXPECT_THAT(made.steps()[2]->sql.front(), HasSubstr("'p_day_check', 'p_day_check1'"));
}

TEST(DetachPartition, SparesTheChecksThatAreThere) {
  const Plan made = plan(std::string(kTwo) + "ALTER TABLE p ADD CONSTRAINT p_day_check CHECK (day > '2020-01-01');",
                         "ALTER TABLE t DETACH PARTITION p");
  EXPECT_THAT(made.steps().back()->sql.front(), AllOf(HasSubstr("'p_day_check1'"), Not(HasSubstr("'p_day_check'"))));
}

TEST(DetachPartition, IsTriedWhereItCannotBeConcurrent) {
  const std::string detach = "ALTER TABLE public.t DETACH PARTITION public.p";
  EXPECT_THAT(sent(plan(kTwo, "ALTER TABLE t DETACH PARTITION p", 13)), ElementsAre(detach));
  const Plan made =
      plan(std::string(kTwo) + "CREATE TABLE d PARTITION OF t DEFAULT;", "ALTER TABLE t DETACH PARTITION p");
  EXPECT_THAT(sent(made), ElementsAre(detach));
  EXPECT_EQ(made.steps().front()->step_class, StepClass::brief);
  EXPECT_THAT(made.notes, Contains(HasSubstr("public.d")));
}

TEST(DetachPartition, KeepsALedgerWhereTheNameComesBack) {
  EXPECT_TRUE(plan(kTwo,
                   "ALTER TABLE t DETACH PARTITION p; CREATE TABLE p PARTITION OF t FOR VALUES FROM ('2028-01-01') TO "
                   "('2029-01-01')")
                  .keeps_ledger());
  EXPECT_FALSE(plan(kTwo, "DROP TABLE p").keeps_ledger());
}

TEST(DetachPartition, RefusesWhereOtherTablesAreSearched) {
  const std::string schema =
      "CREATE TABLE t (k int UNIQUE) PARTITION BY LIST (k); CREATE TABLE p PARTITION OF t FOR VALUES IN (1);"
      "CREATE TABLE u (k int REFERENCES t (k));";
  EXPECT_THAT(refusal(schema, "ALTER TABLE t DETACH PARTITION p"), HasSubstr("public.u references public.t"));
}

TEST(DropPartition, DetachesFirst) {
  EXPECT_THAT(sent(plan(kTwo, "DROP TABLE p, q")),
              ElementsAre(HasSubstr("FINALIZE"), "ALTER TABLE public.t DETACH PARTITION public.p CONCURRENTLY",
                          HasSubstr("FINALIZE"), "ALTER TABLE public.t DETACH PARTITION public.q CONCURRENTLY",
                          "DROP TABLE IF EXISTS public.p", "DROP TABLE IF EXISTS public.q"));
  EXPECT_TRUE(step_with(plan(kTwo, "DROP TABLE p"), "DROP TABLE").irreversible);
}

TEST(DropPartition, RefusesWhatIsNotSure) {
  EXPECT_THAT(refusal(kTwo, "DROP TABLE p CASCADE"), HasSubstr("CASCADE"));
  EXPECT_THAT(refusal(std::string(kTwo) + "CREATE TABLE x (i int);", "DROP TABLE p, x"), HasSubstr("public.x"));
}

// CREATE INDEX on a partitioned table ----------------------------------------------------------------------------

TEST(PartitionedIndex, SaysThatTomorrowsPartitionCanComeFirst) {
  EXPECT_THAT(plan(kTwo, "CREATE INDEX ON t (id)").notes, Contains(HasSubstr("tomorrow's")));
  EXPECT_THAT(plan("CREATE TABLE t (id int) PARTITION BY LIST (id);", "CREATE INDEX ON t (id)").notes,
              Contains(HasSubstr("tomorrow's")));
}

}  // namespace
}  // namespace pglatch::testing
