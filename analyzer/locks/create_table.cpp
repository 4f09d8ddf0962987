// CREATE TABLE: the new table locks nothing that others use, but what it refers to is locked.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "analyzer/locks/by_version.h"
#include "analyzer/locks/foreign_key.h"
#include "analyzer/locks/partition_family.h"
#include "analyzer/locks/storage_parameters.h"
#include "analyzer/locks/type_names.h"

namespace pglatch::locks {
namespace {

// The schema that the new table is created in, and its name.
NameView full_name(const Model& model, const RangeVar& name) {
  const NameView view = name_of(&name);
  if (name.relpersistence == RELPERSISTENCE_TEMP) return {kTemporarySchema, view.name};
  return {view.schema.empty() ? creation_schema(model.path()) : view.schema, view.name};
}

void reference(const Model& model, const CreateStmt& statement, const Constraint* constraint) {
  if (constraint == nullptr || constraint->contype != CONSTR_FOREIGN) return;
  // A table that references itself is there by then.
  const NameView referenced = name_of(constraint->pktable);
  const NameView created = full_name(model, *statement.relation);
  const bool itself =
      referenced.name == created.name &&
      (referenced.schema == created.schema || (referenced.schema.empty() && model.find(referenced) == kNoRelation));
  if (!itself) add_foreign_key(model, kNoRelation, *constraint, 0, KeyRows::none);
}

// tablecmds.c, DefineRelation: AccessExclusiveLock on the parent, since adding a partition changes
// the default partition's constraint and the parent's partition descriptor.
void create_partition(const Model& model, const CreateStmt& statement) {
  const auto* parent_name = each<RangeVar>(statement.inhRelations)[0];
  const RelationId parent = model.resolve(parent_name, RelationKind::partitioned_table);
  if (model.effects.refused()) return;
  const Relation& above = model.relation(parent);
  if (above.kind != RelationKind::partitioned_table && above.origin != Origin::unknown) {
    return model.effects.fail(fmt::format("\"{}\" is not partitioned", above.name));
  }
  const PartitionBound bound = partition_bound(*statement.partbound);
  if (refuse_bound(model, text(statement.relation->relname), parent, bound)) return;
  model.lock(parent, LockMode::access_exclusive, LockReason::parent);
  check_default_partition(model, parent, bound, 0);
  for (const RelationId index : model.relation(parent).indexes) {
    model.lock(index, LockMode::share_update_exclusive, LockReason::index);
  }
  clone_foreign_keys(model, parent, kNoRelation, 0);
}

// MergeAttributes() in tablecmds.c.
void inherit(const Model& model, const CreateStmt& statement) {
  for (const RangeVar* name : each<RangeVar>(statement.inhRelations)) {
    const RelationId parent = model.resolve(name);
    if (model.effects.refused()) return;
    const Relation& above = model.relation(parent);
    if (above.kind == RelationKind::partitioned_table && above.origin != Origin::unknown) {
      return model.effects.fail(fmt::format("cannot inherit from partitioned table \"{}\"", above.name));
    }
    if (above.partition_of != kNoRelation) {
      return model.effects.fail(fmt::format("cannot inherit from partition \"{}\"", above.name));
    }
    if (above.origin != Origin::unknown && above.kind != RelationKind::table &&
        above.kind != RelationKind::foreign_table) {
      return model.effects.fail(fmt::format("inherited relation \"{}\" is not a table or foreign table", above.name));
    }
    model.lock(parent, LockMode::share_update_exclusive, LockReason::parent);
  }
}

// The names in a column list that the table has no column for are an error only where nothing else brings
// columns: INHERITS, LIKE, OF.
bool brings_columns(const CreateStmt& statement) {
  if (statement.inhRelations != nullptr || statement.ofTypename != nullptr) return true;
  const auto elements = each(statement.tableElts);
  return std::any_of(elements.begin(), elements.end(),
                     [](const Node* element) { return as<TableLikeClause>(element) != nullptr; });
}

bool has_column(const CreateStmt& statement, std::string_view name) {
  for (const Node* element : each(statement.tableElts)) {
    const auto* column = as<ColumnDef>(element);
    if (column != nullptr && text(column->colname) == name) return true;
  }
  return false;
}

bool refuse_columns(const Model& model, const CreateStmt& statement) {
  const auto elements = each(statement.tableElts);
  for (std::size_t i = 0; i < elements.size(); ++i) {
    const auto* column = as<ColumnDef>(elements[i]);
    if (column != nullptr && refuse_missing_type(model, column->typeName)) return true;
    for (std::size_t j = 0; column != nullptr && j < i; ++j) {
      const auto* other = as<ColumnDef>(elements[j]);
      if (other == nullptr || text(other->colname) != text(column->colname)) continue;
      model.effects.fail(fmt::format("column \"{}\" specified more than once", text(column->colname)));
      return true;
    }
  }
  return false;
}

// The columns of a key: those that it names, or the one that it is written at.
bool key_has(const Constraint& constraint, std::string_view column, std::string_view name) {
  if (constraint.keys == nullptr && constraint.exclusions == nullptr) return column == name;
  for (const Node* key : each(constraint.keys)) {
    if (string_value(key) == name) return true;
  }
  for (const List* pair : each<List>(constraint.exclusions)) {
    if (text(as<IndexElem>(each(pair)[0])->name) == name) return true;
  }
  return false;
}

// What transformIndexConstraints() and DefineIndex() say of the keys of a new table.
struct KeyCheck {
  const Model& model;
  const CreateStmt& statement;
  bool any_column;  // some columns are not in sight
  bool has_primary = false;

  void check(const Constraint& constraint, std::string_view column) {
    const bool primary = constraint.contype == CONSTR_PRIMARY;
    if (!primary && constraint.contype != CONSTR_UNIQUE && constraint.contype != CONSTR_EXCLUSION) return;
    if (primary && has_primary) {
      return model.effects.fail(
          fmt::format("multiple primary keys for table \"{}\" are not allowed", text(statement.relation->relname)));
    }
    has_primary = has_primary || primary;
    for (const Node* key : each(constraint.keys)) {
      if (any_column || has_column(statement, string_value(key))) continue;
      return model.effects.fail(fmt::format("column \"{}\" named in key does not exist", string_value(key)));
    }
    if (statement.partspec == nullptr) return;
    if (constraint.contype == CONSTR_EXCLUSION && !kExclusionOnPartitioned.at(model.version())) {
      return model.effects.fail("exclusion constraints are not supported on partitioned tables");
    }
    for (const PartitionElem* element : each<PartitionElem>(statement.partspec->partParams)) {
      if (element->name == nullptr || key_has(constraint, column, text(element->name))) continue;
      return model.effects.fail("unique constraint on partitioned table must include all partitioning columns");
    }
  }
};

bool refuse_partition_columns(const Model& model, const CreateStmt& statement, bool any_column) {
  if (statement.partspec == nullptr || any_column) return false;
  for (const PartitionElem* element : each<PartitionElem>(statement.partspec->partParams)) {
    if (element->name == nullptr || has_column(statement, text(element->name))) continue;
    model.effects.fail(fmt::format("column \"{}\" named in partition key does not exist", text(element->name)));
    return true;
  }
  return false;
}

void check_definition(const Model& model, const CreateStmt& statement) {
  if (refuse_columns(model, statement)) return;
  const bool any_column = brings_columns(statement);
  if (refuse_partition_columns(model, statement, any_column)) return;
  KeyCheck keys{model, statement, any_column};
  for (const Node* element : each(statement.tableElts)) {
    if (const auto* column = as<ColumnDef>(element)) {
      for (const Constraint* constraint : each<Constraint>(column->constraints)) {
        keys.check(*constraint, text(column->colname));
      }
    } else if (const auto* constraint = as<Constraint>(element)) {
      keys.check(*constraint, {});
    }
  }
  if (statement.options == nullptr) return;
  refuse_unknown_parameters(
      model, statement.options,
      statement.partspec != nullptr ? ParameterHolder::partitioned_table : ParameterHolder::table);
}

}  // namespace

void create_table(const Model& model, const CreateStmt& statement) {
  const NameView name = full_name(model, *statement.relation);
  if (statement.if_not_exists) {
    const Relation* existing = model.catalog().find(name, model.path());
    if (existing != nullptr && existing->origin != Origin::unknown) return;
  } else if (model.refuse_existing(name)) {
    return;
  }
  check_definition(model, statement);
  if (model.effects.refused()) return;
  if (statement.partbound != nullptr && statement.inhRelations != nullptr) {
    create_partition(model, statement);
  } else {
    inherit(model, statement);
  }
  if (statement.ofTypename != nullptr) {
    if (refuse_missing_type(model, statement.ofTypename)) return;
    model.lock(model.find(name_of(statement.ofTypename->names)), LockMode::access_share, LockReason::dependent);
  }
  for (const Node* element : each(statement.tableElts)) {
    if (const auto* column = as<ColumnDef>(element)) {
      for (const Constraint* constraint : each<Constraint>(column->constraints)) {
        reference(model, statement, constraint);
      }
    } else if (const auto* like = as<TableLikeClause>(element)) {
      model.lock(model.resolve(like->relation), LockMode::access_share, LockReason::dependent);
    } else {
      reference(model, statement, as<Constraint>(element));
    }
  }
  for (const Constraint* constraint : each<Constraint>(statement.constraints)) reference(model, statement, constraint);
}

}  // namespace pglatch::locks
