// CREATE TABLE … PARTITION OF cut into what a table of its own takes over: the pieces of the statement that are not
// about the parent and the bound.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/rule_api/recipe.h"

namespace pglatch {

struct PartitionClauses {
  std::string persistence;                 ///< "UNLOGGED"
  std::string bound;                       ///< "FOR VALUES …" or "DEFAULT", as written
  std::string partition_by;                ///< "PARTITION BY LIST (k)"
  std::string storage;                     ///< USING, WITH, TABLESPACE as written
  std::vector<std::string> constraints{};  ///< of the table, and those of columns as such
  std::vector<std::string> alters{};       ///< what is said of columns: "ALTER COLUMN a SET DEFAULT 1"
  std::optional<Refusal> refusal{};        ///< something that a table of its own cannot be given so
};

/// Nothing where the text does not look like its tree.
[[nodiscard]] std::optional<PartitionClauses> partition_clauses(const StatementContext& context,
                                                                const CreateStmt& statement, const Relation& parent);

}  // namespace pglatch
