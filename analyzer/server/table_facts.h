// What has to be known of a table to fill it: read from a server's catalogs.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "analyzer/server/connection.h"
#include "analyzer/server/row_values.h"

namespace pglatch {

struct ColumnFacts {
  std::string name;  ///< quoted where it has to be
  ValueType type;
  bool not_null = false;
  bool has_default = false;
  bool generated = false;
  bool domain = false;
  std::string sequence;         ///< that its default or identity draws from; else empty
  std::string constraint_text;  ///< CHECKs of its domain
  std::string generation;       ///< expression of a generated column
};

struct ForeignKeyFacts {
  std::string referenced;  ///< table, qualified
  std::vector<std::string> columns;
  std::vector<std::string> referenced_columns;

  friend bool operator==(const ForeignKeyFacts&, const ForeignKeyFacts&) = default;
};

struct CheckFacts {
  std::vector<std::string> columns;
  std::string expression;

  friend bool operator==(const CheckFacts&, const CheckFacts&) = default;
};

/// What is asked of the rows of a table.
struct TableConstraints {
  std::vector<ForeignKeyFacts> foreign_keys;
  std::vector<CheckFacts> checks;
};

struct TableFacts {
  std::string name;  ///< qualified and quoted
  std::vector<ColumnFacts> columns;
  TableConstraints constraints;
};

/// A level of a leaf partition's way to the root: the bound there, and the key columns that it is of ("" for an
/// expression).
struct PartitionLevel {
  std::string bound;
  std::vector<std::string> columns;
};

struct LeafPartition {
  std::string name;
  std::vector<PartitionLevel> levels;
  std::vector<CheckFacts> checks;  ///< its own and inherited ones, and that a row belongs here
};

/// Throws SqlException where there is no such table.
[[nodiscard]] TableFacts read_table(Connection& connection, const std::string& table);

/// The constraints of each table that has any, by the table's name. A migration can ask for more on its way than what
/// is there in the end: `add` puts in what is new.
using ConstraintsByTable = std::map<std::string, TableConstraints>;
void add_constraints(Connection& connection, ConstraintsByTable& add);

/// Whether it is partitioned, which is not to say that it has partitions.
[[nodiscard]] bool is_partitioned(Connection& connection, const std::string& table);

/// The leaf partitions that hold rows here; none for an ordinary table.
[[nodiscard]] std::vector<LeafPartition> read_leaves(Connection& connection, const std::string& table);

/// Of relations that may not be there (tables, partitions, indexes): the tables to fill for them, each partition's
/// root; without duplicates, in order.
[[nodiscard]] std::vector<std::string> root_tables(Connection& connection, const std::vector<std::string>& relations);

}  // namespace pglatch
