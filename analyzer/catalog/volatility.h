// Whether evaluating an expression anew for each row can give different values: what makes ALTER
// TABLE … ADD COLUMN … DEFAULT rewrite the table.
#pragma once

#include "analyzer/catalog/catalog.h"
#include "analyzer/parse/access.h"

namespace pglatch {

/// The expression contains a volatile function, as contain_volatile_functions() would find after the
/// planner has put the bodies of simple SQL functions in the place of their calls. Built-in functions
/// by pg_proc, user functions as the catalog saw them created; a function that nobody knows counts as
/// volatile, since that is what CREATE FUNCTION makes it by default.
[[nodiscard]] bool is_volatile(const Node* expression, const Catalog& catalog, const SearchPath& path);

}  // namespace pglatch
