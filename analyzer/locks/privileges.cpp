// GRANT and REVOKE, default privileges, owners.
#include <fmt/format.h>

#include <array>

#include "analyzer/locks/by_version.h"
#include "analyzer/locks/model.h"

namespace pglatch::locks {
namespace {

constexpr ByVersion kGrant{std::array{
    Since<LockMode>{10, LockMode::none, "objectNamesToOids() in aclchk.c"},
    Since<LockMode>{18, LockMode::access_share, "objectNamesToOids() in aclchk.c; measured"},
}};

bool refuse_missing_schema(const Model& model, std::string_view name) {
  if (!model.catalog().complete || model.catalog().has_schema(name)) return false;
  if (name.rfind("pg_", 0) == 0 || name == "information_schema") return false;
  model.effects.fail(fmt::format("schema \"{}\" does not exist", name));
  return true;
}

}  // namespace

void grant(const Model& model, const GrantStmt& statement) {
  if (statement.targtype == ACL_TARGET_ALL_IN_SCHEMA || statement.objtype == OBJECT_SCHEMA) {
    for (const Node* schema : each(statement.objects)) {
      if (refuse_missing_schema(model, string_value(schema))) return;
    }
    return;
  }
  if (statement.targtype != ACL_TARGET_OBJECT) return;
  if (statement.objtype != OBJECT_TABLE && statement.objtype != OBJECT_SEQUENCE) return;
  for (const RangeVar* name : each<RangeVar>(statement.objects)) {
    const RelationId id = model.resolve(name, relation_kind(statement.objtype));
    for (const AccessPriv* privilege : each<AccessPriv>(statement.privileges)) {
      for (const Node* column : each(privilege->cols)) {
        if (model.refuse_missing_column(id, string_value(column))) return;
      }
    }
    model.lock(id, kGrant.at(model.version()));
  }
}

void alter_default_privileges(const Model& model, const AlterDefaultPrivilegesStmt& statement) {
  for (const DefElem* option : each<DefElem>(statement.options)) {
    if (text(option->defname) != "schemas") continue;
    for (const Node* schema : each(as<List>(option->arg))) {
      if (refuse_missing_schema(model, string_value(schema))) return;
    }
  }
}

// shdepReassignOwned() in pg_shdepend.c calls ATExecChangeOwner() for each relation, as far as owners were set by
// statements.
void reassign_owned(const Model& model, const ReassignOwnedStmt& statement) {
  for (const RoleSpec* role : each<RoleSpec>(statement.roles)) {
    const std::string_view owner = text(role->rolename);
    if (owner.empty()) continue;
    for (const Relation* relation : model.catalog().relations()) {
      if (*relation->owner != owner) continue;
      model.lock(relation->id, LockMode::access_exclusive);
      model.lock_indexes(relation->id, LockMode::access_exclusive);
      for (const RelationId sequence : relation->owned_sequences) {
        model.lock(sequence, LockMode::access_exclusive, LockReason::dependent);
      }
    }
  }
}

}  // namespace pglatch::locks
