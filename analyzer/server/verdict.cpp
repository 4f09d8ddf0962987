#include "analyzer/server/verdict.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace pglatch {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using Time = std::chrono::steady_clock::time_point;

long long in_milliseconds(microseconds time) { return std::chrono::duration_cast<milliseconds>(time).count(); }

std::set<std::string> statements_as_they_stand(const Plan& plan) {
  std::set<std::string> labels;
  for (std::size_t at = 0; at < plan.statements.size(); ++at) {
    const Disposition disposition = plan.statements[at].disposition;
    if (disposition == Disposition::unchanged || disposition == Disposition::not_covered) {
      labels.insert(statement_label(at));
    }
  }
  return labels;
}

std::set<std::string> steps_as_they_stand(const Plan& plan) {
  std::set<std::string> ids;
  for (const Step* step : plan.steps()) {
    if (step->disposition != Disposition::rewritten) ids.insert(step->id);
  }
  return ids;
}

// Of the steps that ran during a stall.
struct StepsOfStall {
  std::string last;
  bool any_wanted = false;
};

StepsOfStall steps_during(const VerifiedRun& run, const Stall& stall, const std::set<std::string>& wanted) {
  StepsOfStall found;
  for (std::size_t at = 0; at < run.steps.size(); ++at) {
    const bool over = at + 1 < run.steps.size() && run.steps[at + 1].begun <= stall.begun;
    if (over || run.steps[at].begun >= stall.begun + stall.length) continue;
    found.last = run.steps[at].step;
    found.any_wanted = found.any_wanted || wanted.contains(found.last);
  }
  return found;
}

// By how much of the stall the machine was slow, rather than anybody in the way.
microseconds of_machine(const VerifiedRun& run, const Stall& stall) {
  microseconds sum{0};
  for (const Stall& slow : run.machine.stalls) {
    const Time begin = std::max(slow.begun, stall.begun);
    const Time end = std::min(slow.begun + slow.length, stall.begun + stall.length);
    if (begin < end) sum += std::chrono::duration_cast<microseconds>(end - begin);
  }
  return sum;
}

class Judge {
 public:
  Judge(Verification& verification, const Plan& plan, milliseconds max_stall)
      : verification_(verification),
        max_stall_(max_stall),
        statements_(statements_as_they_stand(plan)),
        steps_(steps_as_they_stand(plan)) {}

  void judge_clients(const std::string& table, std::string_view kind, const ClientRecord& plan,
                     const ClientRecord& original) {
    const microseconds unavoidable = of_statements_as_they_stand(original);
    const Stall* worst = nullptr;
    microseconds worst_length{0};
    microseconds worst_limit{0};
    for (const Stall& stall : plan.stalls) {
      const bool as_it_stands = steps_during(verification_.plan, stall, steps_).any_wanted;
      const microseconds limit = max_stall_ + (as_it_stands ? unavoidable : microseconds(0));
      const microseconds length = stall.length - of_machine(verification_.plan, stall);
      if (length <= limit || length <= worst_length) continue;
      worst = &stall;
      worst_length = length;
      worst_limit = limit;
    }
    if (worst != nullptr) {
      const std::string step = steps_during(verification_.plan, *worst, steps_).last;
      verification_.refutations.push_back(
          fmt::format("a {} of {} stalled for {} ms under the plan{}; at most {} ms are allowed", kind, table,
                      in_milliseconds(worst_length), step.empty() ? "" : ", in " + step, in_milliseconds(worst_limit)));
    }
    if (plan.failures > 0 && original.failures == 0) {
      verification_.refutations.push_back(
          fmt::format("{}s of {} fail under the plan, not under the original: {}", kind, table, plan.first_failure));
    }
  }

 private:
  // The longest that such a client waited for what the plan leaves as it is.
  microseconds of_statements_as_they_stand(const ClientRecord& original) const {
    microseconds longest{0};
    for (const Stall& stall : original.stalls) {
      if (!steps_during(verification_.original, stall, statements_).any_wanted) continue;
      longest = std::max(longest, stall.length - of_machine(verification_.original, stall));
    }
    return longest;
  }

  Verification& verification_;
  milliseconds max_stall_;
  std::set<std::string> statements_;
  std::set<std::string> steps_;
};

}  // namespace

void judge(Verification& verification, const Plan& plan, milliseconds max_stall) {
  if (!verification.differences.empty()) {
    verification.refutations.push_back(fmt::format(
        "the final schemas differ in {} {}, first: {}", verification.differences.size(),
        verification.differences.size() == 1 ? "object" : "objects", verification.differences.front().object));
  }
  if (!verification.row_differences.empty()) {
    verification.refutations.push_back("the tables do not hold the same in the end, first: " +
                                       verification.row_differences.front().object);
  }
  if (!verification.second_changes.empty()) {
    verification.refutations.push_back("the second run of the plan changes something, first: " +
                                       verification.second_changes.front().object);
  }
  Judge judge(verification, plan, max_stall);
  for (std::size_t at = 0; at < verification.plan.traffic.size(); ++at) {
    const TableTraffic& with_plan = verification.plan.traffic[at];
    const TableTraffic& original = verification.original.traffic[at];
    judge.judge_clients(with_plan.table, "read", with_plan.reads, original.reads);
    judge.judge_clients(with_plan.table, "write", with_plan.writes, original.writes);
  }
  if (verification.plan.machine.longest > max_stall) {
    verification.notes.push_back(
        fmt::format("While the plan ran, the machine itself was slow for up to {} ms, also for a client whose table "
                    "nobody else touches; that is not held against the plan.",
                    in_milliseconds(verification.plan.machine.longest)));
  }
}

std::size_t VerifiedRun::unpredicted() const {
  return static_cast<std::size_t>(
      std::count_if(locks.begin(), locks.end(), [](const ObservedLock& lock) { return !lock.predicted; }));
}

std::string statement_label(std::size_t at) { return fmt::format("statement {}", at + 1); }

}  // namespace pglatch
