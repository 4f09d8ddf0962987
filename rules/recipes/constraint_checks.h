// Questions that the steps of a constraint's plan ask the server, as queries of one boolean each. "A constraint of
// that name exists" is no answer to "is it done": kind, columns and what it references are compared too. (Conditions
// are not: what the server prints for them cannot be foreseen.)
//
// PostgreSQL documentation: pg_constraint, pg_attribute.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "rules/recipes/alter_table_parts.h"

namespace pglatch {

// Tables are qualified and quoted as SQL writes them ("public.t"), columns and constraints unquoted.

/// The CHECK is there, valid or not.
[[nodiscard]] std::string check_is_there(const AlterTable& alter, const AlterPart& part);

/// The foreign key is there, valid or not.
[[nodiscard]] std::string foreign_key_is_there(const AlterPart& part, std::string_view table);

/// SQL condition on a row `k` of pg_constraint, but for its table and name: it is the foreign key.
[[nodiscard]] std::string is_foreign_key(const AlterPart& part);

/// The UNIQUE or PRIMARY KEY constraint is there, on the index of its name.
[[nodiscard]] std::string key_is_there(const AlterPart& part, std::string_view table, std::string_view constraint,
                                       std::string_view index);

/// The constraint is there and valid.
[[nodiscard]] std::string is_validated(std::string_view table, std::string_view constraint);

/// No constraint of that name waits to be validated; true as well where there is none, or no such table.
[[nodiscard]] std::string nothing_to_validate(std::string_view table, std::string_view constraint);

/// No constraint has that name.
[[nodiscard]] std::string is_gone(std::string_view table, std::string_view constraint);

/// The column is marked NOT NULL (18: perhaps by a constraint that is not valid yet).
[[nodiscard]] std::string is_not_null(std::string_view table, std::string_view column);

/// SQL condition: the same without SELECT.
[[nodiscard]] std::string is_not_null_condition(std::string_view table, std::string_view column);

/// 18: the column has a NOT NULL constraint, and a valid one if `validated`.
[[nodiscard]] std::string has_not_null_constraint(std::string_view table, std::string_view column, bool validated);

/// The columns are there, of these types, with the defaults that they are to come with.
[[nodiscard]] std::string columns_are_there(std::string_view table, const std::vector<AddedColumn>& columns);

/// Who validates a constraint at the moment, and since when.
[[nodiscard]] std::string validations();

}  // namespace pglatch
