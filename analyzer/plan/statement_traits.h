// What the planner has to know of a statement besides its effects: whether it can share a transaction,
// whether its effects can be known at all, whether it only sets up the session.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "analyzer/parse/access.h"

namespace pglatch {

/// PostgreSQL refuses it in a transaction block (PreventInTransactionBlock() in its source).
[[nodiscard]] bool must_be_alone(const Node* node) noexcept;

/// It reads or writes as much as there is, without a lock that others would mind: it gets a
/// transaction of its own and no time limit.
[[nodiscard]] bool may_take_long(const Node* node) noexcept;

/// Changes rows that are there: UPDATE, DELETE, MERGE.
[[nodiscard]] bool changes_rows(const Node* node) noexcept;

/// Why nobody can tell from the statement what it does: code that runs on the server. Nothing where
/// it can be told.
[[nodiscard]] std::optional<std::string> why_opaque(const Node* node);

/// COPY FROM STDIN, whose data is not part of the statement.
[[nodiscard]] bool reads_standard_input(const Node* node) noexcept;

/// SET, RESET or set_config(): it lasts for the session or the transaction.
struct Setting {
  std::string name;         ///< lower case; empty: RESET ALL
  bool is_local = false;    ///< until the end of the transaction only
  bool is_timeout = false;  ///< of the kind that the plan sets itself
};

[[nodiscard]] std::optional<Setting> setting_of(const Node* node);

}  // namespace pglatch
