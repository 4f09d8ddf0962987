// Runs rules over scripts and gathers what they find.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "analyzer/base/result.h"
#include "analyzer/engine/rule_settings.h"
#include "analyzer/engine/walker.h"
#include "analyzer/rule_api/finding.h"
#include "analyzer/rule_api/recipe.h"
#include "analyzer/rule_api/rule.h"
#include "analyzer/rule_api/rule_name.h"

namespace pglatch {

/// A finding that is left out, and by whose wish.
struct SuppressedFinding {
  Finding finding;
  /// The comment in the finding's file; empty: the baseline has it.
  ByteRange comment;
  std::string reason;  ///< that the comment gives
};

/// Everything that a run of `lint` has to say, ready for the writers in report/.
struct LintReport {
  std::vector<Finding> findings;  ///< sorted by file (in the order of the input), offset, rule
  std::vector<Error> errors;      ///< inputs that could not be read
  std::size_t files = 0;
  std::size_t statements = 0;
  std::size_t left_out = 0;    ///< scripts that are no migrations, and nobody asked for
  std::size_t suppressed = 0;  ///< findings that a comment asked to ignore
  std::size_t known = 0;       ///< findings that the baseline had already
  /// Those two, by file, where they were asked for (LintOptions::keep_suppressed).
  std::vector<SuppressedFinding> suppressed_findings;

  [[nodiscard]] std::size_t count(Severity severity) const noexcept;
};

struct LintOptions {
  std::span<const Rule* const> rules;      ///< those that are switched on
  std::span<const Recipe* const> recipes;  ///< to tell which findings have a plan
  std::span<const RuleName> names{};       ///< what else comments may call rules: those that are off, aliases
  /// What holds for a file instead of `rules` and their own severities; empty: nothing. The settings outlive the call.
  std::function<const RuleSettings&(const SourceFile& file)> settings_of{};
  bool keep_suppressed = false;  ///< LintReport::suppressed_findings
};

/// Lints scripts in order on a walker whose catalog holds what was there before. Those that are history are replayed
/// in their place, without findings.
[[nodiscard]] LintReport lint(Walker& walker, std::span<const Script> scripts, const LintOptions& options);

}  // namespace pglatch
