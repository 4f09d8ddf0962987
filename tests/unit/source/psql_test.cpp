#include "analyzer/source/psql.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/unit/source/random_text.h"

namespace pglatch::testing {
namespace {

// `text` with what stands between « and » blanked: the expectation is written into the input. A byte in
// place of another is written ‹old|new›.
struct Marked {
  std::string text;
  std::string masked;
};

Marked parse(std::string_view marked) {
  Marked result;
  bool blanked = false;
  while (!marked.empty()) {
    const auto starts = [&](std::string_view mark) {
      if (!marked.starts_with(mark)) return false;
      marked.remove_prefix(mark.size());
      return true;
    };
    if (starts("«")) {
      blanked = true;
    } else if (starts("»")) {
      blanked = false;
    } else if (starts("‹")) {
      const std::size_t bar = marked.find('|');
      const std::size_t end = marked.find("›");
      result.text += marked.substr(0, bar);
      result.masked += marked.substr(bar + 1, end - bar - 1);
      marked.remove_prefix(end + std::string_view("›").size());
    } else {
      const char c = marked.front();
      marked.remove_prefix(1);
      result.text += c;
      result.masked += blanked && c != '\n' && c != '\r' ? ' ' : c;
    }
  }
  return result;
}

void expect_masks(std::initializer_list<std::string_view> cases) {
  for (const std::string_view marked : cases) {
    const Marked expected = parse(marked);
    EXPECT_EQ(mask_psql(expected.text), expected.masked == expected.text ? "" : expected.masked) << marked;
  }
}

TEST(PsqlTest, PlainSqlHasNothingOfPsql) {
  for (const std::string_view text : {
           "", "SELECT 1;", "SELECT a::int, b::text[];", "SELECT a[1:2], a[:x], a[x:y], a[x:], (a)[1:n], f(a)[:n];",
           "SELECT '\\d', E'\\'', \":x\", ':x', $$ \\d :x $$; -- \\d :x\n/* \\d :x */",
           "SELECT '12:30:00', '{\"a\":\"b\",\"c\":d}';", "SELECT JSON_OBJECT('a':b, 'c':'d');",
           "CALL f(a := 1, b => 2);", "DO $$ BEGIN x := y; END $$;", "COPY t TO STDOUT;",
           "COPY t FROM '/tmp/file';\n1\n", "COPY (SELECT * FROM stdin) TO '/tmp/file';\nSELECT 1;\n",
           "SELECT a FROM stdin;\nSELECT 1;\n", "COPY t FROM stdin;", "COPY t FROM stdin;\n",
           "SELECT stddev(a) FROM t;", "SELECT a ? :1;",
           "SELECT 'it\\'s';",  // another system's escape: PostgreSQL shall say so
       }) {
    EXPECT_EQ(mask_psql(text), "") << text;
  }
}

TEST(PsqlTest, MetaCommandsAreBlankToTheEndOfTheirLine) {
  expect_masks({
      "«\\set x 1»\nSELECT 1;\n",
      "«\\set x 1»\r\nSELECT 1;\r\n",
      "SELECT 1; «\\echo 'done; é'»",
      "«\\if :{?x}»\nSELECT 1;\n«\\elif false»\nSELECT 2;\n«\\else»\n«\\i file.sql»\n«\\endif»\n",
      "CREATE TABLE t (\n  a int\n«\\if true»\n  , b int\n«\\endif»\n);",
      "«\\restrict abc»\n«\\!  rm 'x»\n«\\? options»\n«\\.»\n",
      "-- it's\n«\\c db»\n",
      "«\\set q 'SELECT 1;'»\nSELECT 2;",
  });
}

TEST(PsqlTest, SqlGoesOnBehindADoubleBackslash) {
  expect_masks({
      "«\\echo a \\\\»SELECT 1;",
      "«\\echo 'a\\\\b' \"\\\\\" `echo \\\\` \\\\» SELECT 1;",
      "«\\echo 'it\\'s \\\\'»\nSELECT 1;",
      "«\\! echo \\\\ SELECT 1»\nSELECT 2;",
      "SELECT 1 ‹\\|;›«g | grep '\\\\'»\nSELECT 2;",
      "«\\\\»SELECT 1;",
  });
}

TEST(PsqlTest, CommandsThatSendTheBufferEndTheStatement) {
  for (const std::string name :
       {"g", "gx", "gset", "gexec", "gdesc", "crosstabview", "watch", "parse", "sendpipeline"}) {
    expect_masks({"SELECT 1 ‹\\|;›«" + name + "»\nSELECT 2 ‹\\|;›«" + name + " argument»"});
  }
  expect_masks({
      "SELECT $1 «\\bind 1 »‹\\|;›«g»\nSELECT 2;",
      "SELECT 1 «\\gsomething»\n",
      "SELECT 1\n‹\\|;›«g file»\n",
      "SELECT 1 ‹\\;|; › SELECT 2;",
      "SELECT 1 ‹\\|;›«gset \\echo x»\nSELECT 2;",
  });
}

TEST(PsqlTest, CopyDataBeginOnTheNextLine) {
  expect_masks({
      "COPY t FROM stdin;\n«1\té;'\n\\N\n\\.»\nSELECT 1;",
      "copy s.t (a, b) From STDIN With (format csv);\r\n«1,2\r\n\\.»\r\nSELECT 1;\r\n",
      "COPY t FROM stdout;\n«1\n\\.»\n",
      "COPY t FROM stdin; SELECT '\\.'; -- x\n«1\n\\.»\nSELECT 1;",
      "COPY t FROM stdin; COPY u FROM stdin;\n«1\n\\.»\n«2\n\\.»\nSELECT 1;",
      "COPY t FROM stdin ‹\\|;›«g»\n«1\n\\.»\nSELECT 1;",
      "COPY t FROM stdin;\n«\\.»\nSELECT 1;",
      "COPY t FROM stdin;\n«no end;\nSELECT 1;\n»",
      "COPY t FROM stdin;\n«\\.x\n \\.\n\\. \n\\.»\nSELECT 1;",
      "COPY \"from\" FROM stdin;\n«1\n\\.»\n",
      "SELECT 1;\n-- COPY\nCOPY t\n FROM /* x */ stdin\n;\n«a\n\\.»\n",
      "COPY t TO stdout;\n«\\.»\nSELECT 1;",
  });
}

TEST(PsqlTest, TheCopyCommandOfPsqlHasDataToo) {
  expect_masks({
      "«\\copy t (a) from stdin with (format csv)»\n«1\n\\.»\nSELECT 1;",
      "«\\copy t from 'file.csv' csv»\nSELECT 1;",
      "«\\copy (select * from stdin) to 'file.csv'»\nSELECT 1;",
      "«\\copy t to stdout \\\\ x»\nSELECT 1;",
  });
}

TEST(PsqlTest, VariablesBecomeOperands) {
  expect_masks({
      "SELECT ‹:|_›name, ‹:| ›'name', ‹:| ›\"name\", ‹:{?name}|TRUE    ›;",
      "CREATE TABLE ‹:|_›schema.t_‹:|_›suffix (a int);",
      "SELECT a = ‹:| ›'é'::text, ‹:|_›é::int, ‹:|_›x::int;",
      "SELECT ARRAY[‹:|_›x, ‹:| ›'y'], ARRAY[[‹:|_›x]], a[f(‹:|_›x)];",
      "SELECT a[1:x], ‹:|_›x;",
      "«:prefix» SELECT 1; «:query»;",
      "SELECT :'not a name', :{x}, : x, ‹:|_›x;",
      "SET x = ‹:|_›y;",
  });
}

TEST(PsqlTest, AnEscapedColonIsNoVariable) { EXPECT_EQ(mask_psql("SELECT a\\:x;"), "SELECT a :x;"); }

TEST(PsqlTest, HundredThousandOfEach) {
  for (const char* piece :
       {"(", "[", "\\", "\\\\", "\\a", "\\;", ":x", "copy t from stdin;", "\\copy t from stdin\n"}) {
    std::string text;
    for (int i = 0; i < 100'000; ++i) text += piece;
    const std::string masked = mask_psql(text);
    EXPECT_TRUE(masked.empty() || masked.size() == text.size()) << piece;
  }
}

TEST(PsqlPropertyTest, SizeAndLineEndingsStay) {
  RandomText random(3);
  int masked_texts = 0;
  for (int round = 0; round < 20'000; ++round) {
    const std::string text = random.next();
    const std::string masked = mask_psql(text);
    if (masked.empty()) continue;
    ++masked_texts;
    ASSERT_EQ(masked.size(), text.size()) << ::testing::PrintToString(text);
    ASSERT_NE(masked, text);
    for (std::size_t at = 0; at < text.size(); ++at) {
      for (const char end : {'\n', '\r'}) {
        ASSERT_EQ(masked[at] == end, text[at] == end) << at << " in " << ::testing::PrintToString(text);
      }
    }
  }
  EXPECT_GT(masked_texts, 1000) << "the texts don't try what they are for";
}

}  // namespace
}  // namespace pglatch::testing
