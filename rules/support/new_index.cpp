#include "rules/support/new_index.h"

namespace pglatch {
namespace {

bool is_there(const StatementContext& context, const IndexStmt& index, const Relation& table) {
  if (!index.if_not_exists || index.idxname == nullptr) return false;
  const Relation* there = context.catalog.find(NameView{table.schema, text(index.idxname)}, {});
  return there != nullptr && there->origin != Origin::unknown;
}

}  // namespace

const Relation* table_of_new_index(const StatementContext& context, const IndexStmt& index) {
  if (context.effects.refused()) return nullptr;
  const Relation* table = find_relation(context, index.relation);
  return table == nullptr || table->temporary || is_there(context, index, *table) ? nullptr : table;
}

}  // namespace pglatch
