#include "analyzer/locks/effects.h"

#include <algorithm>
#include <array>
#include <utility>

#include "analyzer/locks/model.h"

namespace pglatch {

std::string_view to_string(HeldUntil until) noexcept {
  return until == HeldUntil::transaction ? "transaction" : "statement";
}

std::string_view to_string(LockReason reason) noexcept {
  constexpr std::array<std::string_view, 9> kNames{"target",     "partition",   "parent", "default-partition",
                                                   "referenced", "referencing", "index",  "inherited",
                                                   "dependent"};
  return kNames[static_cast<std::size_t>(reason)];
}

std::string_view to_string(WorkKind kind) noexcept {
  constexpr std::array<std::string_view, 6> kNames{"rewrite",     "scan",      "index-build",
                                                   "validate-fk", "row-write", "truncate"};
  return kNames[static_cast<std::size_t>(kind)];
}

void Effects::clear() {
  locks.clear();
  work.clear();
  work_by.clear();
  dynamic_sql.clear();
  without_rows.clear();
  fails.reset();
  conditional = false;
  refused_ = false;
}

void Effects::lock(RelationId relation, LockMode mode, LockReason reason, HeldUntil until) {
  if (refused_ || relation == kNoRelation || mode == LockMode::none) return;
  for (TakenLock& taken : locks) {
    if (taken.relation != relation) continue;
    if (taken.mode < mode || (taken.mode == mode && !conditional)) taken.conditional = conditional;
    taken.mode = std::max(taken.mode, mode);
    return;
  }
  locks.push_back({relation, mode, until, reason, conditional});
}

void Effects::add_work(RelationId relation, WorkKind kind, std::uint32_t subcommand) {
  if (refused_ || relation == kNoRelation) return;
  for (std::size_t i = 0; i < work.size(); ++i) {
    if (work[i].relation != relation || work[i].kind != kind || work_by[i] != subcommand) continue;
    work[i].conditional = work[i].conditional && conditional;
    return;
  }
  work.push_back({relation, kind, conditional});
  work_by.push_back(subcommand);
}

void Effects::fail(std::string message) {
  locks.clear();
  work.clear();
  work_by.clear();
  if (!refused_) fails = std::move(message);
  refused_ = true;
}

void Effects::may_fail(std::string message) {
  if (!fails) fails = std::move(message);
}

LockMode Effects::mode_on(RelationId relation) const noexcept {
  for (const TakenLock& taken : locks) {
    if (taken.relation == relation) return taken.mode;
  }
  return LockMode::none;
}

bool Effects::has_work(WorkKind kind) const noexcept {
  return std::any_of(work.begin(), work.end(), [kind](const Work& item) { return item.kind == kind; });
}

bool Effects::has_work(WorkKind kind, RelationId relation) const noexcept {
  return std::any_of(work.begin(), work.end(),
                     [&](const Work& item) { return item.kind == kind && item.relation == relation; });
}

bool Effects::has_work(WorkKind kind, std::uint32_t subcommand, RelationId relation) const noexcept {
  for (std::size_t i = 0; i < work.size(); ++i) {
    if (work[i].kind == kind && work[i].relation == relation && work_by[i] == subcommand) return true;
  }
  return false;
}

namespace locks {
namespace {}  // namespace

void dispatch(const Model& model, const Node* node) {
  const Catalog& catalog = model.catalog();
  if (catalog.labels_added_in != 0 && catalog.labels_added_in == catalog.transaction &&
      refuse_new_enum_labels(model, node)) {
    return;
  }
  switch (node->type) {
    case T_IndexStmt:
      return create_index(model, *as<IndexStmt>(node));
    case T_ReindexStmt:
      return reindex(model, *as<ReindexStmt>(node));
    case T_DropStmt:
      return drop(model, *as<DropStmt>(node));
    case T_DropOwnedStmt:
      return drop_owned(model, *as<DropOwnedStmt>(node));
    case T_CreateSchemaStmt:
      return create_schema(model, *as<CreateSchemaStmt>(node));
    case T_CreateFunctionStmt:
      return create_function(model, *as<CreateFunctionStmt>(node));
    case T_CreateSeqStmt:
      return create_sequence(model, *as<CreateSeqStmt>(node));
    case T_AlterTableStmt:
      return alter_table(model, *as<AlterTableStmt>(node));
    case T_AlterTableMoveAllStmt:
      return move_all(model, *as<AlterTableMoveAllStmt>(node));
    case T_CreateStmt:
      return create_table(model, *as<CreateStmt>(node));
    case T_CreateForeignTableStmt:
      return create_table(model, as<CreateForeignTableStmt>(node)->base);
    case T_CreateTableAsStmt:
      return create_table_as(model, *as<CreateTableAsStmt>(node));
    case T_ViewStmt:
      return create_view(model, *as<ViewStmt>(node));
    case T_CreateTrigStmt:
      return create_trigger(model, *as<CreateTrigStmt>(node));
    case T_RenameStmt:
      return rename(model, *as<RenameStmt>(node));
    case T_AlterObjectSchemaStmt:
      return set_schema(model, *as<AlterObjectSchemaStmt>(node));
    case T_CommentStmt:
      return comment(model, *as<CommentStmt>(node));
    case T_GrantStmt:
      return grant(model, *as<GrantStmt>(node));
    case T_CreateDomainStmt:
      return create_domain(model, *as<CreateDomainStmt>(node));
    case T_CreateEnumStmt:
      refuse_existing_type(model, name_of(as<CreateEnumStmt>(node)->typeName));
      return;
    case T_CreateRangeStmt:
      refuse_existing_type(model, name_of(as<CreateRangeStmt>(node)->typeName));
      return;
    case T_CompositeTypeStmt:
      return create_composite_type(model, *as<CompositeTypeStmt>(node));
    case T_AlterDomainStmt:
      return alter_domain(model, *as<AlterDomainStmt>(node));
    case T_AlterEnumStmt:
      return alter_enum(model, *as<AlterEnumStmt>(node));
    case T_AlterSeqStmt:
      return alter_sequence(model, *as<AlterSeqStmt>(node));
    case T_RefreshMatViewStmt:
      return refresh_materialized_view(model, *as<RefreshMatViewStmt>(node));
    case T_VacuumStmt:
      return vacuum(model, *as<VacuumStmt>(node));
    case T_ClusterStmt:
      return cluster(model, *as<ClusterStmt>(node));
    case T_TruncateStmt:
      return truncate(model, *as<TruncateStmt>(node));
    case T_LockStmt:
      return lock_table(model, *as<LockStmt>(node));
    case T_InsertStmt:
    case T_UpdateStmt:
    case T_DeleteStmt:
    case T_MergeStmt:
      return query(model, node);
    case T_SelectStmt:
      if (!select_into(model, *as<SelectStmt>(node))) model.read_query(node);
      return;
    case T_ExplainStmt:
      return explain(model, *as<ExplainStmt>(node));
    case T_PrepareStmt:
      return prepare(model, *as<PrepareStmt>(node));
    case T_DeclareCursorStmt:
      return declare_cursor(model, *as<DeclareCursorStmt>(node));
    case T_FetchStmt:
      return fetch(model, *as<FetchStmt>(node));
    case T_CopyStmt:
      return copy(model, *as<CopyStmt>(node));
    case T_RuleStmt:
      return create_rule(model, *as<RuleStmt>(node));
    case T_CreatePolicyStmt:
      return create_policy(model, *as<CreatePolicyStmt>(node));
    case T_AlterPolicyStmt:
      return alter_policy(model, *as<AlterPolicyStmt>(node));
    case T_AlterDefaultPrivilegesStmt:
      return alter_default_privileges(model, *as<AlterDefaultPrivilegesStmt>(node));
    case T_ReassignOwnedStmt:
      return reassign_owned(model, *as<ReassignOwnedStmt>(node));
    case T_SecLabelStmt:
      return security_label(model, *as<SecLabelStmt>(node));
    case T_CreateStatsStmt:
      return create_statistics(model, *as<CreateStatsStmt>(node));
    case T_AlterStatsStmt:
      return alter_statistics(model, *as<AlterStatsStmt>(node));
    case T_CreatePublicationStmt:
      return create_publication(model, *as<CreatePublicationStmt>(node));
    case T_AlterPublicationStmt:
      return alter_publication(model, *as<AlterPublicationStmt>(node));
    default:
      return refuse_by_transaction(model, node);
  }
}

}  // namespace locks

void compute_effects(const Statement& statement, const EffectsContext& context, Effects& effects) {
  effects.clear();
  locks::dispatch({context, effects}, statement.node);
  if (may_run_code(statement.tag(), context.catalog)) locks::run_code({context, effects}, statement);
}

}  // namespace pglatch
