// Steps that the plans of constraints share.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "rules/recipes/alter_table_parts.h"

namespace pglatch {

/// Adds a constraint that is not checked on the rows that are there. `done`: query of one boolean.
[[nodiscard]] Step add_not_valid(std::string_view alter, std::string_view table, std::string_view constraint,
                                 std::string_view body, std::string done);

/// Checks the rows that are there while writes go on: VALIDATE CONSTRAINT on the table, and before that on each of
/// `parts` in a transaction of its own, so that an interruption costs one of them only.
[[nodiscard]] std::vector<Step> validate(const AlterTable& alter, const std::vector<const Relation*>& parts,
                                         std::string_view constraint, std::string done);

/// VALIDATE CONSTRAINT on one table.
[[nodiscard]] Step validate_on(std::string_view alter, std::string_view table, std::string_view constraint,
                               std::string done);

[[nodiscard]] Step drop_constraint(std::string_view alter, std::string_view table, std::string_view constraint);

/// A brief step; what it leaves when it fails is nothing.
[[nodiscard]] Step brief_step(std::string title, std::string sql, std::string done);

/// Adds the steps to the last phase if that is of this kind and title, else to a new one.
void add_steps(Rewrite& rewrite, PhaseKind kind, std::string title, std::vector<Step> steps);

/// What is said of a table that the catalog does not know: it is of these kinds of pg_class.relkind ("'r'").
void assume_kind(const AlterTable& alter, std::string_view what, std::string_view kinds, Rewrite& rewrite);

}  // namespace pglatch
