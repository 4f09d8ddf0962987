// What the recipes of UNIQUE and PRIMARY KEY share.
#pragma once

#include "rules/recipes/alter_table_rewrite.h"
#include "rules/recipes/key_index.h"

namespace pglatch {

/// The steps on a partitioned table: the constraint ONLY on the parent, on each partition a unique index built
/// CONCURRENTLY and made a constraint of it, then ATTACH.
[[nodiscard]] std::optional<Refusal> add_key_partitioned(const AlterTable& alter, const AlterPart& part,
                                                         const KeyIndex& key, Rewrite& rewrite);

/// Builds the index of a key on one table.
[[nodiscard]] Step build_key_index(const AlterPart& part, const KeyIndex& key, const std::string& name,
                                   const std::string& index, const std::string& table);

/// Makes the index a constraint of its name.
[[nodiscard]] Step make_constraint(const AlterPart& part, const std::string& name, const std::string& index,
                                   const std::string& table);

}  // namespace pglatch
