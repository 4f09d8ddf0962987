#include "analyzer/server/verify_rows.h"

#include <fmt/format.h>

namespace pglatch {
namespace {

std::string stall_text(const ClientRecord& record) {
  if (record.statements == 0) return "-";
  std::string text = milliseconds_text(record.longest);
  if (record.failures > 0) text += fmt::format(", {} of {} failed", record.failures, record.statements);
  return text;
}

}  // namespace

std::string milliseconds_text(std::chrono::microseconds time) {
  const double milliseconds = static_cast<double>(time.count()) / 1000;
  constexpr double kPlain = 1000;
  return milliseconds < kPlain ? fmt::format("{:.1f} ms", milliseconds) : fmt::format("{:.0f} ms", milliseconds);
}

std::vector<VerificationRow> verification_rows(const Verification& verification) {
  const VerifiedRun& original = verification.original;
  const VerifiedRun& plan = verification.plan;
  std::vector<VerificationRow> rows{{"time", milliseconds_text(original.time), milliseconds_text(plan.time)}};
  for (std::size_t at = 0; at < original.traffic.size() && at < plan.traffic.size(); ++at) {
    const TableTraffic& before = original.traffic[at];
    const TableTraffic& after = plan.traffic[at];
    rows.push_back({"longest read of " + before.table, stall_text(before.reads), stall_text(after.reads)});
    rows.push_back({"longest write of " + before.table, stall_text(before.writes), stall_text(after.writes)});
  }
  rows.push_back({"locks seen", std::to_string(original.locks.size()), std::to_string(plan.locks.size())});
  rows.push_back(
      {"locks that the model did not say", std::to_string(original.unpredicted()), std::to_string(plan.unpredicted())});
  return rows;
}

std::vector<std::string> unpredicted_locks(const VerifiedRun& run) {
  std::vector<std::string> lines;
  for (const ObservedLock& lock : run.locks) {
    if (!lock.predicted) lines.push_back(fmt::format("{} took {} on {}", lock.step, lock.mode, lock.relation));
  }
  return lines;
}

}  // namespace pglatch
