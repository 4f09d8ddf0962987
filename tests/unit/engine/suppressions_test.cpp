// What comments switch off where, on findings of real rules; and what is left of a text whose unused ones are removed.
#include "analyzer/engine/suppressions.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <vector>

#include "analyzer/engine/fixer.h"
#include "analyzer/engine/linter.h"
#include "analyzer/source/framework.h"
#include "rules/registry.h"

namespace pglatch {
namespace {

// What other tools call the rules of these tests.
constexpr std::array<RuleName, 6> kNames = {{{"require-concurrent-index-deletion", "drop-index-non-concurrent"},
                                             {"E2", "set-not-null-scan"},
                                             {"E6", "create-index-non-concurrent"},
                                             {"E9", "drop-index-non-concurrent"},
                                             {"E9", "create-index-non-concurrent"},
                                             {"prefer-robust-stmts", ""}}};

struct Linted {
  std::vector<std::string> findings;  // "line rule"
  std::size_t suppressed = 0;
  std::string fixed;
};

// Lints with some rules alone, so that no other one has a say.
Linted lint_text(const std::string& text,
                 const std::vector<std::string>& rules = {"drop-index-non-concurrent", "create-index-non-concurrent",
                                                          "set-not-null-scan", "syntax-error", "unused-suppression",
                                                          "unknown-rule-in-suppression"}) {
  const auto file = std::make_shared<const SourceFile>("a.sql", text);
  const std::vector<Script> scripts = read_scripts(file);
  std::vector<const Rule*> active;
  for (const std::string& rule : rules) active.push_back(find_rule(rule));
  Walker walker({15, 1});
  LintOptions options{active, {}};
  options.names = kNames;
  const LintReport report = lint(walker, scripts, options);
  Linted linted;
  linted.suppressed = report.suppressed;
  for (const Finding& finding : report.findings) {
    linted.findings.push_back(fmt::format("{} {}", file->lines().line(finding.range.start), finding.rule));
  }
  const auto fixed = apply_fixes(report);
  linted.fixed = fixed.empty() ? text : fixed.front().text;
  return linted;
}

using Lines = std::vector<std::string>;

TEST(SuppressionsTest, ACommentSpeaksOfTheNextStatement) {
  EXPECT_EQ(lint_text("-- pglatch:ignore drop-index-non-concurrent x\n\n-- more\n/* more */\ndrop index a;\n"
                      "drop index b;\n")
                .findings,
            Lines{"6 drop-index-non-concurrent"});
  EXPECT_EQ(lint_text("drop index a;\n-- pglatch:ignore drop-index-non-concurrent x\ndrop index b;\n").findings,
            Lines{"1 drop-index-non-concurrent"});
  EXPECT_EQ(lint_text("/* pglatch:ignore drop-index-non-concurrent x */ drop index a; drop index b;").findings,
            Lines{"1 drop-index-non-concurrent"});
}

TEST(SuppressionsTest, OrOfTheStatementOnItsLine) {
  EXPECT_EQ(lint_text("drop index a; -- pglatch:ignore drop-index-non-concurrent x\ndrop index b;\n").findings,
            Lines{"2 drop-index-non-concurrent"});
  EXPECT_EQ(lint_text("drop index\n  a; -- pglatch:ignore drop-index-non-concurrent x\ndrop index b;\n").findings,
            Lines{"3 drop-index-non-concurrent"});
  EXPECT_EQ(lint_text("drop index -- pglatch:ignore drop-index-non-concurrent x\n  a;\ndrop index b;\n").findings,
            Lines{"3 drop-index-non-concurrent"});
  EXPECT_EQ(lint_text("drop index a; drop index b; -- pglatch:ignore drop-index-non-concurrent x\n").suppressed, 1U);
  // A block comment right before a statement is about that one.
  EXPECT_EQ(lint_text("select 1; /* pglatch:ignore drop-index-non-concurrent x */ drop index a;").suppressed, 1U);
  EXPECT_EQ(lint_text("drop index a /* pglatch:ignore drop-index-non-concurrent x */").suppressed, 1U);
  EXPECT_EQ(lint_text("drop index a; -- pglatch:ignore drop-index-non-concurrent x").findings, Lines{});
}

TEST(SuppressionsTest, LineEndingsOfAllKinds) {
  for (const char* end : {"\n", "\r\n", "\r"}) {
    const std::string comment = "-- pglatch:ignore drop-index-non-concurrent x";
    EXPECT_EQ(
        lint_text(fmt::format("select 1;{0}{1}{0}drop index a;{0}drop index b;{0}", end, comment)).findings.size(), 1U);
  }
}

TEST(SuppressionsTest, AFileAndARange) {
  EXPECT_EQ(lint_text("drop index a;\ndrop index b;\n-- pglatch:ignore-file drop-index-non-concurrent x\n").suppressed,
            2U);
  const std::string range =
      "drop index a;\n-- pglatch:ignore-begin drop-index-non-concurrent x\ndrop index b;\ndrop index c;\n"
      "-- pglatch:ignore-end\ndrop index d;\n";
  EXPECT_EQ(lint_text(range).findings, (Lines{"1 drop-index-non-concurrent", "6 drop-index-non-concurrent"}));
  // One that does not end goes on to the end of the file.
  EXPECT_EQ(lint_text("-- pglatch:ignore-begin drop-index-non-concurrent x\ndrop index b;\ndrop index c").suppressed,
            2U);
}

TEST(SuppressionsTest, ARangeEndsForTheRulesThatItsEndNames) {
  const std::string text =
      "-- pglatch:ignore-begin drop-index-non-concurrent, create-index-non-concurrent x\n"
      "drop index a; create index b on t (a);\n"
      "-- pglatch:ignore-end drop-index-non-concurrent\n"
      "drop index a; create index c on t (a);\n"
      "-- pglatch:ignore-end create-index-non-concurrent\n"
      "create index d on t (a);\n";
  EXPECT_EQ(lint_text(text).findings, (Lines{"4 drop-index-non-concurrent", "6 create-index-non-concurrent"}));
  // Its end may call the rule by another name.
  EXPECT_EQ(lint_text("-- pglatch:ignore-begin drop-index-non-concurrent x\ndrop index a;\n"
                      "-- pglatch:ignore-end require-concurrent-index-deletion\ndrop index a;\n")
                .findings,
            Lines{"4 drop-index-non-concurrent"});
  EXPECT_EQ(lint_text("-- pglatch:ignore-end\nselect 1;\n-- pglatch:ignore-end E2\n").findings,
            (Lines{"1 unused-suppression", "3 unused-suppression"}));
}

TEST(SuppressionsTest, StringsAndIdentifiersAreNoComments) {
  EXPECT_EQ(lint_text("select '\n-- pglatch:ignore drop-index-non-concurrent x\n'; drop index a;").suppressed, 0U);
  EXPECT_EQ(
      lint_text("select $a$\n-- pglatch:ignore-file drop-index-non-concurrent x\n$b$ $a$; drop index a;").findings,
      Lines{"3 drop-index-non-concurrent"});
}

TEST(SuppressionsTest, ABlocksStatementsHaveTheirOwn) {
  const std::string outside =
      "-- pglatch:ignore drop-index-non-concurrent x\ndo $$ begin\n  drop index a;\n  drop index b;\nend $$;";
  EXPECT_EQ(lint_text(outside).findings, Lines{});
  EXPECT_EQ(lint_text(outside).suppressed, 2U);
  const std::string inside =
      "do $$\nbegin\n  -- pglatch:ignore drop-index-non-concurrent x\n  drop index a;\n  drop index b;\n"
      "  drop index c; -- pglatch:ignore drop-index-non-concurrent x\nend $$;";
  EXPECT_EQ(lint_text(inside).findings, Lines{"5 drop-index-non-concurrent"});
}

TEST(SuppressionsTest, SquawksComments) {
  EXPECT_EQ(lint_text("-- squawk-ignore require-concurrent-index-deletion\ndrop index a;\ndrop index b;").findings,
            Lines{"3 drop-index-non-concurrent"});
  EXPECT_EQ(
      lint_text("drop index a; drop index b;\n-- squawk-ignore-file require-concurrent-index-deletion").suppressed, 2U);
  EXPECT_EQ(lint_text("-- squawk-ignore-file\ndrop index a; create index b on t (a);").suppressed, 2U);
  // Without names it does nothing for a statement, and one that pglatch has no rule for does not either.
  EXPECT_EQ(lint_text("-- squawk-ignore\ndrop index a;").findings, Lines{"2 drop-index-non-concurrent"});
  EXPECT_EQ(lint_text("-- squawk-ignore prefer-robust-stmts, no-such-rule\ndrop index a;").findings,
            Lines{"2 drop-index-non-concurrent"});
}

TEST(SuppressionsTest, EugenesComments) {
  EXPECT_EQ(lint_text("-- eugene: ignore E9\ndrop index a; drop index b;").suppressed, 1U);
  EXPECT_EQ(lint_text("-- eugene: ignore\n\n-- other words\ndrop index a;\ndrop index b;").findings,
            Lines{"5 drop-index-non-concurrent"});
  EXPECT_EQ(lint_text("-- eugene: ignore E2\ndrop index a;").findings, Lines{"2 drop-index-non-concurrent"});
  // To eugene a comment behind a statement belongs to the next one.
  EXPECT_EQ(lint_text("drop index a; -- eugene: ignore E9\ndrop index b;").findings,
            Lines{"1 drop-index-non-concurrent"});
}

TEST(SuppressionsTest, AllRulesAreNotThoseOfTheFileItself) {
  EXPECT_EQ(lint_text("-- squawk-ignore-file\ndrop indexx a;\n-- pglatch:ignore no-such-rule x\nselect 1;").findings,
            (Lines{"2 syntax-error", "3 unknown-rule-in-suppression"}));
}

TEST(SuppressionsTest, AnAliasStandsForAllItsRules) {
  const std::string text = "-- pglatch:ignore E9 x\ndrop index a;\n-- pglatch:ignore E9 x\ncreate index a on t (b);\n";
  EXPECT_EQ(lint_text(text).findings, Lines{});
  EXPECT_EQ(lint_text("-- pglatch:ignore E9 x\nselect 1;").findings, Lines{"1 unused-suppression"});
  // A name that pglatch knows and has no rule for is neither unknown nor unused.
  EXPECT_EQ(lint_text("-- pglatch:ignore prefer-robust-stmts x\nselect 1;").findings, Lines{});
}

TEST(SuppressionsTest, RulesThatAreOffAreNotUnused) {
  const std::vector<std::string> rules = {"create-index-non-concurrent", "unused-suppression",
                                          "unknown-rule-in-suppression"};
  // Known by its aliases alone, as --select leaves it.
  EXPECT_EQ(lint_text("-- pglatch:ignore E2 x\nselect 1;", rules).findings, Lines{});
  // One of its rules might have found something.
  EXPECT_EQ(lint_text("-- pglatch:ignore E9 x\ndrop index a;", rules).findings, Lines{});
  EXPECT_EQ(lint_text("-- pglatch:ignore E6 x\nselect 1;", rules).findings, Lines{"1 unused-suppression"});
}

TEST(SuppressionsTest, TheNarrowestIsTheOneInUse) {
  EXPECT_EQ(lint_text("-- pglatch:ignore-file drop-index-non-concurrent x\n"
                      "-- pglatch:ignore-begin drop-index-non-concurrent x\n"
                      "-- pglatch:ignore drop-index-non-concurrent x\ndrop index a;\n")
                .findings,
            (Lines{"1 unused-suppression", "2 unused-suppression"}));
  EXPECT_EQ(lint_text("-- squawk-ignore require-concurrent-index-deletion\n"
                      "-- pglatch:ignore-file drop-index-non-concurrent x\ndrop index a;\n")
                .findings,
            Lines{});
  EXPECT_EQ(lint_text("-- pglatch:ignore drop-index-non-concurrent x\n"
                      "-- pglatch:ignore drop-index-non-concurrent x\ndrop index a;\n")
                .findings,
            Lines{"2 unused-suppression"});
}

TEST(SuppressionsTest, NothingIsUnusedWhereSomethingDoesNotParse) {
  EXPECT_EQ(lint_text("-- pglatch:ignore drop-index-non-concurrent x\ndrop indexx a;").findings,
            Lines{"2 syntax-error"});
  EXPECT_EQ(lint_text("-- pglatch:ignore syntax-error, drop-index-non-concurrent x\ndrop indexx a;").findings, Lines{});
}

TEST(SuppressionsTest, AtTheEndOfAFileNoStatementFollows) {
  const Linted linted = lint_text("select 1;\n-- pglatch:ignore drop-index-non-concurrent x");
  EXPECT_EQ(linted.findings, Lines{"2 unused-suppression"});
  EXPECT_EQ(linted.fixed, "select 1;\n");
  EXPECT_EQ(lint_text("-- pglatch:ignore drop-index-non-concurrent x").fixed, "");
}

std::string without(const std::string& comment, const std::string& before = "select 1;\n",
                    const std::string& after = "\nselect 2;") {
  return lint_text(before + comment + after).fixed;
}

TEST(SuppressionRemovalTest, ACommentWithNothingElseGoesWithItsLine) {
  const std::string left = "select 1;\nselect 2;";
  EXPECT_EQ(without("-- pglatch:ignore E2 why"), left);
  EXPECT_EQ(without("  \t-- pglatch:ignore E2, E6 why"), left);
  EXPECT_EQ(without("/* pglatch:ignore E2 why */"), left);
  EXPECT_EQ(without("/*\n * pglatch:ignore E2 why\n */"), left);
  EXPECT_EQ(without("/*\n * pglatch:ignore E2 why\n */  "), left);
  EXPECT_EQ(without("-- pglatch:ignore E2 why", "select 1;\r\n", "\r\nselect 2;"), "select 1;\r\nselect 2;");
}

TEST(SuppressionRemovalTest, BesideCodeOnlyTheCommentGoes) {
  EXPECT_EQ(lint_text("select 1; -- pglatch:ignore E2 why\nselect 2;").fixed, "select 1;\nselect 2;");
  EXPECT_EQ(lint_text("  /* pglatch:ignore E2 why */ select 2;").fixed, "  select 2;");
  EXPECT_EQ(lint_text("select 1; /* pglatch:ignore E2 why */ select 2;").fixed, "select 1; select 2;");
  EXPECT_EQ(lint_text("select/* pglatch:ignore E2 why */1;").fixed, "select 1;");
}

TEST(SuppressionRemovalTest, OtherWordsStay) {
  EXPECT_EQ(without("/* Words.\n   pglatch:ignore E2 why\n   More. */"),
            "select 1;\n/* Words.\n   More. */\nselect 2;");
  EXPECT_EQ(without("/* pglatch:ignore E2 why\n   More. */"), "select 1;\n/*\n   More. */\nselect 2;");
  EXPECT_EQ(without("/* Words.\n   pglatch:ignore E2 why */"), "select 1;\n/* Words.\n   */\nselect 2;");
}

TEST(SuppressionRemovalTest, OtherNamesStay) {
  const auto names = [](const std::string& list) {
    return lint_text("-- pglatch:ignore " + list + " why\ndrop index a;").fixed;
  };
  EXPECT_EQ(names("E2, drop-index-non-concurrent"), "-- pglatch:ignore drop-index-non-concurrent why\ndrop index a;");
  EXPECT_EQ(names("drop-index-non-concurrent, E2"), "-- pglatch:ignore drop-index-non-concurrent why\ndrop index a;");
  EXPECT_EQ(names("E2, E6,drop-index-non-concurrent ,E2, E6"),
            "-- pglatch:ignore drop-index-non-concurrent why\ndrop index a;");
  EXPECT_EQ(names("E2, no-such-rule"), "-- pglatch:ignore no-such-rule why\ndrop index a;");
}

TEST(SuppressionRemovalTest, WhatEndsARangeGoesWithIt) {
  EXPECT_EQ(lint_text("-- pglatch:ignore-begin E2 why\nselect 1;\n-- pglatch:ignore-end\nselect 2;").fixed,
            "select 1;\nselect 2;");
  EXPECT_EQ(lint_text("-- pglatch:ignore-begin E2 why\n-- pglatch:ignore-begin drop-index-non-concurrent why\n"
                      "drop index a;\n-- pglatch:ignore-end\n")
                .fixed,
            "-- pglatch:ignore-begin drop-index-non-concurrent why\ndrop index a;\n-- pglatch:ignore-end\n");
  EXPECT_EQ(lint_text("-- pglatch:ignore-begin E2, drop-index-non-concurrent why\ndrop index a;\n"
                      "-- pglatch:ignore-end drop-index-non-concurrent, E2\n")
                .fixed,
            "-- pglatch:ignore-begin drop-index-non-concurrent why\ndrop index a;\n"
            "-- pglatch:ignore-end drop-index-non-concurrent\n");
  EXPECT_EQ(lint_text("select 1;\n-- pglatch:ignore-end E2, E6\nselect 2;").fixed, "select 1;\nselect 2;");
}

TEST(SuppressionRemovalTest, WhatIsLeftHasNothingMoreToRemove) {
  const std::vector<std::string> texts = {
      "-- pglatch:ignore-begin E2 why\n-- pglatch:ignore-begin E6 why\nselect 1;\n-- pglatch:ignore-end\nselect 2;",
      "/* pglatch:ignore E2 a\n pglatch:ignore E6 b */ select 1;",
      "-- pglatch:ignore E2, E2 twice\nselect 1; /* pglatch:ignore E6 x */ /* pglatch:ignore E2 x */ select 2;"};
  for (const std::string& text : texts) {
    std::string left = text;
    for (int run = 0; run < 3; ++run) left = lint_text(left).fixed;
    EXPECT_EQ(lint_text(left).findings, Lines{}) << left;
    EXPECT_NE(left.find("select 1;"), std::string::npos) << left;
    EXPECT_EQ(left.find("pglatch"), std::string::npos) << left;
  }
}

}  // namespace
}  // namespace pglatch
