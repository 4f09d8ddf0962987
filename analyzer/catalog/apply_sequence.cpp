// Sequences.
#include <algorithm>

#include "analyzer/catalog/apply_families.h"
#include "analyzer/catalog/object_names.h"

namespace pglatch::applying {
namespace {

// OWNED BY table.column, or NONE. False where the option is not given.
struct Owner {
  bool given = false;
  NameView table;
  std::string_view column;
};

Owner owner_in(const List* options) {
  Owner owner;
  for (const DefElem* option : each<DefElem>(options)) {
    if (text(option->defname) != "owned_by") continue;
    owner.given = true;
    if (option->arg == nullptr || option->arg->type != T_List) continue;
    const auto* names = reinterpret_cast<const List*>(option->arg);
    owner.table = table_of(names);
    if (!owner.table.name.empty()) owner.column = name_of(names).name;  // not NONE
  }
  return owner;
}

void remove_id(std::vector<RelationId>& ids, RelationId id) {
  ids.erase(std::remove(ids.begin(), ids.end(), id), ids.end());
}

}  // namespace

const List* identity_options(const ColumnDef& definition) {
  for (const Constraint* constraint : each<Constraint>(definition.constraints)) {
    if (constraint->contype == CONSTR_IDENTITY) return constraint->options;
  }
  return nullptr;
}

void create_owned_sequence(const Context& context, RelationId table, std::string_view column, const List* options) {
  const Relation& owner = context.relation(table);
  Relation sequence;
  sequence.kind = RelationKind::sequence;
  sequence.schema = owner.schema;
  for (const DefElem* option : each<DefElem>(options)) {
    if (text(option->defname) != "sequence_name" || option->arg == nullptr || option->arg->type != T_List) continue;
    const NameView given = name_of(reinterpret_cast<const List*>(option->arg));
    if (!given.schema.empty()) sequence.schema = given.schema;
    sequence.name = given.name;
  }
  if (sequence.name.empty()) {
    sequence.name = choose_relation_name(context.catalog, owner.schema, owner.name, column, "seq", false);
  }
  sequence.temporary = owner.temporary;
  sequence.columns_known = true;
  sequence.owned_by = table;
  sequence.owned_by_column = column;
  context.catalog.create(std::move(sequence));
}

void drop_owned_sequences(const Context& context, RelationId table, std::string_view column) {
  const std::vector<RelationId> sequences = context.relation(table).owned_sequences;
  for (const RelationId id : sequences) {
    if (context.relation(id).owned_by_column == column) context.catalog.drop(id);
  }
}

void create_sequence(const Context& context, const CreateSeqStmt& statement) {
  Relation sequence = new_relation(context, statement.sequence, RelationKind::sequence);
  if (!context.may_create(sequence.schema, sequence.name, statement.if_not_exists)) return;
  sequence.columns_known = true;
  const Owner owner = owner_in(statement.options);
  if (!owner.column.empty()) {
    sequence.owned_by = context.catalog.resolve(owner.table, context.path).id;
    sequence.owned_by_column = owner.column;
  }
  context.catalog.create(std::move(sequence));
}

void alter_sequence(const Context& context, const AlterSeqStmt& statement) {
  const RelationId id = context.resolve(statement.sequence, RelationKind::sequence);
  const Owner owner = owner_in(statement.options);
  if (!owner.given) return;
  if (const RelationId former = context.relation(id).owned_by; context.catalog.find(former) != nullptr) {
    remove_id(context.catalog.change(former).owned_sequences, id);
  }
  RelationId table = kNoRelation;
  if (!owner.column.empty()) {
    table = context.catalog.resolve(owner.table, context.path).id;
    context.catalog.change(table).owned_sequences.push_back(id);
  }
  Relation& sequence = context.catalog.change(id);
  sequence.owned_by = table;
  sequence.owned_by_column = owner.column;
}

}  // namespace pglatch::applying
