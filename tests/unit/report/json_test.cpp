#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidjson/document.h>

#include "tests/unit/report/canned_reports.h"

namespace pglatch::testing {
namespace {

using ::testing::ElementsAre;

std::vector<std::string> names_of(const rapidjson::Value& object) {
  std::vector<std::string> names;
  for (const auto& member : object.GetObject()) names.emplace_back(member.name.GetString());
  return names;
}

rapidjson::Document parsed(const std::string& text) {
  rapidjson::Document document;
  document.Parse<rapidjson::kParseValidateEncodingFlag>(text.c_str(), text.size());
  EXPECT_FALSE(document.HasParseError()) << text;
  return document;
}

TEST(JsonTest, KeepsTheContractsFieldsAndTheirOrder) {
  const rapidjson::Document fix = parsed(write_json(canned_report("fix"), canned_options()));
  EXPECT_THAT(names_of(fix), ElementsAre("version", "findings", "summary"));
  EXPECT_EQ(fix["version"].GetInt(), 1);
  EXPECT_THAT(names_of(fix["findings"][0]),
              ElementsAre("path", "rule", "severity", "message", "help", "line", "column", "end_line", "end_column",
                          "start", "end", "relations", "related", "fix"));
  EXPECT_THAT(names_of(fix["findings"][0]["fix"]), ElementsAre("title", "edits"));
  EXPECT_THAT(names_of(fix["findings"][0]["fix"]["edits"][0]), ElementsAre("start", "end", "text"));
  EXPECT_THAT(names_of(fix["summary"]), ElementsAre("files", "statements", "errors", "warnings", "infos"));

  const rapidjson::Document related = parsed(write_json(canned_report("related"), canned_options()));
  EXPECT_TRUE(related["findings"][0]["fix"].IsNull());
  EXPECT_THAT(names_of(related["findings"][0]["related"][0]), ElementsAre("start", "end", "line", "column", "message"));
}

TEST(JsonTest, CountsCharactersFromOneAndBytesFromZero) {
  const rapidjson::Document wide = parsed(write_json(canned_report("wide-characters"), canned_options()));
  const rapidjson::Value& finding = wide["findings"][0];
  EXPECT_EQ(finding["column"].GetInt(), 17);
  EXPECT_EQ(finding["end_column"].GetInt(), 29);
  EXPECT_EQ(finding["start"].GetInt(), 25);
  EXPECT_EQ(finding["end"].GetInt(), 37);
  const rapidjson::Document bom = parsed(write_json(canned_report("byte-order-mark"), canned_options()));
  EXPECT_EQ(bom["findings"][0]["start"].GetInt(), 0);
  EXPECT_EQ(bom["findings"][0]["column"].GetInt(), 1);
}

TEST(JsonTest, AppliedEditsGiveTheFixedText) {
  const rapidjson::Document document = parsed(write_json(canned_report("fix"), canned_options()));
  std::string text = "CREATE INDEX ON orders (c);\n";
  const rapidjson::Value& edits = document["findings"][0]["fix"]["edits"];
  for (rapidjson::SizeType at = edits.Size(); at-- > 0;) {
    const std::size_t start = edits[at]["start"].GetUint();
    text.replace(start, edits[at]["end"].GetUint() - start, edits[at]["text"].GetString());
  }
  EXPECT_EQ(text, "CREATE INDEX CONCURRENTLY IF NOT EXISTS orders_c_idx ON public.orders c);\n");
}

TEST(LocksJsonTest, KeepsTheContractsFieldsAndTheirOrder) {
  const rapidjson::Document document = parsed(write_locks_json(canned_locks()));
  EXPECT_THAT(names_of(document), ElementsAre("version", "pg_version", "files"));
  EXPECT_THAT(names_of(document["files"][0]), ElementsAre("path", "statements"));
  const rapidjson::Value& alter = document["files"][0]["statements"][1];
  EXPECT_THAT(names_of(alter), ElementsAre("line", "start", "end", "kind", "in_transaction", "locks", "work", "fails",
                                           "held", "lock_timeout_ms", "statement_timeout_ms", "dynamic_sql"));
  EXPECT_THAT(names_of(alter["locks"][0]), ElementsAre("relation", "mode", "held_until", "reason"));
  EXPECT_STREQ(alter["locks"][0]["mode"].GetString(), "AccessExclusiveLock");
  EXPECT_THAT(names_of(alter["work"][0]), ElementsAre("relation", "kind"));
  EXPECT_STREQ(alter["work"][1]["kind"].GetString(), "validate-fk");
  EXPECT_TRUE(alter["fails"].IsNull());
  EXPECT_TRUE(document["files"][1]["statements"][1]["fails"].IsString());
}

TEST(LocksJsonTest, WhatIsHeldAndInEffect) {
  const rapidjson::Document document = parsed(write_locks_json(canned_locks()));
  const rapidjson::Value& statements = document["files"][0]["statements"];
  EXPECT_EQ(statements[1]["held"].Size(), 0u);
  EXPECT_TRUE(statements[1]["lock_timeout_ms"].IsNull());
  const rapidjson::Value& again = statements[3];
  ASSERT_EQ(again["held"].Size(), 2u);
  EXPECT_THAT(names_of(again["held"][0]), ElementsAre("relation", "mode", "line"));
  EXPECT_EQ(again["held"][0]["line"].GetInt(), 2);
  EXPECT_EQ(again["lock_timeout_ms"].GetInt(), 2000);
  EXPECT_TRUE(again["statement_timeout_ms"].IsNull());
  EXPECT_TRUE(document["files"][1]["statements"][7]["held"][0]["conditional"].GetBool());
}

TEST(LocksJsonTest, UnusualMembersAreThereWhereTheyApply) {
  const rapidjson::Document document = parsed(write_locks_json(canned_locks()));
  const rapidjson::Value& block = document["files"][1]["statements"][2];
  EXPECT_THAT(names_of(block["locks"][0]), ElementsAre("relation", "mode", "held_until", "reason", "conditional"));
  EXPECT_TRUE(block["work"][0]["conditional"].GetBool());
  EXPECT_THAT(names_of(block["dynamic_sql"][0]), ElementsAre("start", "end"));
  const rapidjson::Value& fresh = document["files"][1]["statements"][4];
  EXPECT_THAT(names_of(fresh["locks"][0]), ElementsAre("relation", "mode", "held_until", "reason", "live"));
  EXPECT_FALSE(fresh["locks"][0]["live"].GetBool());
}

}  // namespace
}  // namespace pglatch::testing
