#include <gtest/gtest.h>

#include "analyzer/parse/identifier.h"
#include "analyzer/parse/parser.h"
#include "analyzer/parse/type_name.h"
#include "analyzer/parse/walk.h"

namespace pglatch {
namespace {

TEST(Identifier, QuotesWhatPostgresqlQuotes) {
  EXPECT_EQ(quote_identifier_sql("orders"), "orders");
  EXPECT_EQ(quote_identifier_sql("_x9"), "_x9");
  EXPECT_EQ(quote_identifier_sql("Orders"), "\"Orders\"");
  EXPECT_EQ(quote_identifier_sql("9lives"), "\"9lives\"");
  EXPECT_EQ(quote_identifier_sql("with space"), "\"with space\"");
  EXPECT_EQ(quote_identifier_sql("a\"b"), "\"a\"\"b\"");
  EXPECT_EQ(quote_identifier_sql("straße"), "\"straße\"");
  EXPECT_EQ(quote_identifier_sql(""), "\"\"");
  EXPECT_EQ(quote_identifier_sql("select"), "\"select\"");    // reserved
  EXPECT_EQ(quote_identifier_sql("between"), "\"between\"");  // cannot be a function name
  EXPECT_EQ(quote_identifier_sql("index"), "index");          // unreserved
  EXPECT_EQ(quote_qualified("App", "user"), "\"App\".\"user\"");
  EXPECT_EQ(quote_qualified("", "t"), "t");
}

TEST(Identifier, LiteralsEscapeQuotesAndBackslashes) {
  EXPECT_EQ(quote_literal_sql("it's"), "'it''s'");
  EXPECT_EQ(quote_literal_sql("a\\b"), "E'a\\\\b'");
}

TEST(Identifier, TruncationKeepsCharactersWhole) {
  EXPECT_EQ(truncate_utf8("abc", 63), "abc");
  EXPECT_EQ(truncate_utf8("abc", 2), "ab");
  EXPECT_EQ(truncate_utf8("aé", 2), "a");
  EXPECT_EQ(truncate_utf8("😀", 3), "");
}

// How a column's type comes out, by its name in SQL.
std::string formatted(const std::string& type) {
  const std::string sql = "create table t(c " + type + ")";
  const ParsedScript parsed = parse(sql);
  if (parsed.statements.empty()) return "(does not parse)";
  const auto* create = as<CreateStmt>(parsed.statements[0].node);
  return format_type(type_ref(each<ColumnDef>(create->tableElts)[0]->typeName));
}

TEST(TypeName, AreSpelledAsTheServerSpellsThem) {
  EXPECT_EQ(formatted("int"), "integer");
  EXPECT_EQ(formatted("pg_catalog.int8"), "bigint");
  EXPECT_EQ(formatted("bigserial"), "bigint");
  EXPECT_EQ(formatted("varchar(10)"), "character varying(10)");
  EXPECT_EQ(formatted("char"), "character(1)");
  EXPECT_EQ(formatted("decimal(8, 2)"), "numeric(8,2)");
  EXPECT_EQ(formatted("timestamp(3) with time zone"), "timestamp(3) with time zone");
  EXPECT_EQ(formatted("timestamptz"), "timestamp with time zone");
  EXPECT_EQ(formatted("text[]"), "text[]");
  EXPECT_EQ(formatted("app.\"Mood\""), "app.\"Mood\"");
  EXPECT_EQ(formatted("float(53)"), "double precision");
  EXPECT_EQ(formatted("interval(3)"), "interval(3)");
  EXPECT_EQ(formatted("interval day to second(3)"), "interval day to second(3)");
}

TEST(Walk, StopsAtItsDepthAndGoesOn) {
  std::string sql = "select f(1)";
  for (int i = 0; i < 50000; ++i) sql += "+1";
  const ParsedScript parsed = parse(sql);
  ASSERT_EQ(parsed.statements.size(), 1U);
  int nodes = 0;
  EXPECT_TRUE(walk(parsed.statements[0].node, [&](const Node*) {
    ++nodes;
    return Walk::into;
  }));
  EXPECT_GT(nodes, kMaxWalkDepth);
}

TEST(Walk, EveryKindOfStatementCanBeGivenToIt) {
  const std::string sql =
      "create table t(a int check (a > 0)); merge into t using s on t.a = s.a when matched then delete;"
      "select json_object('a': 1), xmlelement(name x), cast(1 as int), (select 1), array[1], row(1), grouping(a) "
      "from a join b on true, lateral f(1), rows from (g()), xmltable('/a' passing x columns y int), t tablesample "
      "system (1) where exists (select) group by rollup (a) window w as (order by 1);"
      "with recursive q as (select 1 union all select 2) search depth first by a set o select * from q for update;"
      "insert into t values (1) on conflict (a) do update set a = excluded.a returning a;"
      "select 1 is json, json_table(x, '$' columns (a int)), current_date, a is null, b is true, nullif(a, b);"
      "do $$ begin end $$; vacuum; copy t to stdout;";
  const ParsedScript parsed = parse(sql);
  for (const Statement& statement : parsed.statements) {
    EXPECT_TRUE(walk(statement.node, [](const Node*) { return Walk::into; }));
  }
}

}  // namespace
}  // namespace pglatch
