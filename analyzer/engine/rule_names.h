// The names by which users may call rules, and what each of them means: one place for the command line, the
// configuration and `pglatch rules`.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/base/result.h"
#include "analyzer/rule_api/rule.h"
#include "analyzer/rule_api/rule_name.h"

namespace pglatch {

/// What kind of name it is, the broadest first: where two names give one rule different values, the narrower wins.
enum class NameKind : std::uint8_t { all, group, alias, rule };

/// A name with what it stands for.
struct NamedRules {
  std::string name;
  NameKind kind = NameKind::rule;
  std::vector<const Rule*> rules;  ///< never empty; in alphabetical order of their ids

  [[nodiscard]] bool contains(const Rule* rule) const noexcept;
};

/// Whether one of the names stands for the rule.
[[nodiscard]] const NamedRules* find_naming(std::span<const NamedRules> names, const Rule* rule) noexcept;

/// Looks names up. Rules and aliases must outlive it.
class RuleNames {
 public:
  RuleNames(std::span<const Rule* const> rules, std::span<const RuleName> aliases) : rules_(rules), aliases_(aliases) {}

  [[nodiscard]] std::span<const Rule* const> rules() const noexcept { return rules_; }
  [[nodiscard]] std::span<const RuleName> aliases() const noexcept { return aliases_; }
  /// The aliases of one rule, in the order of the table.
  [[nodiscard]] std::vector<RuleName> aliases_of(const Rule& rule) const;

  /// What a rule's id, a group, an alias, "all" or "default" (all that are not opt-in) means. Fails for other names,
  /// with the nearest known one.
  [[nodiscard]] Result<NamedRules> find(std::string_view name) const;
  /// The same for "a,b" lists, blanks around names allowed. Fails for the first name that is not known.
  [[nodiscard]] Result<std::vector<NamedRules>> find_all(std::span<const std::string> lists) const;

 private:
  [[nodiscard]] Error unknown(std::string_view name) const;

  std::span<const Rule* const> rules_;
  std::span<const RuleName> aliases_;
};

}  // namespace pglatch
