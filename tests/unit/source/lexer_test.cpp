#include "analyzer/source/lexer.h"

#include <gmock/gmock.h>

#include <iterator>
#include <random>
#include <string>

#include "tests/unit/source/random_text.h"

namespace pglatch::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::ElementsAreArray;
using ::testing::IsEmpty;

// "kind text" of each token, with "…" behind those that are not terminated.
std::vector<std::string> lex(std::string_view text) {
  static constexpr const char* kNames[] = {"word",  "ident",   "string", "dollar", "number",
                                           "param", "comment", "symbol", "end"};
  std::vector<std::string> tokens;
  Lexer lexer(text);
  for (Token token = lexer.next(); token.kind != TokenKind::end; token = lexer.next()) {
    std::string shown = kNames[static_cast<std::size_t>(token.kind)];
    shown += ' ';
    shown += token.of(text);
    if (!token.terminated) shown += "…";
    tokens.push_back(std::move(shown));
  }
  return tokens;
}

struct Case {
  std::string_view text;
  std::vector<std::string> tokens;
};

void expect_all(const std::vector<Case>& cases) {
  for (const Case& each : cases) EXPECT_THAT(lex(each.text), ElementsAreArray(each.tokens)) << each.text;
}

TEST(LexerTest, Words) {
  expect_all({
      {"", {}},
      {" \t\r\n\f\v", {}},
      {"SELECT a1_$ _x", {"word SELECT", "word a1_$", "word _x"}},
      {"café 表 é$$é", {"word café", "word 表", "word é$$é"}},
      {"\"a b\" \"a\"\"b\" U&\"\\0061\" u&\"x\"",
       {"ident \"a b\"", "ident \"a\"\"b\"", "ident U&\"\\0061\"", "ident u&\"x\""}},
      {"\"open", {"ident \"open…"}},
      {"U & \"x\"", {"word U", "symbol &", "ident \"x\""}},
      {"a.\"b\"", {"word a", "symbol .", "ident \"b\""}},
  });
}

TEST(LexerTest, Strings) {
  expect_all({
      {"'a''b'", {"string 'a''b'"}},
      {"'a\\'c'", {"string 'a\\'", "word c", "string '…"}},
      {"E'a\\'b' e'\\\\'", {"string E'a\\'b'", "string e'\\\\'"}},
      {"E'a''b\\", {"string E'a''b\\…"}},
      {"b'01' X'1F' N'n' U&'\\0061'", {"string b'01'", "string X'1F'", "string N'n'", "string U&'\\0061'"}},
      {"ab'c' _e'x'", {"word ab", "string 'c'", "word _e", "string 'x'"}},
      {"'a'\n'b'", {"string 'a'", "string 'b'"}},
      {"'a--b' 'a/*b'", {"string 'a--b'", "string 'a/*b'"}},
      {"''", {"string ''"}},
      {"'", {"string '…"}},
      {"'''", {"string '''…"}},
      {"'é😀\r\n'", {"string 'é😀\r\n'"}},
  });
}

TEST(LexerTest, DollarStrings) {
  expect_all({
      {"$$a'b$$ $x$ $$ $x$", {"dollar $$a'b$$", "dollar $x$ $$ $x$"}},
      {"$a$ $b$ $a$", {"dollar $a$ $b$ $a$"}},
      {"$é$;$é$", {"dollar $é$;$é$"}},
      {"$a$x$aa$a$", {"dollar $a$x$aa$a$"}},
      {"a$b$c$b$", {"word a$b$c$b$"}},
      {"1$a$x$a$", {"number 1", "dollar $a$x$a$"}},
      {"$1 $12$a$;$a$", {"param $1", "param $12", "dollar $a$;$a$"}},
      {"$a", {"symbol $", "word a"}},
      {"$ $", {"symbol $", "symbol $"}},
      {"$$open", {"dollar $$open…"}},
      {"$A$ $a$", {"dollar $A$ $a$…"}},
  });
}

TEST(LexerTest, Numbers) {
  expect_all({
      {"1 1.5 .5 1. 1e5 1.5e10 1E-5 1.e+5",
       {"number 1", "number 1.5", "number .5", "number 1.", "number 1e5", "number 1.5e10", "number 1E-5",
        "number 1.e+5"}},
      {"0x1F 0o17 0b11 1_000_000.5_0", {"number 0x1F", "number 0o17", "number 0b11", "number 1_000_000.5_0"}},
      {"0x_1F", {"number 0x_1F"}},
      {"1..10", {"number 1", "symbol .", "symbol .", "number 10"}},
      {"a[1:2]", {"word a", "symbol [", "number 1", "symbol :", "number 2", "symbol ]"}},
      {"1e", {"number 1", "word e"}},
      {"1e+", {"number 1", "word e", "symbol +"}},
      {"0x", {"number 0", "word x"}},
      {"1__0", {"number 1", "word __0"}},
      {"-1", {"symbol -", "number 1"}},
      {"a.5", {"word a", "number .5"}},
  });
}

TEST(LexerTest, Comments) {
  expect_all({
      {"-- a\r\nb", {"comment -- a", "word b"}},
      {"-- a\rb", {"comment -- a", "word b"}},
      {"-- a", {"comment -- a"}},
      {"--", {"comment --"}},
      {"/* a */ b", {"comment /* a */", "word b"}},
      {"/* /* */ ; */ b", {"comment /* /* */ ; */", "word b"}},
      {"/**/ /***/ /*/ */", {"comment /**/", "comment /***/", "comment /*/ */"}},
      {"/* open /* */", {"comment /* open /* */…"}},
      {"/*", {"comment /*…"}},
      {"/* -- */ b", {"comment /* -- */", "word b"}},
      {"-- /*\nb", {"comment -- /*", "word b"}},
  });
}

TEST(LexerTest, CommentsInOperators) {
  expect_all({
      {"a--b", {"word a", "comment --b"}},
      {"a+--b", {"word a", "symbol +", "comment --b"}},
      {"a-/*x*/b", {"word a", "symbol -", "comment /*x*/", "word b"}},
      {"a*/*x*/b", {"word a", "symbol *", "comment /*x*/", "word b"}},
      {"a//*x*/b", {"word a", "symbol /", "comment /*x*/", "word b"}},
      {"->> @>", {"symbol -", "symbol >", "symbol >", "symbol @", "symbol >"}},
  });
}

TEST(LexerTest, GoesOnAtTheEnd) {
  Lexer lexer("a ");
  EXPECT_EQ(lexer.next().kind, TokenKind::word);
  for (int i = 0; i < 3; ++i) {
    const Token token = lexer.next();
    EXPECT_EQ(token.kind, TokenKind::end);
    EXPECT_EQ(token.range, (ByteRange{2, 2}));
  }
}

TEST(LexerTest, StartsWhereItIsTold) {
  const std::string_view text = "'quoted; text'";
  EXPECT_EQ(Lexer(text, 1).next().of(text), "quoted");
  EXPECT_EQ(Lexer(text, 14).next().kind, TokenKind::end);
}

TEST(LexerTest, WordsCompareWithoutCase) {
  const std::string_view text = "SeLeCt \"select\"";
  Lexer lexer(text);
  const Token word = lexer.next();
  EXPECT_TRUE(word.is_word("select", text));
  EXPECT_FALSE(word.is_word("selec", text));
  EXPECT_FALSE(word.is_word("selects", text));
  EXPECT_FALSE(lexer.next().is_word("select", text));
}

TEST(LexerTest, SkipsSpaceAndComments) {
  EXPECT_EQ(skip_space_and_comments(" -- a\n /* b */ c", 0), 15U);
  EXPECT_EQ(skip_space_and_comments("a -- b", 1), 6U);
  EXPECT_EQ(skip_space_and_comments("a", 0), 0U);
  EXPECT_EQ(skip_space_and_comments("", 0), 0U);
}

TEST(LexerTest, FindsComments) {
  const std::string_view text = "-- one\nSELECT '-- no', $$ /* no */ $$ /* two */; --three";
  std::vector<std::string_view> comments;
  for (const ByteRange& range : find_comments(text)) comments.push_back(range.of(text));
  EXPECT_THAT(comments, ElementsAre("-- one", "/* two */", "--three"));
  EXPECT_THAT(find_comments("SELECT 1 - 2 / 3 * 4"), IsEmpty());
}

// It skips what no comment is in; what all tokens say is the truth.
TEST(LexerTest, FindsTheCommentsThatItsTokensHave) {
  constexpr std::string_view kPieces[] = {"--", "/*", "*/", "'",  "\"", "$$", "$a$", "$1", "E'", "U&'", "U&\"", "&",
                                          "a",  "e",  "u",  "\n", "\\", "-",  "/",   "1.", ".5", "é",   " ",    "$"};
  std::mt19937 random(20261122);
  for (int round = 0; round < 20'000; ++round) {
    std::string text;
    for (int i = 0; i < 12; ++i) text += kPieces[random() % std::size(kPieces)];
    std::vector<std::string_view> comments;
    Lexer lexer(text);
    for (Token token = lexer.next(); token.kind != TokenKind::end; token = lexer.next()) {
      if (token.kind == TokenKind::comment) comments.push_back(token.of(text));
    }
    std::vector<std::string_view> found;
    for (const ByteRange range : find_comments(text)) found.push_back(range.of(text));
    ASSERT_EQ(found, comments) << text;
  }
}

TEST(LexerTest, HundredThousandOfEach) {
  for (const char* piece : {"(", "/*", "$", "$a", "$a$", "'", "\"", "E'", "--\n", "..", "\xFF", "\\"}) {
    std::string text;
    for (int i = 0; i < 100'000; ++i) text += piece;
    Lexer lexer(text);
    std::uint32_t end = 0;
    for (Token token = lexer.next(); token.kind != TokenKind::end; token = lexer.next()) end = token.range.end;
    EXPECT_GE(end + 1, text.size()) << piece;
  }
}

TEST(LexerPropertyTest, TokensAreInOrderAndLeaveNothingButSpace) {
  RandomText random(1);
  for (int round = 0; round < 20'000; ++round) {
    const std::string text = random.next();
    Lexer lexer(text);
    std::uint32_t at = 0;
    while (true) {
      const Token token = lexer.next();
      ASSERT_GE(token.range.start, at);
      ASSERT_LE(token.range.end, text.size());
      const std::string gap = text.substr(at, token.range.start - at);
      ASSERT_EQ(gap.find_first_not_of(" \t\n\r\f\v"), std::string::npos) << ::testing::PrintToString(text);
      if (token.kind == TokenKind::end) break;
      ASSERT_FALSE(token.range.empty());
      ASSERT_TRUE(token.kind != TokenKind::symbol || token.range.size() == 1);
      ASSERT_TRUE(token.terminated || token.range.end == text.size());
      at = token.range.end;
    }
  }
}

}  // namespace
}  // namespace pglatch::testing
