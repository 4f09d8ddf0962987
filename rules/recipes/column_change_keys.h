// What stands on a column that gets another type: CHECKs, indexes and keys, and the foreign keys on either side. Each
// gets a stand-in on the new column while writes go on, which takes its name when the columns change places.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "rules/recipes/column_change.h"
#include "rules/recipes/key_index.h"

namespace pglatch {

/// The part of an index that one partition has.
struct LeafIndex {
  const Relation* table;
  const Relation* index;
  std::string name;  ///< of its stand-in, unquoted
};

/// An index with the new column in the place of the old one.
struct IndexStandIn {
  const Relation* index;
  const TableConstraint* key;     ///< that the index belongs to: UNIQUE or PRIMARY KEY; null: none
  std::string name;               ///< of the stand-in, unquoted
  KeyIndex statement;             ///< that makes it
  std::vector<LeafIndex> leaves;  ///< of a partitioned table: then only these are built
};

/// A foreign key, from or to the table, with the new column in the place of the old one.
struct ForeignKeyStandIn {
  const Relation* table;  ///< that has it
  const TableConstraint* key;
  std::string name;  ///< of the stand-in, unquoted
  std::string body;  ///< "FOREIGN KEY (…) REFERENCES …"
};

/// A CHECK with the new column in the place of the old one.
struct CheckStandIn {
  const TableConstraint* check;
  std::string name;  ///< of the stand-in, unquoted
};

struct StandIns {
  std::vector<CheckStandIn> checks;
  std::vector<IndexStandIn> indexes;
  std::vector<ForeignKeyStandIn> foreign_keys;
  std::optional<Refusal> refusal;  ///< something has no stand-in, and why
};

[[nodiscard]] StandIns stand_ins(const ColumnChange& change);

[[nodiscard]] KnownDependents known_dependents(const ColumnChange& change, const StandIns& all);

/// Adds the steps that make and check them.
void make_stand_ins(const ColumnChange& change, const StandIns& all, Rewrite& rewrite);

}  // namespace pglatch
