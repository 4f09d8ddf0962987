// The JSON contracts against the schemas that document them.
#include <gtest/gtest.h>

#include "tests/support/json_schema.h"
#include "tests/unit/report/canned_reports.h"

namespace pglatch::testing {
namespace {

std::string with(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

TEST(ContractTest, FindingsAreAsTheirSchemaSays) {
  const JsonSchema schema("findings");
  for (const CannedReport& canned : canned_reports()) {
    EXPECT_EQ(schema.violation(write_json(canned.report, {})), "") << canned.name;
  }
  const std::string fix = write_json(canned_report("fix"), {});
  EXPECT_EQ(schema.violation(with(fix, "\"severity\": \"error\"", "\"severity\": \"fatal\"")),
            "enum at #/findings/0/severity");
  EXPECT_EQ(schema.violation(with(fix, "\"column\": 1", "\"column\": 0")), "minimum at #/findings/0/column");
  EXPECT_EQ(schema.violation(with(fix, "\"help\"", "\"hint\"")), "additionalProperties at #/findings/0/hint");
}

TEST(ContractTest, LocksAreAsTheirSchemaSays) {
  const JsonSchema schema("locks");
  const std::string locks = write_locks_json(canned_locks());
  EXPECT_EQ(schema.violation(locks), "");
  EXPECT_EQ(schema.violation(with(locks, "\"AccessExclusiveLock\"", "\"ACCESS EXCLUSIVE\"")),
            "enum at #/files/0/statements/1/locks/0/mode");
  EXPECT_EQ(schema.violation(with(locks, "\"index-build\"", "\"index\"")),
            "enum at #/files/1/statements/0/work/0/kind");
  EXPECT_EQ(schema.violation(with(locks, "\"pg_version\": 17", "\"pg_version\": \"17\"")), "type at #/pg_version");
}

TEST(ContractTest, EachPropertyIsDescribed) {
  for (const char* name : {"findings", "locks"}) EXPECT_EQ(JsonSchema(name).undescribed(), "") << name;
}

}  // namespace
}  // namespace pglatch::testing
