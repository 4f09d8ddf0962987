#include "analyzer/engine/suppression_comment.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace pglatch {
namespace {

struct Read {
  SuppressionDialect dialect;
  SuppressionKind kind;
  std::vector<std::string> names;
  bool all_rules;
  bool has_reason;
  std::string range;
};

std::vector<Read> read(const std::string& comment) {
  std::vector<Read> all;
  // Not at the beginning of the text, so that ranges count from there.
  const std::string text = "select 1; " + comment + "\n";
  const ByteRange where{10, static_cast<std::uint32_t>(text.size() - 1)};
  for (const SuppressionComment& each : read_suppressions(text, where)) {
    EXPECT_EQ(each.comment, where);
    std::vector<std::string> names;
    for (const ByteRange name : each.names) names.emplace_back(name.of(text));
    all.push_back({each.dialect, each.kind, names, each.all_rules, each.has_reason, std::string(each.range.of(text))});
  }
  return all;
}

void expect_names(const std::string& comment, const std::vector<std::string>& names, bool has_reason) {
  SCOPED_TRACE(comment);
  const std::vector<Read> all = read(comment);
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0].names, names);
  EXPECT_EQ(all[0].has_reason, has_reason);
  EXPECT_NE(all[0].kind, SuppressionKind::unknown);
}

TEST(SuppressionCommentTest, NamesEndWhereNoCommaFollows) {
  expect_names("-- pglatch:ignore a", {"a"}, false);
  expect_names("--pglatch:ignore a,b", {"a", "b"}, false);
  expect_names("-- pglatch:ignore a, b , c why", {"a", "b", "c"}, true);
  expect_names("--\t pglatch:ignore\ta\twhy, not", {"a"}, true);
  expect_names("-- pglatch:ignore a: why", {"a"}, true);
  expect_names("-- pglatch:ignore: a why", {"a"}, true);
  expect_names("-- pglatch:ignore a -- why", {"a"}, true);
  expect_names("-- pglatch:ignore a --", {"a"}, false);
  expect_names("-- pglatch:ignore a -", {"a"}, false);
  expect_names("-- pglatch:ignore a,", {"a"}, false);
  expect_names("-- pglatch:ignore E2, Name_With$é why", {"E2", "Name_With$é"}, true);
}

TEST(SuppressionCommentTest, NamesCanBeMissing) {
  expect_names("-- pglatch:ignore", {}, false);
  expect_names("-- pglatch:ignore -- why", {}, true);
  expect_names("-- pglatch:ignore , a", {}, true);
  expect_names("/* pglatch:ignore-end */", {}, false);
  EXPECT_FALSE(read("-- pglatch:ignore-file")[0].all_rules);
}

TEST(SuppressionCommentTest, KnowsItsKeywords) {
  EXPECT_EQ(read("-- pglatch:ignore a")[0].kind, SuppressionKind::statement);
  EXPECT_EQ(read("-- pglatch:ignore-file a")[0].kind, SuppressionKind::file);
  EXPECT_EQ(read("-- pglatch:ignore-begin a")[0].kind, SuppressionKind::begin);
  EXPECT_EQ(read("-- pglatch:ignore-end a")[0].kind, SuppressionKind::end);
  for (const char* unknown : {"-- pglatch:ignored a", "-- pglatch:disable a", "-- pglatch:ignore-files a",
                              "-- pglatch:ignore-file,a", "-- pglatch:ignore_file a"}) {
    ASSERT_EQ(read(unknown).size(), 1U) << unknown;
    EXPECT_EQ(read(unknown)[0].kind, SuppressionKind::unknown) << unknown;
  }
}

TEST(SuppressionCommentTest, OnlyTheBeginningOfACommentCounts) {
  for (const char* other : {"-- see pglatch:ignore a", "-- pglatch: ignore a", "-- pglatch", "-- pglatch:", "--",
                            "/**/", "/*", "-- PGLATCH:IGNORE a", "-- 'pglatch:ignore a'", "-- squawk",
                            "-- eugene:", "-- eugene: trace", "-- squawk-ignored a", "-- squawk-ignore-files a"}) {
    EXPECT_TRUE(read(other).empty()) << other;
  }
}

TEST(SuppressionCommentTest, ABlockCommentHasOneALine) {
  const std::vector<Read> all =
      read("/* pglatch:ignore a first\n *  pglatch:ignore-file b second \r\n\n    nothing\n pglatch:ignore c */");
  ASSERT_EQ(all.size(), 3U);
  EXPECT_EQ(all[0].range, "pglatch:ignore a first");
  EXPECT_EQ(all[1].range, "pglatch:ignore-file b second");
  EXPECT_EQ(all[1].kind, SuppressionKind::file);
  EXPECT_EQ(all[2].range, "pglatch:ignore c");
  EXPECT_EQ(all[2].names, std::vector<std::string>{"c"});
  // One that is never closed is read to its end.
  EXPECT_EQ(read("/* pglatch:ignore a")[0].names, std::vector<std::string>{"a"});
}

TEST(SuppressionCommentTest, SquawkNamesRulesUpToTwoDashes) {
  expect_names("-- squawk-ignore ban-drop-column, prefer-text-field", {"ban-drop-column", "prefer-text-field"}, false);
  expect_names("-- squawk-ignore ban-drop-column -- it is gone", {"ban-drop-column"}, true);
  expect_names("/* squawk-ignore ban-drop-column */", {"ban-drop-column"}, false);
  // squawk takes all between two commas for one name.
  expect_names("-- squawk-ignore ban-drop-column it is gone", {"ban-drop-column it is gone"}, false);
  const Read bare = read("-- squawk-ignore")[0];
  EXPECT_EQ(bare.kind, SuppressionKind::statement);
  EXPECT_FALSE(bare.all_rules);
  const Read file = read("-- squawk-ignore-file")[0];
  EXPECT_EQ(file.kind, SuppressionKind::file);
  EXPECT_TRUE(file.all_rules);
  EXPECT_TRUE(read("-- squawk-ignore-file -- generated")[0].has_reason);
  EXPECT_FALSE(read("-- squawk-ignore-file ban-drop-column")[0].all_rules);
}

TEST(SuppressionCommentTest, EugeneNamesIdsOrMeansAll) {
  expect_names("-- eugene: ignore E2, E4", {"E2", "E4"}, false);
  expect_names("-- eugene: ignore: E2", {"E2"}, false);
  EXPECT_TRUE(read("-- eugene: ignore")[0].all_rules);
  EXPECT_FALSE(read("-- eugene: ignore E2")[0].all_rules);
  EXPECT_EQ(read("-- eugene: ignore E2")[0].dialect, SuppressionDialect::eugene);
  EXPECT_TRUE(read("/* eugene: ignore E2 */").empty());
}

TEST(SuppressionCommentTest, AtlasNamesChecksWithBlanksBetween) {
  expect_names("-- atlas:nolint DS103 BC102", {"DS103", "BC102"}, false);
  EXPECT_TRUE(read("-- atlas:nolint")[0].all_rules);
  EXPECT_TRUE(read("-- atlas:nolinter").empty());
  EXPECT_TRUE(read("/* atlas:nolint */").empty());
  constexpr std::string_view kGlued = "-- why\n-- atlas:nolint\nSELECT 1;";
  EXPECT_EQ(read_suppressions(kGlued, {7, 22})[0].kind, SuppressionKind::statement);
  constexpr std::string_view kHeader = "-- why\r\n-- atlas:nolint\r\n\r\nSELECT 1;";
  EXPECT_EQ(read_suppressions(kHeader, {8, 23})[0].kind, SuppressionKind::file);
  constexpr std::string_view kLater = "-- why\n\n-- atlas:nolint\n\nSELECT 1;";
  EXPECT_EQ(read_suppressions(kLater, {8, 23})[0].kind, SuppressionKind::statement);
}

TEST(SuppressionCommentTest, AQuickLookMissesNone) {
  EXPECT_TRUE(may_suppress("-- atlas:nolint"));
  EXPECT_TRUE(may_suppress("-- pglatch:ignore a"));
  EXPECT_TRUE(may_suppress("-- pglatch:igonre a"));
  EXPECT_TRUE(may_suppress("-- squawk-ignore a"));
  EXPECT_TRUE(may_suppress("-- eugene: ignore"));
  EXPECT_FALSE(may_suppress("create index on t (a);"));
  EXPECT_FALSE(may_suppress(""));
}

TEST(SuppressionCommentTest, TheReasonIsWhatFollowsTheNames) {
  const auto reason = [](const std::string& text) {
    const auto all = read_suppressions(text, {0, static_cast<std::uint32_t>(text.size())});
    return std::string(all.at(0).reason.of(text));
  };
  EXPECT_EQ(reason("-- pglatch:ignore a, b: ten rows "), "ten rows");
  EXPECT_EQ(reason("/* pglatch:ignore-file a - made by a tool */"), "made by a tool");
  EXPECT_EQ(reason("-- squawk-ignore a, b -- it is empty"), "it is empty");
  EXPECT_EQ(reason("-- pglatch:ignore a"), "");
  EXPECT_EQ(reason("-- squawk-ignore a"), "");
}

}  // namespace
}  // namespace pglatch
