#include "analyzer/plan/framework_files_list.h"

#include <gmock/gmock.h>

namespace pglatch {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr std::string_view kJournal =
    "{\"entries\": [{\"idx\": 3, \"version\": \"6\", \"when\": 5000, \"tag\": \"0003_a\"}], \"other\": [1, null]}";

TEST(FrameworkFilesListTest, TheJournalGoesOn) {
  const auto changed = changed_journal(kJournal, {}, {"0004_b", "0005_c"});
  ASSERT_TRUE(changed.ok());
  EXPECT_THAT(*changed, HasSubstr("\"tag\": \"0003_a\"\n    },\n    {\n      \"idx\": 4,\n      \"version\": \"6\",\n"
                                  "      \"when\": 6000,\n      \"tag\": \"0004_b\",\n      \"breakpoints\": true"));
  EXPECT_THAT(*changed, HasSubstr("\"idx\": 5,\n      \"version\": \"6\",\n      \"when\": 7000"));
  EXPECT_THAT(*changed, HasSubstr("\"other\": [\n    1,\n    null\n  ]"));
}

TEST(FrameworkFilesListTest, TheJournalLosesItsLastEntriesOnly) {
  const auto changed = changed_journal(kJournal, {"0003_a"}, {"0003_b"});
  ASSERT_TRUE(changed.ok());
  EXPECT_THAT(*changed, HasSubstr("\"entries\": [\n    {\n      \"idx\": 0,\n      \"version\": \"7\""));
  EXPECT_THAT(changed_journal(*changed, {"0003_a"}, {"x"}).error().message, HasSubstr("as its last ones"));
}

TEST(FrameworkFilesListTest, WhatIsNoJournal) {
  EXPECT_THAT(changed_journal("{", {}, {"x"}).error().message, HasSubstr("does not read as drizzle's journal"));
  EXPECT_THAT(changed_journal("[]", {}, {"x"}).error().message, HasSubstr("no list of entries"));
  EXPECT_THAT(changed_journal("{\"entries\": {}}", {}, {"x"}).error().message, HasSubstr("no list of entries"));
}

TEST(FrameworkFilesListTest, SqitchsPlanNamesWhoAndWhen) {
  const std::string plan =
      "%project=shop\n\nusers 2021-01-15T23:20:32Z Ann <ann@example.org> # Z\n"
      "orders [users] 2021-12-31T23:59:59Z Zoë van Z <zoe@example.org> # T and Z\n"
      "@v1 2022-01-01T00:00:00Z Ann <ann@example.org>";
  EXPECT_EQ(*changed_sqitch_plan(plan, {}, {"x_1", "x_2"}, "note"),
            plan +
                "\nx_1 2022-01-01T00:00:01Z Ann <ann@example.org> # note\n"
                "x_2 [x_1] 2022-01-01T00:00:02Z Ann <ann@example.org> # note\n");
  EXPECT_THAT(*changed_sqitch_plan("", {}, {"a"}, "n"), StartsWith("a 2000-01-01T00:00:01Z pglatch <"));
}

TEST(FrameworkFilesListTest, SqitchsPlanLosesItsLastChangesOnly) {
  const std::string plan = "a 2021-01-15T23:20:32Z Ann <a@b.c> # 1\nb [a] 2021-01-16T23:20:32Z Zoë <z@b.c> # 2\n\n";
  EXPECT_EQ(*changed_sqitch_plan(plan, {"b"}, {"b_1"}, "n"),
            "a 2021-01-15T23:20:32Z Ann <a@b.c> # 1\nb_1 2021-01-16T23:20:33Z Zoë <z@b.c> # n\n");
  EXPECT_FALSE(changed_sqitch_plan(plan, {"a"}, {"a_1"}, "n").ok());
  EXPECT_FALSE(changed_sqitch_plan(plan + "@tag 2021-01-17T23:20:32Z Zoë <z@b.c>\n", {"b"}, {"b_1"}, "n").ok());
}

// In the order of the names, each sum over all up to the file.
TEST(FrameworkFilesListTest, AtlasHashesNamesAndTexts) {
  EXPECT_EQ(atlas_sum({}), "h1:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n");
  EXPECT_EQ(atlas_sum({{"1_a.sql", "CREATE TABLE t (id int);\n"},
                       {"2_b.sql", "-- atlas:sum ignore\nSELECT 1;\n"},
                       {"10_c.sql", "DROP TABLE t;\n"}}),
            "h1:/x0DRJZQNDDjjhHIbuphBU2tJd6t8cwaDx3LAA8OJcA=\n"
            "10_c.sql h1:NAPGWEHeqfrYyTmwg6QdnXQ717y6avwE1LMJPLpehYw=\n"
            "1_a.sql h1:N4mCtn3ECdiro4PqpBlEVLydk4dUjJT3T/FCCXr4I3M=\n");
}

TEST(FrameworkFilesListTest, HashesAreChained) {
  std::vector<MigrationFile> files{{"1.sql", "\nSELECT 1;\n\n"}, {"2.sql", "SELECT 2;"}};
  chain(files, "");
  EXPECT_THAT(files[0].text, StartsWith("--! Previous: -\n--! Hash: sha1:"));
  const std::string first = files[0].text.substr(files[0].text.find("sha1:"), 45);
  EXPECT_THAT(files[1].text, StartsWith("--! Previous: " + first + "\n--! Hash: sha1:"));
  std::vector<MigrationFile> again{{"2.sql", "SELECT 2;"}};
  chain(again, files[0].text);
  EXPECT_EQ(again[0].text, files[1].text);
}

}  // namespace
}  // namespace pglatch
