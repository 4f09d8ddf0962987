// The runbook as a reviewer reads it: what it says of plans of all kinds, and that nothing in a name breaks its markup.
#include <gmock/gmock.h>

#include "analyzer/plan/manual_page.h"
#include "analyzer/plan/plan_status.h"
#include "analyzer/plan/runbook_text.h"
#include "analyzer/plan/writers.h"
#include "tests/plans/planning.h"
#include "tests/plans/runbook_fences.h"

namespace pglatch::testing {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

constexpr const char* kTable = "CREATE TABLE t (a int, b text);";

Plan plan_for(const std::string& sql, const std::string& schema = kTable) {
  Planning planning;
  planning.schema = schema;
  return plan_of(sql, planning);
}

std::string runbook(const std::string& sql, const std::string& schema = kTable) {
  return write_plan_markdown(plan_for(sql, schema));
}

std::vector<std::string> headings(const std::string& text) {
  std::vector<std::string> found;
  for (std::size_t at = text.find("\n## "); at != std::string::npos; at = text.find("\n## ", at + 1)) {
    found.push_back(text.substr(at + 4, text.find('\n', at + 1) - at - 4));
  }
  return found;
}

TEST(RunbookTest, SectionsInTheOrderOfTheWork) {
  EXPECT_THAT(headings(runbook("SET search_path = public; CREATE INDEX i ON t (a); UPDATE t SET a = 1;")),
              ElementsAre("Why not as it is written", "Decisions and assumptions", "Before", "Run", "Steps",
                          "Verification", "Rollback", "Afterwards", "Sign-off"));
}

TEST(RunbookTest, NothingDangerousIsShort) {
  const std::string text = runbook("COMMENT ON TABLE t IS 'x'; CREATE TABLE u (a int);");
  EXPECT_THAT(text, HasSubstr("**Nothing in it is dangerous:** it runs as it is written"));
  EXPECT_THAT(text, Not(HasSubstr("## Why not")));
  EXPECT_THAT(text, Not(HasSubstr("## Decisions")));
  EXPECT_THAT(text, Not(HasSubstr("### Disk space")));
  EXPECT_THAT(text, Not(HasSubstr("point of no return")));
}

TEST(RunbookTest, ATableOfItsOwnNeedsNoLookAtOthers) {
  const std::string text = runbook("CREATE TABLE u (a int PRIMARY KEY);");
  EXPECT_THAT(sql_fences(section_of(text, "## Before")),
              ElementsAre(HasSubstr("server_version"), HasSubstr("pglatch_progress")));
  EXPECT_THAT(text, Not(HasSubstr("## Sign-off")));
}

TEST(RunbookTest, AnEmptyPlan) {
  const std::string text = runbook("-- nothing");
  EXPECT_THAT(text, HasSubstr("**Nothing to do:** there is no statement in it."));
  EXPECT_THAT(headings(text), IsEmpty());
  EXPECT_THAT(text, Not(HasSubstr("| Step |")));
}

TEST(RunbookTest, AllLeftOut) {
  const std::string text = runbook("SET lock_timeout = '1s'; BEGIN; UPDATE t SET a = 1; ROLLBACK;");
  EXPECT_THAT(text, HasSubstr("**Nothing to do:** all of it is left out"));
  EXPECT_THAT(headings(text), ElementsAre("Notes"));
}

TEST(RunbookTest, ByHandOnly) {
  const std::string text = runbook("COPY t FROM STDIN;\n1\ta\n\\.\nCREATE TABEL x;");
  EXPECT_THAT(text, HasSubstr("**All of it has to be done by hand.**"));
  EXPECT_THAT(text, HasSubstr("- [ ] **S1 (`1.sql:1`) is not made safe.**"));
  EXPECT_THAT(text, HasSubstr("`-v accept_S1=1` tells the script so"));
  EXPECT_THAT(text, HasSubstr("| by hand | by hand |"));
  EXPECT_THAT(section_of(text, "## Rollback"), HasSubstr("to be undone by hand, if at all"));
}

TEST(RunbookTest, WhatIsNotMadeSafeComesFirst) {
  const std::string text =
      runbook("CREATE INDEX i ON t (a); UPDATE t SET a = 1; ALTER TABLE t ALTER b TYPE int USING 1");
  EXPECT_THAT(text,
              HasSubstr("**2 statements to be decided on: they are not made safe.** 3 statements: 1 rewritten and "
                        "2 not made safe"));
  EXPECT_THAT(text, HasSubstr("in S3: it blocks reads and writes **for as long as the step works**."));
  EXPECT_THAT(text, HasSubstr("**grows with the table, under its lock**"));
}

TEST(RunbookTest, SaysWhyWithRuleLockAndManual) {
  const std::string why = section_of(runbook("CREATE INDEX i ON t (a)"), "## Why not as it is written");
  EXPECT_THAT(why, HasSubstr("- **create-index-non-concurrent**: CREATE INDEX blocks writes on public.t"));
  EXPECT_THAT(why, HasSubstr("As written it takes ShareLock on `public.t`, and blocks writes until the end of the "
                             "transaction; meanwhile it builds an index on `public.t`."));
  EXPECT_THAT(why, HasSubstr("[CREATE INDEX](https://www.postgresql.org/docs/15/sql-createindex.html)"));
  EXPECT_THAT(why, HasSubstr("https://www.postgresql.org/docs/15/explicit-locking.html"));
}

TEST(RunbookTest, RunningCodeIsADecision) {
  const std::string text = runbook("ALTER TABLE t RENAME COLUMN a TO z");
  EXPECT_THAT(section_of(text, "## Decisions and assumptions"), HasSubstr("column"));
}

TEST(RunbookTest, TheStrongestLockIsAlwaysShown) {
  const std::string text = runbook("ALTER TABLE t ADD PRIMARY KEY (a)");
  EXPECT_THAT(text, HasSubstr("| AccessExclusiveLock on `public.t`"));
  EXPECT_THAT(text, HasSubstr("| **reads and writes** | milliseconds |"));
}

TEST(RunbookTest, EachQueryIsShownOnceAndReferredTo) {
  const std::string text = runbook("ALTER TABLE t ADD CHECK (a > 0); ALTER TABLE t ADD CHECK (b <> '');");
  const auto watches = sql_fences(section_of(text, "### Watch"));
  EXPECT_THAT(watches, SizeIs(2));
  EXPECT_THAT(text, HasSubstr("**W1**, for S1 and S3:"));
  EXPECT_THAT(section_of(text, "## Steps"), AllOf(HasSubstr("; watch by W1."), HasSubstr("afterwards V4 gives `t`")));
  EXPECT_THAT(text, HasSubstr("**V4**, after S4, must be true:"));
}

TEST(RunbookTest, PreflightOfPartitionedTables) {
  const std::string before = section_of(runbook("CREATE INDEX i ON p (a)",
                                                "CREATE TABLE p (a int) PARTITION BY LIST (a);"
                                                "CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1);"),
                                        "## Before");
  EXPECT_THAT(before, AllOf(HasSubstr("pg_partman"), HasSubstr("max_locks_per_transaction"),
                            HasSubstr("pg_partition_tree"), HasSubstr("pg_replication_slots")));
  EXPECT_THAT(section_of(runbook("CREATE INDEX i ON t (a)"), "## Before"),
              AllOf(Not(HasSubstr("pg_partman")), Not(HasSubstr("max_locks_per_transaction")),
                    Not(HasSubstr("pg_partition_tree")), HasSubstr("pg_replication_slots")));
  // Nobody knows whether this one has partitions.
  EXPECT_THAT(section_of(runbook("ALTER TABLE nobody ADD COLUMN x int", ""), "## Before"),
              HasSubstr("pg_partition_tree"));
}

TEST(RunbookTest, TablesOfThePlan) {
  const Plan plan = plan_for(
      "CREATE INDEX i ON t (a); CREATE TABLE u (a int); CREATE INDEX j ON u (a); INSERT INTO r VALUES (1);"
      "ALTER TABLE t ADD FOREIGN KEY (a) REFERENCES r; BEGIN; DROP TABLE gone; ROLLBACK; SELECT * FROM other;",
      "CREATE TABLE t (a int); CREATE TABLE r (a int PRIMARY KEY); CREATE TABLE gone (); CREATE TABLE other ();");
  ASSERT_THAT(plan.tables, SizeIs(2));
  EXPECT_EQ(plan.tables[0].name, "public.r");
  EXPECT_FALSE(plan.tables[0].is_altered);
  EXPECT_EQ(plan.tables[1].name, "public.t");
  EXPECT_TRUE(plan.tables[1].is_altered);
  EXPECT_TRUE(plan.tables[1].is_known);
  EXPECT_THAT(plan.statements[0].indexes, SizeIs(1));
  EXPECT_THAT(plan.statements[2].indexes, IsEmpty());
}

TEST(RunbookTest, ThePreflightOfADocumentThatTakesNothingIsNotInTheScript) {
  const Plan plan = plan_for("CREATE INDEX i ON t (a)");
  EXPECT_THAT(plan.preflight, Contains(::testing::Field(&Preflight::is_space, true)));
  EXPECT_THAT(write_plan_sql(plan), Not(HasSubstr("pg_replication_slots")));
}

TEST(RunbookTest, RollbackHasItsOwnLocks) {
  const Plan plan = plan_for("ALTER TABLE t ADD CHECK (a > 0)");
  const Step& add = step_with(plan, "NOT VALID");
  ASSERT_THAT(add.rollback, SizeIs(1));
  ASSERT_THAT(add.rollback.front().locks, SizeIs(1));
  EXPECT_EQ(add.rollback.front().locks.front().mode, LockMode::access_exclusive);
  EXPECT_THAT(section_of(write_plan_markdown(plan), "## Rollback"),
              HasSubstr("S1, brief: AccessExclusiveLock on `public.t`; blocks reads and writes, for milliseconds."));
}

TEST(RunbookTest, AWayBackThatTakesTimeSaysSo) {
  const std::string text = section_of(runbook("ALTER TABLE p DETACH PARTITION p1",
                                              "CREATE TABLE p (a int) PARTITION BY LIST (a);"
                                              "CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1);"),
                                      "## Rollback");
  EXPECT_THAT(text, HasSubstr("blocks reads and writes **while it works**; it reads `public.p1`."));
}

TEST(RunbookTest, WhatIsUndoneIsForgotten) {
  const Plan plan = plan_for("ALTER TABLE t ADD COLUMN c int; CREATE INDEX i ON t (a);");
  ASSERT_TRUE(plan.keeps_ledger());
  const std::string text = write_plan_markdown(plan);
  for (const Step* step : plan.steps()) {
    EXPECT_THAT(section_of(text, "### Forget what is undone"), HasSubstr(step->ledger_key));
  }
  EXPECT_THAT(section_of(text, "## Afterwards"), HasSubstr("DROP TABLE IF EXISTS public.pglatch_progress;"));
}

TEST(RunbookTest, ThePointOfNoReturn) {
  Plan plan = plan_for("CREATE INDEX i ON t (a)");
  plan.phases.front().steps.front().irreversible = true;
  const std::string text = write_plan_markdown(plan);
  EXPECT_THAT(text, HasSubstr(" **S1 is the point of no return.**"));
  EXPECT_THAT(section_of(text, "## Before"), HasSubstr("**A backup that can be restored**"));
  EXPECT_THAT(section_of(text, "## Rollback"), HasSubstr("**S1 is the point of no return.** What it did"));
  EXPECT_THAT(text, HasSubstr("| **none** |"));
}

TEST(RunbookTest, NamesDoNotBreakTheMarkup) {
  const std::string text =
      runbook("CREATE INDEX \"i|x`y\" ON \"ta|b`le*\" (\"c`|<b>\")", "CREATE TABLE \"ta|b`le*\" (\"c`|<b>\" int);");
  const std::size_t table = text.find("\n| S1 |");
  ASSERT_NE(table, std::string::npos);
  const std::string row = text.substr(table + 1, text.find('\n', table + 1) - table - 1);
  std::size_t bars = 0;
  for (std::size_t i = 0; i < row.size(); ++i) bars += row[i] == '|' && (i == 0 || row[i - 1] != '\\') ? 1U : 0U;
  EXPECT_EQ(bars, 8U) << row;
  EXPECT_THAT(row, HasSubstr("on `` public.\"ta\\|b`le*\" ``"));
  EXPECT_THAT(row, HasSubstr("public.\"ta\\|b\\`le\\*\""));
  EXPECT_THAT(sql_fences(section_of(text, "## Steps")), ElementsAre(HasSubstr("\"ta|b`le*\"")));
  EXPECT_EQ(text.find("<b>\n"), std::string::npos);
}

TEST(RunbookTest, FencesAreLongerThanWhatTheyHold) {
  const std::string text = runbook("COMMENT ON TABLE t IS '\n```\n## Before\n'");
  EXPECT_THAT(sql_fences(section_of(text, "## Steps")), ElementsAre(HasSubstr("```\n## Before\n")));
}

TEST(RunbookTest, LongStatementsAreFolded) {
  std::string insert = "INSERT INTO t VALUES\n";
  for (int i = 0; i < 20; ++i) insert += "  (1, 'x'),\n";
  EXPECT_THAT(runbook(insert + "  (2, 'y')"), HasSubstr("<details><summary>SQL, 22 lines</summary>\n\n```sql\n"));
  EXPECT_THAT(runbook("INSERT INTO t VALUES\n  (1, 'x')"), Not(HasSubstr("<summary>SQL")));
}

TEST(RunbookTest, StatusIsOneQueryOfAllSteps) {
  const Plan plan = plan_for("ALTER TABLE t ADD COLUMN c int; CREATE INDEX i ON t (a);");
  const std::string status = write_plan_status(plan);
  EXPECT_THAT(status, HasSubstr("('S1', 'ALTER TABLE t ADD COLUMN c int', strpos(remembered.steps, '>" +
                                plan.steps()[0]->ledger_key + "<') > 0)"));
  EXPECT_THAT(status, HasSubstr("<') > 0 OR (\nSELECT EXISTS ("));
  EXPECT_THAT(write_plan_status(plan_for("CREATE INDEX i ON t (a)")), Not(HasSubstr("pglatch_progress")));
  EXPECT_THAT(write_plan_status(plan_for("SET search_path = public")), IsEmpty());
}

TEST(RunbookTextTest, Pieces) {
  using namespace runbook;
  EXPECT_EQ(code("a"), "`a`");
  EXPECT_EQ(code("a`b"), "`` a`b ``");
  EXPECT_EQ(code("``"), "``` `` ```");
  EXPECT_EQ(prose("a_b _c_ *d* <e>\n`f`"), "a_b \\_c\\_ \\*d\\* &lt;e> \\`f\\`");
  EXPECT_EQ(table_row({"a|b", "`c|d`"}), "| a\\|b | `c\\|d` |\n");
  EXPECT_EQ(table_head({"a", "b"}), "| a | b |\n|---|---|\n");
  EXPECT_EQ(enumerated({"a", "b", "c"}), "a, b and c");
  EXPECT_EQ(enumerated({"a"}), "a");
  EXPECT_EQ(code_block("x\n\ny", "sql", 2), "  ```sql\n  x\n\n  y\n  ```\n");
  EXPECT_EQ(sql_block("SELECT 1 -- one"), "```sql\nSELECT 1 -- one\n;\n```\n");
}

TEST(ManualPageTest, CommandsAndTheirPages) {
  for (const auto& [sql, command] : std::initializer_list<std::pair<const char*, const char*>>{
           {"CREATE INDEX ON t (a)", "CREATE INDEX"},
           {"ALTER TABLE t ADD c int", "ALTER TABLE"},
           {"ALTER TABLE t RENAME a TO b", "ALTER TABLE"},
           {"ALTER INDEX i RENAME TO j", "ALTER INDEX"},
           {"DROP MATERIALIZED VIEW m", "DROP MATERIALIZED VIEW"},
           {"CREATE MATERIALIZED VIEW m AS SELECT 1", "CREATE MATERIALIZED VIEW"},
           {"CREATE TABLE t AS SELECT 1", "CREATE TABLE AS"},
           {"ALTER TYPE e ADD VALUE 'x'", "ALTER TYPE"},
           {"ANALYZE t", "ANALYZE"},
           {"VACUUM t", "VACUUM"},
           {"BEGIN", ""},
       }) {
    EXPECT_EQ(command_name(parse(sql).statements.front().node), command) << sql;
  }
  EXPECT_EQ(command_url("REFRESH MATERIALIZED VIEW", 18),
            "https://www.postgresql.org/docs/18/sql-refreshmaterializedview.html");
}

}  // namespace
}  // namespace pglatch::testing
