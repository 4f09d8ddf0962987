#include "tests/locks/blocker.h"

#include <array>
#include <chrono>
#include <stdexcept>

namespace pglatch::testing {

std::vector<Blocker> Blocker::for_relations(const Relations& relations) {
  std::vector<Blocker> blockers;
  blockers.push_back(Blocker("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT 1"));
  for (const auto& [oid, relation] : relations) {
    if (relation.kind == "r" || relation.kind == "p") {
      for (const char* mode : {"ACCESS SHARE", "ROW EXCLUSIVE", "SHARE UPDATE EXCLUSIVE", "ACCESS EXCLUSIVE"}) {
        blockers.push_back(Blocker("BEGIN; LOCK TABLE ONLY " + relation.name + " IN " + mode + " MODE"));
      }
    } else if (relation.kind == "i") {
      // LOCK TABLE takes no index. Reading one keeps AccessShareLock on it.
      blockers.push_back(Blocker("BEGIN; ALTER INDEX " + relation.name + " SET TABLESPACE ts1"));
      blockers.push_back(Blocker("BEGIN; COMMENT ON INDEX " + relation.name + " IS 'blocked'"));
      blockers.push_back(Blocker("BEGIN; SELECT FROM " + relations.at(relation.table).name + " LIMIT 0"));
    }
  }
  return blockers;
}

std::optional<SqlError> watch(Connection& worker, const std::string& statement, const Blocker& blocker,
                              const Database& database, const Relations& relations, Facts& facts) {
  using std::chrono::milliseconds;
  using std::chrono::steady_clock;
  const std::string locks =
      "SELECT relation, mode, granted FROM pg_locks WHERE locktype IN ('relation', 'virtualxid')"
      " AND pid = " +
      std::to_string(worker.backend_pid());
  Connection other = database.connect();
  Connection monitor = database.connect();
  // The snapshot of the monitor must not be what the statement waits for; autocommit makes it short.
  bool blocking = !blocker.sql().empty();
  if (blocking) other.exec(blocker.sql());
  worker.send(statement);
  const auto deadline = steady_clock::now() + std::chrono::seconds(30);
  bool done = false;
  while (!done) {
    done = worker.wait_for(milliseconds(2));
    bool waits = false;
    for (const Row& row : monitor.query(locks)) {
      waits = waits || row[2] == "f";
      const auto relation = relations.find(row[0].value_or(""));
      if (relation != relations.end()) facts.lock(relation->second.name, row[1].value());
    }
    if (waits && blocking) {
      other.exec("ROLLBACK");
      blocking = false;
    }
    if (steady_clock::now() > deadline) {
      worker.cancel();
      worker.finish();
      throw std::runtime_error("still runs after 30 seconds, blocked by: " + blocker.sql());
    }
  }
  return worker.finish();
}

}  // namespace pglatch::testing
