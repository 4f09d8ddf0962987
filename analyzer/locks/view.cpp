// Views, materialized views, and tables made out of a query.
#include <fmt/format.h>

#include <algorithm>

#include "analyzer/catalog/query_columns.h"
#include "analyzer/locks/model.h"

namespace pglatch::locks {
namespace {

bool refuse_other_kind(const Model& model, const Relation& relation, RelationKind kind) {
  if (relation.origin == Origin::unknown || relation.kind == kind) return false;
  model.effects.fail(fmt::format("\"{}\" is not a {}", relation.name, to_string(kind)));
  return true;
}

bool differs(const TypeRef& before, const TypeRef& after) {
  return !before.name.empty() && !after.name.empty() && before != after;
}

// checkViewColumns() in view.c: columns may be added at the end, and nothing else.
bool refuse_columns(const Model& model, const Relation& view, const ViewStmt& statement) {
  if (!view.columns_known) return false;
  std::vector<Column> columns;
  if (!query_columns(model.catalog(), model.path(), statement.query, statement.aliases, columns)) return false;
  if (columns.size() < view.columns.size()) {
    model.effects.fail("cannot drop columns from view");
    return true;
  }
  for (std::size_t i = 0; i < view.columns.size(); ++i) {
    const Column& before = view.columns[i];
    if (before.name != columns[i].name) {
      model.effects.fail(
          fmt::format("cannot change name of view column \"{}\" to \"{}\"", before.name, columns[i].name));
      return true;
    }
    if (!differs(before.type, columns[i].type)) continue;
    model.effects.fail(fmt::format("cannot change data type of view column \"{}\" from {} to {}", before.name,
                                   format_type(before.type), format_type(columns[i].type)));
    return true;
  }
  return false;
}

// is_usable_unique_index() in matview.c.
bool identifies_rows(const IndexDetails& index) {
  const bool has_expression = std::find(index.columns.begin(), index.columns.end(), "") != index.columns.end();
  return index.unique && index.valid && !index.partial && !has_expression;
}

bool has_identity(const Model& model, const Relation& view) {
  return std::any_of(view.indexes.begin(), view.indexes.end(),
                     [&](RelationId index) { return identifies_rows(*model.relation(index).index); });
}

bool refuse_refresh(const Model& model, const Relation& view, const RefreshMatViewStmt& statement) {
  if (refuse_other_kind(model, view, RelationKind::materialized_view)) return true;
  if (!statement.concurrent) return false;
  if (!view.populated) {
    model.effects.fail("CONCURRENTLY cannot be used when the materialized view is not populated");
  } else if (statement.skipData) {
    model.effects.fail("CONCURRENTLY and WITH NO DATA options cannot be used together");
  } else if (view.origin != Origin::unknown && !has_identity(model, view)) {
    model.effects.fail(fmt::format("cannot refresh materialized view \"{}.{}\" concurrently", view.schema, view.name));
  }
  return model.effects.refused();
}

void create_from_query(const Model& model, const RangeVar* name, bool if_not_exists, bool run, const Node* source) {
  const NameView into = name_of(name);
  const NameView full{into.schema.empty() ? creation_schema(model.path()) : into.schema, into.name};
  const bool temporary = name->relpersistence == RELPERSISTENCE_TEMP;
  const Relation* existing = temporary ? nullptr : model.catalog().find(full, model.path());
  const bool exists = existing != nullptr && existing->origin != Origin::unknown;
  query(model, source, run && !exists ? QueryStage::run : QueryStage::analysed);
  if (exists && !if_not_exists) model.effects.fail(fmt::format("relation \"{}\" already exists", into.name));
}

}  // namespace

// ExecCreateTableAs() in createas.c: the query is analysed before anything else, and planned only to be run.
void create_table_as(const Model& model, const CreateTableAsStmt& statement) {
  create_from_query(model, statement.into->rel, statement.if_not_exists, !statement.into->skipData, statement.query);
}

// SELECT INTO: of a UNION the first part has the INTO.
bool select_into(const Model& model, const SelectStmt& statement) {
  const SelectStmt* first = &statement;
  while (first->larg != nullptr) first = first->larg;
  if (first->intoClause == nullptr) return false;
  create_from_query(model, first->intoClause->rel, false, true, reinterpret_cast<const Node*>(&statement));
  return true;
}

// DefineView() in view.c: a view that is replaced is locked.
void create_view(const Model& model, const ViewStmt& statement) {
  query(model, statement.query, QueryStage::analysed);
  if (model.effects.refused()) return;
  const NameView name = name_of(statement.view);
  const bool temporary = statement.view->relpersistence == RELPERSISTENCE_TEMP;
  const NameView full{temporary             ? kTemporarySchema
                      : name.schema.empty() ? creation_schema(model.path())
                                            : name.schema,
                      name.name};
  const Relation* existing = model.catalog().find(full, model.path());
  if (existing == nullptr) return;
  if (!statement.replace) {
    model.refuse_existing(full);
    return;
  }
  if (refuse_other_kind(model, *existing, RelationKind::view) || refuse_columns(model, *existing, statement)) return;
  model.lock(existing->id, LockMode::access_exclusive);
}

// ExecRefreshMatView() in matview.c: CONCURRENTLY compares what there is with what there should be, and writes
// the difference.
void refresh_materialized_view(const Model& model, const RefreshMatViewStmt& statement) {
  const RelationId id = model.resolve(statement.relation, RelationKind::materialized_view);
  const Relation& view = model.relation(id);
  if (id == kNoRelation || refuse_refresh(model, view, statement)) return;
  model.lock(id, statement.concurrent ? LockMode::exclusive : LockMode::access_exclusive);
  model.lock_indexes(id, statement.concurrent ? LockMode::row_exclusive : LockMode::access_exclusive);
  if (statement.concurrent) {
    model.effects.add_work(id, WorkKind::scan);
    model.effects.add_work(id, WorkKind::row_write);
  } else {
    model.effects.add_work(id, WorkKind::rewrite);
  }
  if (statement.skipData) return;
  const std::vector<ColumnUse> uses = view.uses;
  for (const ColumnUse& use : uses) {
    if (model.catalog().find(use.relation) == nullptr) continue;
    model.read_relation(use.relation, LockMode::access_share, true, 1);
  }
}

}  // namespace pglatch::locks
