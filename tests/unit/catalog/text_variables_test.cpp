// What is known of the variables where PL/pgSQL code runs a text.
#include "analyzer/catalog/text_variables.h"

#include <gmock/gmock.h>

#include <string>
#include <vector>

namespace pglatch {
namespace {

using ::testing::ElementsAre;
using ::testing::UnorderedElementsAre;

// What the code may execute at the place of its last EXECUTE, on each way there; of two parameters a and c.
std::vector<std::string> texts(const std::string& body) {
  const PlpgsqlCode code = read_plpgsql(body);
  EXPECT_FALSE(code.error) << code.error->message;
  TextVariables variables(code, {{"a", "x"}, {"$1", "x"}, {"c", "z"}, {"$2", "z"}});
  variables.go_to(code.pieces.size() - 1);
  const PlpgsqlExpression expression(code.pieces.back().range.of(code.text));
  std::vector<std::string> all;
  for (const TextValues& way : variables.ways()) {
    all.push_back(replaced(text_with_gaps(expression.value, way).value_or("NULL"), kTextGap, "?"));
  }
  return all;
}

TEST(TextVariables, AreTheParameters) {
  EXPECT_THAT(texts("BEGIN EXECUTE 'SELECT ' || a; IF a = 'x' THEN PERFORM 1; END IF; EXECUTE a || c; END"),
              ElementsAre("xz"));
}

TEST(TextVariables, MayChange) {
  for (const char* body :
       {"BEGIN a := 'y' || now(); EXECUTE a || c; END",
        "BEGIN IF true THEN a = 'y'; ELSE a := 'y'; END IF; EXECUTE a || c; END",
        "DECLARE a text; BEGIN EXECUTE a || c; END", "DECLARE b int; \"a\" int; BEGIN EXECUTE a || c; END",
        "BEGIN SELECT 'y' INTO STRICT a; EXECUTE a || c; END",
        "DECLARE b int; BEGIN SELECT 1, 'y' INTO b, a; EXECUTE a || c; END",
        "BEGIN FOR a IN SELECT 'y' LOOP EXECUTE a || c; END LOOP; END",
        "BEGIN FOREACH a IN ARRAY c LOOP EXECUTE a || c; END LOOP; END", "BEGIN <<here>> a := 'y'; EXECUTE a || c; END",
        "BEGIN GET DIAGNOSTICS a = ROW_COUNT; EXECUTE a || c; END",
        "BEGIN EXECUTE 'SELECT 1' INTO a; EXECUTE a || c; END", "BEGIN FETCH b INTO a; EXECUTE a || c; END",
        "BEGIN CALL p(a); EXECUTE a || c; END", "BEGIN a := 'y'; EXECUTE $1 || c; END",
        "BEGIN LOOP EXECUTE a || c; a := 'y'; END LOOP; END"}) {
    EXPECT_THAT(texts(body), ElementsAre("?z")) << body;
  }
}

TEST(TextVariables, HaveTheLastValue) {
  EXPECT_THAT(texts("DECLARE t text := 'p' || a; BEGIN t := t || 'q'; t = t || c; EXECUTE t; END"),
              ElementsAre("pxqz"));
  EXPECT_THAT(texts("DECLARE t CONSTANT varchar NOT NULL DEFAULT 'p'; BEGIN EXECUTE t; END"), ElementsAre("p"));
  EXPECT_THAT(texts("DECLARE t date := '1.2.2020'; BEGIN EXECUTE 'p' || t; END"), ElementsAre("p?"));
  EXPECT_THAT(texts("DECLARE t varchar(1) := 'pq'; BEGIN EXECUTE 'p' || t; END"), ElementsAre("p?"));
  EXPECT_THAT(texts("DECLARE t text; BEGIN LOOP t := 'p'; EXECUTE t; END LOOP; END"), ElementsAre("p"));
  EXPECT_THAT(texts("DECLARE t text := 'p'; BEGIN t := (SELECT 'q' FROM r); EXECUTE t; END"), ElementsAre("?"));
}

TEST(TextVariables, HaveOneOfSeveralValues) {
  const std::string begin = "DECLARE t text := 'p'; u text := 'q'; BEGIN ";
  EXPECT_THAT(texts(begin + "IF f() THEN t := 'r'; u := 's'; END IF; EXECUTE t || u; END"),
              UnorderedElementsAre("pq", "rs"));
  EXPECT_THAT(texts(begin + "IF f() THEN t := 'r'; ELSE t := 's'; END IF; EXECUTE t || u; END"),
              UnorderedElementsAre("rq", "sq"));
  EXPECT_THAT(texts(begin + "CASE c WHEN 'z' THEN t := 'r'; END CASE; EXECUTE t; END"), ElementsAre("r"));
  EXPECT_THAT(texts(begin + "IF f() THEN t := 'r'; ELSIF g() THEN EXECUTE t; END IF; END"), ElementsAre("p"));
  EXPECT_THAT(
      texts(begin + "BEGIN t := 'r'; f; t := 's'; EXCEPTION WHEN OTHERS THEN u := 't'; END; EXECUTE t || u; END"),
      UnorderedElementsAre("sq", "?t"));
  EXPECT_THAT(texts(begin + "DECLARE t text := 'r'; BEGIN u := t; END; EXECUTE t; END"),
              UnorderedElementsAre("p", "r"));
  std::string many = begin;
  for (int i = 0; i < 10; ++i) many += "IF f() THEN t := t || '" + std::to_string(i) + "'; END IF; ";
  EXPECT_THAT(texts(many + "EXECUTE t || u; END"), ::testing::Each(::testing::StartsWith("?"))) << "too many to follow";
}

TEST(TextVariables, AreNotEndless) {
  std::string body = "DECLARE t text := 'p'; BEGIN ";
  for (int i = 0; i < 100; ++i) body += "t := t || t; ";
  EXPECT_THAT(texts(body + "EXECUTE t; END").front().size(), ::testing::Lt(200'000U));
}

}  // namespace
}  // namespace pglatch
