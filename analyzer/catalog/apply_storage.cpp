// Access methods and tablespaces: what they are called and which relations use them.
#include "analyzer/catalog/apply_families.h"

namespace pglatch::applying {
namespace {

constexpr std::string_view kDefaultMethod = "heap";
constexpr std::string_view kDefaultTablespace = "pg_default";

// The default has no name in the catalog.
std::string other_than(std::string_view usual, std::string_view name) {
  return std::string(name == usual ? std::string_view() : name);
}

}  // namespace

void create_access_method(const Context& context, const CreateAmStmt& statement) {
  OtherObject method;
  method.origin = context.catalog.origin;
  method.script = context.catalog.script;
  context.catalog.put_other(OBJECT_ACCESS_METHOD, {}, text(statement.amname), std::move(method));
}

void set_access_method(Relation& table, std::string_view name) {
  table.access_method = other_than(kDefaultMethod, name);
}

void set_tablespace(Relation& relation, std::string_view name) {
  relation.tablespace = other_than(kDefaultTablespace, name);
}

// AlterTableMoveAll() in tablespace.c.
void move_all(const Context& context, const AlterTableMoveAllStmt& statement) {
  const std::string_view from = text(statement.orig_tablespacename);
  for (const Relation* relation : context.catalog.relations()) {
    const std::string_view present = relation->tablespace->empty() ? kDefaultTablespace : *relation->tablespace;
    if (present != from) continue;
    const bool is_table = relation->kind == RelationKind::table || relation->kind == RelationKind::partitioned_table;
    const bool moves = statement.objtype == OBJECT_INDEX   ? relation->is_index()
                       : statement.objtype == OBJECT_TABLE ? is_table
                                                           : relation->kind == RelationKind::materialized_view;
    if (moves) set_tablespace(context.catalog.change(relation->id), text(statement.new_tablespacename));
  }
}

}  // namespace pglatch::applying
