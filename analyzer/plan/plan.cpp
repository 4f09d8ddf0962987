#include "analyzer/plan/plan.h"

#include <algorithm>

namespace pglatch {

StepPolicy policy_of(StepClass step_class) noexcept {
  switch (step_class) {
    case StepClass::brief:
      return {false, 2'000, 15'000, 30};
    // lock_timeout would also cancel its wait for old transactions, and leave an invalid index.
    case StepClass::concurrent:
      return {true, 0, 0, 1};
    case StepClass::validate:
      return {false, 0, 0, 1};
    case StepClass::batch:
      return {false, 5'000, 60'000, 30};
    case StepClass::check:
      return {false, 0, 30'000, 1};
    case StepClass::setting:
      break;
  }
  return {false, 0, 0, 1};
}

std::string_view to_string(StepClass step_class) noexcept {
  constexpr std::string_view kNames[] = {"brief", "concurrent", "validate", "batch", "check", "setting"};
  return kNames[static_cast<std::size_t>(step_class)];
}

std::string_view to_string(Disposition disposition) noexcept {
  constexpr std::string_view kNames[] = {"rewritten", "unchanged", "not_covered", "left_out"};
  return kNames[static_cast<std::size_t>(disposition)];
}

std::string_view to_string(PhaseKind kind) noexcept {
  constexpr std::string_view kNames[] = {"expand", "migrate", "switch", "contract"};
  return kNames[static_cast<std::size_t>(kind)];
}

StepPolicy policy_of(const Step& step) noexcept {
  StepPolicy policy = policy_of(step.step_class);
  if (step.disposition == Disposition::not_covered) policy.statement_timeout_ms = 0;
  return policy;
}

std::vector<const Step*> Plan::steps() const {
  std::vector<const Step*> all;
  for (const Phase& phase : phases) {
    for (const Step& step : phase.steps) all.push_back(&step);
  }
  return all;
}

bool Plan::keeps_ledger() const {
  const auto all = steps();
  return std::any_of(all.begin(), all.end(), [](const Step* step) { return !step->ledger_key.empty(); });
}

}  // namespace pglatch
