#include "analyzer/source/templates.h"

#include <gtest/gtest.h>

#include <initializer_list>
#include <string>
#include <utility>

#include "tests/unit/source/random_text.h"

namespace pglatch::testing {
namespace {

void expect_masks(std::initializer_list<std::pair<std::string_view, std::string_view>> cases) {
  for (const auto& [text, masked] : cases) {
    EXPECT_EQ(text.size(), masked.size()) << text;
    EXPECT_EQ(mask_templates(text), masked);
  }
}

TEST(TemplatesTest, PlainSqlHasNone) {
  for (const std::string_view text :
       {"", "SELECT 1;", "SELECT '{\"a\": {\"b\": 1}}'::jsonb, '{{1,2},{3,4}}'::int[][], '${x} {{y}} {% z %}';",
        "SELECT $1, $2::text, a @> b, a <@b.c, @ x, @x, @-1;", "DO $$ BEGIN x := '{{a}}'; END $$;",
        "DO $body$ BEGIN EXECUTE $x$SELECT 1$x$; END $body$;", "-- {{ a }} ${b}\n/* {% c %} */ SELECT \"a{b}\";",
        "SELECT {d '2020-01-01'};", "SELECT {{ unclosed", "SELECT ${unclosed", "SELECT ${}", "SELECT a @b;"}) {
    EXPECT_EQ(mask_templates(text), "") << text;
  }
}

TEST(TemplatesTest, AValueIsAName) {
  expect_masks({
      {"DROP TABLE {{ .Name }};", "DROP TABLE \"{ .Name }\";"},
      {"DROP TABLE {{.p}}Users;", "DROP TABLE \"{.p}users\";"},
      {"DROP TABLE Idx_{{ n }}_x{{m}};", "DROP TABLE \"idx_{ n }_x{{m}}\";"},
      {"DROP TABLE {{a}}.{{b}}c;", "DROP TABLE \"{a}\".\"{b}c\";"},
      {"DROP TABLE ${Schema}.t;", "DROP TABLE \"$Schema\".t;"},
      {"SELECT f(x := ${a-b}), ${c}::int;", "SELECT f(x := \"$a-b\"), \"$c\"::int;"},
      {"DROP TABLE {schema}.t;", "DROP TABLE \"schema\".t;"},
      {"SELECT * FROM t WHERE a < $END_date;", "SELECT * FROM t WHERE a < _END_date;"},
      {"SELECT interval ${Period}, date ${d};", "SELECT interval '$Period', date \"$d\";"},
      {"DROP TABLE @cdm.t, @extschema@.u;", "DROP TABLE _cdm.t, _extschema_.u;"},
      {"DROP TABLE {{\nname }};", "DROP TABLE \"{\nname }\";"},
      {"DROP TABLE {{ end_date }}, {{ block }};", "DROP TABLE \"{ end_date }\", \"{ block }\";"},
  });
}

TEST(TemplatesTest, TheSameValueInQuotesIsTheSameName) {
  expect_masks({
      {"DROP TABLE {{ .Get \"N\" }}.t;", "DROP TABLE \"{ .Get 'N' }\".t;"},
      {"DROP TABLE \"{{ .Get \"N\" }}\".t;", "DROP TABLE \"{ .Get 'N' }\"  .t;"},
      {"DROP TABLE \"{{.a}}\", \"b\";", "DROP TABLE \"{.a}\"  , \"b\";"},
  });
}

TEST(TemplatesTest, WhereNoNameCanStandIsBlank) {
  expect_masks({
      {"{{ .Sql }}; ${x} SELECT 1;", "          ;      SELECT 1;"},
      {"CREATE TABLE t (a int) ${tablespace};", "CREATE TABLE t (a int)              ;"},
      {"{{.schema}}.f();", "\"{.schema}\".f();"},
  });
}

TEST(TemplatesTest, ConditionsAreBlankAndTheirBranchesStay) {
  expect_masks({
      {"{{if .x}}SELECT 1;{{else}}SELECT 2;{{end}}", "         SELECT 1;        SELECT 2;       "},
      {"{%- if x -%}\nSELECT 1;\n{% endif %}", "            \nSELECT 1;\n           "},
      {"{# it's #}SELECT 1;{{/* it's */}}", "          SELECT 1;              "},
      {"{{#if a}}SELECT 1;{{/if}}", "         SELECT 1;       "},
      {"CREATE INDEX {{if .c}}concurrently{{end}} i ON t (a);",
       "CREATE INDEX          concurrently        i ON t (a);"},
  });
}

TEST(TemplatesTest, BranchesOfOtherDatabasesAreBlank) {
  expect_masks({
      {"{{if .mysql}}SET @a='`';{{else}}SELECT 2;{{end}}", "                                SELECT 2;       "},
      {"{{if .postgres}}SELECT 1;{{else}}PRAGMA x;{{end}}", "                SELECT 1;                        "},
      {"{{if .sqlite}}{{if .x}}a;{{end}}\nb;{{end}}SELECT 1;", "                                \n         SELECT 1;"},
      {"{{if or .postgres .sqlite}}SELECT 1;{{end}}", "                           SELECT 1;       "},
      {"{{if not .mysql}}SELECT 1;{{end}}", "                 SELECT 1;       "},
  });
}

TEST(TemplatesTest, CodeInDollarQuotesHasThemToo) {
  expect_masks({
      {"DO $$ BEGIN DROP TABLE {{.p}}x; END $$;", "DO $$ BEGIN DROP TABLE \"{.p}x\"; END $$;"},
      {"DO ${t}$ BEGIN DROP TABLE {x}; END ${t}$;", "DO $_t_$ BEGIN DROP TABLE \"x\"; END $_t_$;"},
      {"DO $a$ x $b$ ${c} $b$ {d} $a$;", "DO $a$ x $b$      $b$ \"d\" $a$;"},
  });
}

// Flyway's way to have lines for one database only: for another one the value is "--".
TEST(TemplatesTest, WhatStoodBeforeAStatementIsNoNameBeforeOneOfItsLines) {
  expect_masks({
      {"${x} DO $$\n${x} BEGIN\n\t${x}  PERFORM f();\n${x} END $$;",
       "     DO $$\n     BEGIN\n\t      PERFORM f();\n     END $$;"},
      {"${x} SELECT 1\r\n${x} FROM t;", "     SELECT 1\r\n     FROM t;"},
      {"${x} SELECT 1 FROM ${x};", "     SELECT 1 FROM \"$x\";"},
      {"${x} SELECT 1 FROM\n${y};", "     SELECT 1 FROM\n\"$y\";"},
      {"${x} SELECT 1 FROM\n${x}.t;", "     SELECT 1 FROM\n\"$x\".t;"},
      {"SELECT 1 FROM\n${x};", "SELECT 1 FROM\n\"$x\";"},
  });
}

TEST(TemplatesTest, AnythingKeepsItsSizeAndItsLines) {
  RandomText random(7);
  for (int round = 0; round < 20000; ++round) {
    std::string text = random.next();
    for (const std::string_view mark : {"{{", "}}", "{%if a%}", "${", "{x}", "{{end}}", "@a.", "${t}$", "$x", "\"{{"}) {
      if (text.size() % 7 < mark.size() % 5) text.insert(text.size() * mark.size() % (text.size() + 1), mark);
    }
    const std::string masked = mask_templates(text);
    if (masked.empty()) continue;
    ASSERT_EQ(masked.size(), text.size()) << text;
    for (std::size_t at = 0; at < text.size(); ++at) {
      ASSERT_EQ(text[at] == '\n', masked[at] == '\n') << text;
      ASSERT_EQ(text[at] == '\r', masked[at] == '\r') << text;
    }
  }
}

}  // namespace
}  // namespace pglatch::testing
