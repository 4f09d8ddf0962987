// `pglatch plan --only`: the parts, and what is none.
#include <gmock/gmock.h>

#include "tests/support/process.h"
#include "tests/support/temp_dir.h"

namespace pglatch::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class PlanOnlyTest : public ::testing::Test {
 protected:
  ProcessResult plan(const std::string& part, const std::string& format) {
    const std::string schema = directory_.write("schema.sql", "CREATE TABLE t (id int PRIMARY KEY, v text);").string();
    directory_.write("set/1.sql", "ALTER TABLE t ADD COLUMN n int;");
    directory_.write("set/2.sql", "CREATE UNIQUE INDEX t_n ON t (n);");
    return run_pglatch({"plan", "--isolated", "--only", part, "--format", format, "--schema", schema,
                        (directory_.path() / "set").string()});
  }

  TempDir directory_;
};

TEST_F(PlanOnlyTest, IndexesAsARegistryOrAScript) {
  const ProcessResult registry = plan("indexes", "json");
  EXPECT_EQ(registry.exit_code, 0) << registry.err;
  EXPECT_THAT(registry.out, AllOf(HasSubstr("\"registry_version\": 1"), HasSubstr("\"critical\": true")));
  EXPECT_THAT(plan("indexes", "sql").out, AllOf(HasSubstr("CONCURRENTLY"), Not(HasSubstr("ADD COLUMN"))));
}

TEST_F(PlanOnlyTest, OthersAsAPlan) {
  const ProcessResult rest = plan("others", "json");
  EXPECT_EQ(rest.exit_code, 0) << rest.err;
  EXPECT_THAT(rest.out, AllOf(HasSubstr("\"plan_version\""), HasSubstr("ADD COLUMN n int"),
                              Not(HasSubstr("CREATE UNIQUE INDEX CONCURRENTLY"))));
}

TEST_F(PlanOnlyTest, NothingElse) {
  const ProcessResult wrong = plan("tables", "json");
  EXPECT_EQ(wrong.exit_code, 2);
  EXPECT_THAT(wrong.err, HasSubstr("--only tables: the parts of a plan are indexes and others"));
}

}  // namespace
}  // namespace pglatch::testing
