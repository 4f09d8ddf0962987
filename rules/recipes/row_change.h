// UPDATE, DELETE and INSERT … SELECT as a plan in batches needs them: the table whose rows they go through, the place
// of a range's condition, and whether ranges of rows, one after the other, come to the same as all rows at once.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "analyzer/rule_api/recipe.h"

namespace pglatch {

enum class RowChangeKind : std::uint8_t { update, remove, insert };

struct RowChange {
  RowChangeKind kind = RowChangeKind::update;
  const Relation* walked = nullptr;   ///< whose rows the statement goes through
  const Relation* changed = nullptr;  ///< the same, but for INSERT
  std::string alias;                  ///< of `walked` in the statement, quoted
  const RangeVar* walked_name = nullptr;
  const Node* where = nullptr;
  const List* from = nullptr;         ///< beside the target of UPDATE and DELETE; all of INSERT's
  const List* targets = nullptr;      ///< assignments, or the columns of INSERT's query
  const SelectStmt* query = nullptr;  ///< of INSERT
};

/// The statement taken apart; nothing where it is none of these, or goes through no table by its name.
[[nodiscard]] std::optional<RowChange> row_change(const StatementContext& context);

/// Why ranges of rows would not come to the same. `keys`: columns that the table is walked along, quoted.
[[nodiscard]] std::optional<Refusal> why_not_in_batches(const StatementContext& context, const RowChange& change,
                                                        const std::vector<std::string>& keys);

/// The statement for the rows that satisfy a further condition; nothing where it has no place for one.
[[nodiscard]] std::optional<std::string> with_condition(const StatementContext& context, std::string_view condition);

}  // namespace pglatch
