// The unique index of a UNIQUE or PRIMARY KEY constraint, as a CREATE INDEX of its own.
#pragma once

#include <optional>
#include <string>

#include "analyzer/parse/parser.h"
#include "rules/recipes/alter_table_parts.h"
#include "rules/recipes/index_statement.h"

namespace pglatch {

/// The index that PostgreSQL would make for the constraint. `statement` is valid as long as this is.
struct KeyIndex {
  std::string sql;
  ParsedScript parsed;
  IndexStatement statement;
};

/// Nothing where the index could not be written.
[[nodiscard]] std::optional<KeyIndex> key_index(const AlterPart& part, std::string_view table);

/// The constraint with an index that is there: "PRIMARY KEY USING INDEX i DEFERRABLE".
[[nodiscard]] std::string using_index(const AlterPart& part, std::string_view index);

/// "PRIMARY KEY" or "UNIQUE".
[[nodiscard]] std::string_view kind_of_key(const TableConstraint& key);

/// " DEFERRABLE INITIALLY DEFERRED", or nothing.
[[nodiscard]] std::string_view deferrability(const TableConstraint& key);

}  // namespace pglatch
