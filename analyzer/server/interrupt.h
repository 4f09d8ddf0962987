// Plans that are broken off and run again. Whatever the moment, what is left of a run must be what the next one can go
// on from.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/plan/plan.h"
#include "analyzer/server/plan_runner.h"

namespace pglatch {

/// When the session of a step is ended on the server.
enum class InterruptMoment : std::uint8_t {
  after,           ///< it is done, the next one has not begun
  at_commit,       ///< its transaction has done all but commit
  between_ranges,  ///< of a batch: so has that of a range, after others
  at_writers,      ///< it waits for transactions that write to the tables, as what is CONCURRENTLY does
  at_snapshots,    ///< it waits for transactions that are older than its work
};

[[nodiscard]] std::string_view to_string(InterruptMoment moment) noexcept;  ///< "at_commit"
[[nodiscard]] std::string_view in_words(InterruptMoment moment) noexcept;   ///< "before its commit"

struct Interruption {
  std::string step;  ///< id
  InterruptMoment moment = InterruptMoment::after;
  bool came_to_pass = false;  ///< not where the step found nothing to do, or has no such moment
};

struct InterruptedRuns {
  std::vector<Interruption> interruptions;
  /// A run that failed for another reason than ours, after the last of the interruptions; the rounds end with it.
  std::optional<PlanFailure> failure;
};

/// Ends the plan's session after each step, and runs the plan again each time, in the end without harm.
[[nodiscard]] InterruptedRuns interrupt_after_each_step(const Plan& plan, const PlanRunner& runner,
                                                        const std::string& conninfo);

/// Does so while each step runs, at all moments that its class has. The tables of the database are locked at times, as
/// a writer would.
[[nodiscard]] InterruptedRuns interrupt_each_step(const Plan& plan, const PlanRunner& runner,
                                                  const std::string& conninfo);

}  // namespace pglatch
