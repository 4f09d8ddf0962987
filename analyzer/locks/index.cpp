// CREATE INDEX.
#include <fmt/format.h>

#include <algorithm>

#include "analyzer/catalog/proof.h"
#include "analyzer/locks/by_version.h"
#include "analyzer/locks/model.h"

namespace pglatch::locks {
namespace {

constexpr ByVersion kNotIndexable{std::array{
    Since<const char*>{10, "\"{}\" is not a table or materialized view", "DefineIndex() in indexcmds.c"},
    Since<const char*>{15, "cannot create index on relation \"{}\"", "release 15, errdetail_relkind_not_supported()"},
}};

bool contains(const std::vector<std::string>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// The relation whose name CREATE INDEX IF NOT EXISTS would find: in the schema of the table.
const Relation* of_same_name(const Model& model, const IndexStmt& statement, const Relation& table) {
  if (statement.idxname == nullptr) return nullptr;
  const Relation* found = model.catalog().find({table.schema, text(statement.idxname)}, model.path());
  return found != nullptr && found->origin != Origin::unknown ? found : nullptr;
}

// A valid index of the partition that a new index of its parent would take over instead of building
// one (CompareIndexInfo() in index.c), as far as the definition as written tells.
RelationId equivalent_index(const Model& model, RelationId partition, const IndexStmt& statement) {
  if (statement.whereClause != nullptr) return kNoRelation;
  for (const RelationId id : model.relation(partition).indexes) {
    const IndexDetails& index = *model.relation(id).index;
    if (!index.valid || index.partial || index.parent != kNoRelation) continue;
    if (index.unique != statement.unique || index.method != text(statement.accessMethod)) continue;
    const auto keys = each<IndexElem>(statement.indexParams);
    if (index.columns.size() != keys.size() || index.included.size() != each(statement.indexIncludingParams).size()) {
      continue;
    }
    bool same = true;
    for (std::size_t i = 0; same && i < keys.size(); ++i) {
      same = keys[i]->name != nullptr && keys[i]->opclass == nullptr && keys[i]->collation == nullptr &&
             index.columns[i] == text(keys[i]->name);
    }
    if (same) return id;
  }
  return kNoRelation;
}

bool refuse_column(const Model& model, const Relation& table, std::string_view column) {
  if (!table.columns_known || table.column(column) != nullptr) return false;
  model.effects.fail(fmt::format("column \"{}\" does not exist", column));
  return true;
}

// transformIndexStmt() sees to expressions, before ComputeIndexAttrs() sees to the columns.
bool refuse_columns(const Model& model, const Relation& table, const IndexStmt& statement) {
  std::vector<std::string> mentioned;
  if (statement.whereClause != nullptr) mentioned = columns_of(statement.whereClause);
  for (const IndexElem* key : each<IndexElem>(statement.indexParams)) {
    if (key->expr == nullptr) continue;
    for (std::string& column : columns_of(key->expr)) mentioned.push_back(std::move(column));
  }
  for (const std::string& column : mentioned) {
    // The name of the table stands for the row.
    if (column != table.name && refuse_column(model, table, column)) return true;
  }
  for (const List* list : {statement.indexParams, statement.indexIncludingParams}) {
    for (const IndexElem* key : each<IndexElem>(list)) {
      if (key->name != nullptr && refuse_column(model, table, text(key->name))) return true;
    }
  }
  return false;
}

// DefineIndex(): partitions can only be unique each for itself.
bool refuse_partition_key(const Model& model, const Relation& table, const IndexStmt& statement) {
  if (!statement.unique || table.kind != RelationKind::partitioned_table) return false;
  std::vector<std::string> keys;
  for (const IndexElem* key : each<IndexElem>(statement.indexParams)) keys.emplace_back(text(key->name));
  for (const std::string& column : table.partition_key.columns) {
    if (column.empty()) {
      model.effects.fail("unsupported UNIQUE constraint with partition key definition");
      return true;
    }
    if (contains(keys, column)) continue;
    model.effects.fail("unique constraint on partitioned table must include all partitioning columns");
    return true;
  }
  return false;
}

// utility.c, T_IndexStmt: what is in a foreign table cannot be kept unique from here.
bool refuse_foreign_partitions(const Model& model, RelationId table, const IndexStmt& statement) {
  if (!statement.unique) return false;
  const std::vector<RelationId> tree = model.tree(table, false);
  const bool has_foreign = std::any_of(tree.begin(), tree.end(), [&](RelationId member) {
    return model.relation(member).kind == RelationKind::foreign_table;
  });
  if (!has_foreign) return false;
  model.effects.fail(fmt::format("cannot create unique index on partitioned table \"{}\"", model.relation(table).name));
  return true;
}

// Returns true where the statement is refused, or has nothing to do.
bool is_settled(const Model& model, const Relation& table, const IndexStmt& statement) {
  if (refuse_columns(model, table, statement) || refuse_partition_key(model, table, statement)) return true;
  const Relation* existing = of_same_name(model, statement, table);
  if (existing == nullptr) return false;
  if (!statement.if_not_exists) model.effects.fail(fmt::format("relation \"{}\" already exists", existing->name));
  return true;
}

// The partitions of a table, each with its own index; one that has an equivalent keeps that.
void build(const Model& model, RelationId table, const IndexStmt& statement) {
  const Relation& target = model.relation(table);
  if (target.has_storage()) return model.effects.add_work(table, WorkKind::index_build);
  const std::vector<RelationId> partitions = target.partitions;
  for (const RelationId partition : partitions) {
    const RelationId adopted = equivalent_index(model, partition, statement);
    if (adopted == kNoRelation) {
      build(model, partition, statement);
    } else {
      model.lock(adopted, LockMode::share, LockReason::index);
    }
  }
}

bool refuse_kind(const Model& model, const Relation& table, const IndexStmt& statement) {
  const bool partitioned = table.kind == RelationKind::partitioned_table;
  if (table.origin != Origin::unknown && !partitioned && !table.has_storage()) {
    model.effects.fail(fmt::format(fmt::runtime(kNotIndexable.at(model.version())), table.name));
    return true;
  }
  if (partitioned && statement.concurrent) {
    model.effects.fail(fmt::format("cannot create index on partitioned table \"{}\" concurrently", table.name));
    return true;
  }
  return false;
}

}  // namespace

// utility.c, T_IndexStmt: ShareLock, or ShareUpdateExclusiveLock for CONCURRENTLY.
void create_index(const Model& model, const IndexStmt& statement) {
  if (statement.concurrent && model.refuse_in_transaction("CREATE INDEX CONCURRENTLY")) return;
  const RelationId table = model.resolve(statement.relation);
  const Relation& target = model.relation(table);
  if (model.effects.refused() || refuse_kind(model, target, statement)) return;
  if (statement.concurrent) {
    model.effects.lock(table, LockMode::share_update_exclusive, LockReason::target, HeldUntil::statement);
    if (!is_settled(model, target, statement)) model.effects.add_work(table, WorkKind::index_build);
    return;
  }
  // Inheritance children are not indexed with their parent, partitions are, unless ONLY is said.
  const bool recurse = target.kind == RelationKind::partitioned_table && statement.relation->inh;
  if (recurse && refuse_foreign_partitions(model, table, statement)) return;
  model.lock_tree(table, LockMode::share, !recurse);
  if (is_settled(model, target, statement)) return;
  // ONLY says that the table is partitioned, where nothing else is known of it: nothing is built.
  const bool only_parent =
      !statement.relation->inh && (target.origin == Origin::unknown || target.kind == RelationKind::partitioned_table);
  if (!only_parent) build(model, table, statement);
}

}  // namespace pglatch::locks
