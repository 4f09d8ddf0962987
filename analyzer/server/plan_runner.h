// Runs a plan as its psql script, the way a user would.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "analyzer/plan/plan.h"

namespace pglatch {

/// Why a run did not come to its end.
struct PlanFailure {
  bool connection_lost = false;  ///< the server ended its session
  std::string message;           ///< psql's
};

/// What the plan does not vouch for (Plan::not_rewritten) runs as well: each such step is accepted.
class PlanRunner {
 public:
  PlanRunner(std::string psql, const Plan& plan);

  /// Runs the script of a variant of the plan (write_plan_sql), with the same steps to accept.
  [[nodiscard]] std::optional<PlanFailure> run(const std::string& conninfo, const Plan& variant) const;

 private:
  std::vector<std::string> command_;
};

}  // namespace pglatch
