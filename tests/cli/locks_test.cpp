// `pglatch locks`: the JSON contract, field by field.
#include <gtest/gtest.h>

#include "tests/support/process.h"
#include "tests/support/temp_dir.h"

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
            "\"locks\":[],\"work\":[],\"fails\":null,"
            "\"held\":[],\"lock_timeout_ms\":null,\"statement_timeout_ms\":null,\"dynamic_sql\":[]},"
            "{\"line\":2,\"start\":7,\"end\":43,\"kind\":\"IndexStmt\",\"in_transaction\":true,"
            "\"locks\":[{\"relation\":\"public.orders\",\"mode\":\"ShareLock\",\"held_until\":\"transaction\","
            "\"reason\":\"target\"}],\"work\":[{\"relation\":\"public.orders\",\"kind\":\"index-build\"}],"
            "\"fails\":null,"
            "\"held\":[],\"lock_timeout_ms\":null,\"statement_timeout_ms\":null,\"dynamic_sql\":[]}]}]}");
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

// Of the statement of that number, from 0: the text from "held" on.
std::string held_in(const std::string& json, std::size_t statement) {
  std::size_t at = 0;
  for (std::size_t i = 0; i <= statement && at != std::string::npos; ++i) at = json.find("\"held\":", at + 1);
  return at == std::string::npos ? json : json.substr(at, json.find("}", json.find("\"dynamic_sql\"", at)) - at);
}

TEST(Locks, WhatIsHeldAddsUpInATransaction) {
  const std::string json = locks_json(
      "begin;\nset local lock_timeout = '2s';\nalter table a add x int;\nsavepoint s;\ncreate index on b (x);\n"
      "rollback to s;\ncreate table c (x int);\nalter table c add y int;\ndrop table d;\ncommit;\nselect 1;",
      {"--execution-mode", "autocommit"});
  const std::string a = R"({"relation":"public.a","mode":"AccessExclusiveLock","line":3})";
  const std::string none = R"(,"statement_timeout_ms":null,"dynamic_sql":[])";
  EXPECT_EQ(held_in(json, 2), R"("held":[],"lock_timeout_ms":2000)" + none);
  EXPECT_EQ(held_in(json, 4), R"("held":[)" + a + R"(],"lock_timeout_ms":2000)" + none);
  EXPECT_NE(held_in(json, 5).find(R"("relation":"public.b","mode":"ShareLock","line":5)"), std::string::npos) << json;
  // Neither what was given back nor what nobody else can see.
  EXPECT_EQ(held_in(json, 8), R"("held":[)" + a + R"(],"lock_timeout_ms":2000)" + none);
  // The dropped table is there for the others until the end.
  EXPECT_NE(held_in(json, 9).find(R"("relation":"public.d","mode":"AccessExclusiveLock","line":9)"), std::string::npos)
      << json;
  EXPECT_EQ(held_in(json, 10), R"("held":[],"lock_timeout_ms":null)" + none);
}

TEST(Locks, WhatIsHeldDependsOnHowTheFileIsSent) {
  const std::string sql = "alter table a add x int;\nselect 1;";
  const std::string a = R"({"relation":"public.a","mode":"AccessExclusiveLock","line":1)";
  EXPECT_EQ(held_in(locks_json(sql, {"--execution-mode", "autocommit"}), 1).rfind("\"held\":[]", 0), 0U);
  for (const char* mode : {"transaction", "single-message", "pipeline"}) {
    EXPECT_EQ(held_in(locks_json(sql, {"--execution-mode", mode}), 1).rfind("\"held\":[" + a + "}]", 0), 0U) << mode;
  }
  EXPECT_EQ(held_in(locks_json(sql), 1).rfind("\"held\":[" + a + ",\"conditional\":true}]", 0), 0U);
}

std::string locks_text(const std::string& sql, std::vector<std::string> options = {}) {
  std::vector<std::string> arguments{"locks", "-"};
  arguments.insert(arguments.begin() + 1, options.begin(), options.end());
  ProcessOptions process;
  process.input = sql;
  const auto result = run_pglatch(arguments, process);
  EXPECT_EQ(result.exit_code, 0) << result.err;
  return result.out;
}

TEST(Locks, TextTellsWhatStaysBlockedMeanwhile) {
  const std::string sql =
      "alter table a add x int;\nset lock_timeout = '2s';\nalter table b add check (x > 0);\n"
      "alter table a add check (x > 0);";
  const std::string sure = locks_text(sql, {"--execution-mode", "transaction"});
  EXPECT_NE(sure.find("still blocked: public.a (reads and writes since line 1)\n"), std::string::npos) << sure;
  EXPECT_NE(sure.find("scan, until COMMIT"), std::string::npos) << sure;
  EXPECT_NE(sure.find("named here, since line 1"), std::string::npos) << sure;
  EXPECT_NE(sure.find("alter table a add x int  (no lock_timeout)\n"), std::string::npos) << sure;
  EXPECT_NE(sure.find("alter table b add check (x > 0)  (lock_timeout 2 s)\n"), std::string::npos) << sure;
  const std::string perhaps = locks_text(sql);
  EXPECT_NE(perhaps.find("still blocked, if in one transaction: public.a (reads and writes since line 1)\n"),
            std::string::npos)
      << perhaps;
  EXPECT_NE(perhaps.find("one transaction?"), std::string::npos) << perhaps;
  const std::string never = locks_text(sql, {"--execution-mode", "autocommit"});
  EXPECT_EQ(never.find("still blocked"), std::string::npos) << never;
  EXPECT_EQ(never.find("one transaction?"), std::string::npos) << never;
}

TEST(Locks, TextLeavesOutWhatNobodyElseCanSee) {
  const std::string text = locks_text("create table a (x int);\ncreate index on a (x);\nalter table a add y int;");
  EXPECT_NE(text.find("create index on a (x)  (only what is new here)"), std::string::npos) << text;
  EXPECT_NE(text.find("3 statements, none blocks reads or writes"), std::string::npos) << text;
}

TEST(Locks, TextSaysWhatIsBlocked) {
  const std::string text = locks_text("alter table orders alter column note set not null;\n");
  EXPECT_NE(text.find("public.orders  reads and writes  scan          named here  ACCESS EXCLUSIVE\n"),
            std::string::npos)
      << text;
}

class SchemaComplete : public ::testing::Test {
 protected:
  // What `pglatch locks` says of a statement on a table that the schema lacks.
  std::string locks(const std::string& schema, const std::string& sql, bool complete = true) {
    const std::string path = dir_.write("schema.sql", schema).string();
    std::vector<std::string> options{"--schema", path};
    if (complete) options.emplace_back("--schema-complete");
    return locks_json(sql, options);
  }
  static bool refused(const std::string& json) {
    return json.find(R"("fails":"relation \"missing\" does not exist")") != std::string::npos;
  }
  TempDir dir_;
  const std::string schema_ = "create table t (x int);\n";
  const std::string statement_ = "alter table missing add y int;";
};

TEST_F(SchemaComplete, WhatTheSchemaLacksDoesNotExist) {
  EXPECT_TRUE(refused(locks(schema_, statement_)));
  EXPECT_FALSE(refused(locks(schema_, statement_, false)));
  EXPECT_NE(locks(schema_, "alter table t add y int;").find(R"("fails":null)"), std::string::npos);
  EXPECT_FALSE(refused(locks(schema_, "create table missing (x int); " + statement_)));
  // Without --schema the database is empty.
  EXPECT_TRUE(refused(locks_json(statement_, {"--schema-complete"})));
}

TEST_F(SchemaComplete, UnlessSomethingMayHaveMadeItUnseen) {
  EXPECT_TRUE(refused(locks(schema_ + "create extension if not exists pgcrypto;", statement_)));
  EXPECT_FALSE(refused(locks(schema_ + "create extension postgis;", statement_)));
  EXPECT_FALSE(refused(locks(schema_ + "import foreign schema s from server f into public;", statement_)));
  EXPECT_FALSE(refused(locks(schema_ + "create tabel missing (x int);", statement_)));
  EXPECT_FALSE(refused(locks(schema_ + "\\i missing.sql\n", statement_)));
  EXPECT_TRUE(refused(locks(schema_ + "\\echo missing.sql\n", statement_)));
  EXPECT_FALSE(refused(locks(schema_, "do $$ begin execute f(); end $$; " + statement_)));
}

}  // namespace
}  // namespace pglatch::testing
