#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "analyzer/source/lexer.h"
#include "analyzer/source/psql.h"
#include "tests/unit/source/random_text.h"

namespace pglatch::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::ElementsAreArray;
using ::testing::IsEmpty;

std::vector<std::string> split(std::string_view text) {
  std::vector<std::string> statements;
  for (const ByteRange& range : split_statements(text)) statements.emplace_back(range.of(text));
  return statements;
}

TEST(SplitStatementsTest, AtSemicolonsOutsideOfQuotesAndComments) {
  const struct {
    std::string_view text;
    std::vector<std::string> statements;
  } cases[] = {
      {"", {}},
      {" \r\n\t", {}},
      {"-- nothing\n/* at all */", {}},
      {";;; ;", {}},
      {"a", {"a"}},
      {"a;", {"a"}},
      {"a ; b\n", {"a", "b"}},
      {"a;\r\nb\r\n;\r\n", {"a", "b"}},
      {"a\r;b", {"a", "b"}},
      {"-- x\na -- y\n; /* z */ b /* w */", {"a", "b"}},
      {"a /* in ; side */ b", {"a /* in ; side */ b"}},
      {"a ';' \";\" E'\\';' $$;$$ $x$;$x$ b; c", {"a ';' \";\" E'\\';' $$;$$ $x$;$x$ b", "c"}},
      {"SELECT 'é;😀'; SELECT 2", {"SELECT 'é;😀'", "SELECT 2"}},
      {"a; 'open; b", {"a", "'open; b"}},
      {"a; $$open; b", {"a", "$$open; b"}},
      {"a; /* open; b", {"a", "/* open; b"}},
      {"a /* open; b", {"a /* open; b"}},
      {"BEGIN; COMMIT; END; CASE", {"BEGIN", "COMMIT", "END", "CASE"}},
      {"DO $$ BEGIN NULL; END $$; b", {"DO $$ BEGIN NULL; END $$", "b"}},
  };
  for (const auto& each : cases) EXPECT_THAT(split(each.text), ElementsAreArray(each.statements)) << each.text;
}

TEST(SplitStatementsTest, AnSqlFunctionsBodyIsOnePiece) {
  for (const std::string function : {
           "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT 2; END",
           "create or replace procedure p() begin atomic insert into t values (1); end",
           "CREATE FUNCTION f() BEGIN ATOMIC SELECT CASE WHEN a THEN CASE b WHEN 1 THEN 2 END END; SELECT 1; END",
           "CREATE FUNCTION f() BEGIN /* ; */ ATOMIC END",
           "CREATE FUNCTION f() BEGIN ATOMIC BEGIN ATOMIC SELECT 1; END; SELECT 2; END",
           "CREATE FUNCTION f() BEGIN ATOMIC SELECT 1 AS end, t.case, 'end', \"end\"; SELECT 2; END",
           "CREATE FUNCTION f(a int DEFAULT CASE WHEN true THEN 1 END) BEGIN ATOMIC SELECT begin FROM t; END",
           "CREATE FUNCTION f() RETURNS trigger AS $$ BEGIN RETURN new; END $$ LANGUAGE plpgsql",
           "CREATE FUNCTION f() RETURN 1",
       }) {
    EXPECT_THAT(split(function + "; SELECT 1;"), ElementsAre(function, "SELECT 1")) << function;
  }
}

TEST(SplitStatementsTest, ARulesActionsAreOnePiece) {
  const std::string rule = "CREATE OR REPLACE RULE r AS ON INSERT TO t DO ALSO (INSERT INTO u VALUES (1); NOTIFY n;)";
  EXPECT_THAT(split(rule + "; SELECT 1"), ElementsAre(rule, "SELECT 1"));
  EXPECT_THAT(split("CREATE RULE r AS ON INSERT TO t DO NOTHING; SELECT 1"),
              ElementsAre("CREATE RULE r AS ON INSERT TO t DO NOTHING", "SELECT 1"));
}

TEST(SplitStatementsTest, AnOpenParenthesisCostsItsStatementOnly) {
  EXPECT_THAT(split("CREATE TABLE t (a int; SELECT 1; SELECT 2)"),
              ElementsAre("CREATE TABLE t (a int", "SELECT 1", "SELECT 2)"));
  EXPECT_THAT(split(std::string(100'000, '(') + "; SELECT 1"), ElementsAre(std::string(100'000, '('), "SELECT 1"));
}

TEST(SplitStatementsTest, WorksOnMaskedPsql) {
  const std::string_view text =
      "\\set x 1\n"
      "COPY t FROM stdin;\n1;2\n\\.\n"
      "SELECT :'x' \\gexec\n"
      "SELECT 2 \\; SELECT 3;\n";
  const std::string masked = mask_psql(text);
  EXPECT_THAT(split(masked), ElementsAre("COPY t FROM stdin", "SELECT  'x'", "SELECT 2", "SELECT 3"));
}

TEST(SplitStatementsPropertyTest, RangesAreOrderedAndSemicolonsStandBetween) {
  RandomText random(2);
  for (int round = 0; round < 20'000; ++round) {
    const std::string text = random.next();
    std::uint32_t at = 0;
    for (const ByteRange& range : split_statements(text)) {
      ASSERT_GE(range.start, at);
      ASSERT_GT(range.end, range.start);
      ASSERT_LE(range.end, text.size());
      const Token first = Lexer(text, range.start).next();
      ASSERT_EQ(first.range.start, range.start) << ::testing::PrintToString(text);
      ASSERT_TRUE(first.kind != TokenKind::comment || !first.terminated) << ::testing::PrintToString(text);
      if (at > 0) {
        const std::string between = text.substr(at, range.start - at);
        ASSERT_NE(between.find(';'), std::string::npos) << ::testing::PrintToString(text);
      }
      at = range.end;
    }
    // After the last one there are only comments and semicolons.
    std::uint32_t rest = skip_space_and_comments(text, at);
    while (rest < text.size() && text[rest] == ';') rest = skip_space_and_comments(text, rest + 1);
    ASSERT_EQ(rest, text.size()) << ::testing::PrintToString(text);
  }
}

}  // namespace
}  // namespace pglatch::testing
