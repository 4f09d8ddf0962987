// What refutes a plan, of all that was measured.
#pragma once

#include <chrono>

#include "analyzer/server/verify.h"

namespace pglatch {

/// Adds to the refutations: schemas that differ, a second run that changes something, clients that waited for longer
/// than `max_stall` under the plan, or failed under it alone.
void judge(Verification& verification, std::chrono::milliseconds max_stall);

}  // namespace pglatch
