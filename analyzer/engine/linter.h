// Runs rules over scripts and gathers what they find.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "analyzer/base/result.h"
#include "analyzer/engine/walker.h"
#include "analyzer/rule_api/finding.h"
#include "analyzer/rule_api/recipe.h"
#include "analyzer/rule_api/rule.h"

namespace pglatch {

/// Everything that a run of `lint` has to say, ready for the writers in report/.
struct LintReport {
  std::vector<Finding> findings;  ///< sorted by file (in the order of the input), offset, rule
  std::vector<Error> errors;      ///< inputs that could not be read
  std::size_t files = 0;
  std::size_t statements = 0;
  std::size_t suppressed = 0;  ///< findings that a comment asked to ignore

  [[nodiscard]] std::size_t count(Severity severity) const noexcept;
};

struct LintOptions {
  std::span<const Rule* const> rules;      ///< those that are switched on
  std::span<const Recipe* const> recipes;  ///< to tell which findings have a plan
};

/// Lints scripts in order on a walker whose catalog holds what was there before.
[[nodiscard]] LintReport lint(Walker& walker, std::span<const Script> scripts, const LintOptions& options);

}  // namespace pglatch
