#include "analyzer/base/json.h"

#include <gtest/gtest.h>

#include <limits>
#include <vector>

namespace pglatch {
namespace {

TEST(JsonWriterTest, WritesADocument) {
  JsonWriter json;
  json.begin_object();
  json.member("z", 1u);
  json.member("a", std::string("x"));
  json.member("t", true);
  json.key("n");
  json.null();
  json.strings("s", std::vector<std::string>{"é", ""});
  json.strings("e", std::vector<std::string>{});
  json.member("l", std::numeric_limits<std::int64_t>::min());
  json.end_object();
  EXPECT_EQ(json.finish(),
            "{\n  \"z\": 1,\n  \"a\": \"x\",\n  \"t\": true,\n  \"n\": null,\n  \"s\": [\n    \"é\",\n    \"\"\n  ],\n"
            "  \"e\": [],\n  \"l\": -9223372036854775808\n}\n");
}

TEST(JsonWriterTest, EscapesAndRepairsStrings) {
  JsonWriter json;
  json.string(std::string_view("\"\\\n\x01\0\xff\xe2\x82é", 10));
  EXPECT_EQ(json.finish(), "\"\\\"\\\\\\n\\u0001\\u0000\ufffd\ufffd\ufffdé\"\n");
}

TEST(JsonWriterTest, LiteralsAreStrings) {
  JsonWriter json;
  json.begin_object();
  json.member("text", "not true");
  json.end_object();
  EXPECT_EQ(json.finish(), "{\n  \"text\": \"not true\"\n}\n");
}

}  // namespace
}  // namespace pglatch
