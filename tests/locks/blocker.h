// Statements that cannot run in a transaction give their locks back before anybody can look. So other sessions put
// obstacles in their way, and what they hold and wait for is read whenever they stop at one.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tests/locks/oracle.h"

namespace pglatch::testing {

// A transaction of another session that holds something which the statement wants.
struct Obstacle {
  std::string oid;     // of the relation that it locks; empty: it just keeps its snapshot
  std::string sql;     // what begins the transaction
  bool again = false;  // comes back once the statement has got past it
};

// Runs of the statement, each with its obstacles, that together show every lock it takes:
//  - none, to see what it does when nobody is in the way;
//  - an old snapshot, for which builds of indexes wait;
//  - every relation locked, so that the first lock wanted on it has to be waited for, however short it would be; then
//    with weaker and weaker locks, which let the first ones pass and stop the stronger ones after them;
//  - catalogs locked against writing, time and again, so that it stops in each of its transactions, with all the
//    locks in hand, when it is about to note what it did.
inline constexpr std::size_t kObstacleCourses = 7;
std::vector<std::vector<Obstacle>> obstacle_courses(Connection& connection, const Relations& relations);

// Runs the statement on the worker, lifts each obstacle that it waits for, and adds the locks on `relations` that it
// held or waited for. Returns the statement's error. Throws std::runtime_error if it does not come to an end.
std::optional<SqlError> watch(Connection& worker, const std::string& statement, const std::vector<Obstacle>& obstacles,
                              const Database& database, const Relations& relations, Facts& facts);

}  // namespace pglatch::testing
