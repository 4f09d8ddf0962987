// The forms of a plan. Each is a pure rendering: nothing is decided here.
#pragma once

#include <string>

#include "analyzer/plan/plan.h"

namespace pglatch {

/// The plan document, the source of truth for programs. Ends with a newline.
[[nodiscard]] std::string write_plan_json(const Plan& plan);

/// A psql script: resumable, safe to run twice, refuses to run inside a transaction.
[[nodiscard]] std::string write_plan_sql(const Plan& plan);

/// The reviewer's runbook.
[[nodiscard]] std::string write_plan_markdown(const Plan& plan);

}  // namespace pglatch
