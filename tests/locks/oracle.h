// What a real server does with a case of fixtures/locks. Locks are what pg_locks says, work is what the server's own
// DEBUG1 messages, file nodes and row counts say; the lock model has no part in it.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "tests/locks/facts.h"
#include "tests/locks/fixture.h"
#include "tests/support/server.h"

namespace pglatch::testing {

// The majors to measure on: environment variable PGLATCH_ORACLE_MAJORS ("14,18"), by default 15 and 18.
std::vector<int> oracle_majors();

// A relation outside of the system's schemas, at one moment of a transaction.
struct RelationState {
  std::string name;   // as regclass prints it
  std::string kind;   // pg_class.relkind
  std::string file;   // pg_relation_filenode(); empty where it has none
  std::string space;  // pg_class.reltablespace
  std::string table;  // of an index: oid of its table
  long scans = 0;     // sequential scans in this transaction
  long writes = 0;    // rows inserted, updated and deleted in this transaction
};
using Relations = std::map<std::string, RelationState>;  // by oid

class Oracle {
 public:
  // Works in a scratch database of its own; gives the server role u1 and tablespace ts1 if it lacks them.
  explicit Oracle(Server& server);

  // Throws std::runtime_error if the schema of the case cannot be made.
  Facts observe(const LockCase& one);

 private:
  Facts observe_in_transaction(const LockCase& one);
  Facts observe_alone(const LockCase& one);
  void prepare(const LockCase& one);
  void clean_up();

  Database database_;
  std::unique_ptr<Connection> worker_;  // runs the cases
  std::string prepared_;                // the setup that the database holds untouched; empty: none
};

// The relations of a database as this connection's transaction sees them.
Relations read_relations(Connection& connection);

// Splits SQL at its semicolons, and runs each statement in a transaction of its own.
void run_statements(Connection& connection, const std::string& sql);

// Derives the work from what changed and from the server's messages ("DEBUG: rewriting table …"). `after` is read
// by the connection, which is still in the transaction or past the statement.
void add_work(Connection& connection, const Relations& before, const Relations& after,
              const std::vector<std::string>& messages, Facts& facts);

}  // namespace pglatch::testing
