#include "analyzer/locks/foreign_key.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "analyzer/locks/by_version.h"
#include "analyzer/locks/foreign_key_refusals.h"

namespace pglatch::locks {
namespace {

constexpr LockMode kSre = LockMode::share_row_exclusive;

// A query on a partitioned table opens its indexes too, to know what is unique.
constexpr ByVersion kPlansPartitionedIndexes{
    std::array{Since<bool>{10, false, "get_relation_info() in plancat.c"},
               Since<bool>{16, true, "get_relation_info() in plancat.c, commit 3c569049b7b5"}}};

// The tables that reference the parent of a new partition get triggers for it.
constexpr ByVersion kReferencingLock{
    std::array{Since<LockMode>{10, LockMode::access_share, "CloneFkReferenced() in tablecmds.c"},
               Since<LockMode>{15, LockMode::share_row_exclusive, "CloneFkReferenced() in tablecmds.c; measured"}}};

// A partition's foreign key that is NOT VALID can be taken for its parent's, and is validated then.
constexpr ByVersion kAttachesUnvalidated{
    std::array{Since<bool>{10, false, "tryAttachPartitionForeignKey() in tablecmds.c"},
               Since<bool>{18, true, "tryAttachPartitionForeignKey() in tablecmds.c"}}};

// Taking a partition's key for its parent's drops triggers on the partitions of the referenced table; on that
// table itself too.
constexpr ByVersion kAttachDropsRootTriggers{
    std::array{Since<bool>{10, false, "tryAttachPartitionForeignKey() in tablecmds.c"},
               Since<bool>{15, true, "tryAttachPartitionForeignKey() in tablecmds.c; measured"}}};

// addFkRecurseReferenced(): triggers on the referenced table and its partitions.
void lock_referenced(const Model& model, RelationId referenced, LockMode mode) {
  const bool partitioned = model.relation(referenced).kind == RelationKind::partitioned_table;
  for (const RelationId id : model.tree(referenced, !partitioned)) {
    model.lock(id, mode, id == referenced ? LockReason::referenced : LockReason::partition);
  }
}

// The triggers of a partition's own key on the referenced table go, as it is taken for its parent's. With a
// partitioned one, the partition's own keys to its partitions go too (RemoveInheritedConstraint()).
void lock_attached(const Model& model, RelationId partition, RelationId referenced) {
  if (model.relation(referenced).kind != RelationKind::partitioned_table) {
    return model.lock(referenced, LockMode::access_exclusive, LockReason::referenced);
  }
  model.lock(partition, LockMode::access_exclusive, LockReason::partition);
  for (const RelationId id : model.tree(referenced, false)) {
    if (id == referenced && !kAttachDropsRootTriggers.at(model.version())) continue;
    model.lock(id, LockMode::access_exclusive, id == referenced ? LockReason::referenced : LockReason::partition);
  }
}

// One table with a foreign key of its own, and those of its partitions that it has to have it too.
void check_or_attach(const Model& model, RelationId table, const TableConstraint& key, bool period,
                     std::uint32_t subcommand, KeyRows rows) {
  if (model.relation(table).kind != RelationKind::partitioned_table) {
    return check_foreign_key_rows(model, table, key.referenced, period, subcommand, rows);
  }
  const std::vector<RelationId> partitions = model.relation(table).partitions;
  for (const RelationId partition : partitions) {
    const TableConstraint* own = attachable_foreign_key(model, partition, key);
    if (own == nullptr) {
      check_or_attach(model, partition, key, period, subcommand, rows);
      continue;
    }
    const bool validated = own->validated;
    lock_attached(model, partition, key.referenced);
    if (!validated && key.validated) check_or_attach(model, partition, key, period, subcommand, rows);
  }
}

// The few that the script spells out are not worth a word.
bool has_rows_to_check(const Model& model, RelationId table) {
  const std::vector<RelationId>& none = model.effects.without_rows;
  return !holds_few_rows(model.relation(table), model.catalog()) &&
         std::find(none.begin(), none.end(), table) == none.end();
}

#if PG_VERSION_NUM >= 180000
bool has_period(const Constraint& constraint) { return constraint.fk_with_period; }
#else
bool has_period(const Constraint&) { return false; }
#endif

}  // namespace

// RI_Initial_Check() in ri_triggers.c: a join of both tables, which does not look at the second where the first has no
// rows, or none without nulls (ExecHashJoinImpl() in nodeHashjoin.c and its like; measured). A temporal key is checked
// row by row, by the query that locks the referenced row.
void check_foreign_key_rows(const Model& model, RelationId referencing, RelationId referenced, bool period,
                            std::uint32_t subcommand, KeyRows rows) {
  const LockMode lookup = period ? LockMode::row_share : LockMode::access_share;
  const bool partitioned = model.relation(referencing).kind == RelationKind::partitioned_table;
  bool looks_up = false;
  for (const RelationId id : model.tree(referencing, !partitioned)) {
    if (!model.relation(id).has_storage()) continue;
    model.effects.add_work(id, WorkKind::validate_fk, subcommand);
    looks_up = looks_up || (rows == KeyRows::any && has_rows_to_check(model, id));
    if (!period) model.lock_indexes(id, LockMode::access_share);
  }
  const bool parts = model.relation(referenced).kind == RelationKind::partitioned_table;
  for (const RelationId id : model.tree(referenced, !parts)) {
    model.lock(id, lookup, id == referenced ? LockReason::referenced : LockReason::partition);
    if (model.relation(id).has_storage()) {
      if (looks_up) model.effects.add_work(id, WorkKind::validate_fk, subcommand);
    } else if (!kPlansPartitionedIndexes.at(model.version())) {
      continue;
    }
    model.lock_indexes(id, lookup);
  }
}

const TableConstraint* attachable_foreign_key(const Model& model, RelationId partition,
                                              const TableConstraint& parent_key) {
  for (const TableConstraint& own : model.relation(partition).constraints) {
    if (own.kind != ConstraintKind::foreign_key || own.inherited || own.referenced != parent_key.referenced) continue;
    if (own.columns != parent_key.columns || own.referenced_columns != parent_key.referenced_columns) continue;
    if (own.deferrable != parent_key.deferrable || own.initially_deferred != parent_key.initially_deferred) continue;
    if (own.on_update != parent_key.on_update || own.on_delete != parent_key.on_delete) continue;
    if (own.enforced != parent_key.enforced) continue;
    if (own.validated || kAttachesUnvalidated.at(model.version())) return &own;
  }
  return nullptr;
}

// tablecmds.c, ATAddForeignKeyConstraint: ShareRowExclusiveLock on both sides; the existing rows of
// both are read to validate it.
void add_foreign_key(const Model& model, RelationId table, const Constraint& constraint, std::uint32_t subcommand,
                     KeyRows rows) {
  const RelationId referenced = model.resolve(constraint.pktable);
  if (refuse_foreign_key(model, table, referenced, constraint)) return;
  lock_referenced(model, referenced, kSre);
  if (rows == KeyRows::none) return;
  const TableConstraint key = described_foreign_key(model, referenced, constraint);
  if (key.validated) return check_or_attach(model, table, key, has_period(constraint), subcommand, rows);
  for (const RelationId partition : model.tree(table, false)) {
    if (partition == table || attachable_foreign_key(model, partition, key) == nullptr) continue;
    lock_attached(model, partition, referenced);
  }
}

void clone_foreign_keys(const Model& model, RelationId parent, RelationId partition, std::uint32_t subcommand) {
  each_foreign_key_to(model, parent, [&](RelationId referencing, const TableConstraint&) {
    if (referencing != parent) model.lock(referencing, kReferencingLock.at(model.version()), LockReason::referencing);
  });
  // CloneFkReferencing()
  const std::vector<TableConstraint> constraints = model.relation(parent).constraints;
  for (const TableConstraint& key : constraints) {
    if (key.kind != ConstraintKind::foreign_key) continue;
    lock_referenced(model, key.referenced, kSre);
    if (partition == kNoRelation) continue;
    const TableConstraint* own = attachable_foreign_key(model, partition, key);
    if (own != nullptr) lock_attached(model, partition, key.referenced);
    if (key.validated && (own == nullptr || !own->validated)) {
      check_or_attach(model, partition, key, false, subcommand, KeyRows::any);
    }
  }
}

}  // namespace pglatch::locks
