// What `pglatch rules` prints of rules that run by themselves and of those that have to be selected.
#include "analyzer/report/rule_formats.h"

#include <gtest/gtest.h>

namespace pglatch::testing {
namespace {

const Rule kUsual{"drop-roof", "houses", Severity::error, "It rains in.", {}, nullptr};
const Rule kOptional{"paint", "style", Severity::info, "It is grey.", {}, nullptr, true};
const std::vector<RuleEntry> kBoth{{&kUsual, {{"ban-drop-roof", "drop-roof", "squawk"}}, "# drop-roof\n"},
                                   {&kOptional, {}, "# paint\n"}};

TEST(RuleFormats, TextMarksWhatHasToBeSelected) {
  EXPECT_EQ(write_rule_list_text(kBoth),
            "drop-roof  houses  error          It rains in.\n"
            "paint      style   info   opt-in  It is grey.\n");
  EXPECT_EQ(write_rule_list_text(std::span(kBoth).first(1)), "drop-roof  houses  error  It rains in.\n");
}

TEST(RuleFormats, MarkdownSaysWhenARuleRuns) {
  EXPECT_EQ(write_rule_list_markdown(kBoth),
            "| Rule | Group | Severity | Runs | What it finds | Elsewhere |\n"
            "|---|---|---|---|---|---|\n"
            "| `drop-roof` | houses | error | by default | It rains in. | squawk: `ban-drop-roof` |\n"
            "| `paint` | style | info | if selected | It is grey. |  |\n");
}

TEST(RuleFormats, JsonHasOptIn) {
  const std::string json = write_rules_json(kBoth);
  const std::size_t usual = json.find("\"opt_in\": false");
  const std::size_t optional = json.find("\"opt_in\": true");
  ASSERT_NE(usual, std::string::npos) << json;
  ASSERT_NE(optional, std::string::npos) << json;
  EXPECT_LT(json.find("\"drop-roof\""), usual);
  EXPECT_LT(usual, json.find("\"paint\""));
  EXPECT_LT(json.find("\"paint\""), optional);
}

}  // namespace
}  // namespace pglatch::testing
