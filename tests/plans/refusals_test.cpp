// What no plan makes safe, and what it says of it.
#include <gmock/gmock.h>

#include <algorithm>

#include "analyzer/plan/no_safe_form.h"
#include "rules/registry.h"
#include "tests/plans/planning.h"

namespace pglatch::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

constexpr const char* kSchema =
    "CREATE DOMAIN code AS text CHECK (value <> '');"
    "CREATE TABLE parents (id int PRIMARY KEY);"
    "CREATE TABLE t (id int PRIMARY KEY, parent_id int REFERENCES parents, name varchar(40), note text, during tsrange,"
    "  CONSTRAINT t_excl EXCLUDE USING gist (during WITH &&));"
    "CREATE INDEX t_name_idx ON t (name);"
    "CREATE TABLE f (a int) PARTITION BY LIST (a); CREATE FOREIGN TABLE f_1 PARTITION OF f FOR VALUES IN (1) SERVER s;"
    "CREATE TABLE e (a int) PARTITION BY LIST (abs(a)); CREATE TABLE e_1 PARTITION OF e FOR VALUES IN (1);"
    "CREATE MATERIALIZED VIEW mv AS SELECT name FROM t;"
    "CREATE MATERIALIZED VIEW partial AS SELECT id FROM t; CREATE UNIQUE INDEX ON partial (id) WHERE id > 0;"
    "CREATE MATERIALIZED VIEW broken AS SELECT id FROM t; CREATE UNIQUE INDEX CONCURRENTLY broken_idx ON broken (id);";

struct RefusedCase {
  std::string sql;
  std::string reason;  // a piece of it
  std::string manual;  // the same
  int pg_version = 15;
};

void PrintTo(const RefusedCase& refused, std::ostream* out) { *out << refused.sql; }

class RefusalTest : public ::testing::TestWithParam<RefusedCase> {};

TEST_P(RefusalTest, SaysWhyAndWhatToDo) {
  const RefusedCase& refused = GetParam();
  Planning planning;
  planning.schema = kSchema;
  planning.pg_version = refused.pg_version;
  const Plan plan = plan_of(refused.sql, planning);
  ASSERT_THAT(plan.not_rewritten, SizeIs(1));
  EXPECT_THAT(plan.not_rewritten.front().reason, HasSubstr(refused.reason));
  EXPECT_THAT(plan.not_rewritten.front().manual, AllOf(Not(IsEmpty()), HasSubstr(refused.manual)));
  EXPECT_EQ(plan.statements.back().disposition, Disposition::not_covered);
}

INSTANTIATE_TEST_SUITE_P(
    Statements, RefusalTest,
    ::testing::Values(
        RefusedCase{"ALTER TABLE t ALTER COLUMN note TYPE code", "domain public.code has constraints", "base type"},
        RefusedCase{"ALTER TABLE t ADD EXCLUDE USING gist (during WITH &&)", "in every version", "new partitions only"},
        RefusedCase{"ALTER TABLE f ADD UNIQUE (a)", "cannot create unique index on partitioned table", ""},
        RefusedCase{"CREATE UNIQUE INDEX ON f (a)", "", ""}, RefusedCase{"CREATE UNIQUE INDEX ON e (a)", "", ""},
        RefusedCase{"ALTER TABLE e ADD UNIQUE (a)", "", ""},
        RefusedCase{"ALTER TABLE t ALTER COLUMN name TYPE int USING length(name)", "", ""},
        RefusedCase{"DELETE FROM t WHERE name <> (SELECT max(name) FROM t)", "reads public.t", "table of its own"},
        RefusedCase{"DROP TABLE parents CASCADE", "", ""},
        RefusedCase{"DROP EXTENSION hstore CASCADE", "no plan can say it beforehand", "each by its name"},
        RefusedCase{"TRUNCATE t", "nothing brings back what is gone", ""},
        RefusedCase{"CLUSTER t USING t_name_idx", "PostgreSQL has no form of it", "pg_repack"},
        RefusedCase{"VACUUM FULL t", "PostgreSQL has no form of it", "Plain VACUUM"},
        RefusedCase{"ALTER TABLE t SET TABLESPACE fast", "PostgreSQL has no form of it", "pg_repack --tablespace=fast"},
        RefusedCase{"ALTER TABLE ALL IN TABLESPACE pg_default SET TABLESPACE fast", "locks all of them at once",
                    "one by one"},
        RefusedCase{"ALTER TABLE t SET UNLOGGED", "PostgreSQL has no form of it", "while nobody needs the table"},
        RefusedCase{"ALTER TABLE t SET ACCESS METHOD columnar", "PostgreSQL has no form of it", "new table"},
        RefusedCase{"ALTER INDEX t_excl SET TABLESPACE fast", "exclusion constraint", "while nobody needs the table"},
        RefusedCase{"ALTER INDEX t_name_idx SET TABLESPACE fast", "PostgreSQL 13 cannot", "CREATE INDEX CONCURRENTLY",
                    13},
        RefusedCase{"ALTER INDEX t_name_idx SET TABLESPACE fast, SET (fillfactor = 70)", "same statement",
                    "statement of its own"},
        RefusedCase{"ALTER INDEX IF EXISTS nowhere SET TABLESPACE fast", "not known", "--schema"},
        RefusedCase{"REFRESH MATERIALIZED VIEW mv", "no unique index",
                    "CREATE UNIQUE INDEX CONCURRENTLY … ON public.mv"},
        RefusedCase{"REFRESH MATERIALIZED VIEW partial", "no unique index", "CREATE UNIQUE INDEX"},
        RefusedCase{"REFRESH MATERIALIZED VIEW broken WITH NO DATA", "empties", "Leave WITH NO DATA out"},
        RefusedCase{"REINDEX TABLE t", "exclusion constraint", "one by one"},
        RefusedCase{"DO $$ BEGIN PERFORM 1; END $$", "cannot be told", "Read what it runs"}));

TEST(NoSafeFormTest, EntriesAreOfRulesThatThePlannerRuns) {
  const auto forms = no_safe_forms();
  EXPECT_TRUE(std::is_sorted(forms.begin(), forms.end(),
                             [](const NoSafeForm& a, const NoSafeForm& b) { return a.rule < b.rule; }));
  for (const NoSafeForm& form : forms) {
    SCOPED_TRACE(std::string(form.rule));
    const Rule* rule = find_rule(form.rule);
    ASSERT_NE(rule, nullptr);
    EXPECT_EQ(std::count(rule->nodes.begin(), rule->nodes.end(), T_Invalid), 0);
    EXPECT_FALSE(form.why.empty());
  }
}

// Without its entry each of these rules would stop the statement.
TEST(DangerTest, WhatOnlyTheTransactionOrTheTimeoutIsToBlameForPasses) {
  for (const std::string sql : {
           "ALTER TABLE t ADD COLUMN a int; SELECT count(*) FROM t;",
           "SET lock_timeout = '1s'; CREATE INDEX CONCURRENTLY i ON t (name); RESET lock_timeout;",
           "REINDEX INDEX CONCURRENTLY t_name_idx;",
           "ALTER TABLE t ADD CONSTRAINT c CHECK (id > 0) NOT VALID; ALTER TABLE t VALIDATE CONSTRAINT c;",
           "INSERT INTO t VALUES (1); ALTER TABLE t ADD COLUMN b int;",
       }) {
    SCOPED_TRACE(sql);
    Planning planning;
    planning.schema =
        "CREATE TABLE parents (id int PRIMARY KEY);"
        "CREATE TABLE t (id int PRIMARY KEY, name text,"
        "  parent_id int REFERENCES parents DEFERRABLE INITIALLY DEFERRED); CREATE INDEX t_name_idx ON t (name);";
    EXPECT_THAT(plan_of("BEGIN; " + sql + " COMMIT;", planning).not_rewritten, IsEmpty());
  }
}

}  // namespace
}  // namespace pglatch::testing
