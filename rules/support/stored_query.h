// Queries that the schema keeps and that are run again and again: of views, materialized views and functions in SQL.
#pragma once

#include <array>
#include <optional>

#include "analyzer/rule_api/rule.h"

namespace pglatch {

/// The statements that store queries.
inline constexpr std::array<NodeTag, 3> kStoredQueries = {T_ViewStmt, T_CreateTableAsStmt, T_CreateFunctionStmt};

/// The query whose columns are the result of what the statement creates. Owns the tree where the query was a string.
class StoredQuery {
 public:
  explicit StoredQuery(const StatementContext& context);

  /// Null where the statement stores none.
  [[nodiscard]] const SelectStmt* query() const noexcept { return query_; }
  /// The place of a location in the query: in a body that is a string nothing narrower than the statement's beginning.
  [[nodiscard]] ByteRange token_at(int location) const;
  /// "view", "materialized view", "function".
  [[nodiscard]] std::string_view kind() const noexcept { return kind_; }
  /// "public.active_users".
  [[nodiscard]] const std::string& name() const noexcept { return name_; }

 private:
  void read_function(const CreateFunctionStmt& function);

  const StatementContext& context_;
  std::string name_;
  std::string_view kind_;
  const SelectStmt* query_ = nullptr;
  std::string body_;
  std::optional<ParsedScript> parsed_;
};

}  // namespace pglatch
