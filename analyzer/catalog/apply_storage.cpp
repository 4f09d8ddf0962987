// Access methods and tablespaces: what they are called and which relations use them.
#include "analyzer/catalog/apply_families.h"

namespace pglatch::applying {
namespace {

constexpr std::string_view kDefaultTablespace = "pg_default";

}  // namespace

void create_access_method(const Context& context, const CreateAmStmt& statement) {
  OtherObject method;
  method.origin = context.catalog.origin;
  method.script = context.catalog.script;
  context.catalog.put_other(OBJECT_ACCESS_METHOD, {}, text(statement.amname), std::move(method));
}

void set_access_method(const Context& context, RelationId table, const char* name) {
  // DEFAULT has no name.
  const std::string_view method = text(name);
  context.catalog.change(table).access_method = method == "heap" ? std::string_view() : method;
}

void set_tablespace(const Context& context, RelationId relation, std::string_view name) {
  context.catalog.change(relation).tablespace = name == kDefaultTablespace ? std::string_view() : name;
}

// AlterTableMoveAll() in tablespace.c.
void move_all(const Context& context, const AlterTableMoveAllStmt& statement) {
  const std::string_view from = text(statement.orig_tablespacename);
  for (const Relation* relation : context.catalog.relations()) {
    const std::string_view present = relation->tablespace.empty() ? kDefaultTablespace : relation->tablespace;
    if (present != from) continue;
    const bool is_table = relation->kind == RelationKind::table || relation->kind == RelationKind::partitioned_table;
    const bool moves = statement.objtype == OBJECT_INDEX   ? relation->is_index()
                       : statement.objtype == OBJECT_TABLE ? is_table
                                                           : relation->kind == RelationKind::materialized_view;
    if (moves) set_tablespace(context, relation->id, text(statement.new_tablespacename));
  }
}

}  // namespace pglatch::applying
