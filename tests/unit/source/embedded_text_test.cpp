#include "analyzer/source/embedded_text.h"

#include <gtest/gtest.h>

#include <string>

#include "analyzer/source/lexer.h"

namespace pglatch::testing {
namespace {

std::string written(const EmbeddedText& text, std::size_t size, std::uint32_t end) {
  std::string blank(size, ' ');
  text.write(blank, end);
  EXPECT_EQ(blank.size(), size);
  return blank;
}

TEST(EmbeddedTextTest, WhatStandsThereAsItIsKeepsItsPlace) {
  EmbeddedText text;
  text.add("SELECT 1", 3);
  EXPECT_EQ(text.start(), 3U);
  EXPECT_EQ(written(text, 14, 11), "   SELECT 1;  ");
}

// x = "a \"B c\" d": the name keeps its letters together, and each token begins where it does in the file.
TEST(EmbeddedTextTest, TokensStayTogetherWhereEscapesTakeMoreBytes) {
  EmbeddedText text;
  text.add("a ", 0);
  text.add("\"", 2);  // \" takes two
  text.add("B c", 4);
  text.add("\"", 7);
  text.add(" d", 9);
  EXPECT_EQ(text.text(), "a \"B c\" d");
  EXPECT_EQ(written(text, 13, 11), "a \"B c\"   d; ");
}

TEST(EmbeddedTextTest, CodeInDollarQuotesIsLaidOutTokenByToken) {
  EmbeddedText text;
  text.add("DO ", 0);
  text.add("$", 3);  // \$
  text.add("$", 5);
  text.add(" BEGIN a; ", 7);
  text.add("$", 17);
  text.add("$", 19);
  EXPECT_EQ(written(text, 24, 21), "DO $$   BEGIN a; $$  ;  ");
}

TEST(EmbeddedTextTest, ACommentAtTheEndDoesNotSwallowWhatComesNext) {
  EmbeddedText text;
  text.add("SELECT 1 -- one", 0);
  EXPECT_EQ(written(text, 18, 15), "SELECT 1       ;  ");
  EmbeddedText string;
  string.add("SELECT '--'", 0);
  EXPECT_EQ(written(string, 14, 11), "SELECT '--';  ");
}

TEST(EmbeddedTextTest, PlaceholdersHaveTheFormOfTemplates) {
  const auto placeholder = [](std::string_view file) {
    EmbeddedText text;
    text.add_placeholder(file, {0, static_cast<std::uint32_t>(file.size())});
    EXPECT_EQ(text.text().size(), file.size());
    return text.text();
  };
  EXPECT_EQ(placeholder("#{quote(name)}"), "${quote_name_}");
  EXPECT_EQ(placeholder("{name}"), "{name}");
  EXPECT_EQ(placeholder("{a.b}"), "{a_b}");
  EXPECT_EQ(placeholder("$(date)"), "${date}");
  EXPECT_EQ(placeholder("{}"), "__");
  EXPECT_EQ(placeholder("`x`"), "_x_");
}

TEST(EmbeddedTextTest, NothingIsWrittenBehindTheFile) {
  EmbeddedText text;
  text.add("SELECT 1", 0);
  EXPECT_EQ(written(text, 8, 8), "SELECT 1");
}

TEST(EmbeddedTextTest, StatementsBeginWithTheirWords) {
  for (const char* text :
       {"SELECT 1", " -- x\n alter table t", "/* x */ (select 1)", "; commit", "WITH x AS (SELECT 1) SELECT 1"}) {
    EXPECT_TRUE(begins_statement(text)) << text;
  }
  for (const char* text : {"", "now()", "gen_random_uuid()", "'SELECT'", "selected", "a = 1", "-- SELECT 1"}) {
    EXPECT_FALSE(begins_statement(text)) << text;
  }
}

}  // namespace
}  // namespace pglatch::testing
