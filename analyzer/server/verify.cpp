#include "analyzer/server/verify.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <stdexcept>

#include "analyzer/base/program.h"
#include "analyzer/plan/writers.h"
#include "analyzer/server/binaries.h"
#include "analyzer/server/scratch_server.h"
#include "analyzer/server/script_runner.h"
#include "analyzer/server/table_facts.h"
#include "analyzer/server/verdict.h"

namespace pglatch {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kMaxTables = 8;  // each has two clients

// It could not be done; the message goes to the user.
class CannotVerify : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

std::string first_error_line(const std::string& text) {
  const std::size_t error = text.find("ERROR:");
  if (error == std::string::npos) return text;
  return text.substr(error, text.find('\n', error) - error);
}

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
    }
    judge(result_, options_.max_stall);
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
      if (!step->by_hand) continue;
      throw CannotVerify(
          fmt::format("step {} ({}) is to be carried out by hand, which cannot be verified", step->id, step->title));
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
      throw CannotVerify(fmt::format("{} fails on {}: {}", what, result_.server, failure->message()));
    }
  }

  Connection connect(const std::string& database) const { return Connection(server_->conninfo(database)); }

  // What is there before, as a database to copy, and what the migration makes of it without rows.
  void prepare() {
    say("making the schema");
    const std::string original = server_->create_database("before");
    const auto run_before = [&](const Script& script) {
      Connection connection = connect(original);
      run(connection, script, {}, "what is there before the migration");
    };
    for (const Script& script : request_.schema) run_before(script);
    for (const Script& script : request_.scripts) {
      if (script.is_history) run_before(script);
    }
    const std::string goal = server_->create_database("goal", original);
    for (const Script* script : migration()) {
      Connection connection = connect(goal);
      run(connection, *script, {}, "the original migration");
    }
    Connection before = connect(original);
    Connection after = connect(goal);
    const auto tables = root_tables_of_plan(before);
    say(fmt::format("filling {} {} with {} rows", tables.size(), tables.size() == 1 ? "table" : "tables",
                    options_.rows));
    result_.tables = fill_tables(before, after, tables, options_.rows);
    clients_ = client_statements(before, after, tables);
    if (clients_.size() > kMaxTables) {
      clients_.resize(kMaxTables);
      result_.notes.push_back(fmt::format("Clients are at work on the first {} tables only.", kMaxTables));
    }
    create_notes(before);
    before_ = original;
  }

  std::vector<std::string> root_tables_of_plan(Connection& connection) const;

  void run_original() {
    say("running the original");
    original_ = server_->create_database("original", before_);
    Traffic traffic(server_->conninfo(original_), clients_);
    LockSampler sampler(server_->conninfo(original_));
    const auto begun = Clock::now();
    for (const Script* script : migration()) run_watched(*script);
    result_.original.time = since(begun);
    result_.original.traffic = traffic.stop();
    Connection connection = connect(original_);
    result_.original.locks = read_locks(connection, sampler.stop());
    for (std::size_t at = 0; at < request_.plan.statements.size(); ++at) {
      compare_locks(result_.original.locks, statement_label(at), request_.plan.statements[at].locks);
    }
  }

  static std::string statement_label(std::size_t at) { return fmt::format("statement {}", at + 1); }

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

  // psql's complaint, or nothing.
  std::optional<std::string> run_psql(const std::string& script) const {
    std::vector<std::string> command{psql_, "--no-psqlrc", "--quiet", "--dbname", server_->conninfo(plan_)};
    for (const NotRewritten& left : request_.plan.not_rewritten) {
      command.insert(command.end(), {"-v", fmt::format("accept_{}=1", left.step)});
    }
    const ProgramOutput output = run_program(command, script);
    if (output.status == 0) return std::nullopt;
    return first_error_line(output.err);
  }

  // Whether it came to its end.
  bool run_plan() {
    say("running the plan");
    for (const NotRewritten& left : request_.plan.not_rewritten) {
      result_.notes.push_back(fmt::format("{} is not made safe by the plan, and was run as it is.", left.step));
    }
    plan_ = server_->create_database("plan", before_);
    Traffic traffic(server_->conninfo(plan_), clients_);
    LockSampler sampler(server_->conninfo(plan_));
    const auto begun = Clock::now();
    const auto complaint = run_psql(write_plan_sql(watched(request_.plan)));
    result_.plan.time = since(begun);
    result_.plan.traffic = traffic.stop();
    Connection connection = connect(plan_);
    result_.plan.locks = read_locks(connection, sampler.stop());
    for (const Step* step : request_.plan.steps()) compare_locks(result_.plan.locks, step->id, step->locks);
    if (complaint) result_.refutations.push_back("the plan fails: " + *complaint);
    return !complaint;
  }

  void compare() {
    say("comparing the schemas");
    Connection original = connect(original_);
    Connection plan = connect(plan_);
    result_.differences = compare_schemas(read_schema(original), read_schema(plan));
  }

  void run_plan_again() {
    say("running the plan a second time");
    Connection connection = connect(plan_);
    const auto before = read_versions(connection);
    if (const auto complaint = run_psql(write_plan_sql(request_.plan))) {
      result_.refutations.push_back("the second run of the plan fails: " + *complaint);
      return;
    }
    result_.second_changes = compare_schemas(before, read_versions(connection));
  }

  const VerifyRequest& request_;
  const VerifyOptions& options_;
  std::string psql_;
  std::unique_ptr<ScratchServer> server_;
  // Names of databases.
  std::string before_;
  std::string original_;
  std::string plan_;
  std::vector<ClientStatements> clients_;
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
