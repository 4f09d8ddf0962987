// CREATE VIEW, CREATE MATERIALIZED VIEW, CREATE TABLE AS, SELECT INTO.
#include <algorithm>

#include "analyzer/catalog/apply_families.h"

namespace pglatch::applying {
namespace {

void create_from_query(const Context& context, const IntoClause& into, const Node* query, RelationKind kind,
                       bool if_not_exists) {
  Relation relation = new_relation(context, into.rel, kind);
  if (!context.may_create(relation.schema, relation.name, if_not_exists)) return;
  relation.columns_known = result_columns(context, query, into.colNames, relation.columns);
  relation.has_rows = !into.skipData;
  if (kind == RelationKind::materialized_view) relation.uses = uses_of(context, query);
  context.catalog.create(std::move(relation));
}

}  // namespace

void create_table_as(const Context& context, const CreateTableAsStmt& statement) {
  const bool view = statement.objtype == OBJECT_MATVIEW;
  create_from_query(context, *statement.into, statement.query,
                    view ? RelationKind::materialized_view : RelationKind::table, statement.if_not_exists);
}

// SELECT INTO: of a UNION the first part has the INTO.
void select_into(const Context& context, const SelectStmt& statement) {
  const SelectStmt* first = &statement;
  while (first->larg != nullptr) first = first->larg;
  if (first->intoClause == nullptr) return;
  create_from_query(context, *first->intoClause, reinterpret_cast<const Node*>(&statement), RelationKind::table, false);
}

void create_view(const Context& context, const ViewStmt& statement) {
  Relation view = new_relation(context, statement.view, RelationKind::view);
  const Relation* existing = context.catalog.find({view.schema, view.name}, context.path);
  const bool replaces = statement.replace && existing != nullptr && existing->kind == RelationKind::view &&
                        existing->origin != Origin::unknown;
  if (!replaces && !context.may_create(view.schema, view.name, false)) return;
  const RelationId id = replaces ? existing->id : kNoRelation;
  view.columns_known = result_columns(context, statement.query, statement.aliases, view.columns);
  view.uses = uses_of(context, statement.query);
  if (!replaces) {
    context.catalog.create(std::move(view));
    return;
  }
  context.catalog.set_uses(id, std::move(view.uses));
  Relation& replaced = context.catalog.change(id);
  replaced.columns = std::move(view.columns);
  replaced.columns_known = view.columns_known;
}

}  // namespace pglatch::applying
