// ALTER … SET SCHEMA.
#include <fmt/format.h>

#include "analyzer/locks/by_version.h"
#include "analyzer/locks/model.h"

namespace pglatch::locks {
namespace {

constexpr LockMode kExclusive = LockMode::access_exclusive;

constexpr ByVersion kIndexMessage{std::array{
    Since<const char*>{10, "\"{}\" is not a table, view, materialized view, sequence, or foreign table",
                       "RangeVarCallbackForAlterRelation() in tablecmds.c"},
    Since<const char*>{15, "cannot change schema of index \"{}\"", "RangeVarCallbackForAlterRelation() in tablecmds.c"},
}};

bool refuse_missing_schema(const Model& model, std::string_view schema) {
  if (!model.catalog().complete || model.catalog().has_schema(schema)) return false;
  model.effects.fail(fmt::format("schema \"{}\" does not exist", schema));
  return true;
}

}  // namespace

// AlterTableNamespace() in tablecmds.c: the sequences that a table owns go with it.
void set_schema(const Model& model, const AlterObjectSchemaStmt& statement) {
  const std::string_view schema = text(statement.newschema);
  if (statement.relation == nullptr) {
    refuse_missing_schema(model, schema);
    return;
  }
  const RelationId id = model.resolve(statement.relation, relation_kind(statement.objectType), statement.missing_ok);
  if (id == kNoRelation) return;
  const Relation& relation = model.relation(id);
  if (refuse_other_kind(model, relation, statement.objectType)) return;
  if (relation.is_index() && relation.origin != Origin::unknown) {
    return model.effects.fail(fmt::format(fmt::runtime(kIndexMessage.at(model.version())), relation.name));
  }
  if (relation.kind == RelationKind::sequence && relation.owned_by != kNoRelation) {
    return model.effects.fail("cannot move an owned sequence into another schema");
  }
  if (refuse_missing_schema(model, schema)) return;
  const Relation* existing = model.catalog().find({schema, relation.name}, model.path());
  if (existing != nullptr && existing->id != id && existing->origin != Origin::unknown) {
    return model.effects.fail(fmt::format("relation \"{}\" already exists in schema \"{}\"", relation.name, schema));
  }
  model.lock(id, kExclusive);
  for (const RelationId sequence : relation.owned_sequences) model.lock(sequence, kExclusive, LockReason::dependent);
}

}  // namespace pglatch::locks
