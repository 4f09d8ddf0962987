#include "analyzer/server/verdict.h"

#include <fmt/format.h>

#include <algorithm>

namespace pglatch {
namespace {

void judge_clients(Verification& verification, const std::string& table, std::string_view kind,
                   const ClientRecord& plan, const ClientRecord& original, std::chrono::milliseconds max_stall) {
  if (plan.longest > max_stall) {
    verification.refutations.push_back(
        fmt::format("a {} of {} stalled for {} ms under the plan; at most {} ms are allowed", kind, table,
                    std::chrono::duration_cast<std::chrono::milliseconds>(plan.longest).count(), max_stall.count()));
  }
  if (plan.failures > 0 && original.failures == 0) {
    verification.refutations.push_back(
        fmt::format("{}s of {} fail under the plan, not under the original: {}", kind, table, plan.first_failure));
  }
}

}  // namespace

void judge(Verification& verification, std::chrono::milliseconds max_stall) {
  if (!verification.differences.empty()) {
    verification.refutations.push_back(fmt::format(
        "the final schemas differ in {} {}, first: {}", verification.differences.size(),
        verification.differences.size() == 1 ? "object" : "objects", verification.differences.front().object));
  }
  if (!verification.second_changes.empty()) {
    verification.refutations.push_back("the second run of the plan changes something, first: " +
                                       verification.second_changes.front().object);
  }
  for (std::size_t at = 0; at < verification.plan.traffic.size(); ++at) {
    const TableTraffic& plan = verification.plan.traffic[at];
    const TableTraffic& original = verification.original.traffic[at];
    judge_clients(verification, plan.table, "read", plan.reads, original.reads, max_stall);
    judge_clients(verification, plan.table, "write", plan.writes, original.writes, max_stall);
  }
}

std::size_t VerifiedRun::unpredicted() const {
  return static_cast<std::size_t>(
      std::count_if(locks.begin(), locks.end(), [](const ObservedLock& lock) { return !lock.predicted; }));
}

}  // namespace pglatch
