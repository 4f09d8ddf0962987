// The plan: what to run instead of a risky migration, as data. The JSON form is a rendering of it,
// and so are the psql script and the runbook. Nothing here depends on the moment or the machine: the
// same input gives the same plan, byte for byte.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/base/byte_range.h"
#include "analyzer/catalog/table_sizes.h"
#include "analyzer/locks/effects.h"

namespace pglatch {

/// What kind of thing a step is; it decides transaction, timeouts and retries (policy_of).
enum class StepClass : std::uint8_t {
  brief,       ///< metadata only under a strong lock: own transaction, short lock_timeout, retried
  concurrent,  ///< CONCURRENTLY: outside of a transaction, alone in its message, no lock_timeout
  validate,    ///< a long scan under a weak lock: own transaction
  batch,       ///< data in ranges of a key, each committed, resumable
  check,       ///< read-only
  setting,     ///< SET of the session: run every time, never skipped
};

/// How steps of a class are run.
struct StepPolicy {
  bool autocommit;                    ///< cannot run in a transaction block
  std::int64_t lock_timeout_ms;       ///< 0: none
  std::int64_t statement_timeout_ms;  ///< of one attempt; 0: none
  int attempts;                       ///< on 55P03 (lock not available) and 40P01 (deadlock); 1: no retry
};

/// The pause before attempt n + 1 is base * factor^n, at most cap, less up to `jitter` of it by chance.
struct RetryPause {
  int base_ms;
  double factor;
  int cap_ms;
  double jitter;
};

inline constexpr RetryPause kRetryPause{100, 1.3, 30'000, 0.5};

[[nodiscard]] StepPolicy policy_of(StepClass step_class) noexcept;
[[nodiscard]] std::string_view to_string(StepClass step_class) noexcept;

/// A lock that a step takes, as the lock model says.
struct StepLock {
  std::string relation;
  LockMode mode = LockMode::none;
  HeldUntil held_until = HeldUntil::transaction;
  LockReason reason = LockReason::target;
  bool is_index = false;
};

struct StepWork {
  std::string relation;
  WorkKind kind = WorkKind::scan;
};

/// A statement that undoes a step; its class says how to run it.
struct Rollback {
  StepClass step_class = StepClass::brief;
  std::string sql;
  std::vector<StepLock> locks{};  ///< set by the planner from the lock model
  std::vector<StepWork> work{};
};

/// What an interrupted attempt leaves behind and how to remove it before the next one.
struct Leftover {
  std::string what;     ///< "an INVALID index t_x_idx"
  std::string check;    ///< query of one boolean: is it there
  std::string cleanup;  ///< statement of class concurrent that removes or repairs it
};

/// Where a step or remark comes from.
struct PlanOrigin {
  std::string path;
  ByteRange range;         ///< the statement
  std::uint32_t line = 0;  ///< 1-based line of its beginning
  std::string rule;        ///< why it was rewritten; empty where it was not
};

/// How a step relates to the original migration.
enum class Disposition : std::uint8_t {
  rewritten,    ///< part of a safe form
  unchanged,    ///< safe as it stands
  not_covered,  ///< dangerous, and no recipe writes its safe form: to be run knowingly
  left_out,     ///< not in the plan: rolled back by the migration itself, or a setting that the plan makes
};

[[nodiscard]] std::string_view to_string(Disposition disposition) noexcept;

/// How a batch step walks a table: in the order of a key, a range of so many keys in each transaction.
struct Batch {
  std::string table;              ///< that is walked; qualified, quoted
  std::vector<std::string> keys;  ///< columns of a unique index, none of them nullable, in its order; quoted
  int rows = 1'000;               ///< keys in a range: whoever writes one of its rows waits until all are done
  int pause_ms = 50;              ///< after each
  int max_lag_s = 10;             ///< waits while a replica is further behind than that
};

/// SQL condition of a batch step's statement: the row of `table` is in the range. The parameters are the key that the
/// range begins after (null: from the first on), then the key that it ends with.
[[nodiscard]] std::string in_range(const Batch& batch, std::string_view table);

struct Step {
  std::string id;     ///< "S1", "S2", … in running order; set by the planner
  std::string title;  ///< "Build the index on public.t_1"
  StepClass step_class = StepClass::brief;
  Disposition disposition = Disposition::rewritten;
  /// The statements, without closing semicolons. More than one only for brief steps: they share the
  /// step's transaction. For a check, one query of one boolean that must be true to go on. For a
  /// generator, one query whose rows are the statements to run, each alone. For a batch, the one statement that is run
  /// for each range, with the range's parameters (in_range).
  std::vector<std::string> sql;
  Batch batch;  ///< of a batch step
  bool generator = false;
  std::string sample;  ///< of a generator: one such statement, for the lock model
  std::string scene;   ///< statement that makes what the sample names, for the lock model's catalog only
  /// The steps before this one see to it that nothing is left to be built or read under its lock, by a definition or a
  /// proof that the lock model does not follow: expressions, WHERE, the bounds of keys of several columns.
  bool guarded = false;
  /// Nothing is sent: `sql` shows what a human has to do.
  bool by_hand = false;

  /// Query of one boolean: the step's effect is there already, skip it. Empty: only the ledger tells,
  /// or (setting, check, generator) the step is run every time.
  std::string already_done;
  /// Under this key the ledger table remembers that the step is done; empty where it does not.
  /// Survives a new plan of the same migration: hash of the script, place of the statement, hash of
  /// the step's SQL.
  std::string ledger_key;
  std::vector<Leftover> leftovers;
  std::string verify;      ///< query of one boolean that must be true after the step; empty: none
  std::string watch;       ///< query that shows the progress while the step runs
  std::string on_failure;  ///< what a failure leaves and how to go on, in words
  std::vector<Rollback> rollback;
  bool irreversible = false;

  std::vector<StepLock> locks;  ///< set by the planner from the lock model
  std::vector<StepWork> work;
  PlanOrigin origin;
};

enum class PhaseKind : std::uint8_t { expand, migrate, switch_, contract };

[[nodiscard]] std::string_view to_string(PhaseKind kind) noexcept;

/// How this step is run: as its class says, but without a time limit where nobody vouches for it.
[[nodiscard]] StepPolicy policy_of(const Step& step) noexcept;

/// Query that shows who waits for whom: what to watch while a brief step runs.
[[nodiscard]] std::string lock_waits();

struct Phase {
  PhaseKind kind = PhaseKind::migrate;
  std::string title;
  std::vector<Step> steps;
};

/// Something that holds only if the database is as expected; `check` asks it.
struct Assumption {
  std::string text;
  std::string check;     ///< query of one boolean
  std::string if_false;  ///< what to do then
};

/// A query to look at before the first step.
struct Preflight {
  std::string title;
  std::string sql;
  std::string expect;     ///< "no rows", …
  bool blocking = false;  ///< a boolean query that must be true for the script to start
  bool is_space = false;  ///< it tells how much disk space and WAL the plan will need
};

/// A statement that the plan does not make safe, and why.
struct NotRewritten {
  std::size_t statement = 0;  ///< its number in Plan::statements
  PlanOrigin origin;
  std::string step;  ///< id of the step that stands for it
  std::string sql;
  std::string reason;
  std::string manual;  ///< what a human can do
};

/// What a rule says of a statement.
struct Hazard {
  std::string rule;
  std::string message;
  bool running_code = false;  ///< code that runs now may break over it, however the statement is run
};

/// A table in use that a statement changes, or locks so that others notice.
struct PlanTable {
  std::string name;
  bool is_partitioned = false;
  bool is_known = false;       ///< the catalog knows more than the name
  bool is_altered = false;     ///< takes its owner's privileges: not merely written to, or referenced
  std::size_t partitions = 0;  ///< that the catalog knows, on all levels
  TableSize size;
};

/// An index that a statement makes on a table in use.
struct PlanIndex {
  std::string table;
  std::string method;
  std::vector<std::string> columns;  ///< and included ones; an expression is an empty string
};

/// A statement of the original migration, as it would run there, and what became of it.
struct OriginalStatement {
  PlanOrigin origin;
  std::string sql;
  Disposition disposition = Disposition::unchanged;
  std::vector<Hazard> hazards;
  std::vector<StepLock> locks;
  std::vector<StepWork> work;
  std::vector<std::string> steps;  ///< ids
  bool elsewhere = false;          ///< some or all of its steps are in the other part of the plan (PlanPart)
  std::string command;             ///< as PostgreSQL's manual calls it, "CREATE INDEX"; empty where it is not known
  std::vector<PlanTable> tables;
  std::vector<PlanIndex> indexes;
};

struct Plan {
  int pg_version = 0;                ///< the major that the plan is written for
  std::vector<std::string> sources;  ///< paths, in order
  std::string fingerprint;           ///< of the scripts' text: 16 hexadecimal digits
  std::vector<OriginalStatement> statements;
  std::vector<PlanTable> tables;  ///< of all statements that are in the plan, by name
  std::vector<Phase> phases;
  std::vector<Assumption> assumptions;
  std::vector<Preflight> preflight;
  std::vector<NotRewritten> not_rewritten;
  std::vector<std::string> notes;
  /// Tables, qualified and quoted, whose columns end up in another order than the original leaves them in: the one
  /// difference that a plan may make, since nothing moves a column.
  std::vector<std::string> reordered;

  /// All steps in running order.
  [[nodiscard]] std::vector<const Step*> steps() const&;
  std::vector<const Step*> steps() && = delete;  // the steps are the plan's
  /// Some step is remembered in the ledger table.
  [[nodiscard]] bool keeps_ledger() const;
};

}  // namespace pglatch
