// A plan in two parts: the indexes, which are built out of band and may take their time, and the rest of the
// migrations, which runs before. What comes after an index build and needs it, or would undo what it needs, goes with
// the indexes, so that each part runs in the order of the migrations.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/plan/plan_builder.h"
#include "analyzer/plan/plan_part.h"
#include "analyzer/rule_api/rule.h"

namespace pglatch {

class IndexPart {
 public:
  explicit IndexPart(PlanPart part) : part_(part) {}

  /// Takes the steps of the other part out of what a statement becomes. True if there were any.
  [[nodiscard]] bool select(const StatementContext& context, PlannedItem& item);
  /// The same for what stands between the statements: it belongs to the rest.
  [[nodiscard]] bool leaves_rest() const noexcept { return part_ == PlanPart::indexes; }

 private:
  [[nodiscard]] bool goes_along(const StatementContext& context) const;
  [[nodiscard]] bool mentions_taken(std::string_view sql) const;
  [[nodiscard]] RelationId taken_table(const StatementContext& context, const RangeVar* name) const;
  [[nodiscard]] bool has_key(RelationId table, const std::set<std::string>& columns) const;
  [[nodiscard]] bool conflicts_on_taken(const StatementContext& context, const InsertStmt& insert) const;
  [[nodiscard]] bool references_taken(const StatementContext& context, const Node* element) const;
  void take(const StatementContext& context, const PlannedItem& item);

  PlanPart part_;
  struct Key {
    RelationId table;
    std::set<std::string> columns;  // none: the primary key, whatever its columns
  };

  std::set<RelationId> tables_;  // on which an index is built
  std::vector<Key> keys_;        // that unique indexes make
  std::set<std::string> names_;  // of indexes, constraints and tables that come with them; unquoted
};

}  // namespace pglatch
