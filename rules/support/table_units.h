// Several tables in one transaction: which of them a statement locks that the transaction has not locked before. A tree
// of partitions or children is one table here, and an index is a part of its table.
#pragma once

#include <optional>
#include <vector>

#include "rules/support/lock_queue.h"

namespace pglatch {

/// A table that the statement has to wait for, with the lock.
struct TableUnit {
  RelationId table = kNoRelation;
  TakenLock lock;
};

/// The live tables (materialized views, foreign tables) that the statement has to wait for, each once, in the order in
/// which they are locked.
[[nodiscard]] std::vector<TableUnit> tables_to_wait_for(const StatementContext& context);

/// A table that the statement is the first of the transaction to lock, while another one is locked already.
struct SecondTable {
  TableUnit table;
  EarlierLock earlier;    ///< on another table
  bool inverted = false;  ///< a foreign key leads from the earlier table to this one
};

/// The first one, preferably inverted; nothing where no other table is locked.
[[nodiscard]] std::optional<SecondTable> second_table(const StatementContext& context);

}  // namespace pglatch
