#include "analyzer/catalog/apply.h"

#include <algorithm>

#include "analyzer/catalog/apply_families.h"

namespace pglatch {

void apply(const Statement& statement, std::string_view sql, Catalog& catalog, const SearchPath& path,
           const CodeFrame* code) {
  applying::dispatch({statement, sql, catalog, path, code}, statement.node);
}

namespace applying {

void dispatch(const Context& context, const Node* node) {
  switch (node->type) {
    case T_CreateStmt:
      return create_table(context, *as<CreateStmt>(node), false);
    case T_CreateForeignTableStmt:
      return create_foreign_table(context, *as<CreateForeignTableStmt>(node));
    case T_CreateForeignServerStmt:
      return create_server(context, *as<CreateForeignServerStmt>(node));
    case T_CreateFdwStmt:
      return create_foreign_data_wrapper(context, *as<CreateFdwStmt>(node));
    case T_CreateAmStmt:
      return create_access_method(context, *as<CreateAmStmt>(node));
    case T_AlterTableMoveAllStmt:
      return move_all(context, *as<AlterTableMoveAllStmt>(node));
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
    case T_DropOwnedStmt:
      return drop_owned(context, *as<DropOwnedStmt>(node));
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
    case T_CreatePolicyStmt:
      return create_policy(context, *as<CreatePolicyStmt>(node));
    case T_AlterPolicyStmt:
      return alter_policy(context, *as<AlterPolicyStmt>(node));
    case T_RuleStmt:
      return create_rule(context, *as<RuleStmt>(node));
    case T_CreateStatsStmt:
      return create_statistics(context, *as<CreateStatsStmt>(node));
    case T_CreatePublicationStmt:
      return create_publication(context, *as<CreatePublicationStmt>(node));
    case T_AlterPublicationStmt:
      return alter_publication(context, *as<AlterPublicationStmt>(node));
    case T_CreateSubscriptionStmt:
      return create_subscription(context, *as<CreateSubscriptionStmt>(node));
    case T_DropSubscriptionStmt:
      return drop_subscription(context, *as<DropSubscriptionStmt>(node));
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
    case T_DefineStmt:
      if (as<DefineStmt>(node)->kind == OBJECT_TYPE) create_base_type(context, *as<DefineStmt>(node));
      return;
    case T_CreateCastStmt:
      return create_cast(context, *as<CreateCastStmt>(node));
    case T_CreateExtensionStmt:
      return create_extension(context, *as<CreateExtensionStmt>(node));
    case T_ImportForeignSchemaStmt:
      context.catalog.complete = false;  // foreign tables for whatever the other server has
      return;
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
    case T_PrepareStmt:
      return prepare(context, *as<PrepareStmt>(node));
    case T_DeallocateStmt:
      return deallocate(context, *as<DeallocateStmt>(node));
    case T_DeclareCursorStmt:
      return declare_cursor(context, *as<DeclareCursorStmt>(node));
    case T_ClosePortalStmt:
      return close_cursor(context, *as<ClosePortalStmt>(node));
    case T_ClusterStmt:
      return cluster(context, *as<ClusterStmt>(node));
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
  // Another script has named it, of which nobody knows that it runs on the same database, and before this one.
  const bool is_hearsay = existing->origin == Origin::unknown && existing->script != catalog.script;
  if (if_not_exists) return is_hearsay && !existing->is_index();
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
