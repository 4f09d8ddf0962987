// Defaults and generation expressions: what they mention, as pg_depend keeps it, and of what type they are.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "analyzer/base/qualified_name.h"
#include "analyzer/catalog/apply_families.h"

namespace pglatch {

/// The sequences that an expression names as nextval('name'), currval('name') or setval('name', …).
[[nodiscard]] std::vector<QualifiedName> sequences_in(const Node* expression);

/// The expression is NULL, with or without a cast: as a default PostgreSQL keeps none.
[[nodiscard]] bool is_null_constant(const Node* expression) noexcept;

/// The type of a default before it is coerced to the column's, as in Column::default_type: what ALTER COLUMN TYPE
/// has to cast. Empty where the expression does not tell.
[[nodiscard]] std::string default_type(const Node* expression, const TypeRef& column_type);

namespace applying {

/// Gives a column of `table` (in the catalog or not yet) a default or generation expression, or none: sets
/// Column::default_type and the entry in Relation::expressions, which is left out where the expression
/// mentions nothing that could be changed or dropped.
void set_column_expression(const Context& context, Relation& table, std::string_view column, ExpressionKind kind,
                           const Node* expression);
/// The same for what a column definition says.
void set_column_expressions(const Context& context, Relation& table, const ColumnDef& definition);
/// Copies what another table notes of its expression for the column, if anything.
void copy_column_expression(const Relation& source, Relation& table, std::string_view column, ExpressionKind kind);

}  // namespace applying
}  // namespace pglatch
