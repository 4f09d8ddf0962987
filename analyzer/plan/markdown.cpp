// The plan as a reviewer's runbook: what happens, what it locks, what has to be looked at before and
// while it runs, and the way back.
#include "analyzer/plan/runbook.h"
#include "analyzer/plan/writers.h"

namespace pglatch {

std::string write_plan_markdown(const Plan& plan) {
  std::string out = runbook::overview(plan);
  for (const auto section : {runbook::reasons, runbook::decisions, runbook::preparation, runbook::execution,
                             runbook::steps, runbook::verification, runbook::rollback, runbook::aftermath}) {
    out += section(plan);
  }
  return out;
}

}  // namespace pglatch
