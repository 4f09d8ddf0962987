// Names of indexes that a plan makes: the same in every run, on every machine and, in the form that
// enumerates partitions on the server, in SQL.
#pragma once

#include <string>
#include <string_view>

#include "analyzer/rule_api/rule.h"

namespace pglatch {

/// The name that PostgreSQL gives to an index without one, as far as the catalog knows what is taken
/// (ChooseIndexName() in indexcmds.c).
[[nodiscard]] std::string default_index_name(const IndexStmt& statement, const Relation& table, const Catalog& catalog);

/// The name of the index of a partition: the root index's name with the partition in place of the
/// root table ("t_x_idx" on t: "t_1_x_idx" on t_1). Longer than 63 bytes, both parts are shortened
/// and a hash keeps them apart, since PostgreSQL would cut silently and take two for one.
struct ChildNames {
  std::string root_index;
  std::string suffix;  ///< the root index's name without the root table's

  ChildNames(std::string_view root_index, std::string_view root_table);

  /// Parts of names are unquoted.
  [[nodiscard]] std::string name(std::string_view schema, std::string_view partition) const;
  /// The shortened form, whatever the length: for a name that something else has.
  [[nodiscard]] std::string hashed_name(std::string_view schema, std::string_view partition) const;
  /// An SQL expression of the same value; `schema` and `partition` are SQL expressions of type name.
  [[nodiscard]] std::string sql(std::string_view schema, std::string_view partition) const;

 private:
  [[nodiscard]] std::string_view short_suffix() const;
};

}  // namespace pglatch
