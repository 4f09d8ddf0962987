// Changes of many rows in batches: along which key a table can be walked, and the step that does it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/rule_api/recipe.h"

namespace pglatch {

/// The columns of a key that orders all rows of the table: the primary key's, else those of a unique index on columns
/// that cannot be null. Quoted. Empty: none is known, and the rows cannot be walked.
[[nodiscard]] std::vector<std::string> walk_key(const Relation& table, const Catalog& catalog);

/// A step that runs a statement for one range of keys after the other. `sql` holds the condition of in_range().
[[nodiscard]] Step batch_step(std::string title, Batch batch, std::string sql);

/// Sets a column where it is null. `value`: an SQL expression on the row, or DEFAULT. The table has a walk_key().
[[nodiscard]] Step fill_nulls(const Relation& table, const Catalog& catalog, std::string_view column,
                              std::string_view value);

/// What is to be said of a table whose triggers fire for each batch; nothing where it is not known to have any.
[[nodiscard]] std::optional<std::string> note_triggers(const Relation& table);

/// Why nothing that has to walk the table can be planned.
[[nodiscard]] Refusal no_walk_key(std::string_view table);

}  // namespace pglatch
