#include "analyzer/catalog/apply.h"

#include <algorithm>

#include "analyzer/catalog/apply_families.h"

namespace pglatch {

void apply(const Statement& statement, std::string_view sql, Catalog& catalog, const Session& session) {
  applying::dispatch({statement, sql, catalog, session.search_path()}, statement.node);
}

namespace applying {

void dispatch(const Context& context, const Node* node) {
  switch (node->type) {
    case T_CreateStmt:
      return create_table(context, *as<CreateStmt>(node), false);
    case T_CreateForeignTableStmt:
      return create_table(context, as<CreateForeignTableStmt>(node)->base, true);
    case T_CreateTableAsStmt:
      return create_table_as(context, *as<CreateTableAsStmt>(node));
    case T_SelectStmt: {
      const auto* select = as<SelectStmt>(node);
      select_into(context, *select);
      if (select->withClause != nullptr) write_rows(context, node);
      return;
    }
    case T_ViewStmt:
      return create_view(context, *as<ViewStmt>(node));
    case T_IndexStmt:
      return create_index(context, *as<IndexStmt>(node));
    case T_AlterTableStmt:
      return alter_table(context, *as<AlterTableStmt>(node));
    case T_DropStmt:
      return drop(context, *as<DropStmt>(node));
    case T_RenameStmt:
      return rename(context, *as<RenameStmt>(node));
    case T_AlterObjectSchemaStmt:
      return set_schema(context, *as<AlterObjectSchemaStmt>(node));
    case T_CreateSeqStmt:
      return create_sequence(context, *as<CreateSeqStmt>(node));
    case T_AlterSeqStmt:
      return alter_sequence(context, *as<AlterSeqStmt>(node));
    case T_CreateTrigStmt:
      return create_trigger(context, *as<CreateTrigStmt>(node));
    case T_CreateEnumStmt:
      return create_enum(context, *as<CreateEnumStmt>(node));
    case T_AlterEnumStmt:
      return alter_enum(context, *as<AlterEnumStmt>(node));
    case T_CreateDomainStmt:
      return create_domain(context, *as<CreateDomainStmt>(node));
    case T_AlterDomainStmt:
      return alter_domain(context, *as<AlterDomainStmt>(node));
    case T_CompositeTypeStmt:
      return create_composite_type(context, *as<CompositeTypeStmt>(node));
    case T_CreateRangeStmt:
      return create_range_type(context, *as<CreateRangeStmt>(node));
    case T_CreateFunctionStmt:
      return create_function(context, *as<CreateFunctionStmt>(node));
    case T_AlterFunctionStmt:
      return alter_function(context, *as<AlterFunctionStmt>(node));
    case T_CreateSchemaStmt:
      return create_schema(context, *as<CreateSchemaStmt>(node));
    case T_InsertStmt:
    case T_UpdateStmt:
    case T_DeleteStmt:
    case T_MergeStmt:
    case T_CopyStmt:
    case T_RefreshMatViewStmt:
    case T_TruncateStmt:
      return write_rows(context, node);
    case T_ReindexStmt:
      return reindex(context, *as<ReindexStmt>(node));
    default:
      return;
  }
}

std::vector<RelationId> Context::tree(RelationId root, bool recurse) const {
  const Relation& top = relation(root);
  if (!recurse || (top.partitions.empty() && top.inherited_by.empty())) return {root};
  return catalog.with_descendants(root);
}

bool Context::may_create(std::string_view schema, std::string_view name, bool if_not_exists) const {
  const Relation* existing = catalog.find({schema, name}, path);
  if (existing == nullptr) return true;
  if (if_not_exists) return false;
  return existing->origin == Origin::unknown || existing->script != catalog.script;
}

Relation new_relation(const Context& context, const RangeVar* name, RelationKind kind) {
  Relation relation;
  const NameView view = name_of(name);
  relation.temporary = name->relpersistence == RELPERSISTENCE_TEMP || view.schema == kTemporarySchema;
  relation.unlogged = name->relpersistence == RELPERSISTENCE_UNLOGGED;
  relation.schema = relation.temporary ? kTemporarySchema : context.target_schema(view);
  relation.name = view.name;
  relation.kind = kind;
  return relation;
}

Column* column_for(Relation& relation, std::string_view name) {
  if (Column* column = relation.column(name)) return column;
  if (relation.columns_known) return nullptr;
  Column& learned = relation.columns.emplace_back();
  learned.name = name;
  return &learned;
}

bool contains(const std::vector<std::string>& names, std::string_view name) noexcept {
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::vector<std::string> names_in(const List* list) {
  std::vector<std::string> names;
  names.reserve(each(list).size());
  for (const Node* node : each(list)) names.emplace_back(string_value(node));
  return names;
}

}  // namespace applying
}  // namespace pglatch
