// The proof of a plan on a real server: the original migration and the plan, each on its own copy of the same database,
// with clients at work on the tables.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/base/result.h"
#include "analyzer/plan/plan.h"
#include "analyzer/server/fill.h"
#include "analyzer/server/interrupt.h"
#include "analyzer/server/lock_watch.h"
#include "analyzer/server/schema_state.h"
#include "analyzer/server/traffic.h"
#include "analyzer/source/script.h"

namespace pglatch {

struct VerifyRequest {
  std::span<const Script> schema;   ///< what is there before
  std::span<const Script> scripts;  ///< history and migration, in order; the plan is of the latter
  Plan plan;
};

struct VerifyOptions {
  std::string server_bin;  ///< directory of initdb and postgres; empty: looked for
  std::string url;         ///< of a server to use instead of a cluster of our own; empty: none
  std::int64_t rows = 100'000;
  std::chrono::milliseconds max_stall{200};          ///< that clients may have to wait under the plan (verdict.h)
  bool interrupt = false;                            ///< also run it with its session ended after and in each step
  std::function<void(std::string_view)> progress{};  ///< told what begins
};

/// How the original or the plan went.
struct VerifiedRun {
  std::chrono::milliseconds time{0};
  std::vector<TableTraffic> traffic;
  ClientRecord machine;  ///< of a client whose table nobody else touches
  std::vector<ObservedLock> locks;
  std::vector<StepBeginning> steps;  ///< of the original, its statements: "statement 1"

  [[nodiscard]] std::size_t unpredicted() const;  ///< locks that the model did not say
};

/// How locks and times name a statement of the original, by its place in Plan::statements.
[[nodiscard]] std::string statement_label(std::size_t at);

struct Verification {
  std::string server;  ///< "PostgreSQL 15.18, a cluster of its own"
  std::vector<FilledTable> tables;
  VerifiedRun original;
  VerifiedRun plan;
  std::vector<SchemaDifference> differences;      ///< of the final schemas
  std::vector<SchemaDifference> row_differences;  ///< of what the tables hold in the end
  std::vector<SchemaDifference> second_changes;   ///< of the catalogs' rows, by running the plan a second time
  std::vector<Interruption> interruptions;        ///< where asked for
  std::vector<std::string> notes;
  std::vector<std::string> refutations;  ///< why the proof fails; none: it holds

  [[nodiscard]] bool holds() const noexcept { return refutations.empty(); }
};

/// Proves or refutes the plan. Fails where that could not be done: no server, an original that does not run there, a
/// plan with steps for humans. Whatever happens, also to our process, the databases and the cluster that it made go.
/// The plan runs as its psql script, byte for byte what a user would run but for the notes on locks; the second run is
/// without these. Steps that the plan does not vouch for run as they stand: the rest of it can be proved all the same.
[[nodiscard]] Result<Verification> verify_plan(const VerifyRequest& request, const VerifyOptions& options);

}  // namespace pglatch
