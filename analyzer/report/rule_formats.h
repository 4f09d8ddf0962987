// The formats of `pglatch rules`: a list of rules, or what their pages say.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/rule_api/rule.h"
#include "analyzer/rule_api/rule_name.h"

namespace pglatch {

/// A rule with all that there is to say about it.
struct RuleEntry {
  const Rule* rule = nullptr;
  std::vector<RuleName> aliases;  ///< what other tools call it
  std::string_view page;          ///< Markdown
};

/// One rule a line: id, group, usual severity, "opt-in" where it runs only if selected, summary.
[[nodiscard]] std::string write_rule_list_text(std::span<const RuleEntry> rules);
/// The same as a table, with the aliases.
[[nodiscard]] std::string write_rule_list_markdown(std::span<const RuleEntry> rules);
/// The pages, one after the other, with the aliases.
[[nodiscard]] std::string write_rule_pages(std::span<const RuleEntry> rules);
/// {"version": 1, "rules": [{"id", "group", "severity", "opt_in", "summary", "aliases": [{"name", "tool"}], "page"}]}
[[nodiscard]] std::string write_rules_json(std::span<const RuleEntry> rules);

}  // namespace pglatch
