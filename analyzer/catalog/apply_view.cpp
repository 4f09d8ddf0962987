// CREATE VIEW, CREATE MATERIALIZED VIEW, CREATE TABLE AS, SELECT INTO.
#include <algorithm>

#include "analyzer/catalog/apply_families.h"
#include "analyzer/parse/walk.h"

namespace pglatch::applying {
namespace {

// The functions that a view calls: its query is its rule _RETURN.
void note_functions(const Context& context, Relation& view, const Node* query) {
  DependentExpression rule;
  rule.functions = functions_in(context, query);
  if (rule.functions.empty()) return;
  rule.kind = ExpressionKind::rule;
  rule.name = "_RETURN";
  view.expressions.push_back(std::move(rule));
}

void create_from_query(const Context& context, const IntoClause& into, const Node* query, RelationKind kind,
                       bool if_not_exists) {
  Relation relation = new_relation(context, into.rel, kind);
  if (!context.may_create(relation.schema, relation.name, if_not_exists)) return;
  relation.columns_known = result_columns(context, query, into.colNames, relation.columns);
  relation.has_rows = relation.filled = !into.skipData;
  relation.populated = !into.skipData;
  if (kind == RelationKind::materialized_view) {
    relation.uses = uses_of(context, query);
    note_functions(context, relation, query);
  }
  context.catalog.create(std::move(relation));
}

}  // namespace

std::vector<std::string> functions_in(const Context& context, const Node* node) {
  std::vector<std::string> functions;
  if (!context.catalog.has_functions()) return functions;
  walk(node, [&](const Node* below) {
    const auto* call = as<FuncCall>(below);
    if (call == nullptr) return Walk::into;
    const NameView name = name_of(call->funcname);
    const std::string schema = context.catalog.schema_of_function(name, context.path);
    std::string function = schema + '.' + std::string(name.name);
    if (!schema.empty() && !contains(functions, function)) functions.push_back(std::move(function));
    return Walk::into;
  });
  return functions;
}

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
  note_functions(context, view, statement.query);
  if (!replaces) {
    context.catalog.create(std::move(view));
    return;
  }
  context.catalog.set_uses(id, std::move(view.uses));
  Relation& replaced = context.catalog.change(id);
  replaced.columns = std::move(view.columns);
  replaced.columns_known = view.columns_known;
  replaced.expressions = std::move(view.expressions);
}

}  // namespace pglatch::applying
