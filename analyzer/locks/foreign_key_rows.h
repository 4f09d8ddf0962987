// What the triggers of foreign keys do when rows change: ri_triggers.c.
#pragma once

#include <string_view>
#include <vector>

#include "analyzer/locks/model.h"
#include "analyzer/locks/partition_choice.h"

namespace pglatch::locks {

enum class RowEvent : std::uint8_t { insert, update, remove };

struct RowChange {
  RowEvent event = RowEvent::insert;
  std::vector<std::string_view> columns{};  ///< of update: those that get a new value
  std::vector<std::string_view> nulls{};    ///< columns that are NULL in all of the new rows
  std::vector<NewValue> values{};           ///< of the only new row, or of all of them: what is known
};

/// Notes what checking the foreign keys of a table, and of those that reference it, locks and reads, and what
/// their actions write. It is assumed that rows are changed, and that others reference them.
void check_foreign_keys(const Model& model, RelationId table, const RowChange& change);

}  // namespace pglatch::locks
