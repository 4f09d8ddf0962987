#include "analyzer/parse/constant_text.h"

#include <gtest/gtest.h>

#include "analyzer/parse/parser.h"

namespace pglatch {
namespace {

// The value of an expression, "(unknown)" where there is none.
std::string value(const std::string& expression) {
  const std::string sql = "SELECT " + expression;
  const ParsedScript parsed = parse(sql);
  EXPECT_EQ(parsed.statements.size(), 1U) << sql;
  const auto* select = as<SelectStmt>(parsed.statements.at(0).node);
  return constant_text(each<ResTarget>(select->targetList)[0]->val).value_or("(unknown)");
}

TEST(ConstantText, OfConstants) {
  EXPECT_EQ(value("'a''b'"), "a'b");
  EXPECT_EQ(value("$x$a$x$"), "a");
  EXPECT_EQ(value("E'a\\nb'"), "a\nb");
  EXPECT_EQ(value("'a'::text"), "a");
  EXPECT_EQ(value("CAST('a' AS pg_catalog.varchar)"), "a");
  EXPECT_EQ(value("'a' || 1 || ('b' || 2.50)"), "a1b2.50");
}

TEST(ConstantText, OfFormat) {
  EXPECT_EQ(value("format('a')"), "a");
  EXPECT_EQ(value("format('%s %I %L %%', 'a b', 'a b', 'a''b')"), "a b \"a b\" 'a''b' %");
  EXPECT_EQ(value("format('%2$s %1$s %s', 'a', 'b')"), "b a b");
  EXPECT_EQ(value("format('%s|%L', NULL, NULL)"), "|NULL");
  EXPECT_EQ(value("pg_catalog.format('%s', 5)"), "5");
  EXPECT_EQ(value("concat('a', NULL, 5)"), "a5");
  EXPECT_EQ(value("quote_ident('A') || quote_literal('b')"), "\"A\"'b'");
}

TEST(ConstantText, IsNotKnown) {
  EXPECT_EQ(value("a"), "(unknown)");
  EXPECT_EQ(value("$1"), "(unknown)");
  EXPECT_EQ(value("'a' || b"), "(unknown)");
  EXPECT_EQ(value("format('%s', b)"), "(unknown)");
  EXPECT_EQ(value("format(b, 'a')"), "(unknown)");
  EXPECT_EQ(value("format('%s')"), "(unknown)") << "too few arguments";
  EXPECT_EQ(value("format('%I', NULL)"), "(unknown)") << "an error";
  EXPECT_EQ(value("format('%10s', 'a')"), "(unknown)") << "a width";
  EXPECT_EQ(value("format('%x', 'a')"), "(unknown)");
  EXPECT_EQ(value("format('a%')"), "(unknown)");
  EXPECT_EQ(value("format('%s', VARIADIC ARRAY['a'])"), "(unknown)");
  EXPECT_EQ(value("my.format('a')"), "(unknown)");
  EXPECT_EQ(value("lower('A')"), "(unknown)");
  EXPECT_EQ(value("'a'::int"), "(unknown)");
  EXPECT_EQ(value("'a' || NULL"), "(unknown)");
  EXPECT_EQ(value("format('%999999999999999999999$s', 'a')"), "(unknown)");
}

TEST(ConstantText, OfVariables) {
  const std::string sql = "SELECT format('%s.%I', t, $2) || t, t.t, $1";
  const ParsedScript parsed = parse(sql);
  const auto targets = each<ResTarget>(as<SelectStmt>(parsed.statements.at(0).node)->targetList);
  const TextValues variables{{"t", "a b"}, {"$2", "c d"}};
  EXPECT_EQ(constant_text(targets[0]->val, variables), "a b.\"c d\"a b");
  EXPECT_FALSE(constant_text(targets[1]->val, variables));
  EXPECT_FALSE(constant_text(targets[2]->val, variables));
}

TEST(ConstantText, HasGaps) {
  const auto text = [](const std::string& expression) {
    const std::string sql = "SELECT " + expression;
    const ParsedScript parsed = parse(sql);
    const auto* select = as<SelectStmt>(parsed.statements.at(0).node);
    return text_with_gaps(each<ResTarget>(select->targetList)[0]->val, {{"v", "a b"}}).value_or("(null)");
  };
  const std::string any(kTextGap);
  const std::string name(kNameGap);
  const std::string literal(kLiteralGap);
  EXPECT_EQ(text("'a ' || v"), "a a b");
  EXPECT_FALSE(has_gap(text("format('a %I', v)")));
  EXPECT_EQ(text("'a ' || x"), "a " + any);
  EXPECT_EQ(text("lower('A') || 'b'"), any + "b");
  EXPECT_EQ(text("concat('a', x)"), "a" + any);
  EXPECT_EQ(text("format('a %L, %I, %s', x, x, x)"), "a " + literal + ", " + name + ", " + any);
  EXPECT_EQ(text("quote_ident(x) || '_' || quote_literal(x) || quote_nullable(y)"), name + "_" + literal + literal);
  EXPECT_EQ(text("quote_literal('a' || x)"), "'a" + name + "'") << "a part of a literal";
  EXPECT_EQ(text("quote_ident('a' || quote_literal(x))"), "a" + name);
  EXPECT_EQ(text("format(x, 'a')"), any);
  EXPECT_EQ(text("format('%10s', 'a')"), any);
  EXPECT_EQ(text("'a' || NULL"), "(null)");
}

TEST(ConstantText, IsBoundedInDepth) {
  std::string long_chain = "'a'";
  for (int i = 0; i < 100'000; ++i) long_chain += "||'a'";
  EXPECT_EQ(value(long_chain), "(unknown)");
}

}  // namespace
}  // namespace pglatch
