// What a table has to have before it becomes a partition, so that ATTACH PARTITION builds and checks nothing: an equal
// index for each index of the parent, a constraint of the same kind for each of its keys, its foreign keys.
//
// AttachPartitionEnsureIndexes() and CloneFkReferencing() in tablecmds.c: what is there, equal and valid, is taken
// over; what is missing is made under the lock.
#pragma once

#include <optional>

#include "analyzer/rule_api/recipe.h"

namespace pglatch {

/// Adds the steps that make what `partition` lacks, under the names that PostgreSQL would choose, each as the recipe
/// for such a statement has it; or gives the reason why something cannot be made beforehand.
[[nodiscard]] std::optional<Refusal> prepare_keys(const StatementContext& context, const Relation& partition,
                                                  const Relation& parent, Rewrite& rewrite);

/// A check that the server sees nothing to build or to check.
[[nodiscard]] Step check_keys(const Relation& partition, const Relation& parent);

}  // namespace pglatch
