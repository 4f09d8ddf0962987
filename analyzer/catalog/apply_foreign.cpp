// Foreign tables, and the servers and wrappers behind them.
#include <utility>

#include "analyzer/catalog/apply_families.h"

namespace pglatch::applying {

void create_foreign_table(const Context& context, const CreateForeignTableStmt& statement) {
  const NameView name = name_of(statement.base.relation);
  const std::string_view schema = context.target_schema(name);
  const Relation* before = context.catalog.find({schema, name.name}, context.path);
  const RelationId known = before != nullptr && before->origin != Origin::unknown ? before->id : kNoRelation;
  create_table(context, statement.base, true);
  const Relation* created = context.catalog.find({schema, name.name}, context.path);
  if (created != nullptr && created->id != known)
    context.catalog.change(created->id).server = std::string(text(statement.servername));
}

void create_server(const Context& context, const CreateForeignServerStmt& statement) {
  const std::string_view name = text(statement.servername);
  if (context.catalog.find_other(OBJECT_FOREIGN_SERVER, {{}, name}, context.path) != nullptr) return;
  OtherObject server;
  server.wrapper = text(statement.fdwname);
  context.catalog.put_other(OBJECT_FOREIGN_SERVER, {}, name, std::move(server));
}

void create_foreign_data_wrapper(const Context& context, const CreateFdwStmt& statement) {
  context.catalog.put_other(OBJECT_FDW, {}, text(statement.fdwname), {});
}

}  // namespace pglatch::applying
