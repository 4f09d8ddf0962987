#include "rules/recipes/new_table_columns.h"

#include <fmt/format.h>

#include <algorithm>

#include "analyzer/parse/identifier.h"

namespace pglatch {
namespace {

bool is_of_column(const Constraint& constraint) {
  return constraint.contype == CONSTR_NULL || constraint.contype == CONSTR_NOTNULL ||
         constraint.contype == CONSTR_DEFAULT;
}

// Whether a sequence fills it or not.
bool is_same(TypeRef made, TypeRef old) {
  made.serial = old.serial = false;
  return made == old;
}

// A partition must not lack a NOT NULL; that of the primary key comes with it.
bool is_nullable_alike(const Column& made, const Column& old, const TableConstraint* key) {
  if (made.not_null == old.not_null || !made.not_null) return true;
  return key != nullptr && std::find(key->columns.begin(), key->columns.end(), made.name) != key->columns.end();
}

}  // namespace

std::string why_other_columns(const CreateStmt& create, const Relation& made, const Relation& old) {
  for (const Node* element : each(create.tableElts)) {
    if (const auto* constraint = as<Constraint>(element);
        constraint != nullptr && constraint->contype == CONSTR_CHECK) {
      return "whether the rows satisfy its CHECK, as those of the old table do, cannot be told";
    }
    const auto* column = as<ColumnDef>(element);
    if (column == nullptr) continue;
    for (const Constraint* constraint : each<Constraint>(column->constraints)) {
      if (is_of_column(*constraint)) continue;
      return fmt::format("its column {} has a constraint or an expression of its own; write constraints apart, by name",
                         quote_identifier_sql(text(column->colname)));
    }
  }
  if (!made.owned_sequences.empty()) return "it makes a sequence of its own, which would begin at 1 again";
  if (made.columns.size() != old.columns.size()) return "it has more or fewer columns than the old table";
  for (std::size_t i = 0; i < made.columns.size(); ++i) {
    const Column& column = made.columns[i];
    const Column& before = old.columns[i];
    const bool same = column.name == before.name && is_same(column.type, before.type) &&
                      column.collation == before.collation && before.generated == 0 &&
                      is_nullable_alike(column, before, made.primary_key());
    if (!same) return fmt::format("its column {} is not as in the old table", quote_identifier_sql(column.name));
  }
  return {};
}

}  // namespace pglatch
