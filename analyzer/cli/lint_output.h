// Writes the report of `pglatch lint` in each of its formats to its place.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "analyzer/cli/input.h"
#include "analyzer/cli/options.h"
#include "analyzer/plan/plan.h"
#include "analyzer/report/lint_formats.h"
#include "analyzer/report/locks_formats.h"

namespace pglatch {

/// One run's output. Locks and plan are worked out for the formats that show them, and only then.
class LintOutput {
 public:
  /// `how` holds what does not depend on the place. The rest is referred to.
  LintOutput(const Input& input, const LintReport& report, FormatOptions how, Streams& streams);

  /// False after telling the user what could not be written.
  [[nodiscard]] bool write(const std::vector<FormatTarget>& targets, const AnalysisOptions& options, bool statistics);

 private:
  void work_out(const LintFormat& format);
  bool append_job_summary();

  const Input& input_;
  const LintReport& report_;
  FormatOptions how_;
  Streams& streams_;
  std::optional<LocksReport> locks_;
  std::optional<Plan> plan_;
  bool planned_ = false;
};

}  // namespace pglatch
