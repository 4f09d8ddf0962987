// Statements that cannot run in a transaction give their locks back before anybody can look. So they are held up by
// another session, and what they hold and wait for is read meanwhile.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tests/locks/oracle.h"

namespace pglatch::testing {

// A transaction of another session that keeps something from the statement: a lock, or just its own snapshot.
class Blocker {
 public:
  static Blocker none() { return Blocker({}); }
  // All that are needed to see each lock on these relations: the strongest mode that a statement takes on a relation
  // is waited for behind the weakest lock which conflicts with it and with none of the weaker ones it takes there.
  static std::vector<Blocker> for_relations(const Relations& relations);

  // What begins the transaction; empty: there is no blocker.
  const std::string& sql() const { return sql_; }

 private:
  explicit Blocker(std::string sql) : sql_(std::move(sql)) {}

  std::string sql_;
};

// Runs the statement on the worker while the blocker is there, lets it go when the statement waits, and adds the
// locks on `relations` that the worker held or waited for. Returns the statement's error.
std::optional<SqlError> watch(Connection& worker, const std::string& statement, const Blocker& blocker,
                              const Database& database, const Relations& relations, Facts& facts);

}  // namespace pglatch::testing
