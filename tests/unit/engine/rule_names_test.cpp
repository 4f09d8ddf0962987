#include "analyzer/engine/rule_names.h"

#include <gtest/gtest.h>

namespace pglatch {
namespace {

constexpr Rule kAdd{"add-thing", "things", Severity::error, "Adds.", {}, nullptr};
constexpr Rule kDropThing{"drop-thing", "things", Severity::error, "Drops.", {}, nullptr};
constexpr Rule kOther{"other", "rest", Severity::info, "Else.", {}, nullptr, true};
constexpr const Rule* kRules[] = {&kAdd, &kDropThing, &kOther};
constexpr RuleName kAliases[] = {
    {"T1", "add-thing", "tool"}, {"T1", "other", "tool"}, {"no-add", "add-thing", "another"}};

const RuleNames kNames(kRules, kAliases);

std::vector<const Rule*> rules_of(std::string_view name) {
  const auto named = kNames.find(name);
  return named ? named->rules : std::vector<const Rule*>();
}

std::string error_of(std::string_view name) {
  const auto named = kNames.find(name);
  return named ? "none" : named.error().message;
}

TEST(RuleNamesTest, FindsRulesGroupsAliasesAllAndDefault) {
  using Rules = std::vector<const Rule*>;
  EXPECT_EQ(rules_of("add-thing"), Rules{&kAdd});
  EXPECT_EQ(rules_of("things"), (Rules{&kAdd, &kDropThing}));
  EXPECT_EQ(rules_of("T1"), (Rules{&kAdd, &kOther}));
  EXPECT_EQ(rules_of("no-add"), Rules{&kAdd});
  EXPECT_EQ(rules_of("all"), (Rules{&kAdd, &kDropThing, &kOther}));
  EXPECT_EQ(rules_of("default"), (Rules{&kAdd, &kDropThing}));
  EXPECT_EQ(kNames.find("all")->kind, NameKind::all);
  EXPECT_EQ(kNames.find("things")->kind, NameKind::group);
  EXPECT_EQ(kNames.find("T1")->kind, NameKind::alias);
  EXPECT_EQ(kNames.find("other")->kind, NameKind::rule);
}

TEST(RuleNamesTest, OtherNamesAreErrorsWithTheNearestOne) {
  EXPECT_EQ(error_of("ad-thing"), "there is no rule or group 'ad-thing'; did you mean 'add-thing'?");
  EXPECT_EQ(error_of("thing"), "there is no rule or group 'thing'; did you mean 'things'?");
  EXPECT_EQ(error_of("dro"), "there is no rule or group 'dro'; did you mean 'drop-thing'?");
  EXPECT_EQ(error_of("ALL"), "there is no rule or group 'ALL'; `pglatch rules` lists them");
  EXPECT_EQ(error_of(""), "the name of a rule is empty");
  EXPECT_EQ(error_of("Add-Thing"), "there is no rule or group 'Add-Thing'; did you mean 'add-thing'?");
}

TEST(RuleNamesTest, ListsAreSeparatedByCommas) {
  const auto named = kNames.find_all(std::vector<std::string>{"things, T1", "other"});
  ASSERT_TRUE(named.ok());
  ASSERT_EQ(named->size(), 3U);
  EXPECT_EQ(find_naming(*named, &kOther)->name, "T1");
  EXPECT_TRUE(kNames.find_all({})->empty());
  for (const char* list : {"things,", ",things", "things,,other", "", "things,nothing"}) {
    EXPECT_FALSE(kNames.find_all(std::vector<std::string>{list}).ok()) << list;
  }
}

TEST(RuleNamesTest, FindsTheNamesOfARule) {
  EXPECT_EQ(kNames.aliases_of(kAdd).size(), 2U);
  EXPECT_EQ(kNames.aliases_of(kOther).front().name, "T1");
  EXPECT_TRUE(kNames.aliases_of(kDropThing).empty());
  EXPECT_EQ(find_naming(std::vector<NamedRules>{}, &kAdd), nullptr);
}

}  // namespace
}  // namespace pglatch
