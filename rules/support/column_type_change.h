// ALTER COLUMN … TYPE: what is changed, in words, and what hangs on the column.
#pragma once

#include <string>
#include <vector>

#include "rules/support/alter_table.h"

namespace pglatch {

/// The new definition, or null where the subcommand is no ALTER COLUMN … TYPE.
[[nodiscard]] const ColumnDef* new_type(const Subcommand& subcommand);

/// "column id to bigint".
[[nodiscard]] std::string change_to_type(const Subcommand& subcommand, const ColumnDef& definition);

/// "column id from integer to bigint"; without the old type where the catalog does not know it.
[[nodiscard]] std::string change_of_type(const Subcommand& subcommand, const ColumnDef& definition);

/// The live tables on the other side of the column's foreign keys that the statement locks, whichever side the column
/// is on.
[[nodiscard]] std::vector<RelationId> other_sides(const Subcommand& subcommand);

}  // namespace pglatch
