// The columns of a query's result.
#pragma once

#include <vector>

#include "analyzer/catalog/catalog.h"

namespace pglatch {

/// Appends the columns of a query's result, under `names` as far as these go. False where not all of them can
/// be told; types are there only where expression_type() can tell them.
bool query_columns(Catalog& catalog, const SearchPath& path, const Node* query, const List* names,
                   std::vector<Column>& columns);

}  // namespace pglatch
