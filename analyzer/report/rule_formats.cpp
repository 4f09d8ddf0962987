#include "analyzer/report/rule_formats.h"

#include <fmt/format.h>

#include <algorithm>

#include "analyzer/base/json.h"
#include "analyzer/report/lint_formats.h"

namespace pglatch {
namespace {

constexpr int kContractVersion = 1;
constexpr std::size_t kGap = 2;
constexpr std::string_view kOptIn = "opt-in";

// "squawk: `renaming-column`; eugene: `E1`, `E2`"; tools in the order in which they come.
std::string by_tool(const std::vector<RuleName>& aliases) {
  std::string text;
  std::string_view tool;
  for (const RuleName& alias : aliases) {
    if (alias.tool == tool) {
      text += ", ";
    } else {
      text += fmt::format("{}{}: ", text.empty() ? "" : "; ", alias.tool);
    }
    tool = alias.tool;
    text += fmt::format("`{}`", alias.name);
  }
  return text;
}

template <class Text>
std::size_t longest(std::span<const RuleEntry> rules, const Text& text_of) {
  std::size_t width = 0;
  for (const RuleEntry& entry : rules) width = std::max(width, text_of(*entry.rule).size());
  return width + kGap;
}

}  // namespace

std::string write_rule_list_text(std::span<const RuleEntry> rules) {
  const std::size_t id = longest(rules, [](const Rule& rule) { return rule.id; });
  const std::size_t group = longest(rules, [](const Rule& rule) { return rule.group; });
  const std::size_t severity = longest(rules, [](const Rule& rule) { return to_string(rule.severity); });
  const auto mark_of = [](const Rule& rule) { return rule.opt_in ? kOptIn : std::string_view(); };
  const bool has_marks =
      std::any_of(rules.begin(), rules.end(), [](const RuleEntry& entry) { return entry.rule->opt_in; });
  const std::size_t mark = has_marks ? kOptIn.size() + kGap : 0;
  std::string text;
  for (const RuleEntry& entry : rules) {
    const Rule& rule = *entry.rule;
    text += fmt::format("{:<{}}{:<{}}{:<{}}{:<{}}{}", rule.id, id, rule.group, group, to_string(rule.severity),
                        severity, mark_of(rule), mark, rule.summary);
    text += '\n';
  }
  return text;
}

std::string write_rule_list_markdown(std::span<const RuleEntry> rules) {
  std::string text = "| Rule | Group | Severity | Runs | What it finds | Elsewhere |\n|---|---|---|---|---|---|\n";
  for (const RuleEntry& entry : rules) {
    const Rule& rule = *entry.rule;
    text += fmt::format("| `{}` | {} | {} | {} | {} | {} |\n", rule.id, rule.group, to_string(rule.severity),
                        rule.opt_in ? "if selected" : "by default", rule.summary, by_tool(entry.aliases));
  }
  return text;
}

std::string write_rule_pages(std::span<const RuleEntry> rules) {
  std::string text;
  for (const RuleEntry& entry : rules) {
    if (!text.empty()) text += '\n';
    text += entry.page;
    if (!entry.aliases.empty()) text += fmt::format("\n## Elsewhere\n\n{}\n", by_tool(entry.aliases));
  }
  return text;
}

std::string write_rules_json(std::span<const RuleEntry> rules) {
  JsonWriter json;
  json.begin_object();
  json.member("version", kContractVersion);
  json.key("rules");
  json.begin_array();
  for (const RuleEntry& entry : rules) {
    json.begin_object();
    json.member("id", entry.rule->id);
    json.member("group", entry.rule->group);
    json.member("severity", to_string(entry.rule->severity));
    json.member("opt_in", entry.rule->opt_in);
    json.member("summary", entry.rule->summary);
    json.key("aliases");
    json.begin_array();
    for (const RuleName& alias : entry.aliases) {
      json.begin_object();
      json.member("name", alias.name);
      json.member("tool", alias.tool);
      json.end_object();
    }
    json.end_array();
    json.member("page", entry.page);
    json.end_object();
  }
  json.end_array();
  json.end_object();
  return json.finish();
}

}  // namespace pglatch
