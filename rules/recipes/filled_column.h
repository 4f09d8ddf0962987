// A column that ALTER TABLE adds together with values that have to be computed row by row: what can come first without
// them, where new rows get theirs from, and what it is to be in the end.
//
// ATExecAddColumn() in tablecmds.c, generateSerialExtraStmts() in parse_utilcmd.c.
#pragma once

#include <cstdint>
#include <string>
#include <variant>

#include "analyzer/rule_api/recipe.h"
#include "rules/recipes/column_pieces.h"
#include "rules/support/alter_table.h"

namespace pglatch {

enum class ValueSource : std::uint8_t { expression, domain, serial, identity };

struct FilledColumn {
  std::string name;
  ValueSource source = ValueSource::expression;
  std::string definition;  ///< "ADD COLUMN a uuid", without value and constraints
  std::string type;        ///< as written; of a serial column the integer type
  std::string value;       ///< what DEFAULT says while the column is filled; empty for that of a domain
  bool not_null = false;
  std::string not_null_name;  ///< of the constraint; empty where the statement gives it none
  std::string sequence;       ///< of serial and identity: qualified, quoted
  std::string options;        ///< of that sequence
  std::string identity;       ///< "GENERATED ALWAYS AS IDENTITY (START 5)"
};

/// Of the ADD COLUMN, or why it cannot be added empty and filled afterwards.
[[nodiscard]] std::variant<FilledColumn, Refusal> filled_column(const Subcommand& subcommand, const ColumnDef& column,
                                                                const ColumnPieces& pieces);

}  // namespace pglatch
