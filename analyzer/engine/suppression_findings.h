// What is wrong with the suppressions of a script: names that nobody knows, rules that find nothing there, no reason.
// These are findings like others, under rules of their own, which have no statement to look at.
#pragma once

#include <string_view>
#include <vector>

#include "analyzer/engine/suppressions.h"
#include "analyzer/rule_api/finding.h"
#include "analyzer/rule_api/rule.h"

namespace pglatch {

/// The rules under which is reported; null: switched off.
struct SuppressionRules {
  const Rule* unknown = nullptr;         ///< unknown-rule-in-suppression
  const Rule* unused = nullptr;          ///< unused-suppression
  const Rule* without_reason = nullptr;  ///< suppression-without-reason
};

/// Comments of pglatch's own that name a rule that does not exist, or none, or begin with a word that means nothing.
[[nodiscard]] std::vector<Finding> unknown_rules(std::string_view text, const Suppressions& suppressions,
                                                 const KnownRules& known, const Rule& rule);

/// Comments without a reason: pglatch's own, and those of other tools that have left out a finding of pglatch's.
[[nodiscard]] std::vector<Finding> missing_reasons(std::string_view text, const Suppressions& suppressions,
                                                   const Rule& rule);

/// Names of rules that are switched on and have found nothing that the comment left out, each with the edit that
/// removes it: of pglatch's own comments, since what those of other tools do there is not known. To be asked for when
/// all of the script has been looked at.
[[nodiscard]] std::vector<Finding> unused_suppressions(std::string_view text, const Suppressions& suppressions,
                                                       const KnownRules& known, const Rule& rule);

}  // namespace pglatch
