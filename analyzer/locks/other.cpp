// Statements that lock without working on rows: triggers, renames, comments, privileges, sequences,
// domains and enums.
#include <fmt/format.h>

#include "analyzer/locks/model.h"

namespace pglatch::locks {

// trigger.c: ShareRowExclusiveLock, on partitions too; AccessShareLock on the table of FROM.
void create_trigger(const Model& model, const CreateTrigStmt& statement) {
  const RelationId table = model.resolve(statement.relation);
  const bool recurse = statement.row && model.relation(table).kind == RelationKind::partitioned_table;
  model.lock_tree(table, LockMode::share_row_exclusive, !recurse);
  if (statement.constrrel != nullptr) {
    model.lock(model.resolve(statement.constrrel), LockMode::access_share, LockReason::referenced);
  }
}

void rename(const Model& model, const RenameStmt& statement) {
  constexpr LockMode kExclusive = LockMode::access_exclusive;
  switch (statement.renameType) {
    case OBJECT_INDEX: {
      // ALTER INDEX … RENAME takes less since 12 (RenameRelation); ALTER TABLE index RENAME does not.
      const RelationId index = model.resolve(statement.relation, RelationKind::index);
      return model.lock(index, model.version() >= 12 ? LockMode::share_update_exclusive : kExclusive);
    }
    case OBJECT_TABLE:
    case OBJECT_FOREIGN_TABLE:
      return model.lock(model.resolve(statement.relation), kExclusive);
    case OBJECT_VIEW:
      return model.lock(model.resolve(statement.relation, RelationKind::view), kExclusive);
    case OBJECT_MATVIEW:
      return model.lock(model.resolve(statement.relation, RelationKind::materialized_view), kExclusive);
    case OBJECT_SEQUENCE:
      return model.lock(model.resolve(statement.relation, RelationKind::sequence), kExclusive);
    case OBJECT_COLUMN: {
      const RelationId root = model.resolve(statement.relation);
      model.lock_tree(root, kExclusive, !statement.relation->inh);
      return;
    }
    case OBJECT_TABCONSTRAINT: {
      const RelationId root = model.resolve(statement.relation);
      const auto* constraint = model.relation(root).constraint(text(statement.subname));
      const bool recurse = constraint != nullptr && constraint->kind == ConstraintKind::check;
      model.lock_tree(root, kExclusive, !recurse);
      if (constraint != nullptr && constraint->index != kNoRelation) {
        model.lock(constraint->index, model.version() >= 12 ? LockMode::share_update_exclusive : kExclusive,
                   LockReason::index);
      }
      return;
    }
    case OBJECT_TRIGGER:
    case OBJECT_RULE:
    case OBJECT_POLICY:
      return model.lock(model.resolve(statement.relation), kExclusive);
    default:
      return;  // schemas, types, enum values, functions … lock no relation
  }
}

void set_schema(const Model& model, const AlterObjectSchemaStmt& statement) {
  if (statement.relation != nullptr) model.lock(model.resolve(statement.relation), LockMode::access_exclusive);
}

// comment.c: ShareUpdateExclusiveLock on the relation, AccessShareLock for what hangs on a table.
void comment(const Model& model, const CommentStmt& statement) {
  const auto* names = reinterpret_cast<const List*>(statement.object);
  switch (statement.objtype) {
    case OBJECT_TABLE:
    case OBJECT_VIEW:
    case OBJECT_MATVIEW:
    case OBJECT_SEQUENCE:
    case OBJECT_FOREIGN_TABLE:
      return model.lock(model.resolve(names), LockMode::share_update_exclusive);
    case OBJECT_INDEX:
      return model.lock(model.resolve(names, RelationKind::index), LockMode::share_update_exclusive);
    case OBJECT_COLUMN:
    case OBJECT_TABCONSTRAINT:
    case OBJECT_TRIGGER:
    case OBJECT_POLICY:
    case OBJECT_RULE: {
      const NameView table = table_of(names);
      if (table.name.empty()) return;
      const LockMode mode =
          statement.objtype == OBJECT_COLUMN ? LockMode::share_update_exclusive : LockMode::access_share;
      return model.lock(model.resolve(table), mode);
    }
    default:
      return;
  }
}

// aclchk.c: since 18 the relation is locked while its privileges change.
void grant(const Model& model, const GrantStmt& statement) {
  if (model.version() < 18 || statement.targtype != ACL_TARGET_OBJECT) return;
  if (statement.objtype != OBJECT_TABLE && statement.objtype != OBJECT_SEQUENCE) return;
  for (const RangeVar* name : each<RangeVar>(statement.objects)) {
    model.lock(model.resolve(name), LockMode::access_share);
  }
}

// sequence.c: ShareRowExclusiveLock, so that nextval() waits.
void alter_sequence(const Model& model, const AlterSeqStmt& statement) {
  if (statement.missing_ok && model.find(name_of(statement.sequence)) == kNoRelation) return;
  model.lock(model.resolve(statement.sequence, RelationKind::sequence), LockMode::share_row_exclusive);
  for (const DefElem* option : each<DefElem>(statement.options)) {
    if (text(option->defname) != "owned_by" || option->arg == nullptr) continue;
    const NameView table = table_of(reinterpret_cast<const List*>(option->arg));
    if (table.name.empty()) continue;  // OWNED BY NONE
    model.lock(model.resolve(table), LockMode::access_share, LockReason::dependent);
  }
}

// typecmds.c, validateDomainCheckConstraint and validateDomainNotNullConstraint: ShareLock on every
// table with a column of the domain, and a scan of it.
void alter_domain(const Model& model, const AlterDomainStmt& statement) {
  const auto* constraint = as<Constraint>(statement.def);
  const bool validates = statement.subtype == 'O' || statement.subtype == 'V' ||
                         (statement.subtype == 'C' && constraint != nullptr && !constraint->skip_validation);
  if (!validates) return;
  const NameView domain = name_of(statement.typeName);
  for (const Relation* relation : model.catalog().relations()) {
    if (!relation->has_storage()) continue;
    for (const Column& column : relation->columns) {
      if (column.type.name != domain.name || column.type.array) continue;
      if (!domain.schema.empty() && !column.type.schema.empty() && domain.schema != column.type.schema) continue;
      model.lock(relation->id, LockMode::share, LockReason::dependent);
      model.effects.add_work(relation->id, WorkKind::scan);
      break;
    }
  }
}

// typecmds.c, AlterEnum: until 11 refused in a transaction block, unless the type is as new.
void alter_enum(const Model& model, const AlterEnumStmt& statement) {
  if (model.version() <= 11 && statement.oldVal == nullptr) {
    model.refuse_in_transaction("ALTER TYPE ... ADD");
  }
}

// publicationcmds.c, OpenTableList.
void publication(const Model& model, const List* objects) {
  for (const PublicationObjSpec* object : each<PublicationObjSpec>(objects)) {
    if (object->pubtable == nullptr || object->pubtable->relation == nullptr) continue;
    const RangeVar* name = object->pubtable->relation;
    model.lock_tree(model.resolve(name), LockMode::share_update_exclusive, !name->inh);
  }
}

}  // namespace pglatch::locks
