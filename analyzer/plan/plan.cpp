#include "analyzer/plan/plan.h"

#include <fmt/format.h>

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
      // Of the block that commits each range: no limit of one statement could be set in it.
      return {true, 5'000, 0, 30};
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

std::string in_range(const Batch& batch, std::string_view table) {
  std::string row;
  std::string low;
  std::string high;
  const std::size_t count = batch.keys.size();
  for (std::size_t i = 0; i < count; ++i) {
    const std::string_view comma = i == 0 ? "" : ", ";
    row += fmt::format("{}{}.{}", comma, table, batch.keys[i]);
    low += fmt::format("{}${}", comma, i + 1);
    high += fmt::format("{}${}", comma, count + i + 1);
  }
  return fmt::format("($1 IS NULL OR ({0}) > ({1})) AND ({0}) <= ({2})", row, low, high);
}

std::string lock_waits() {
  return "SELECT a.pid, pg_blocking_pids(a.pid) AS blocked_by, a.wait_event_type, now() - a.query_start AS waiting,\n"
         "  left(a.query, 80) AS query\n"
         "FROM pg_stat_activity a WHERE cardinality(pg_blocking_pids(a.pid)) > 0";
}

std::vector<const Step*> Plan::steps() const& {
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
