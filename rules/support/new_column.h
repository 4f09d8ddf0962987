// The column that ADD COLUMN defines: where the rows that are there already get its value from.
#pragma once

#include <string_view>

#include "rules/support/alter_table.h"

namespace pglatch {

/// What has to be computed row by row, in words: "a volatile default", "an identity", "a serial default"; before
/// PostgreSQL 11 any "a default". Empty where there is nothing of the kind, or a generation expression instead.
/// ATExecAddColumn() in tablecmds.c.
[[nodiscard]] std::string_view default_of_each_row(const Subcommand& subcommand, const ColumnDef& column);

/// Some value is given to the rows that are there, by DEFAULT, a generation expression, an identity, a serial type or
/// the domain. DEFAULT NULL is none.
[[nodiscard]] bool fills_old_rows(const Subcommand& subcommand, const ColumnDef& column);

/// The type is a domain with a CHECK or NOT NULL, its own or one of the domain under it.
[[nodiscard]] bool has_constrained_domain(const Subcommand& subcommand, const ColumnDef& column);

/// The column is GENERATED ALWAYS AS (…) STORED.
[[nodiscard]] bool is_stored_generated(const Subcommand& subcommand);

}  // namespace pglatch
