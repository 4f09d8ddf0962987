// Where a plan stands, by one query.
#pragma once

#include <string>

#include "analyzer/plan/plan.h"

namespace pglatch {

/// A query of a row for each step that changes something: its id, its title, and whether it is done, as the psql
/// script would find it. It reads only, and can be run before the script was. Ends with a newline; empty where the
/// plan has no such step.
[[nodiscard]] std::string write_plan_status(const Plan& plan);

}  // namespace pglatch
