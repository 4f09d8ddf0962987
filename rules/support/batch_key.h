// Along what rows are taken in batches, as advice writes it.
#pragma once

#include <string>

#include "analyzer/catalog/relation.h"

namespace pglatch {

/// The key that cuts a table's rows into batches, quoted: its primary key, in parentheses where that has several
/// columns, or a column `id`. "…" where the catalog knows of none: nobody is told a column that is not there.
[[nodiscard]] std::string batch_key(const Relation& table);

}  // namespace pglatch
