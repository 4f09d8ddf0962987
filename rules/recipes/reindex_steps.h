// Steps that rebuild indexes CONCURRENTLY. What interrupted attempts left is dropped before: PostgreSQL names it by the
// index and "_ccnew" or "_ccold".
//
// PostgreSQL documentation, REINDEX, "Rebuilding Indexes Concurrently"; ReindexRelationConcurrently() in indexcmds.c.
#pragma once

#include <string>

#include "analyzer/rule_api/recipe.h"

namespace pglatch {

/// The index belongs to an exclusion constraint of the table: CONCURRENTLY does not rebuild it.
[[nodiscard]] bool is_exclusion(const Relation& table, RelationId index);

/// SQL: the OIDs of the tables whose indexes are rebuilt, for an index or a table.
[[nodiscard]] std::string tables_of_indexes(const Relation& target);

/// Drops the invalid indexes that interrupted attempts left.
[[nodiscard]] Step drop_reindex_leftovers(const Relation& target);

/// The rebuilding itself.
[[nodiscard]] Step rebuild(const Relation& target, std::string sql);

}  // namespace pglatch
