// `pglatch locks`: the JSON contract, field by field.
#include <gtest/gtest.h>

#include "tests/support/process.h"

namespace pglatch::testing {
namespace {

std::string locks_json(const std::string& sql, std::vector<std::string> options = {}) {
  std::vector<std::string> arguments{"locks", "--format", "json", "--stdin-filename", "a.sql"};
  arguments.insert(arguments.end(), options.begin(), options.end());
  arguments.emplace_back("-");
  ProcessOptions process;
  process.input = sql;
  // Blanks outside of strings are no part of the contract.
  std::string json;
  bool in_string = false;
  for (const char c : run_pglatch(arguments, process).out) {
    if (c == '"' && (json.empty() || json.back() != '\\')) in_string = !in_string;
    if (in_string || (c != ' ' && c != '\n')) json += c;
  }
  return json;
}

TEST(Locks, JsonIsTheContract) {
  EXPECT_EQ(locks_json("begin;\ncreate index on orders (customer_id);", {"--pg-version", "17"}),
            "{\"version\":1,\"pg_version\":17,\"files\":[{\"path\":\"a.sql\",\"statements\":["
            "{\"line\":1,\"start\":0,\"end\":5,\"kind\":\"TransactionStmt\",\"in_transaction\":false,"
            "\"locks\":[],\"work\":[],\"fails\":null},"
            "{\"line\":2,\"start\":7,\"end\":43,\"kind\":\"IndexStmt\",\"in_transaction\":true,"
            "\"locks\":[{\"relation\":\"public.orders\",\"mode\":\"ShareLock\",\"held_until\":\"transaction\","
            "\"reason\":\"target\"}],\"work\":[{\"relation\":\"public.orders\",\"kind\":\"index-build\"}],"
            "\"fails\":null}]}]}");
}

TEST(Locks, NamesFollowTheSearchPathAndAreQuoted) {
  const std::string json = locks_json("set search_path to \"App\";\ntruncate \"Order\";");
  EXPECT_NE(json.find(R"("relation":"\"App\".\"Order\"","mode":"AccessExclusiveLock")"), std::string::npos) << json;
}

TEST(Locks, FailuresAreTold) {
  const std::string json = locks_json("begin; create index concurrently i on t (x);");
  EXPECT_NE(json.find("\"fails\":\"CREATE INDEX CONCURRENTLY cannot run inside a transaction block\""),
            std::string::npos)
      << json;
}

TEST(Locks, TextSaysWhatIsBlocked) {
  ProcessOptions process;
  process.input = "alter table orders alter column note set not null;\n";
  const auto result = run_pglatch({"locks", "-"}, process);
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_NE(result.out.find("ACCESS EXCLUSIVE"), std::string::npos) << result.out;
  EXPECT_NE(result.out.find("reads and writes"), std::string::npos) << result.out;
}

}  // namespace
}  // namespace pglatch::testing
