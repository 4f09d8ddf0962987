#include <gtest/gtest.h>

#include "tests/unit/catalog/replay.h"

namespace pglatch::testing {
namespace {

class FunctionTest : public ::testing::Test {
 protected:
  const FunctionObject& after(std::string_view sql, std::string_view name = "f") {
    replay_.run(sql);
    const FunctionObject* function = replay_.catalog.find_function({"", name}, {"public"});
    EXPECT_NE(function, nullptr);
    static const FunctionObject kNone;
    return function == nullptr ? kNone : *function;
  }

  Replay replay_;
};

TEST_F(FunctionTest, KeepsItsBody) {
  const FunctionObject& f = after(
      "CREATE FUNCTION f(a int) RETURNS SETOF int LANGUAGE plpgsql STRICT STABLE SECURITY "
      "DEFINER AS $x$ BEGIN RETURN; END $x$");
  EXPECT_EQ(f.body, " BEGIN RETURN; END ");
  EXPECT_EQ(f.language, "plpgsql");
  EXPECT_EQ(f.volatility, Volatility::stable);
  EXPECT_TRUE(f.strict);
  EXPECT_TRUE(f.security_definer);
  EXPECT_TRUE(f.returns_set);
  EXPECT_FALSE(f.is_procedure);
  EXPECT_FALSE(f.body_is_sql);
  EXPECT_FALSE(f.returns_trigger);
}

TEST_F(FunctionTest, IsPlainWhereNothingIsSaid) {
  const FunctionObject& f = after("CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN; END'");
  EXPECT_EQ(f.volatility, Volatility::volatile_);
  EXPECT_FALSE(f.strict);
  EXPECT_FALSE(f.security_definer);
  EXPECT_FALSE(f.returns_set);
  EXPECT_FALSE(f.sets_search_path);
  EXPECT_TRUE(f.returns_trigger);
}

TEST_F(FunctionTest, OfSqlKeepsTheTextAsWritten) {
  EXPECT_EQ(after("CREATE FUNCTION f() RETURNS TABLE (a int) RETURN 1 + 2;").body, "RETURN 1 + 2");
  const FunctionObject& p = after("CREATE PROCEDURE f(begin_at int DEFAULT (1))\nBEGIN ATOMIC SELECT 1; END", "f");
  EXPECT_EQ(p.body, "BEGIN ATOMIC SELECT 1; END");
  EXPECT_TRUE(p.body_is_sql);
  EXPECT_TRUE(p.is_procedure);
  EXPECT_EQ(p.language, "sql");
}

TEST_F(FunctionTest, OfCHasNoBody) {
  EXPECT_EQ(after("CREATE FUNCTION f() RETURNS int LANGUAGE c AS 'file', 'symbol'").body, "");
}

TEST_F(FunctionTest, SetsItsSearchPath) {
  EXPECT_EQ(after("CREATE FUNCTION f() RETURNS int LANGUAGE sql SET search_path = a, b SET work_mem = '1MB' AS ''")
                .search_path,
            (SearchPath{"a", "b"}));
  EXPECT_EQ(after("CREATE FUNCTION public.g() RETURNS int LANGUAGE sql AS ''; "
                  "SET search_path = c, public; ALTER FUNCTION g() SET search_path FROM CURRENT STRICT;",
                  "g")
                .search_path,
            (SearchPath{"c", "public"}));
  EXPECT_TRUE(after("SELECT 1", "g").strict);
  EXPECT_FALSE(after("ALTER FUNCTION g() RESET search_path", "g").sets_search_path);
}

}  // namespace
}  // namespace pglatch::testing
