// The locks that a migration's steps take, as the server has them. Steps that run in a transaction note them at its
// end; those that cannot are looked at from outside as long as they run, which may miss a lock held for a moment.
#pragma once

#include <atomic>
#include <chrono>
#include <set>
#include <string>
#include <thread>
#include <tuple>
#include <vector>

#include "analyzer/plan/plan.h"
#include "analyzer/server/connection.h"

namespace pglatch {

/// A lock that a step took on a relation which was there before it.
struct ObservedLock {
  std::string step;      ///< id of the plan's step; of the original, the statement's number
  std::string relation;  ///< qualified and quoted
  std::string mode;      ///< as pg_locks spells it
  bool predicted = false;

  friend bool operator==(const ObservedLock&, const ObservedLock&) = default;
  friend bool operator<(const ObservedLock& a, const ObservedLock& b) {
    return std::tie(a.step, a.relation, a.mode, a.predicted) < std::tie(b.step, b.relation, b.mode, b.predicted);
  }
};

/// When a step began, by our own clock.
struct StepBeginning {
  std::string step;
  std::chrono::steady_clock::time_point begun;
};

/// It runs in a transaction of its own, which can hold a statement more.
[[nodiscard]] bool has_transaction(const Step& step) noexcept;

/// Creates the schema kNotesSchema, for everybody to write.
void create_notes(Connection& connection);

/// Statements that begin a step: its session says so, and the relations and the time of the moment are noted.
/// `sampled`: the step is one to be looked at from outside.
[[nodiscard]] std::vector<std::string> begin_step_sql(const std::string& step, bool sampled);
/// The same inside of a transaction that other steps began; the relations are those of before it.
[[nodiscard]] std::vector<std::string> begin_step_inside_sql(const std::string& step, const std::string& previous);
/// Statement that notes the locks which the transaction has taken in this step.
[[nodiscard]] std::string note_locks_sql(const std::string& step);

/// The plan with steps that do so between its own.
[[nodiscard]] Plan watched(Plan plan);

/// Looks at the sampled steps of a database, in a thread, from construction (which waits for the connection) to stop().
class LockSampler {
 public:
  explicit LockSampler(const std::string& conninfo);
  LockSampler(const LockSampler&) = delete;
  LockSampler& operator=(const LockSampler&) = delete;
  ~LockSampler();

  /// Step, relation's oid, mode.
  [[nodiscard]] std::set<std::tuple<std::string, std::string, std::string>> stop();

 private:
  void run(const std::string& conninfo);
  void say_ready();

  std::atomic<bool> is_ready_{false};
  std::atomic<bool> stopping_{false};
  std::set<std::tuple<std::string, std::string, std::string>> seen_;
  std::thread thread_;
};

/// All locks that were noted or seen, sorted by step.
[[nodiscard]] std::vector<ObservedLock> read_locks(
    Connection& connection, const std::set<std::tuple<std::string, std::string, std::string>>& seen);

/// When the steps began that said so by begin_step_sql(), in order.
[[nodiscard]] std::vector<StepBeginning> read_beginnings(Connection& connection);

/// Marks those that the model said: a lock on the relation that is as strong or stronger.
void compare_locks(std::vector<ObservedLock>& taken, const std::string& step, const std::vector<StepLock>& predicted);

}  // namespace pglatch
