#include "analyzer/source/runbook_text.h"

#include <gtest/gtest.h>

#include <string>

namespace pglatch::testing {
namespace {

TEST(RunbookTextTest, AngleBracketsAreNamesToBeFilledIn) {
  EXPECT_EQ(mask_angle_brackets("DROP TABLE <table>;"), "DROP TABLE _table_;");
  EXPECT_EQ(mask_angle_brackets("CREATE INDEX idx_<table>_id ON <my-table> (id)"),
            "CREATE INDEX idx__table__id ON _my_table_ (id)");
  for (const char* text : {"SELECT a<b, c>d", "SELECT 1 <> 2", "SELECT '<name>'", "SELECT a < b AND c > d", "-- <name>",
                           "SELECT 1 < 2", "SELECT <", "SELECT <name"}) {
    EXPECT_EQ(mask_angle_brackets(text), "") << text;
  }
}

TEST(RunbookTextTest, WhatPsqlPrintedIsNoSql) {
  EXPECT_EQ(mask_psql_output("shop=# SELECT 1;\nshop-> -- x\n"), "       SELECT 1;\n       -- x\n");
  EXPECT_EQ(mask_psql_output("SELECT 1;\n a | b\n---+---\n 1 | 2\n(1 row)\nSELECT 2;\n"),
            "SELECT 1;\n      \n       \n      \n       \nSELECT 2;\n");
  EXPECT_EQ(mask_psql_output("SELECT 1;\n a\n---\n 1\n(1 row)\n"), "SELECT 1;\n  \n   \n  \n       \n");
  EXPECT_EQ(mask_psql_output("shop=# DROP INDEX i;\nDROP INDEX\nTime: 3.1 ms\n"),
            "       DROP INDEX i;\n          \n            \n");
  EXPECT_EQ(mask_psql_output(" Seq Scan on t  (cost=0.00..1.00 rows=1)\n   Filter: (a = 1)\n"),
            std::string(40, ' ') + "\n" + std::string(18, ' ') + "\n");
}

TEST(RunbookTextTest, SqlIsNotWhatPsqlPrinted) {
  for (const char* text : {"-- ----\nSELECT 1;\n", "SELECT 1;\n-----------\n-- step 2\n-----------\nSELECT 2;\n",
                           "BEGIN;\nCOMMIT;\n", "SELECT a\n- b;\n", "SELECT x FROM t WHERE a = '(3 rows)';\n"}) {
    EXPECT_EQ(mask_psql_output(text), "") << text;
  }
}

TEST(RunbookTextTest, EllipsesLeaveSomethingOut) {
  EXPECT_TRUE(has_ellipsis("CREATE INDEX CONCURRENTLY ..."));
  EXPECT_TRUE(has_ellipsis("EXPLAIN SELECT \u2026"));
  EXPECT_FALSE(has_ellipsis("SELECT '...'"));
  EXPECT_FALSE(has_ellipsis("SELECT 1 -- ..."));
  EXPECT_FALSE(has_ellipsis("SELECT a.b.c.d FROM t . u"));
}

TEST(RunbookTextTest, ABlockWithoutALanguageIsSqlIfItBeginsSo) {
  EXPECT_TRUE(looks_like_sql("  create index i\n on t (a);\n"));
  EXPECT_TRUE(looks_like_sql("-- first\nBEGIN;"));
  EXPECT_FALSE(looks_like_sql("create index, one by one"));
  EXPECT_FALSE(looks_like_sql("Deployment:\n stop; start;"));
  EXPECT_FALSE(looks_like_sql("show;"));
  EXPECT_FALSE(looks_like_sql("# SELECT 1;"));
}

}  // namespace
}  // namespace pglatch::testing
