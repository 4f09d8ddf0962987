#include "analyzer/server/interrupt.h"

#include <fmt/format.h>

#include <chrono>
#include <future>

#include "analyzer/server/connection.h"
#include "analyzer/server/lock_watch.h"

namespace pglatch {
namespace {

// The pause is where the session notices.
constexpr const char* kEndThisSession = "SELECT pg_terminate_backend(pg_backend_pid()), pg_sleep(60)";

// A lock that holds the script up before a step, until the gate behind it is closed. Keys of two numbers are none that
// a plan uses.
constexpr const char* kTakeTurn = "SELECT pg_advisory_lock(1885826145, 1)";
constexpr const char* kGiveTurn = "SELECT pg_advisory_unlock(1885826145, 1)";
constexpr const char* kWhoWaitsForTurn =
    "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND classid = 1885826145 AND objid = 1 AND\n"
    "  database = (SELECT oid FROM pg_database WHERE datname = current_database())";

// Ends a session that waits for another one, unless it is past the step. True: there is nothing more to wait for.
constexpr const char* kPastStep = "SET application_name = 'pglatch is past'";
constexpr const char* kEndIfWaiting =
    "SELECT coalesce(bool_or(application_name = 'pglatch is past' OR pg_terminate_backend(pid)), false)\n"
    "FROM pg_stat_activity WHERE pid = {0} AND (application_name = 'pglatch is past' OR {1} = ANY "
    "(pg_blocking_pids({0})))";

// What the transaction locks that a step has to wait for.
constexpr const char* kTables =
    "SELECT string_agg(format('%I.%I', n.nspname, c.relname), ', ' ORDER BY n.nspname, c.relname)\n"
    "FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace\n"
    "WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND n.nspname NOT LIKE 'pg\\_%'\n"
    "  AND n.nspname NOT IN ('information_schema', 'pglatch_verify') AND c.relname NOT LIKE 'pglatch\\_progress%'";

// The transaction of a batch's range ends with its note in the ledger.
constexpr const char* kSomeRangesAreDone =
    "SELECT count(*) > 0 FROM public.pglatch_progress WHERE reached IS NOT NULL AND done_at IS NULL";

constexpr std::chrono::milliseconds kPause{5};

bool can_be_interrupted(const Step& step) {
  return step.step_class != StepClass::setting && step.step_class != StepClass::check && !step.by_hand;
}

// The plan with one of its steps changed, or with another beside it.
template <typename Change>
Plan changed(Plan plan, const std::string& id, Change change) {
  for (Phase& phase : plan.phases) {
    for (auto step = phase.steps.begin(); step != phase.steps.end(); ++step) {
      if (step->id != id) continue;
      change(phase.steps, step);
      return plan;
    }
  }
  return plan;
}

Step extra_step(std::vector<std::string> sql) {
  Step step;
  step.step_class = StepClass::setting;
  step.title = "(pglatch interrupts)";
  step.sql = std::move(sql);
  return step;
}

using Steps = std::vector<Step>;

Plan ending_after(const Plan& plan, const std::string& id) {
  return changed(plan, id,
                 [](Steps& steps, Steps::iterator step) { steps.insert(step + 1, extra_step({kEndThisSession})); });
}

// Before the first commit of what a generator makes, too.
Plan ending_at_commit(const Plan& plan, const std::string& id) {
  return changed(plan, id, [](Steps&, Steps::iterator step) {
    if (!step->generator) {
      step->sql.emplace_back(kEndThisSession);
      return;
    }
    step->sql.front() = fmt::format("SELECT statement || '; {}' FROM (\n{}\n) AS generated(statement)", kEndThisSession,
                                    step->sql.front());
  });
}

Plan taking_turns_before(const Plan& plan, const std::string& id) {
  return changed(plan, id, [](Steps& steps, Steps::iterator step) {
    // Several ranges, with time in between to close the gate.
    constexpr int kFewKeys = 20;
    constexpr int kPauseOfRanges = 300;
    step->batch.rows = kFewKeys;
    step->batch.pause_ms = kPauseOfRanges;
    const auto turn = steps.insert(step, extra_step({kTakeTurn, kGiveTurn}));
    steps.insert(turn + 2, extra_step({kPastStep}));
  });
}

class Rounds {
 public:
  Rounds(const Plan& plan, const PlanRunner& runner, const std::string& conninfo)
      : plan_(plan), runner_(runner), conninfo_(conninfo) {}

  InterruptedRuns after_each_step() {
    for (const Step* step : plan_.steps()) {
      if (!can_be_interrupted(*step)) continue;
      if (!note(step->id, InterruptMoment::after, runner_.run(conninfo_, ending_after(plan_, step->id)))) break;
    }
    return finish();
  }

  InterruptedRuns in_each_step() {
    for (const Step* step : plan_.steps()) {
      if (can_be_interrupted(*step) && !in_step(*step)) break;
    }
    return finish();
  }

 private:
  // False where nothing more is to be tried.
  bool in_step(const Step& step) {
    if (has_transaction(step) || step.step_class == StepClass::brief) {
      return note(step.id, InterruptMoment::at_commit, runner_.run(conninfo_, ending_at_commit(plan_, step.id)));
    }
    if (step.step_class == StepClass::batch) return at_gate(step.id, InterruptMoment::between_ranges);
    return at_gate(step.id, InterruptMoment::at_writers) && at_gate(step.id, InterruptMoment::at_snapshots);
  }

  bool at_gate(const std::string& id, InterruptMoment moment) {
    // Its destructor waits for psql, and psql for the gate: of the three, the connections go first.
    std::future<std::optional<PlanFailure>> run;
    Connection gate(conninfo_);
    Connection watch(conninfo_);
    gate.exec(kTakeTurn);
    run = std::async(std::launch::async, [&] { return runner_.run(conninfo_, taking_turns_before(plan_, id)); });
    const auto has_ended = [&] { return run.wait_for(kPause) == std::future_status::ready; };
    std::string session;
    while (session.empty() && !has_ended()) {
      const auto waiting = watch.query(kWhoWaitsForTurn);
      if (!waiting.empty()) session = waiting.front().front().value();
    }
    if (moment == InterruptMoment::between_ranges) {
      gate.exec(kGiveTurn);
      while (!session.empty() && watch.value(kSomeRangesAreDone) != "t" && !has_ended()) continue;
      close_gate(gate, moment);
    } else {
      close_gate(gate, moment);
      gate.exec(kGiveTurn);
    }
    while (!session.empty() && !has_ended()) {
      // A later step that waits at the gate is let through.
      const auto done = watch.value(fmt::format(kEndIfWaiting, session, gate.backend_pid()));
      if (done == "t") break;
    }
    gate.exec("COMMIT");
    return note(id, moment, run.get());
  }

  static void close_gate(Connection& gate, InterruptMoment moment) {
    if (moment == InterruptMoment::between_ranges) {
      gate.exec("BEGIN");
      gate.exec("LOCK TABLE public.pglatch_progress IN SHARE ROW EXCLUSIVE MODE");
      return;
    }
    if (moment == InterruptMoment::at_snapshots) {
      gate.exec("BEGIN ISOLATION LEVEL REPEATABLE READ");
      gate.exec("SELECT count(*) FROM pg_class");
      return;
    }
    gate.exec("BEGIN");
    const std::string tables = gate.value(kTables);
    if (!tables.empty()) gate.exec(fmt::format("LOCK TABLE {} IN ROW EXCLUSIVE MODE", tables));
  }

  bool note(const std::string& step, InterruptMoment moment, std::optional<PlanFailure> failure) {
    const bool came_to_pass = failure && failure->connection_lost;
    result_.interruptions.push_back({step, moment, came_to_pass});
    if (!failure || came_to_pass) return true;
    result_.failure = std::move(failure);
    return false;
  }

  InterruptedRuns finish() {
    if (!result_.failure) result_.failure = runner_.run(conninfo_, plan_);
    return std::move(result_);
  }

  const Plan& plan_;
  const PlanRunner& runner_;
  const std::string& conninfo_;
  InterruptedRuns result_;
};

}  // namespace

std::string_view to_string(InterruptMoment moment) noexcept {
  switch (moment) {
    case InterruptMoment::after:
      return "after";
    case InterruptMoment::at_commit:
      return "at_commit";
    case InterruptMoment::between_ranges:
      return "between_ranges";
    case InterruptMoment::at_writers:
      return "at_writers";
    case InterruptMoment::at_snapshots:
      return "at_snapshots";
  }
  return "";
}

std::string_view in_words(InterruptMoment moment) noexcept {
  switch (moment) {
    case InterruptMoment::after:
      return "after it";
    case InterruptMoment::at_commit:
      return "before its commit";
    case InterruptMoment::between_ranges:
      return "in a range, after others";
    case InterruptMoment::at_writers:
      return "while it waited for writers";
    case InterruptMoment::at_snapshots:
      return "while it waited for older snapshots";
  }
  return "";
}

InterruptedRuns interrupt_after_each_step(const Plan& plan, const PlanRunner& runner, const std::string& conninfo) {
  return Rounds(plan, runner, conninfo).after_each_step();
}

InterruptedRuns interrupt_each_step(const Plan& plan, const PlanRunner& runner, const std::string& conninfo) {
  return Rounds(plan, runner, conninfo).in_each_step();
}

}  // namespace pglatch
