// What the recipes of UNIQUE and PRIMARY KEY share.
#pragma once

#include <string>

#include "rules/recipes/alter_table_rewrite.h"
#include "rules/recipes/key_index.h"
#include "rules/recipes/partitioned_index.h"
#include "rules/recipes/replace_key.h"

namespace pglatch {

/// The steps that make the columns of a primary key NOT NULL, where they are not.
[[nodiscard]] std::optional<Refusal> make_columns_not_null(const AlterTable& alter, const AlterPart& part,
                                                           const std::vector<std::string>& columns, Rewrite& rewrite);

/// DROP CONSTRAINT of primary keys and ADD PRIMARY KEY on the table or on the parent of the tables that lost them, in
/// one statement or in several that follow each other: nothing where the statement does not begin such a change.
[[nodiscard]] std::optional<Rewrite> change_primary_key(const StatementContext& context);

/// The steps that give a partitioned table another key in the place of its own.
[[nodiscard]] std::optional<Refusal> change_key_partitioned(const AlterTable& alter, const AlterPart& part,
                                                            const KeyIndex& key, const OldKey& old, Rewrite& rewrite);

/// The partitions with the names that PostgreSQL would give to their constraints.
[[nodiscard]] PartitionedTree key_partitions(const AlterTable& alter, const AlterPart& part,
                                             const std::string& root_index);

/// Why the key cannot be on these partitions.
[[nodiscard]] std::optional<Refusal> refuse_partitions(const AlterTable& alter, const PartitionedIndex& build,
                                                       const PartitionedTree& tree);

inline constexpr std::string_view kPartitionsChanged =
    "Make the plan again with the schema as it is now (--schema); what is done already is recognised.";

/// The steps on a partitioned table: the constraint ONLY on the parent, on each partition a unique index built
/// CONCURRENTLY and made a constraint of it, then ATTACH. Primary keys that partitions have of their own go in the
/// statement that gives them the new one.
[[nodiscard]] std::optional<Refusal> add_key_partitioned(const AlterTable& alter, const AlterPart& part,
                                                         const KeyIndex& key, const ReplacedKeys& replaced,
                                                         Rewrite& rewrite);

/// Builds the index of a key on one table.
[[nodiscard]] Step build_key_index(const AlterPart& part, const KeyIndex& key, const std::string& name,
                                   const std::string& index, const std::string& table);

/// Makes the index a constraint of its name.
[[nodiscard]] Step make_constraint(const AlterPart& part, const std::string& name, const std::string& index,
                                   const std::string& table);

}  // namespace pglatch
