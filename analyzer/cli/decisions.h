// What the user decides for a plan, from the command line.
#pragma once

#include "analyzer/base/result.h"
#include "analyzer/cli/options.h"
#include "analyzer/rule_api/rule.h"

namespace pglatch {

/// The accepted risks and the parameters. Fails where no recipe asks for one of these names, and where a parameter has
/// no value.
[[nodiscard]] Result<PlanDecisions> plan_decisions(const AnalysisOptions& options);

}  // namespace pglatch
