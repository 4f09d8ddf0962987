// CREATE INDEX as recipes need it: its text cut at the relation's name, so that everything after it
// reaches the plan as it was written.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/rule_api/rule.h"

namespace pglatch {

/// A CREATE INDEX statement taken apart. `node` is valid as long as the script's tree.
struct IndexStatement {
  const IndexStmt* node = nullptr;
  std::string definition;         ///< all that follows the relation's name, without comments
  std::vector<std::string> keys;  ///< columns and expressions, without operator class and order
  std::string predicate;          ///< of a partial index: what follows WHERE

  [[nodiscard]] bool has_expression() const;
};

/// Takes the statement apart; nothing where its text does not look like its tree.
[[nodiscard]] std::optional<IndexStatement> take_apart(const StatementContext& context, const IndexStmt& node);
/// The same for the text of one statement and its tree.
[[nodiscard]] std::optional<IndexStatement> take_apart(std::string_view text, const IndexStmt& node);

/// Where and how a copy of the index is made.
struct IndexForm {
  std::string name;      ///< of the index, unquoted
  std::string relation;  ///< qualified and quoted
  bool concurrently = false;
  bool only = false;
};

/// CREATE [UNIQUE] INDEX … IF NOT EXISTS … with the statement's definition. IF NOT EXISTS is for
/// running the step again; whoever uses it must check the definition and validity.
[[nodiscard]] std::string create_index_sql(const IndexStatement& statement, const IndexForm& form);

/// The definitions are the same, token by token (case, comments and a written-out default method apart).
[[nodiscard]] bool same_definition(std::string_view a, std::string_view b);

}  // namespace pglatch
