// What rules do in one file: which of them run, and how grave their findings are.
#pragma once

#include <algorithm>
#include <optional>
#include <string_view>
#include <vector>

#include "analyzer/rule_api/finding.h"
#include "analyzer/rule_api/rule.h"

namespace pglatch {

/// The severity that somebody chose for all findings of a rule.
struct ChosenSeverity {
  std::string_view rule;  ///< id
  Severity severity = Severity::warning;
};

struct RuleSettings {
  std::vector<const Rule*> rules;          ///< those that run, in alphabetical order of their ids
  std::vector<ChosenSeverity> severities;  ///< none twice

  [[nodiscard]] std::optional<Severity> chosen_severity(std::string_view rule) const noexcept {
    const auto found = std::find_if(severities.begin(), severities.end(),
                                    [&](const ChosenSeverity& chosen) { return chosen.rule == rule; });
    return found == severities.end() ? std::nullopt : std::optional(found->severity);
  }
};

}  // namespace pglatch
