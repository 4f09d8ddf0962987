// Steps and questions that the plans about partitions share.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "analyzer/rule_api/recipe.h"
#include "rules/recipes/partition_condition.h"

namespace pglatch {

inline constexpr int kFirstThatAttachesOnline = 12;  ///< under SHARE UPDATE EXCLUSIVE on the parent
inline constexpr int kFirstThatDetachesConcurrently = 14;

/// SQL condition: the first table (qualified and quoted, both) is a partition of the second.
[[nodiscard]] std::string is_partition_condition(std::string_view partition, std::string_view parent);

/// A CHECK that proves something to ATTACH PARTITION, and goes when that is done.
struct ProvingCheck {
  const Relation& table;
  std::string name;  ///< the same for the same condition, so that another plan finds what this one left
  PartitionCondition condition;
  std::string done;  ///< SQL condition: it is needed no more

  /// Adds the steps that make and validate it: expand, then migrate.
  void prepare(const StatementContext& context, Rewrite& rewrite) const;
  /// Of a default partition: says what happens to rows of the new partition until that is there, and how to find such
  /// as are there already.
  void announce(Rewrite& rewrite) const;
  /// Adds the step that drops it.
  void remove(Rewrite& rewrite) const;
  /// A check that the server reads the literals of the condition as it did when the CHECK was made; nothing where it
  /// always does.
  [[nodiscard]] std::vector<Step> check_time_zone() const;
};

/// The CHECK on a table by which ATTACH of `partition` to `parent` is spared a scan.
[[nodiscard]] ProvingCheck proving_check(const Relation& table, PartitionCondition condition,
                                         std::string_view partition, std::string_view parent);

/// The default partition is searched for rows of the new one, while others need it.
[[nodiscard]] bool default_is_searched(const StatementContext& context, const Relation& parent);

/// What is said of a parent that the catalog does not know.
void assume_no_default(const StatementContext& context, const Relation& parent, Rewrite& rewrite);

/// ATTACH PARTITION; `bound` as SQL writes it. Nobody is in its way for long.
[[nodiscard]] Step attach_step(const std::string& partition, const std::string& parent, const std::string& bound);

/// Why the proof does not hold by the lock model's own rules; empty where it holds, or is beyond them.
[[nodiscard]] std::string why_unproved_inside(const Catalog& catalog, const Relation& partition, const Relation& parent,
                                              const PartitionBound& bound, const PartitionCondition& condition);
[[nodiscard]] std::string why_unproved_outside(const Relation& default_partition, const Relation& parent,
                                               const PartitionBound& bound, const PartitionCondition& condition);

/// Takes the other rewrite's steps and conditions over, at the end.
void append_rewrite(Rewrite& rewrite, Rewrite other);

}  // namespace pglatch
