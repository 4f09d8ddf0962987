// A recipe: a safe rewrite of a statement, or of several in a row, into steps of a plan.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/plan/plan.h"
#include "analyzer/rule_api/rule.h"

namespace pglatch {

/// Why a statement of the recipe's kind has no safe form that is equivalent, and what a human can do.
struct Refusal {
  std::string reason;
  std::string manual;
};

/// What a recipe makes of a statement. The planner numbers the steps, computes their locks with the
/// lock model, and fills in their origin.
struct Rewrite {
  std::vector<Phase> phases;
  std::vector<Assumption> assumptions;
  std::vector<Preflight> preflight;
  std::vector<std::string> notes;
  std::vector<std::string> reordered;  ///< as Plan::reordered
  /// The steps leave another schema than the statement: by a decision of the user's, or a way back that is kept.
  bool ends_otherwise = false;
  /// So many of the statements that follow the context's it stands for as well.
  std::size_t covers = 0;
  /// Of a statement about a partitioned table: that table, qualified and quoted. A partition that a following statement
  /// makes of it comes right after the first `head` phases, and is in use early.
  std::string partitioned;
  std::size_t head = 0;
  /// Of a statement that makes a partition: the table that it is a partition of; qualified, quoted.
  std::string partition_of;
  /// Set: nothing of the above counts, the statement stays as it is and the plan says why.
  std::optional<Refusal> refusal;
};

/// A recipe's entry in rules/registry.cpp.
struct Recipe {
  std::string_view id;     ///< kebab-case
  std::string_view title;  ///< "CREATE INDEX on a partitioned table: ONLY, CONCURRENTLY, ATTACH"
  std::span<const NodeTag> nodes;
  std::span<const std::string_view> rules;  ///< the rules whose findings it answers
  /// The safe form, or nothing where this recipe is not for this statement.
  std::optional<Rewrite> (*rewrite)(const StatementContext& context);
  /// What it asks StatementContext::decisions for: names of risks, and of parameters.
  std::span<const std::string_view> risks{};
  std::span<const std::string_view> parameters{};
  /// Whether rewrite() gives a form, and no refusal: for who asks no more. Null: nobody knows before it is written.
  bool (*has_form)(const StatementContext& context) = nullptr;
};

}  // namespace pglatch
