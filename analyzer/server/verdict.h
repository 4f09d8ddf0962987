// What refutes a plan, of all that was measured.
#pragma once

#include <chrono>

#include "analyzer/server/verify.h"

namespace pglatch {

/// Adds to the refutations: schemas or rows that differ, a second run that changes something, clients that failed under
/// the plan alone, or waited in a step for longer than
///
///   `max_stall`
///   + where the step is a statement of the original as it stands: what clients waited for those in the original
///   + what the machine was slow by at that moment.
void judge(Verification& verification, const Plan& plan, std::chrono::milliseconds max_stall);

}  // namespace pglatch
