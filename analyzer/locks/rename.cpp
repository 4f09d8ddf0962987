// ALTER … RENAME.
#include <fmt/format.h>

#include <algorithm>

#include "analyzer/locks/by_version.h"
#include "analyzer/locks/model.h"

namespace pglatch::locks {
namespace {

constexpr LockMode kExclusive = LockMode::access_exclusive;

constexpr ByVersion kIndexRename{std::array{
    Since<LockMode>{10, LockMode::access_exclusive, "RenameRelation() in tablecmds.c"},
    Since<LockMode>{12, LockMode::share_update_exclusive, "release notes: reduce the lock of renaming an index"},
}};

constexpr ByVersion kNamesNotNulls{std::array{
    Since<bool>{10, false, "pg_attribute.attnotnull alone"},
    Since<bool>{18, true, "release notes: NOT NULL constraints are in pg_constraint"},
}};

// The checks are on what is certain.
bool is_known(const Relation& relation) { return relation.origin != Origin::unknown; }

bool is_for_one_kind(ObjectType type) {
  return type == OBJECT_VIEW || type == OBJECT_MATVIEW || type == OBJECT_SEQUENCE || type == OBJECT_FOREIGN_TABLE;
}

bool refuse_existing_in(const Model& model, const Relation& relation, std::string_view new_name) {
  const Relation* existing = model.catalog().find({relation.schema, new_name}, model.path());
  if (existing == nullptr || !is_known(*existing)) return false;
  model.effects.fail(fmt::format("relation \"{}\" already exists", new_name));
  return true;
}

// RenameRelation(): ALTER INDEX takes the weaker lock, and of anything but an index the stronger one in the end.
void rename_relation(const Model& model, const RenameStmt& statement) {
  const ObjectType type = statement.renameType;
  const RelationId id = model.resolve(statement.relation, relation_kind(type), statement.missing_ok);
  if (id == kNoRelation) return;
  const Relation& relation = model.relation(id);
  if (refuse_other_kind(model, relation, type)) return;
  if (refuse_existing_in(model, relation, text(statement.newname))) return;
  const bool as_index = type == OBJECT_INDEX && (relation.is_index() || !is_known(relation));
  model.lock(id, as_index ? kIndexRename.at(model.version()) : kExclusive);
}

// renameatt_internal().
void rename_column(const Model& model, const RenameStmt& statement) {
  const RelationId root =
      model.resolve(statement.relation, relation_kind(statement.relationType), statement.missing_ok);
  if (root == kNoRelation) return;
  const std::string_view from = text(statement.subname);
  const std::string_view to = text(statement.newname);
  const Relation& relation = model.relation(root);
  if (relation.of_type != kNoRelation) return model.effects.fail("cannot rename column of typed table");
  if (relation.columns_known && relation.column(from) == nullptr) {
    return model.effects.fail(fmt::format("column \"{}\" does not exist", from));
  }
  if (const Column* column = relation.column(from); column != nullptr && column->inherited) {
    return model.effects.fail(fmt::format("cannot rename inherited column \"{}\"", from));
  }
  const bool has_children = !relation.partitions.empty() || !relation.inherited_by.empty();
  if (!statement.relation->inh && has_children) {
    return model.effects.fail(fmt::format("inherited column \"{}\" must be renamed in child tables too", from));
  }
  for (const RelationId id : model.lock_tree(root, kExclusive)) {
    const Relation& table = model.relation(id);
    if (table.column(to) == nullptr) continue;
    return model.effects.fail(fmt::format("column \"{}\" of relation \"{}\" already exists", to, table.name));
  }
}

// renameatt_internal() again: the tables of a composite type have its columns.
void rename_attribute(const Model& model, const RenameStmt& statement) {
  const RelationId type = model.resolve(statement.relation, RelationKind::composite_type);
  const Relation& relation = model.relation(type);
  if (relation.columns_known && relation.column(text(statement.subname)) == nullptr) {
    return model.effects.fail(fmt::format("column \"{}\" does not exist", text(statement.subname)));
  }
  model.lock(type, kExclusive);
  lock_typed_tables(model, type, statement.behavior == DROP_CASCADE);
}

// rename_constraint_internal(): an index is renamed with its constraint, children's CHECKs with their parent's.
void rename_constraint(const Model& model, const RenameStmt& statement) {
  const RelationId root = model.resolve(statement.relation, RelationKind::table, statement.missing_ok);
  if (root == kNoRelation) return;
  const std::string_view name = text(statement.subname);
  const Relation& table = model.relation(root);
  const TableConstraint* constraint = table.constraint(name);
  if (constraint == nullptr) {
    // The name that a NOT NULL gets where it has none is not kept here: "t_a_not_null".
    const bool may_be_not_null = kNamesNotNulls.at(model.version()) && name.find("not_null") != std::string_view::npos;
    if (table.columns_known && !may_be_not_null) {
      model.effects.fail(fmt::format("constraint \"{}\" for table \"{}\" does not exist", name, table.name));
    }
    return model.lock(root, kExclusive);
  }
  const std::string_view to = text(statement.newname);
  const bool inheritable = constraint->kind == ConstraintKind::check || constraint->kind == ConstraintKind::not_null;
  if (inheritable && !constraint->no_inherit) {
    const bool has_children = !table.partitions.empty() || !table.inherited_by.empty();
    if (!statement.relation->inh && has_children) {
      return model.effects.fail(fmt::format("inherited constraint \"{}\" must be renamed in child tables too", name));
    }
    if (constraint->inherited) {
      return model.effects.fail(fmt::format("cannot rename inherited constraint \"{}\"", name));
    }
    model.lock_tree(root, kExclusive);
  } else {
    model.lock(root, kExclusive);
  }
  if (constraint->index != kNoRelation) {
    if (refuse_existing_in(model, table, to)) return;
    return model.lock(constraint->index, kIndexRename.at(model.version()), LockReason::index);
  }
  if (table.constraint(to) != nullptr) {
    model.effects.fail(fmt::format("constraint \"{}\" for relation \"{}\" already exists", to, table.name));
  }
}

void rename_schema(const Model& model, const RenameStmt& statement) {
  const std::string_view from = text(statement.subname);
  const std::string_view to = text(statement.newname);
  if (model.catalog().complete && !model.catalog().has_schema(from)) {
    model.effects.fail(fmt::format("schema \"{}\" does not exist", from));
  } else if (model.catalog().has_schema(to)) {
    model.effects.fail(fmt::format("schema \"{}\" already exists", to));
  }
}

}  // namespace

// RangeVarCallbackForAlterRelation(): ALTER TABLE is for any kind but composite types, the others for their own.
bool refuse_other_kind(const Model& model, const Relation& relation, ObjectType type) {
  if (!is_known(relation)) return false;
  if (is_for_one_kind(type) && relation.kind != relation_kind(type)) {
    model.effects.fail(fmt::format("\"{}\" is not a {}", relation.name, kind_name(type)));
    return true;
  }
  if (relation.kind == RelationKind::composite_type && type != OBJECT_TYPE) {
    model.effects.fail(fmt::format("\"{}\" is a composite type", relation.name));
    return true;
  }
  return false;
}

void rename(const Model& model, const RenameStmt& statement) {
  switch (statement.renameType) {
    case OBJECT_TABLE:
    case OBJECT_FOREIGN_TABLE:
    case OBJECT_VIEW:
    case OBJECT_MATVIEW:
    case OBJECT_SEQUENCE:
    case OBJECT_INDEX:
      return rename_relation(model, statement);
    case OBJECT_COLUMN:
      return rename_column(model, statement);
    case OBJECT_ATTRIBUTE:
      return rename_attribute(model, statement);
    case OBJECT_TABCONSTRAINT:
      return rename_constraint(model, statement);
    case OBJECT_TRIGGER:
      return rename_trigger(model, statement);
    case OBJECT_RULE:
    case OBJECT_POLICY:
      return rename_rule_or_policy(model, statement);
    case OBJECT_SCHEMA:
      return rename_schema(model, statement);
    default:
      return;  // types, enum values, functions … lock no relation
  }
}

}  // namespace pglatch::locks
