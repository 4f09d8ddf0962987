// What calls give the parameters of functions.
#include "analyzer/catalog/call_arguments.h"

#include <gmock/gmock.h>

#include "analyzer/base/concat.h"
#include "tests/unit/catalog/replay.h"

namespace pglatch {
namespace {

using ::testing::IsEmpty;
using testing::Replay;
using ::testing::UnorderedElementsAre;

// "name=value" of each parameter that is known, for one function f and a call of it.
std::vector<std::string> values(const std::string& parameters, const std::string& call, const std::string& body) {
  const Replay replay("CREATE FUNCTION f(" + parameters + ") RETURNS void LANGUAGE plpgsql AS $$ " + body + " $$");
  const std::string sql = "SELECT " + call;
  const ParsedScript parsed = parse(sql);
  const auto* select = as<SelectStmt>(parsed.statements.at(0).node);
  const auto* function = as<FuncCall>(each<ResTarget>(select->targetList)[0]->val);
  std::vector<std::string> all;
  for (const auto& [name, value] : text_arguments(*replay.catalog.find_function({{}, "f"}, {"public"}), *function)) {
    all.push_back(concat({name, "=", value}));
  }
  return all;
}

const std::string kBody = "BEGIN EXECUTE a; END";

TEST(CallArguments, AreConstants) {
  EXPECT_THAT(values("a text, int", "f('x', 5)", kBody), UnorderedElementsAre("a=x", "$1=x", "$2=5"));
  EXPECT_THAT(values("a varchar(3) DEFAULT 'd', b name DEFAULT 'e'", "f(b => 'y')", kBody),
              UnorderedElementsAre("a=d", "$1=d", "b=y", "$2=y"));
  EXPECT_THAT(values("a regclass", "f('Shop.\"Order\"')", kBody),
              UnorderedElementsAre("a=shop.\"Order\"", "$1=shop.\"Order\""));
  EXPECT_THAT(values("OUT o int, a text", "f('x' || 'y')", kBody), UnorderedElementsAre("a=xy", "$1=xy"));
}

TEST(CallArguments, AreNotKnown) {
  EXPECT_THAT(values("a text", "f(now()::text)", kBody), IsEmpty());
  EXPECT_THAT(values("a text", "f(NULL)", kBody), IsEmpty());
  EXPECT_THAT(values("a text[]", "f('{x}')", kBody), IsEmpty());
  EXPECT_THAT(values("a my.text", "f('x')", kBody), IsEmpty());
  EXPECT_THAT(values("a date", "f('now')", kBody), IsEmpty());
  EXPECT_THAT(values("a regclass", "f('a.b.c')", kBody), IsEmpty());
  EXPECT_THAT(values("VARIADIC a text[]", "f('x')", kBody), IsEmpty());
  EXPECT_THAT(values("a text", "f('x', 'y')", kBody), IsEmpty()) << "of another function";
}

TEST(CallArguments, TellFunctionsOfOneNameApart) {
  const Replay replay(
      "CREATE FUNCTION f(a text) RETURNS void LANGUAGE sql AS 'one';"
      "CREATE FUNCTION f(a text, b text DEFAULT 'x') RETURNS void LANGUAGE sql AS 'two';"
      "CREATE FUNCTION f(a text, b text[]) RETURNS void LANGUAGE sql AS 'array';"
      "CREATE FUNCTION f(a text, b text, c int, VARIADIC d int[]) RETURNS void LANGUAGE sql AS 'many';"
      "CREATE OR REPLACE FUNCTION f(a text) RETURNS void LANGUAGE sql AS 'new one';");
  const auto called = [&](const std::string& call) {
    const ParsedScript parsed = parse("SELECT " + call);
    const auto* select = as<SelectStmt>(parsed.statements.at(0).node);
    const auto* function = as<FuncCall>(each<ResTarget>(select->targetList)[0]->val);
    return called_function(*replay.catalog.find_function({{}, "f"}, {"public"}), *function)->body;
  };
  EXPECT_EQ(called("f('x')"), "new one");
  EXPECT_EQ(called("f('x', 'y')"), "two");
  EXPECT_EQ(called("f(b => 'x', a => 'y')"), "two");
  EXPECT_EQ(called("f('x', ARRAY['y'])"), "array");
  EXPECT_EQ(called("f('x', 'y', 1, 2, 3)"), "many");
  EXPECT_EQ(called("f()"), "new one") << "of none of them: the last";
}

}  // namespace
}  // namespace pglatch
