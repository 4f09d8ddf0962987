// The columns of a table that is to take another one's rows.
#pragma once

#include <string>

#include "analyzer/catalog/relation.h"
#include "analyzer/parse/access.h"

namespace pglatch {

/// Why a table whose columns are spelled out is not made in the likeness of the old one, in words that follow "it
/// cannot be a part of it:"; empty where it is. `made` is what the statement made.
[[nodiscard]] std::string why_other_columns(const CreateStmt& create, const Relation& made, const Relation& old);

}  // namespace pglatch
