#include "analyzer/parse/parser.h"

#include <gtest/gtest.h>

#include "analyzer/parse/access.h"

namespace pglatch {
namespace {

std::vector<std::string> statements_of(const std::string& sql) {
  std::vector<std::string> texts;
  for (const Statement& statement : parse(sql).statements) texts.emplace_back(statement.range.of(sql));
  return texts;
}

TEST(Parser, RangesLeaveOutCommentsBlanksAndSemicolons) {
  EXPECT_EQ(statements_of("-- first\n  select 1 ;\n/* b /* c */ */ select 2\n"),
            (std::vector<std::string>{"select 1", "select 2"}));
  EXPECT_EQ(statements_of(";;  ;\n"), std::vector<std::string>{});
  EXPECT_EQ(statements_of(""), std::vector<std::string>{});
  EXPECT_EQ(statements_of("-- nothing\n"), std::vector<std::string>{});
}

TEST(Parser, ABadStatementCostsOnlyItself) {
  const std::string sql = "create table a(x int);\nalter tabel a add y int;\ncreate index on a(x);\n";
  const ParsedScript parsed = parse(sql);
  ASSERT_EQ(parsed.statements.size(), 2U);
  EXPECT_EQ(parsed.statements[0].tag(), T_CreateStmt);
  EXPECT_EQ(parsed.statements[1].tag(), T_IndexStmt);
  EXPECT_EQ(parsed.statements[1].range.of(sql), "create index on a(x)");
  ASSERT_EQ(parsed.errors.size(), 1U);
  EXPECT_EQ(parsed.errors[0].range.of(sql), "alter tabel a add y int");
  EXPECT_EQ(parsed.errors[0].where.of(sql), "tabel");
  EXPECT_EQ(parsed.errors[0].message, "syntax error at or near \"tabel\"");
}

TEST(Parser, LocationsOfARecoveredStatementAreOffsetsOfTheScript) {
  const std::string sql = "nonsense here;\nselect é_column from t;\n";
  const ParsedScript parsed = parse(sql);
  ASSERT_EQ(parsed.statements.size(), 1U);
  const auto* select = as<SelectStmt>(parsed.statements[0].node);
  ASSERT_NE(select, nullptr);
  const auto* target = each<ResTarget>(select->targetList)[0];
  const std::uint32_t offset = parsed.statements[0].offset(target->location);
  EXPECT_EQ(sql.substr(offset, 3), "é_");
}

TEST(Parser, ErrorPositionsCountCharactersNotBytes) {
  const std::string sql = "select 'ünïcödé' fromm t wherre;\nselect 1";
  const ParsedScript parsed = parse(sql);
  ASSERT_EQ(parsed.errors.size(), 1U);
  EXPECT_EQ(parsed.errors[0].where.of(sql), "t");
}

TEST(Parser, AnErrorAtTheEndPointsAtTheLastToken) {
  const std::string sql = "select 1 from";
  const ParsedScript parsed = parse(sql);
  ASSERT_EQ(parsed.errors.size(), 1U);
  EXPECT_EQ(parsed.errors[0].where.of(sql), "from");
}

TEST(Parser, BodiesInStringsAndAtomicBodiesAreOneStatement) {
  const std::string sql =
      "broken here;\n"
      "create function f() returns int language sql begin atomic select 1; select 2; end;\n"
      "create function g() returns void language plpgsql as $$ begin perform 1; end $$;\n";
  EXPECT_EQ(parse(sql).statements.size(), 2U);
  EXPECT_EQ(parse(sql).errors.size(), 1U);
}

TEST(Parser, DeepNestingIsOneFindingAtMost) {
  const std::string parentheses = "select " + std::string(100000, '(') + ";\nselect 1;";
  const ParsedScript nested = parse(parentheses);
  EXPECT_LE(nested.errors.size(), 1U);
  std::string sum = "select 1";
  for (int i = 0; i < 200000; ++i) sum += "+1";
  const ParsedScript terms = parse(sum);
  EXPECT_EQ(terms.statements.size() + terms.errors.size(), 1U);
}

TEST(Parser, MovingKeepsTheTree) {
  ParsedScript parsed = parse("select 1");
  const ParsedScript moved = std::move(parsed);
  ASSERT_EQ(moved.statements.size(), 1U);
  EXPECT_EQ(moved.statements[0].tag(), T_SelectStmt);
}

}  // namespace
}  // namespace pglatch
