// The tables in use that a statement keeps writers out of. A transaction that holds several of them makes whoever needs
// one wait for all, and can deadlock: plans take it apart where its statements do not depend on each other.
#pragma once

#include <string>
#include <vector>

#include "analyzer/rule_api/rule.h"

namespace pglatch {

/// A table in use, and the strongest lock that a statement takes on it.
struct LockedTable {
  RelationId unit = kNoRelation;  ///< the topmost table of its tree, which stands for the whole tree
  std::string name;               ///< of the table that is locked: qualified, quoted
  LockMode mode = LockMode::none;
  bool can_be_locked = false;            ///< by LOCK TABLE, and whoever runs the statement may do so
  bool alone = false;                    ///< others are below it, which the statement does not all lock
  std::vector<RelationId> references{};  ///< units that foreign keys lead to from its tree
};

/// Each unit once, in the order in which the statement locks them.
[[nodiscard]] std::vector<LockedTable> locked_tables(const StatementContext& context);

/// Of two entries of one unit the stronger mode holds.
void add_locked_tables(const std::vector<LockedTable>& more, std::vector<LockedTable>& tables);

/// LOCK TABLE for those that can be locked, referenced tables first, as code that writes a row and then those that
/// refer to it. Nothing where there are fewer than two.
[[nodiscard]] std::vector<std::string> lock_statements(const std::vector<LockedTable>& tables);

}  // namespace pglatch
