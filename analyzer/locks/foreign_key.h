// Inside the lock model: foreign keys, on both of their sides and on the partitions of both.
#pragma once

#include "analyzer/locks/model.h"

namespace pglatch::locks {

/// The rows of `referencing` (its partitions, if it has some) are looked up in `referenced`
/// (validateForeignKeyConstraint() in tablecmds.c): the work, and the locks of the queries that do it.
/// `period`: the key is a temporal one.
void check_foreign_key_rows(const Model& model, RelationId referencing, RelationId referenced, bool period,
                            std::uint32_t subcommand, KeyRows rows = KeyRows::any);

/// A partition's own foreign key is taken for its parent's (tryAttachPartitionForeignKey()).
[[nodiscard]] const TableConstraint* attachable_foreign_key(const Model& model, RelationId partition,
                                                            const TableConstraint& parent_key);

/// What a partition gets from its parent's foreign keys and from those that reference its parent, when it is
/// created (`partition` is kNoRelation) or attached (CloneForeignKeyConstraints()).
void clone_foreign_keys(const Model& model, RelationId parent, RelationId partition, std::uint32_t subcommand);

/// Calls `visit(RelationId, const TableConstraint&)` for each foreign key that references the table, or a table
/// that it is a partition of; not for those that a partition has from its parent.
template <class Visitor>
void each_foreign_key_to(const Model& model, RelationId table, Visitor&& visit) {
  constexpr int kMaxLevels = 100;
  for (int level = 0; table != kNoRelation && level < kMaxLevels; ++level) {
    const std::vector<RelationId> referencing = model.relation(table).referenced_by;
    RelationId last = kNoRelation;
    for (const RelationId id : referencing) {
      if (id == last) continue;  // once for each of its keys
      last = id;
      for (const TableConstraint& key : model.relation(id).constraints) {
        if (key.kind != ConstraintKind::foreign_key || key.referenced != table) continue;
        const bool from_parent = key.inherited && model.relation(id).partition_of != kNoRelation;
        if (!from_parent) visit(id, key);
      }
    }
    table = model.relation(table).partition_of;
  }
}

}  // namespace pglatch::locks
