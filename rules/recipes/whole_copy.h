// INSERT … SELECT that copies the rows of a table as they are.
#pragma once

#include <cstddef>

#include "analyzer/parse/access.h"

namespace pglatch {

/// The table whose rows the statement inserts, all of them with all of their so many columns: SELECT * FROM t, or the
/// same columns spelled out on both sides. Null where it does anything else.
[[nodiscard]] const RangeVar* whole_copy_of(const InsertStmt& insert, std::size_t columns);

}  // namespace pglatch
