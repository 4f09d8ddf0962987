#include "analyzer/parse/plpgsql.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace pglatch {
namespace {

struct Piece {
  PlpgsqlKind kind;
  std::string text;
  bool conditional = false;
  friend bool operator==(const Piece&, const Piece&) = default;
  friend std::ostream& operator<<(std::ostream& out, const Piece& piece) {
    return out << static_cast<int>(piece.kind) << (piece.conditional ? "? " : " ") << piece.text;
  }
};

constexpr auto kStatement = PlpgsqlKind::statement;
constexpr auto kExpression = PlpgsqlKind::expression;
constexpr auto kExecute = PlpgsqlKind::execute;

std::vector<Piece> pieces(std::string_view body) {
  const PlpgsqlCode code = read_plpgsql(body);
  EXPECT_FALSE(code.error) << code.error->message;
  EXPECT_EQ(code.text.size(), body.size());
  std::vector<Piece> result;
  for (const PlpgsqlPiece& piece : code.pieces) {
    result.push_back({piece.kind, std::string(piece.range.of(code.text)), piece.conditional});
  }
  return result;
}

std::string error(std::string_view body) {
  const PlpgsqlCode code = read_plpgsql(body);
  if (!code.error) return "";
  return code.error->message + " at " + std::to_string(code.error->where.start);
}

// How values come to where they are used, in short.
std::string flow(std::string_view body) {
  const PlpgsqlCode code = read_plpgsql(body);
  EXPECT_FALSE(code.error) << code.error->message;
  std::string all;
  for (const PlpgsqlFlow& step : code.flow) {
    if (step.kind == PlpgsqlFlowKind::assign) {
      all += ' ' + step.variable + '=' + std::string(step.value.of(code.text));
    } else {
      all += std::string(" (LWH)").substr(static_cast<std::size_t>(step.kind), 1);
      if (step.exhaustive) all += '!';
    }
  }
  return all;
}

TEST(Plpgsql, FindsStatementsInOrder) {
  EXPECT_EQ(pieces("BEGIN a; b (c); END"), (std::vector<Piece>{{kStatement, "a"}, {kStatement, "b (c)"}}));
}

TEST(Plpgsql, FollowsValues) {
  EXPECT_EQ(flow("DECLARE a text := 'x'; b CONSTANT int := 5; BEGIN a := 'y' || a; b := 6; a[1] := 'z'; END"),
            "( a= a='x' b= b= a='y' || a b= a=)");
  EXPECT_EQ(flow("DECLARE \"A\" varchar; BEGIN IF f() THEN \"A\" = 'x'; ELSE a := 'y'; END IF; END"),
            "( A=( A='x'W a=)!)");
  EXPECT_EQ(flow("BEGIN IF f() THEN a; ELSIF g() THEN b; END IF; CASE 1 WHEN 1 THEN a; WHEN 2 THEN b; END CASE; END"),
            "((W)(W)!)!");
  EXPECT_EQ(flow("BEGIN FOR a, b IN SELECT 1 LOOP x; END LOOP; LOOP EXIT; END LOOP; END"), "( a= b=L)L))!");
  EXPECT_EQ(flow("BEGIN SELECT 1 INTO a, b.c; EXECUTE x INTO d USING e; FETCH f INTO g; END"),
            "( into= a= b= c= d= fetch= f= into= g=)!");
  EXPECT_EQ(flow("BEGIN x; EXCEPTION WHEN OTHERS THEN y; END"), "(H)!");
}

TEST(Plpgsql, BranchesMayNotBeComeTo) {
  EXPECT_EQ(pieces("BEGIN IF f() THEN a; ELSIF g() THEN b; ELSE c; END IF; d; END"),
            (std::vector<Piece>{{kExpression, "f()"},
                                {kStatement, "a", true},
                                {kExpression, "g()", true},
                                {kStatement, "b", true},
                                {kStatement, "c", true},
                                {kStatement, "d"}}));
  EXPECT_EQ(pieces("BEGIN CASE f() WHEN 1, g(2) THEN a; ELSE b; END CASE; c; END"),
            (std::vector<Piece>{{kExpression, "f()"},
                                {kExpression, "g(2)", true},
                                {kStatement, "a", true},
                                {kStatement, "b", true},
                                {kStatement, "c"}}));
}

TEST(Plpgsql, LoopsMayNotRun) {
  EXPECT_EQ(pieces("BEGIN WHILE f() LOOP a; END LOOP; FOR i IN 1..g() BY 2 LOOP b; END LOOP; c; END"),
            (std::vector<Piece>{{kExpression, "f()"},
                                {kStatement, "a", true},
                                {kExpression, "g()"},
                                {kStatement, "b", true},
                                {kStatement, "c"}}));
  EXPECT_EQ(pieces("BEGIN FOR x, y IN SELECT 1 LOOP a; END LOOP; FOREACH x SLICE 1 IN ARRAY f() LOOP b; END LOOP; END"),
            (std::vector<Piece>{
                {kStatement, "SELECT 1"}, {kStatement, "a", true}, {kExpression, "f()"}, {kStatement, "b", true}}));
}

TEST(Plpgsql, PlainLoopRunsOnce) {
  EXPECT_EQ(pieces("BEGIN LOOP a; EXIT WHEN f(); b; END LOOP; c; END"),
            (std::vector<Piece>{{kStatement, "a"}, {kExpression, "f()"}, {kStatement, "b", true}, {kStatement, "c"}}));
}

TEST(Plpgsql, ReturnEndsIt) {
  EXPECT_EQ(pieces("BEGIN a; RETURN; b; END"), (std::vector<Piece>{{kStatement, "a"}}));
  EXPECT_EQ(pieces("BEGIN IF x THEN RETURN; END IF; b; END"), (std::vector<Piece>{{kStatement, "b", true}}));
  EXPECT_EQ(pieces("BEGIN a; RAISE EXCEPTION 'no'; b; END"), (std::vector<Piece>{{kStatement, "a"}}));
  EXPECT_EQ(pieces("BEGIN RAISE NOTICE 'x %', f(); b; END"),
            (std::vector<Piece>{{kExpression, "f()"}, {kStatement, "b"}}));
}

TEST(Plpgsql, LabelledBlockMayBeLeft) {
  EXPECT_EQ(pieces("BEGIN <<part>> BEGIN EXIT part WHEN x; a; END part; END"),
            (std::vector<Piece>{{kStatement, "a", true}}));
}

TEST(Plpgsql, ErrorsAreCaughtInTheirBlock) {
  const PlpgsqlCode code =
      read_plpgsql("BEGIN a; BEGIN b; BEGIN c; END; EXCEPTION WHEN OTHERS THEN d; WHEN x OR y THEN e; END; f; END");
  ASSERT_EQ(code.pieces.size(), 6U);
  EXPECT_EQ(code.pieces[0].guard, 0U);
  const std::uint32_t guard = code.pieces[1].guard;
  EXPECT_NE(guard, 0U);
  EXPECT_EQ(code.guards[guard - 1], 0U);
  EXPECT_EQ(code.pieces[2].guard, guard) << "its own block catches nothing";
  EXPECT_EQ(code.pieces[3].guard, 0U);
  EXPECT_TRUE(code.pieces[3].conditional);
  EXPECT_TRUE(code.pieces[4].conditional);
  EXPECT_FALSE(code.pieces[5].conditional);
}

TEST(Plpgsql, TakesIntoOutOfStatements) {
  EXPECT_EQ(pieces("BEGIN SELECT a, b INTO STRICT x, y.z FROM t; END").front().text,
            "SELECT a, b " + std::string(18, ' ') + " FROM t");
  EXPECT_EQ(pieces("BEGIN INSERT INTO t VALUES (1) RETURNING id INTO n; END").front().text,
            "INSERT INTO t VALUES (1) RETURNING id       ");
  EXPECT_EQ(pieces("BEGIN MERGE INTO t USING s ON true WHEN MATCHED THEN DELETE; END").front().text,
            "MERGE INTO t USING s ON true WHEN MATCHED THEN DELETE");
  EXPECT_EQ(pieces("BEGIN PERFORM f(1) FROM t; END").front().text, "SELECT  f(1) FROM t");
}

TEST(Plpgsql, ExpressionsMatterWithCallsAndQueries) {
  EXPECT_EQ(pieces("DECLARE a int := 1; b int DEFAULT f(2); c CONSTANT int NOT NULL = (SELECT 1); BEGIN a := a + 1; "
                   "d.e[f(1)] := g(a); x := y FROM t; RETURN h(); END"),
            (std::vector<Piece>{{kExpression, "f(2)"},
                                {kExpression, "(SELECT 1)"},
                                {kExpression, "g(a)"},
                                {kExpression, "y FROM t"},
                                {kExpression, "h()"}}));
}

TEST(Plpgsql, ExecuteIsGivenAnExpression) {
  EXPECT_EQ(pieces("BEGIN EXECUTE 'a' INTO STRICT x USING f(1), g; END"),
            (std::vector<Piece>{{kExpression, "f(1)"}, {kExecute, "'a'"}}));
  EXPECT_EQ(
      pieces("BEGIN FOR x IN EXECUTE f('a') USING 1 LOOP b; END LOOP; RETURN QUERY EXECUTE 'c'; END"),
      (std::vector<Piece>{{kExpression, "f('a')"}, {kExecute, "f('a')"}, {kStatement, "b", true}, {kExecute, "'c'"}}));
}

TEST(Plpgsql, CursorsRunWhenOpened) {
  EXPECT_EQ(pieces("DECLARE c CURSOR FOR SELECT 1; d NO SCROLL CURSOR (k int, l int) IS SELECT 2; e refcursor; BEGIN "
                   "OPEN C; OPEN d(k := f(1), l := 2); FETCH c INTO x; OPEN e FOR SELECT 3; FOR x IN c LOOP a; "
                   "END LOOP; CLOSE c; END"),
            (std::vector<Piece>{{kStatement, "SELECT 1"},
                                {kExpression, "f(1)"},
                                {kStatement, "SELECT 2"},
                                {kStatement, "SELECT 3"},
                                {kStatement, "SELECT 1"},
                                {kStatement, "a", true}}));
}

TEST(Plpgsql, WordsOfStatementsAreNames) {
  EXPECT_EQ(pieces("BEGIN perform := f(1); \"if\" := f(2); $1 := f(3); open.x = f(4); END").size(), 4U);
}

TEST(Plpgsql, SemicolonsInQuotesAndBodies) {
  EXPECT_EQ(pieces("BEGIN SELECT ';' /* ; */; CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE WHEN a THEN 1 "
                   "END; SELECT 2; END; a; END")
                .size(),
            3U);
}

TEST(Plpgsql, TransactionsEnd) {
  const std::vector<Piece> found = pieces("BEGIN COMMIT; ROLLBACK AND CHAIN; END");
  EXPECT_EQ(found,
            (std::vector<Piece>{{PlpgsqlKind::commit, "COMMIT"}, {PlpgsqlKind::rollback, "ROLLBACK AND CHAIN"}}));
}

TEST(Plpgsql, SaysWhereItBreaks) {
  EXPECT_EQ(error("BEGIN IF a THEN b; END"), "syntax error at end of input at 22");
  EXPECT_EQ(error("BEGIN IF a; THEN b; END IF; END"), "syntax error at or near \";\" at 10");
  EXPECT_EQ(error("BEGIN END LOOP; END"), "syntax error at or near \"LOOP\" at 10");
  EXPECT_EQ(error("BEGIN a"), "syntax error at end of input at 7");
  EXPECT_EQ(error(""), "syntax error at end of input at 0");
  EXPECT_EQ(error("SELECT 1"), "syntax error at or near \"SELECT\" at 0");
  EXPECT_EQ(error("BEGIN x := ; END"), "syntax error at or near \";\" at 11");
  EXPECT_EQ(error("DECLARE BEGIN a; END; b"), "syntax error at or near \"b\" at 22");
}

TEST(Plpgsql, NestingIsBounded) {
  const auto nested = [](int depth) {
    std::string body = "BEGIN ";
    for (int i = 0; i < depth; ++i) body += "IF a THEN ";
    body += "b; ";
    for (int i = 0; i < depth; ++i) body += "END IF; ";
    return body + "END";
  };
  EXPECT_EQ(error(nested(kMaxPlpgsqlDepth - 1)), "");
  EXPECT_NE(error(nested(kMaxPlpgsqlDepth + 1)), "");
  EXPECT_NE(error(nested(200'000)), "");
}

// Whatever stands in a body: it ends, and every piece lies in it.
TEST(Plpgsql, NeverRunsAway) {
  const std::string body =
      "DECLARE a int := 1; c CURSOR FOR SELECT 1; BEGIN <<l>> FOR x IN c(1) LOOP EXECUTE format('a %s', b) INTO d "
      "USING e; END LOOP l; CASE a WHEN 1 THEN RAISE 'x' USING hint = 'y'; ELSE NULL; END CASE; EXCEPTION WHEN OTHERS "
      "THEN RETURN QUERY SELECT 1; END";
  for (std::size_t cut = 0; cut <= body.size(); ++cut) {
    for (const std::string& text :
         {body.substr(0, cut), body.substr(cut), body.substr(0, cut) + body.substr(cut / 2)}) {
      const PlpgsqlCode code = read_plpgsql(text);
      for (const PlpgsqlPiece& piece : code.pieces) {
        ASSERT_LE(piece.range.start, piece.range.end) << text;
        ASSERT_LE(piece.range.end, text.size()) << text;
      }
    }
  }
}

TEST(Plpgsql, GrammarIsLibpgQuerys) {
  EXPECT_EQ(check_plpgsql("DO $$ BEGIN RAISE NOTICE 5; END $$"), "syntax error at or near \"5\"");
  EXPECT_EQ(check_plpgsql("DO $$ BEGIN RAISE NOTICE '5'; END $$"), std::nullopt);
  EXPECT_EQ(check_plpgsql("DO $$ DECLARE r t%ROWTYPE; BEGIN r.a := 1; END $$"), std::nullopt) << "not a syntax error";
  EXPECT_EQ(check_plpgsql("DO LANGUAGE plv8 $$ x( $$"), std::nullopt);
}

}  // namespace
}  // namespace pglatch
