#include "tests/rules/rule_index.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

#include "rules/registry.h"

namespace pglatch::testing {
namespace {

constexpr std::array<std::string_view, 4> kTools = {"squawk", "eugene", "strong_migrations", "pgfence"};

struct Group {
  std::string_view name;
  std::string_view about;
};

// In the order in which a reader of migrations meets them.
constexpr Group kGroups[] = {
    {"columns", "Adding and changing columns."},
    {"constraints", "Constraints and what it takes to check them."},
    {"indexes", "Building, dropping and replacing indexes."},
    {"tables", "Whole tables: rewrites, maintenance, removal."},
    {"partitions", "Partitioned tables and their partitions."},
    {"transactions", "What a transaction holds while it goes on, and how long it waits."},
    {"data", "Rows in bulk."},
    {"compat", "Changes that running code does not expect."},
    {"input", "The files themselves, and comments in them."},
    {"policy", "Opt-in: policies that not every team has."},
    {"design", "Opt-in: how schemas and queries are best written."},
};

std::string names_in(std::string_view tool, const Rule& rule) {
  std::vector<std::string> names;
  for (const RuleName& alias : rule_aliases()) {
    if (alias.rule == rule.id && alias.tool == tool) names.push_back(fmt::format("`{}`", alias.name));
  }
  return fmt::format("{}", fmt::join(names, ", "));
}

std::string row(const Rule& rule) {
  std::string text = fmt::format("| [{0}](../../rules/{1}/{0}.md) | {2}{3} | {4} |", rule.id, rule.group,
                                 to_string(rule.severity), rule.opt_in ? ", opt-in" : "", rule.summary);
  for (const std::string_view tool : kTools) text += fmt::format(" {} |", names_in(tool, rule));
  return text + '\n';
}

std::string table_of(const Group& group) {
  std::string text = fmt::format("\n## {}\n\n{}\n\n| Rule | Severity | What it finds |", group.name, group.about);
  for (const std::string_view tool : kTools) text += fmt::format(" {} |", tool);
  text += "\n|---|---|---|---|---|---|---|\n";
  for (const Rule* rule : all_rules()) {
    if (rule->group == group.name) text += row(*rule);
  }
  return text;
}

// Names of hazards that have no rule of their own, with the rules that cover them.
std::string other_names() {
  std::string text =
      "\n## Other names\n\nHazards that are covered by a rule of another name; these names work too.\n\n";
  text += "| Name | Rule |\n|---|---|\n";
  std::string_view last;
  for (const RuleName& alias : rule_aliases()) {
    if (alias.tool != "pglatch") continue;
    if (alias.name == last) {
      text.insert(text.size() - 3, fmt::format(", `{}`", alias.rule));
    } else {
      text += fmt::format("| `{}` | `{}` |\n", alias.name, alias.rule);
    }
    last = alias.name;
  }
  return text;
}

}  // namespace

std::string rule_index_page() {
  std::string text = fmt::format(
      "# Rules\n\nThe {} rules of pglatch, by group, with what other tools call the same hazards. Every name in these "
      "tables, and\n`all`, `default` and the names of the groups, can be given to `--select`, `--ignore`, "
      "`pglatch.toml`, comments and\n`pglatch rules NAME`. Opt-in rules run where they are selected. The examples in "
      "the pages leave out the `SET lock_timeout`\nwith which every migration should begin "
      "([missing-lock-timeout](../../rules/transactions/missing-lock-timeout.md)).\n",
      all_rules().size());
  for (const Group& group : kGroups) text += table_of(group);
  return text + other_names();
}

}  // namespace pglatch::testing
