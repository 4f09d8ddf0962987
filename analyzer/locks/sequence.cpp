// CREATE and ALTER SEQUENCE.
#include <fmt/format.h>

#include "analyzer/locks/by_version.h"
#include "analyzer/locks/model.h"

namespace pglatch::locks {
namespace {

constexpr ByVersion kNotASequence{std::array{
    Since<const char*>{10, "\"{}\" is not a sequence", "init_sequence() in sequence.c"},
    Since<const char*>{17, "cannot open relation \"{}\"", "sequence_open() in access/sequence/sequence.c"},
}};

bool is_identity(const Model& model, const Relation& sequence) {
  const Column* column = model.relation(sequence.owned_by).column(sequence.owned_by_column);
  return column != nullptr && column->identity != 0;
}

bool changes_owner(const List* options) {
  for (const DefElem* option : each<DefElem>(options)) {
    if (text(option->defname) == "owned_by") return true;
  }
  return false;
}

// process_owned_by() in sequence.c.
void lock_owner(const Model& model, const List* options, std::string_view schema) {
  for (const DefElem* option : each<DefElem>(options)) {
    if (text(option->defname) != "owned_by" || option->arg == nullptr) continue;
    const auto* names = reinterpret_cast<const List*>(option->arg);
    const NameView name = table_of(names);
    if (name.name.empty()) continue;  // OWNED BY NONE
    const RelationId id = model.resolve(name);
    if (id == kNoRelation) return;
    const Relation& table = model.relation(id);
    if (table.origin != Origin::unknown && table.schema != schema) {
      return model.effects.fail("sequence must be in same schema as table it is linked to");
    }
    if (model.refuse_missing_column(id, name_of(names).name)) return;
    model.lock(id, LockMode::access_share, LockReason::dependent);
  }
}

}  // namespace

void create_sequence(const Model& model, const CreateSeqStmt& statement) {
  const NameView name = name_of(statement.sequence);
  const std::string_view schema = name.schema.empty() ? creation_schema(model.path()) : name.schema;
  const Relation* existing = model.catalog().find({schema, name.name}, model.path());
  if (existing != nullptr && existing->origin != Origin::unknown && statement.if_not_exists) return;
  if (model.refuse_existing(name)) return;
  lock_owner(model, statement.options, schema);
}

// sequence.c, AlterSequence(): ShareRowExclusiveLock, so that nextval() waits.
void alter_sequence(const Model& model, const AlterSeqStmt& statement) {
  const RelationId id = model.resolve(statement.sequence, RelationKind::sequence, statement.missing_ok);
  if (id == kNoRelation) return;
  const Relation& sequence = model.relation(id);
  if (sequence.origin != Origin::unknown && sequence.kind != RelationKind::sequence) {
    return model.effects.fail(fmt::format(fmt::runtime(kNotASequence.at(model.version())), sequence.name));
  }
  if (is_identity(model, sequence) && changes_owner(statement.options)) {
    return model.effects.fail("cannot change ownership of identity sequence");
  }
  model.lock(id, LockMode::share_row_exclusive);
  const std::string schema = sequence.schema;
  lock_owner(model, statement.options, schema);
}

}  // namespace pglatch::locks
