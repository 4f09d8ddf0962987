// ALTER TABLE … ADD PRIMARY KEY, UNIQUE and EXCLUDE: constraints that an index enforces.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "analyzer/locks/alter_table.h"
#include "analyzer/locks/by_version.h"
#include "analyzer/locks/partition_family.h"

namespace pglatch::locks {
namespace {

// The partitions get their index under the lock of CREATE INDEX; since 18 the preparation of ADD CONSTRAINT
// locks them as the parent.
constexpr ByVersion kPartitionLock{
    std::array{Since<LockMode>{10, LockMode::share, "DefineIndex() in indexcmds.c"},
               Since<LockMode>{18, LockMode::access_exclusive, "ATPrepCmd() in tablecmds.c; measured"}}};

// A primary key makes its columns NOT NULL by a constraint of its own, which the children must not contradict.
constexpr ByVersion kNotNullConstraints{std::array{Since<bool>{10, false, "ATPrepSetNotNull() in tablecmds.c"},
                                                   Since<bool>{18, true, "ATPrepAddPrimaryKey() in tablecmds.c"}}};

// RenameRelationInternal() of the index that a constraint takes over.
constexpr ByVersion kRenameIndexLock{
    std::array{Since<LockMode>{10, LockMode::access_exclusive, "RenameRelation() in tablecmds.c"},
               Since<LockMode>{12, LockMode::share_update_exclusive, "release notes of 12: renaming an index"}}};

std::vector<std::string> key_columns(const Constraint& constraint) {
  std::vector<std::string> columns;
  for (const Node* key : each(constraint.keys)) columns.emplace_back(string_value(key));
  // Each exclusion is a pair of an IndexElem and an operator.
  for (const List* pair : each<List>(constraint.exclusions)) {
    columns.emplace_back(text(as<IndexElem>(each(pair)[0])->name));
  }
  return columns;
}

bool is_nullable(const Relation& table, const std::string& name) {
  const Column* column = table.column(name);
  return column == nullptr || !column->not_null;
}

// A PRIMARY KEY makes its columns NOT NULL: nullable ones are checked by a scan unless proved.
void make_not_null_here(const Subcommand& sub, const std::vector<std::string>& columns) {
  const bool scans = std::any_of(columns.begin(), columns.end(), [&](const std::string& name) {
    return is_nullable(sub.relation(), name) && !not_null_proved(sub, name);
  });
  if (scans) sub.scan();
}

// verifyNotNullPKCompatible() in tablecmds.c.
bool refuse_not_null(const Subcommand& sub, const std::vector<std::string>& columns) {
  for (const TableConstraint& constraint : sub.relation().constraints) {
    if (constraint.kind != ConstraintKind::not_null || (constraint.validated && !constraint.no_inherit)) continue;
    const auto& name = constraint.columns.front();
    if (std::find(columns.begin(), columns.end(), name) == columns.end()) continue;
    sub.model.effects.fail(fmt::format("cannot create primary key on column \"{}\"", name));
    return true;
  }
  return false;
}

void make_not_null(const Subcommand& sub, const std::vector<std::string>& columns) {
  const Model& model = sub.model;
  const bool by_constraint = kNotNullConstraints.at(model.version());
  if (by_constraint && refuse_not_null(sub, columns)) return;
  const bool nullable = std::any_of(columns.begin(), columns.end(),
                                    [&](const std::string& name) { return is_nullable(sub.relation(), name); });
  make_not_null_here(sub, columns);
  if (!sub.recurse()) {
    for (const RelationId child : sub.children()) {
      for (const std::string& name : columns) {
        if (!is_nullable(sub.relation(), name) || !is_nullable(model.relation(child), name)) continue;
        if (!by_constraint && !sub.is_partitioned()) continue;
        return model.effects.fail(by_constraint ? fmt::format("column \"{}\" of table \"{}\" is not marked NOT NULL",
                                                              name, model.relation(child).name)
                                                : "constraint must be added to child tables too");
      }
    }
    return;
  }
  // ATPrepSetNotNull() spares partitions where the parent's columns are NOT NULL already, but not children.
  if (!nullable && (by_constraint || sub.is_partitioned())) return;
  sub.lock_descendants(sub.mode);
  for (const RelationId id : model.tree(sub.table, false)) {
    if (id != sub.table) make_not_null_here(sub.on(id), columns);
  }
}

// transformIndexConstraint() in parse_utilcmd.c.
bool refuse_index(const Subcommand& sub, RelationId id, const Constraint& constraint) {
  const Model& model = sub.model;
  const Relation& index = model.relation(id);
  const auto refuse = [&](std::string message) {
    model.effects.fail(std::move(message));
    return true;
  };
  if (id == kNoRelation) {
    return model.catalog().complete && refuse(fmt::format("index \"{}\" does not exist", text(constraint.indexname)));
  }
  if (index.origin == Origin::unknown) return false;
  if (!index.is_index()) return refuse(fmt::format("\"{}\" is not an index", index.name));
  const Relation& owner = model.relation(index.index->table);
  const bool has_constraint = std::any_of(owner.constraints.begin(), owner.constraints.end(),
                                          [&](const TableConstraint& other) { return other.index == id; });
  if (has_constraint) return refuse(fmt::format("index \"{}\" is already associated with a constraint", index.name));
  if (index.index->table != sub.table) {
    return refuse(fmt::format("index \"{}\" does not belong to table \"{}\"", index.name, sub.relation().name));
  }
  if (!index.index->valid) return refuse(fmt::format("index \"{}\" is not valid", index.name));
  if (!index.index->unique) return refuse(fmt::format("\"{}\" is not a unique index", index.name));
  const auto& columns = index.index->columns;
  if (std::find(columns.begin(), columns.end(), std::string()) != columns.end()) {
    return refuse(fmt::format("index \"{}\" contains expressions", index.name));
  }
  if (index.index->partial) return refuse(fmt::format("\"{}\" is a partial index", index.name));
  if (index.index->method != "btree") return refuse(fmt::format("index \"{}\" is not a btree", index.name));
  return false;
}

void add_key_using_index(const Subcommand& sub, const Constraint& constraint) {
  const Model& model = sub.model;
  const RelationId index = model.find({sub.relation().schema, text(constraint.indexname)});
  if (refuse_index(sub, index, constraint)) return;
  if (sub.is_partitioned()) {
    return model.effects.fail("ALTER TABLE / ADD CONSTRAINT USING INDEX is not supported on partitioned tables");
  }
  // The index takes the constraint's name.
  const bool renames = constraint.conname != nullptr && text(constraint.conname) != text(constraint.indexname);
  model.lock(index, renames ? kRenameIndexLock.at(model.version()) : LockMode::access_share, LockReason::index);
  if (constraint.contype != CONSTR_PRIMARY) return;
  make_not_null(sub,
                index == kNoRelation ? std::vector<std::string>{std::string()} : model.relation(index).index->columns);
}

bool refuse_second_primary_key(const Subcommand& sub, const Constraint& constraint) {
  if (constraint.contype != CONSTR_PRIMARY || primary_key_left(sub) == nullptr) return false;
  sub.model.effects.fail(fmt::format("multiple primary keys for table \"{}\" are not allowed", sub.relation().name));
  return true;
}

bool refuse_columns(const Subcommand& sub, const std::vector<std::string>& columns) {
  const Relation& table = sub.relation();
  if (!table.columns_known) return false;
  for (const std::string& name : columns) {
    if (name.empty() || table.column(name) != nullptr || column_added_by_same_statement(sub.statement, name)) continue;
    sub.model.effects.fail(fmt::format("column \"{}\" named in key does not exist", name));
    return true;
  }
  return false;
}

// DefineIndex(): a key of all partitions has to tell the partition.
bool refuse_partition_key(const Subcommand& sub, const Constraint& constraint,
                          const std::vector<std::string>& columns) {
  const Relation& table = sub.relation();
  for (const std::string& name : table.partition_key.columns) {
    if (!name.empty() && std::find(columns.begin(), columns.end(), name) != columns.end()) continue;
    if (name.empty()) {
      const char* kind = constraint.contype == CONSTR_PRIMARY  ? "PRIMARY KEY"
                         : constraint.contype == CONSTR_UNIQUE ? "UNIQUE"
                                                               : "EXCLUDE";
      sub.model.effects.fail(fmt::format("unsupported {} constraint with partition key definition", kind));
    } else {
      sub.model.effects.fail("unique constraint on partitioned table must include all partitioning columns");
    }
    return true;
  }
  return false;
}

// An index of a partition, with a constraint of the same kind, that is taken for the new one of its parent.
RelationId matching_index(const Model& model, RelationId partition, const Constraint& constraint,
                          const std::vector<std::string>& columns) {
  const ConstraintKind kind = constraint.contype == CONSTR_PRIMARY  ? ConstraintKind::primary_key
                              : constraint.contype == CONSTR_UNIQUE ? ConstraintKind::unique
                                                                    : ConstraintKind::exclusion;
  for (const TableConstraint& own : model.relation(partition).constraints) {
    if (own.kind != kind || own.inherited || own.columns != columns) continue;
    const IndexDetails& index = *model.relation(own.index).index;
    if (index.valid && index.included.size() == each(constraint.including).size()) return own.index;
  }
  return kNoRelation;
}

// DefineIndex(), which goes down to the partitions that have no index to take.
void build_index(const Subcommand& sub, const Constraint& constraint, const std::vector<std::string>& columns) {
  const Model& model = sub.model;
  if (sub.relation().has_storage()) return sub.work(sub.table, WorkKind::index_build);
  if (!sub.is_partitioned() || !sub.recurse()) return;
  for (const RelationId partition : sub.children()) {
    if (constraint.contype != CONSTR_EXCLUSION && model.relation(partition).kind == RelationKind::foreign_table) {
      return model.effects.fail(
          fmt::format("cannot create unique index on partitioned table \"{}\"", sub.relation().name));
    }
    sub.lock_child(partition, kPartitionLock.at(model.version()));
    const RelationId match = matching_index(model, partition, constraint, columns);
    if (match != kNoRelation) {
      model.lock(match, LockMode::share, LockReason::index);
      continue;
    }
    // index_check_primary_key(). One that came from the parent went with the parent's.
    const TableConstraint* own = model.relation(partition).primary_key();
    if (own != nullptr && !own->inherited && refuse_second_primary_key(sub.on(partition), constraint)) return;
    build_index(sub.on(partition), constraint, columns);
  }
}

}  // namespace

void add_key(const Subcommand& sub, const Constraint& constraint) {
  const Model& model = sub.model;
  const Relation& table = sub.relation();
  if (table.kind == RelationKind::foreign_table) {
    const char* kind = constraint.contype == CONSTR_PRIMARY  ? "primary key"
                       : constraint.contype == CONSTR_UNIQUE ? "unique"
                                                             : "exclusion";
    return model.effects.fail(fmt::format("{} constraints are not supported on foreign tables", kind));
  }
  if (constraint.contype == CONSTR_EXCLUSION && sub.is_partitioned() && !kExclusionOnPartitioned.at(model.version())) {
    return model.effects.fail("exclusion constraints are not supported on partitioned tables");
  }
  if (constraint.indexname != nullptr) {
    if (!refuse_second_primary_key(sub, constraint)) add_key_using_index(sub, constraint);
    return;
  }
  const std::vector<std::string> columns = key_columns(constraint);
  if (refuse_columns(sub, columns) || refuse_second_primary_key(sub, constraint)) return;
  if (refuse_partition_key(sub, constraint, columns)) return;
  const std::string_view name = text(constraint.conname);
  if (!name.empty() && !dropped_by_same_statement(sub.statement, name) &&
      model.refuse_existing({sub.relation().schema, name})) {
    return;
  }
  if (constraint.contype == CONSTR_PRIMARY) make_not_null(sub, columns);
  if (!model.effects.refused()) build_index(sub, constraint, columns);
}

}  // namespace pglatch::locks
