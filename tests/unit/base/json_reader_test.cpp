#include "analyzer/base/json_reader.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>

namespace pglatch {
namespace {

JsonValue value_of(std::string_view text) {
  auto read = read_json(text);
  EXPECT_TRUE(std::holds_alternative<JsonValue>(read)) << text;
  return std::holds_alternative<JsonValue>(read) ? std::get<JsonValue>(std::move(read)) : JsonValue();
}

JsonError error_of(std::string_view text) {
  auto read = read_json(text);
  EXPECT_TRUE(std::holds_alternative<JsonError>(read)) << text;
  return std::holds_alternative<JsonError>(read) ? std::get<JsonError>(std::move(read)) : JsonError();
}

TEST(JsonReaderTest, ValuesKnowWhereTheyStand) {
  const std::string text = " {\"a\": [1, -2 ,\"x\\u00e9\\n\", true,null, 1.5],\n  \"b\" : {} }";
  const JsonValue root = value_of(text);
  ASSERT_EQ(root.kind, JsonValue::Kind::object);
  EXPECT_EQ(root.offset, 1U);
  ASSERT_EQ(root.members.size(), 2U);
  EXPECT_EQ(root.members[0].offset, 2U);
  EXPECT_EQ(root.members[1].offset, text.find("\"b\""));
  const JsonValue* list = root.find("a");
  ASSERT_NE(list, nullptr);
  EXPECT_EQ(list->offset, text.find('['));
  ASSERT_EQ(list->elements.size(), 6U);
  EXPECT_EQ(list->elements[0].integer, 1);
  EXPECT_EQ(list->elements[1].integer, -2);
  EXPECT_EQ(list->elements[1].offset, text.find("-2"));
  EXPECT_EQ(list->elements[2].string, "xé\n");
  EXPECT_EQ(list->elements[2].offset, text.find("\"x"));
  EXPECT_TRUE(list->elements[3].boolean);
  EXPECT_EQ(list->elements[4].kind, JsonValue::Kind::null);
  EXPECT_EQ(list->elements[5].number, 1.5);
  EXPECT_EQ(list->elements[5].offset, text.find("1.5"));
  EXPECT_EQ(root.find("b")->kind, JsonValue::Kind::object);
  EXPECT_EQ(root.find("c"), nullptr);
}

TEST(JsonReaderTest, NumbersThatDoNotFit) {
  EXPECT_EQ(value_of("9223372036854775807").integer, std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(value_of("9223372036854775808").kind, JsonValue::Kind::number);
  EXPECT_EQ(value_of("1e3").kind, JsonValue::Kind::number);
}

TEST(JsonReaderTest, SaysWhereItBreaksOff) {
  EXPECT_EQ(error_of("").offset, 0U);
  EXPECT_EQ(error_of("{\"a\": }").offset, 6U);
  EXPECT_EQ(error_of("{\"a\": 1").offset, 7U);
  EXPECT_EQ(error_of("[1] x").offset, 4U);
  EXPECT_FALSE(error_of("{'a': 1}").message.empty());
  EXPECT_FALSE(error_of("\"\xff\"").message.empty());
  EXPECT_NE(error_of("<<<<<<< HEAD\n").message.back(), '.');
}

TEST(JsonReaderTest, DeepNestingIsAnErrorAndNoCrash) {
  EXPECT_EQ(value_of(std::string(kMaxJsonDepth, '[') + std::string(kMaxJsonDepth, ']')).kind, JsonValue::Kind::array);
  EXPECT_EQ(error_of(std::string(1'000'000, '[')).message, "values nest too deeply");
  EXPECT_EQ(error_of(std::string(kMaxJsonDepth + 1, '[')).message, "values nest too deeply");
}

}  // namespace
}  // namespace pglatch
