#include "analyzer/engine/rule_names.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "analyzer/base/ascii.h"
#include "analyzer/base/edit_distance.h"

namespace pglatch {
namespace {

constexpr std::string_view kAll = "all";
constexpr std::string_view kDefault = "default";
constexpr std::string_view kBlanks = " \t";

}  // namespace

bool NamedRules::contains(const Rule* rule) const noexcept {
  return std::find(rules.begin(), rules.end(), rule) != rules.end();
}

const NamedRules* find_naming(std::span<const NamedRules> names, const Rule* rule) noexcept {
  const auto found =
      std::find_if(names.begin(), names.end(), [rule](const NamedRules& name) { return name.contains(rule); });
  return found == names.end() ? nullptr : &*found;
}

std::vector<RuleName> RuleNames::aliases_of(const Rule& rule) const {
  std::vector<RuleName> found;
  std::copy_if(aliases_.begin(), aliases_.end(), std::back_inserter(found),
               [&](const RuleName& alias) { return alias.rule == rule.id; });
  return found;
}

Result<NamedRules> RuleNames::find(std::string_view name) const {
  NamedRules named;
  named.name = name;
  const auto take = [&](NameKind kind, const auto& is_meant) {
    named.kind = kind;
    std::copy_if(rules_.begin(), rules_.end(), std::back_inserter(named.rules), is_meant);
    return !named.rules.empty();
  };
  if (take(NameKind::rule, [&](const Rule* rule) { return rule->id == name; })) return named;
  if (take(NameKind::group, [&](const Rule* rule) { return rule->group == name; })) return named;
  if (name == kAll && take(NameKind::all, [](const Rule*) { return true; })) return named;
  if (name == kDefault && take(NameKind::all, [](const Rule* rule) { return !rule->opt_in; })) return named;
  const auto is_alias_of = [&](const Rule* rule) {
    return std::any_of(aliases_.begin(), aliases_.end(),
                       [&](const RuleName& alias) { return alias.name == name && alias.rule == rule->id; });
  };
  if (take(NameKind::alias, is_alias_of)) return named;
  return unknown(name);
}

Error RuleNames::unknown(std::string_view name) const {
  if (name.empty()) return {"the name of a rule is empty"};
  std::vector<std::string_view> candidates{kAll, kDefault};
  for (const Rule* rule : rules_) {
    candidates.push_back(rule->id);
    candidates.push_back(rule->group);
  }
  for (const RuleName& alias : aliases_) candidates.push_back(alias.name);
  const std::string_view nearest = nearest_word(name, candidates);
  return {fmt::format("there is no rule or group '{}'; {}", name,
                      nearest.empty() ? "`pglatch rules` lists them" : fmt::format("did you mean '{}'?", nearest))};
}

Result<std::vector<NamedRules>> RuleNames::find_all(std::span<const std::string> lists) const {
  std::vector<NamedRules> names;
  for (const std::string_view list : lists) {
    for (std::size_t start = 0; start <= list.size();) {
      const std::size_t comma = std::min(list.find(',', start), list.size());
      auto named = find(trimmed(list.substr(start, comma - start), kBlanks));
      if (!named) return named.error();
      names.push_back(std::move(*named));
      start = comma + 1;
    }
  }
  return names;
}

}  // namespace pglatch
