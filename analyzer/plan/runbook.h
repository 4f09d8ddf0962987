// The runbook's sections, in the order in which a reviewer reads them. Each is a rendering of its part of the plan,
// with its heading; empty where the plan has nothing to say there.
#pragma once

#include <string>

#include "analyzer/plan/plan.h"

namespace pglatch::runbook {

/// Title, verdict, and the table of steps.
[[nodiscard]] std::string overview(const Plan& plan);

/// Why each statement cannot run as it is written.
[[nodiscard]] std::string reasons(const Plan& plan);

/// What somebody has to decide or to make sure of.
[[nodiscard]] std::string decisions(const Plan& plan);

/// What to look at before the first step; disk space and WAL.
[[nodiscard]] std::string preparation(const Plan& plan);

/// How to run the script, what to watch, when to stop.
[[nodiscard]] std::string execution(const Plan& plan);

/// Each step by itself, by phase.
[[nodiscard]] std::string steps(const Plan& plan);

/// What must be true in the end.
[[nodiscard]] std::string verification(const Plan& plan);

/// The way back.
[[nodiscard]] std::string rollback(const Plan& plan);

/// What remains to be done when the plan is through, and who agreed to it.
[[nodiscard]] std::string aftermath(const Plan& plan);

}  // namespace pglatch::runbook
