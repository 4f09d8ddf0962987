// What to look at before the first step of any plan, whatever its recipes: the connection, privileges,
// who is in the way, what else listens to schema changes, disk space and WAL.
#pragma once

#include "analyzer/plan/plan.h"

namespace pglatch {

/// Adds to a plan whose tables and steps are all there what concerns it: before what its recipes ask, and the
/// questions of space after that. None of these stops the script: what it cannot do without, it asks for itself.
void add_preflight(Plan& plan);

/// Query that shows how far the standbys are behind: asked before, and watched while a plan writes much.
[[nodiscard]] std::string standby_lag();

}  // namespace pglatch
