// The types of expressions, as far as they are plain to see.
#pragma once

#include <functional>

#include "analyzer/parse/type_name.h"

namespace pglatch {

/// The type that CREATE TABLE AS gives a column for this expression, where it follows from columns, casts, operators
/// and PostgreSQL's own functions; else one without a name. `type_of` is asked for columns.
[[nodiscard]] TypeRef expression_type(const Node* expression, const std::function<TypeRef(const ColumnRef&)>& type_of);

}  // namespace pglatch
