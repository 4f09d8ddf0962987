#include "analyzer/locks/partition_family.h"

#include <fmt/format.h>

namespace pglatch::locks {

bool refuse_bound(const Model& model, std::string_view partition, RelationId parent, const PartitionBound& bound) {
  const Relation& above = model.relation(parent);
  if (is_empty_range(above, bound)) {
    model.effects.fail(fmt::format("empty range bound specified for partition \"{}\"", partition));
    return true;
  }
  const RelationId other = overlapping_partition(model.catalog(), above, bound);
  if (other == kNoRelation) return false;
  const std::string_view taken = model.relation(other).name;
  model.effects.fail(
      bound.is_default
          ? fmt::format("partition \"{}\" conflicts with existing default partition \"{}\"", partition, taken)
          : fmt::format("partition \"{}\" would overlap partition \"{}\"", partition, taken));
  return true;
}

// check_default_partition_contents() in partbounds.c and QueuePartitionConstraintValidation() in tablecmds.c. What
// the default partition proves spares its partitions even the lock.
void check_default_partition(const Model& model, RelationId parent, const PartitionBound& bound,
                             std::uint32_t subcommand) {
  const Relation& above = model.relation(parent);
  const RelationId other = model.catalog().default_partition(above);
  if (other == kNoRelation || bound.is_default) return;
  model.lock(other, LockMode::access_exclusive, LockReason::default_partition);
  const auto outside = [&](RelationId id) { return proves_outside(model.relation(id), above.partition_key, bound); };
  if (outside(other)) return;
  for (const RelationId id : model.tree(other, false)) {
    model.lock(id, LockMode::access_exclusive, LockReason::default_partition);
    if (!model.relation(id).has_storage() || outside(id)) continue;
    model.effects.add_work(id, WorkKind::scan, subcommand);
  }
}

}  // namespace pglatch::locks
