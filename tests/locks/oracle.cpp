#include "tests/locks/oracle.h"

#include <algorithm>
#include <cstdlib>
#include <stdexcept>

#include "analyzer/parse/parser.h"
#include "tests/locks/blocker.h"

namespace pglatch::testing {
namespace {

// Everything that a case can leave behind, as DROP statements.
constexpr const char* kLeftovers = R"sql(
SELECT format('DROP SCHEMA %I CASCADE', nspname) FROM pg_namespace
  WHERE nspname NOT LIKE 'pg\_%' AND nspname <> 'information_schema'
UNION ALL SELECT format('DROP PUBLICATION %I', pubname) FROM pg_publication
UNION ALL SELECT format('DROP EVENT TRIGGER %I', evtname) FROM pg_event_trigger
UNION ALL SELECT format('DROP FOREIGN DATA WRAPPER %I CASCADE', fdwname) FROM pg_foreign_data_wrapper
UNION ALL SELECT format('DROP ACCESS METHOD %I CASCADE', amname) FROM pg_am WHERE oid >= 16384
)sql";

constexpr const char* kRelations = R"sql(
SELECT c.oid, CASE n.nspname WHEN 'public' THEN '' ELSE quote_ident(n.nspname) || '.' END || quote_ident(c.relname),
       c.relkind, pg_relation_filenode(c.oid), c.reltablespace, i.indrelid,
       pg_stat_get_xact_numscans(c.oid),
       pg_stat_get_xact_tuples_inserted(c.oid) + pg_stat_get_xact_tuples_updated(c.oid)
         + pg_stat_get_xact_tuples_deleted(c.oid)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace LEFT JOIN pg_index i ON i.indexrelid = c.oid
WHERE n.nspname NOT LIKE 'pg\_%' AND n.nspname <> 'information_schema'
)sql";

constexpr const char* kLocks = R"sql(
SELECT relation, mode FROM pg_locks WHERE pid = pg_backend_pid() AND locktype = 'relation'
)sql";

using Locks = std::set<std::pair<std::string, std::string>>;  // oid, mode

Locks read_locks(Connection& connection) {
  Locks locks;
  for (const Row& row : connection.query(kLocks)) locks.emplace(row[0].value(), row[1].value());
  return locks;
}

// The counts are a transaction's; outside of one the server adds them to the totals when it likes.
Relations without_counts(Relations relations) {
  for (auto& [oid, relation] : relations) relation.scans = relation.writes = 0;
  return relations;
}

}  // namespace

std::vector<int> oracle_majors() {
  const char* chosen = std::getenv("PGLATCH_ORACLE_MAJORS");
  const std::set<int> majors = parse_majors(chosen == nullptr ? "15,18" : chosen);
  return {majors.begin(), majors.end()};
}

Relations read_relations(Connection& connection) {
  Relations relations;
  for (const Row& row : connection.query(kRelations)) {
    relations[row[0].value()] = {row[1].value(),           row[2].value(),      row[3].value_or(""),
                                 row[4].value(),           row[5].value_or(""), std::stol(row[6].value()),
                                 std::stol(row[7].value())};
  }
  return relations;
}

void run_statements(Connection& connection, const std::string& sql) {
  const ParsedScript parsed = parse(sql);
  if (!parsed.errors.empty()) throw std::runtime_error(parsed.errors.front().message + "\n  in: " + sql);
  for (const Statement& statement : parsed.statements) {
    connection.exec(sql.substr(statement.range.start, statement.range.end - statement.range.start));
  }
}

Oracle::Oracle(Server& server)
    : database_(server.scratch()), worker_(std::make_unique<Connection>(database_.connect())) {
  if (worker_->query("SELECT 1 FROM pg_roles WHERE rolname = 'u1'").empty()) {
    worker_->exec("CREATE ROLE u1");
    worker_->exec("SET allow_in_place_tablespaces = on");
    worker_->exec("CREATE TABLESPACE ts1 LOCATION ''");
  }
}

Facts Oracle::observe(const LockCase& one) {
  try {
    return one.alone ? observe_alone(one) : observe_in_transaction(one);
  } catch (const std::runtime_error& error) {
    worker_ = std::make_unique<Connection>(database_.connect());
    prepared_.clear();
    throw std::runtime_error("case " + one.id + ": " + error.what());
  }
}

void Oracle::prepare(const LockCase& one) {
  if (one.setup == prepared_) return;
  prepared_.clear();
  clean_up();
  run_statements(*worker_, one.setup);
  worker_->exec("ANALYZE");
  prepared_ = one.setup;
}

void Oracle::clean_up() {
  std::string drops;
  for (const Row& row : worker_->query(kLeftovers)) drops += row[0].value() + ";\n";
  worker_->exec(drops + "CREATE SCHEMA public");
}

Facts Oracle::observe_in_transaction(const LockCase& one) {
  prepare(one);
  worker_->exec("DEALLOCATE ALL");  // these outlive transactions
  worker_->exec("BEGIN");
  const Relations existing = read_relations(*worker_);
  if (!one.before.empty()) worker_->exec(one.before);
  // Relations that only this transaction knows have no facts: nobody else can use them.
  Relations before;
  for (auto& [oid, relation] : read_relations(*worker_)) {
    if (existing.contains(oid)) before.emplace(oid, relation);
  }
  const Locks held = read_locks(*worker_);
  worker_->exec("SET client_min_messages = debug1");
  worker_->take_notices();
  Facts facts;
  if (const std::optional<SqlError> error = worker_->try_exec(one.statement)) {
    facts.fails = error->message;
    worker_->exec("ROLLBACK");
    return facts;
  }
  const std::vector<std::string> messages = worker_->take_notices();
  worker_->exec("SET client_min_messages = warning");
  for (const auto& [oid, mode] : read_locks(*worker_)) {
    const auto relation = before.find(oid);
    if (relation != before.end() && !held.contains({oid, mode})) facts.lock(relation->second.name, mode);
  }
  add_work(*worker_, before, read_relations(*worker_), messages, facts);
  worker_->exec("ROLLBACK");
  // Row versions that nobody sees stay in the table, where the planner would see them.
  if (std::any_of(facts.work.begin(), facts.work.end(), [](const auto& work) { return work.first == "row-write"; })) {
    prepared_.clear();
  }
  return facts;
}

// Each run meets other obstacles; the first one, without any, also shows the work.
Facts Oracle::observe_alone(const LockCase& one) {
  Facts facts;
  for (std::size_t run = 0; run < kObstacleCourses; ++run) {
    prepare(one);
    prepared_.clear();
    const Relations before = read_relations(*worker_);
    const std::vector<Obstacle> obstacles = obstacle_courses(*worker_, before).at(run);
    worker_->exec("SET client_min_messages = debug1");
    worker_->take_notices();
    const std::optional<SqlError> error = watch(*worker_, one.statement, obstacles, database_, before, facts);
    const std::vector<std::string> messages = worker_->take_notices();
    worker_->exec("SET client_min_messages = warning");
    if (error) {
      facts = {};
      facts.fails = error->message;
      return facts;
    }
    if (run == 0) add_work(*worker_, without_counts(before), without_counts(read_relations(*worker_)), messages, facts);
  }
  return facts;
}

}  // namespace pglatch::testing
