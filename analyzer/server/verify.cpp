#include "analyzer/server/verify.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <set>
#include <stdexcept>

#include "analyzer/base/program.h"
#include "analyzer/server/binaries.h"
#include "analyzer/server/plan_runner.h"
#include "analyzer/server/scratch_server.h"
#include "analyzer/server/script_runner.h"
#include "analyzer/server/table_facts.h"
#include "analyzer/server/verdict.h"

namespace pglatch {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kMaxTables = 8;                   // each has two clients
constexpr std::string_view kIntegrityViolation = "23";  // class of SQLSTATEs

// It could not be done; the message goes to the user.
class CannotVerify : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// The original breaks off at rows that we have made.
class RowsDoNotFit : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

class Verifier {
 public:
  Verifier(const VerifyRequest& request, const VerifyOptions& options) : request_(request), options_(options) {}

  Verification verify() {
    refuse_what_cannot_be_run();
    start_server();
    prepare();
    run_original();
    if (run_plan()) {
      compare();
      run_plan_again();
      if (options_.interrupt) interrupt_plan();
    }
    judge(result_, request_.plan, options_.max_stall);
    return std::move(result_);
  }

 private:
  void say(std::string_view what) const {
    if (options_.progress) options_.progress(what);
  }

  std::vector<const Script*> migration() const {
    std::vector<const Script*> scripts;
    for (const Script& script : request_.scripts) {
      if (!script.is_history) scripts.push_back(&script);
    }
    return scripts;
  }

  void refuse_what_cannot_be_run() const {
    if (request_.plan.steps().empty()) throw CannotVerify("the plan has no steps: there is nothing to verify");
    for (const Step* step : request_.plan.steps()) {
      // What a recipe has people wait for has no effect of its own.
      if (!step->by_hand || step->disposition == Disposition::rewritten) continue;
      throw CannotVerify(fmt::format(
          "{}:{}: step {} ({}) is for a human to carry out, and pglatch does not know what that will be: take "
          "the statement out of the migration, or put the state after it into --schema, and verify the rest",
          step->origin.path, step->origin.line, step->id, step->title));
    }
    for (const Script* script : migration()) {
      const auto line = cluster_wide_line(*script);
      if (!line) continue;
      throw CannotVerify(
          fmt::format("{}:{}: this statement acts on the whole cluster, not on a database of it, so that original and "
                      "plan cannot be "
                      "run side by side; put it into --schema, or into a migration of its own",
                      script->file->path(), *line));
    }
  }

  void start_server() {
    if (options_.url.empty()) {
      auto binaries = find_binaries(options_.server_bin, request_.plan.pg_version);
      if (!binaries) throw CannotVerify(binaries.error().message);
      psql_ = find_psql(binaries->directory);
      check_major(binaries->major);
      say(fmt::format("starting a PostgreSQL {} cluster", binaries->major));
      server_ = std::make_unique<ScratchServer>(*binaries);
    } else {
      psql_ = find_psql(options_.server_bin);
      server_ = std::make_unique<ScratchServer>(options_.url);
      check_major(server_->major());
      for (const Script& script : request_.schema) refuse_cluster_wide(script);
      for (const Script& script : request_.scripts) refuse_cluster_wide(script);
    }
    if (run_program({psql_, "--version"}).start_error != 0) {
      throw CannotVerify("psql, which runs the plan, is not here: install it (Debian: postgresql-client)");
    }
    runner_.emplace(psql_, request_.plan);
    result_.server = fmt::format("PostgreSQL {}, {}", server_->version(),
                                 server_->is_own() ? "a cluster of its own" : "databases of their own");
    if (server_->major() != request_.plan.pg_version) {
      result_.notes.push_back(fmt::format("The plan and its locks are for PostgreSQL {}, the server is {}.",
                                          request_.plan.pg_version, server_->major()));
    }
  }

  void check_major(int major) const {
    if (major >= request_.plan.pg_version) return;
    throw CannotVerify(fmt::format("the plan is for PostgreSQL {0} or newer, the server is {1}: pass --pg-version {1}",
                                   request_.plan.pg_version, major));
  }

  // Roles and settings of a server that is not ours stay as they are.
  static void refuse_cluster_wide(const Script& script) {
    const auto line = cluster_wide_line(script);
    if (!line) return;
    throw CannotVerify(
        fmt::format("{}:{}: this statement would change the server of --db beyond the databases made there",
                    script.file->path(), *line));
  }

  void run(Connection& connection, const Script& script, RunScriptOptions options, std::string_view what) const {
    options.create_roles = server_->is_own();
    if (const auto failure = run_script(connection, script, options)) {
      const bool over_rows =
          !before_.empty() && before_ != empty_ && failure->error.sqlstate.starts_with(kIntegrityViolation);
      if (over_rows) throw RowsDoNotFit(failure->message());
      throw CannotVerify(fmt::format("{} fails on {}: {}", what, result_.server, failure->message()));
    }
  }

  Connection connect(const std::string& database) const { return Connection(server_->conninfo(database)); }

  // What is there before, as databases to copy, and what the migration makes of it without rows.
  void prepare() {
    say("making the schema");
    empty_ = server_->create_database("empty");
    const auto run_before = [&](const Script& script) {
      Connection connection = connect(empty_);
      run(connection, script, {}, "what is there before the migration");
    };
    for (const Script& script : request_.schema) run_before(script);
    for (const Script& script : request_.scripts) {
      if (script.is_history) run_before(script);
    }
    {
      Connection connection = connect(empty_);
      create_notes(connection);
    }
    const std::string goal = server_->create_database("goal", empty_);
    // What it asks of rows, also on its way.
    ConstraintsByTable demands;
    for (const Script* script : migration()) {
      Connection connection = connect(goal);
      RunScriptOptions options;
      options.before = [&](ByteRange, bool) { add_constraints(connection, demands); };
      run(connection, *script, options, "the original migration");
    }
    Connection after = connect(goal);
    add_constraints(after, demands);
    before_ = server_->create_database("before", empty_);
    Connection before = connect(before_);
    const auto tables = root_tables_of_plan(before);
    say(fmt::format("filling {} {} with {} rows", tables.size(), tables.size() == 1 ? "table" : "tables",
                    options_.rows));
    result_.tables = fill_tables(before, demands, tables, options_.rows);
    clients_ = client_statements(before, after, tables);
    if (clients_.size() > kMaxTables) {
      clients_.resize(kMaxTables);
      result_.notes.push_back(fmt::format("Clients are at work on the first {} tables only.", kMaxTables));
    }
  }

  std::vector<std::string> root_tables_of_plan(Connection& connection) const;

  void run_original() {
    say("running the original");
    try {
      run_original("original");
    } catch (const RowsDoNotFit& misfit) {
      // A unique index over columns that have few values, say. Its schema can be proved all the same.
      result_.notes.push_back(fmt::format(
          "Nothing is said of rows: the original does not run over those that were made here ({}).", misfit.what()));
      for (FilledTable& table : result_.tables) table = {table.name, 0, "the original does not run over its rows"};
      before_ = empty_;
      say("running the original without rows");
      run_original("original_empty");
    }
  }

  void run_original(std::string_view suffix) {
    original_ = server_->create_database(suffix, before_);
    measure(result_.original, original_, [&] {
      for (const Script* script : migration()) run_watched(*script);
    });
    for (std::size_t at = 0; at < request_.plan.statements.size(); ++at) {
      compare_locks(result_.original.locks, statement_label(at), request_.plan.statements[at].locks);
    }
  }

  // Runs something with clients at work.
  template <typename Run>
  void measure(VerifiedRun& result, const std::string& database, const Run& run) const {
    Traffic traffic(server_->conninfo(database), clients_);
    LockSampler sampler(server_->conninfo(database));
    const auto begun = Clock::now();
    run();
    result.time = since(begun);
    result.traffic = traffic.stop();
    result.machine = traffic.machine();
    Connection connection = connect(database);
    result.locks = read_locks(connection, sampler.stop());
    result.steps = read_beginnings(connection);
  }

  void run_watched(const Script& script) const {
    Connection connection = connect(original_);
    const auto send = [&](const std::vector<std::string>& statements) {
      for (const std::string& sql : statements) connection.exec(sql);
    };
    std::string previous = "before " + script.file->path();
    send(begin_step_sql(previous, false));
    std::string label;
    RunScriptOptions watch;
    watch.before = [&](ByteRange range, bool alone) {
      label = label_of(script, range);
      send(connection.in_transaction() ? begin_step_inside_sql(label, previous) : begin_step_sql(label, alone));
      previous = label;
    };
    watch.after = [&](ByteRange) { connection.exec(note_locks_sql(label)); };
    run(connection, script, watch, "the original migration");
  }

  std::string label_of(const Script& script, ByteRange range) const {
    const auto& statements = request_.plan.statements;
    for (std::size_t at = 0; at < statements.size(); ++at) {
      const PlanOrigin& origin = statements[at].origin;
      if (origin.path == script.file->path() && origin.range.start == range.start) return statement_label(at);
    }
    return fmt::format("line {}", script.file->lines().line(range.start));
  }

  static std::chrono::milliseconds since(Clock::time_point begun) {
    return std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - begun);
  }

  // Whether it came to its end.
  bool run_plan() {
    say("running the plan");
    for (const NotRewritten& left : request_.plan.not_rewritten) {
      result_.notes.push_back(fmt::format("{} is not made safe by the plan, and was run as it is.", left.step));
    }
    plan_ = server_->create_database("plan", before_);
    std::optional<PlanFailure> failure;
    measure(result_.plan, plan_, [&] { failure = runner_->run(server_->conninfo(plan_), watched(request_.plan)); });
    for (const Step* step : request_.plan.steps()) compare_locks(result_.plan.locks, step->id, step->locks);
    if (failure) result_.refutations.push_back("the plan fails: " + failure->message);
    return !failure;
  }

  // Without what the plan says to be different.
  std::vector<SchemaFact> schema_of(Connection& connection) const {
    auto facts = read_schema(connection);
    forget_places(facts, request_.plan.reordered);
    return facts;
  }

  void compare() {
    say("comparing the schemas");
    Connection original = connect(original_);
    Connection plan = connect(plan_);
    goal_schema_ = schema_of(original);
    goal_values_ = read_values(original);
    result_.differences = compare_schemas(goal_schema_, schema_of(plan));
    for (const std::string& table : request_.plan.reordered) {
      result_.notes.push_back(fmt::format("The columns of {} stand in another order, as the plan says.", table));
    }
    result_.row_differences = compare_values(plan);
  }

  // Values that are not the same from one run of the original to the next (random ones, the time of day) say nothing.
  std::vector<SchemaDifference> compare_values(Connection& connection) {
    auto differences = compare_schemas(goal_values_, read_values(connection));
    if (!differences.empty() && !chance_) find_chance();
    const auto by_chance = [&](const SchemaDifference& difference) { return chance_->contains(difference.object); };
    differences.erase(std::remove_if(differences.begin(), differences.end(), by_chance), differences.end());
    return differences;
  }

  void find_chance() {
    say("running the original again, to see which values are not by chance");
    const std::string again = server_->create_database("original_again", before_);
    for (const Script* script : migration()) {
      Connection connection = connect(again);
      run(connection, *script, {}, "the original migration");
    }
    Connection connection = connect(again);
    chance_.emplace();
    for (const SchemaDifference& each : compare_schemas(goal_values_, read_values(connection))) {
      chance_->insert(each.object);
      result_.notes.push_back(
          fmt::format("The {} are not compared: they differ from run to run of the original too.", each.object));
    }
  }

  void run_plan_again() {
    say("running the plan a second time");
    Connection connection = connect(plan_);
    const auto before = read_versions(connection);
    if (const auto failure = runner_->run(server_->conninfo(plan_), request_.plan)) {
      result_.refutations.push_back("the second run of the plan fails: " + failure->message);
      return;
    }
    result_.second_changes = compare_schemas(before, read_versions(connection));
  }

  void interrupt_plan() {
    say("ending the plan's session after each step");
    interrupt("after", interrupt_after_each_step);
    say("ending the plan's session in each step");
    interrupt("in", interrupt_each_step);
  }

  void interrupt(std::string_view when, InterruptedRuns (*rounds)(const Plan&, const PlanRunner&, const std::string&)) {
    const std::string database = server_->create_database(fmt::format("interrupted_{}", when), before_);
    InterruptedRuns runs = rounds(request_.plan, *runner_, server_->conninfo(database));
    auto& all = result_.interruptions;
    all.insert(all.end(), runs.interruptions.begin(), runs.interruptions.end());
    if (runs.failure) {
      const Interruption& last = runs.interruptions.back();
      result_.refutations.push_back(fmt::format("interrupted in {} ({}), the plan does not go on: {}", last.step,
                                                in_words(last.moment), runs.failure->message));
      return;
    }
    Connection connection = connect(database);
    auto differences = compare_schemas(goal_schema_, schema_of(connection));
    for (SchemaDifference& each : compare_values(connection)) differences.push_back(std::move(each));
    if (differences.empty()) return;
    result_.refutations.push_back(fmt::format(
        "interrupted {} each step and run again, the plan leaves another state than the original in {} {}, "
        "first: {}",
        when, differences.size(), differences.size() == 1 ? "object" : "objects", differences.front().object));
  }

  const VerifyRequest& request_;
  const VerifyOptions& options_;
  std::string psql_;
  std::unique_ptr<ScratchServer> server_;
  std::optional<PlanRunner> runner_;
  // Names of databases.
  std::string empty_;
  std::string before_;  // with rows
  std::string original_;
  std::string plan_;
  std::vector<ClientStatements> clients_;
  std::vector<SchemaFact> goal_schema_;
  std::vector<SchemaFact> goal_values_;
  std::optional<std::set<std::string>> chance_;  // values that are not by the migration alone
  Verification result_;
};

// The tables that the original or the plan locks.
std::vector<std::string> Verifier::root_tables_of_plan(Connection& connection) const {
  std::vector<std::string> relations;
  const auto add = [&](const std::vector<StepLock>& locks) {
    for (const StepLock& lock : locks) relations.push_back(lock.relation);
  };
  for (const OriginalStatement& statement : request_.plan.statements) add(statement.locks);
  for (const Step* step : request_.plan.steps()) add(step->locks);
  return root_tables(connection, relations);
}

}  // namespace

Result<Verification> verify_plan(const VerifyRequest& request, const VerifyOptions& options) {
  try {
    return Verifier(request, options).verify();
  } catch (const SqlException& error) {
    return Error{"the server refuses what pglatch needs there: " + error.error().message};
  } catch (const std::exception& error) {
    return Error{error.what()};
  }
}

}  // namespace pglatch
