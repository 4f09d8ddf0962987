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
namespace {

// Objects other than tables whose statements lock the table that they hang on.
void on_table(const Model& model, const RangeVar* table, LockMode mode) {
  for (const RelationId id : model.tree(model.resolve(table), true)) model.lock(id, mode);
}

void dispatch(const Model& model, const Node* node) {
  switch (node->type) {
    case T_IndexStmt:
      return create_index(model, *as<IndexStmt>(node));
    case T_ReindexStmt:
      return reindex(model, *as<ReindexStmt>(node));
    case T_DropStmt:
      return drop(model, *as<DropStmt>(node));
    case T_AlterTableStmt:
      return alter_table(model, *as<AlterTableStmt>(node));
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
      return modify_rows(model, node);
    case T_SelectStmt:
      return model.read_query(node);
    case T_CopyStmt:
      return copy(model, *as<CopyStmt>(node));
    // CREATE RULE, policies: rewriteDefine.c and policy.c take AccessExclusiveLock.
    case T_RuleStmt:
      return on_table(model, as<RuleStmt>(node)->relation, LockMode::access_exclusive);
    case T_CreatePolicyStmt:
      return on_table(model, as<CreatePolicyStmt>(node)->table, LockMode::access_exclusive);
    case T_AlterPolicyStmt:
      return on_table(model, as<AlterPolicyStmt>(node)->table, LockMode::access_exclusive);
    case T_CreateStatsStmt:
      for (const Node* relation : each(as<CreateStatsStmt>(node)->relations)) {
        if (const auto* name = as<RangeVar>(relation)) on_table(model, name, LockMode::share_update_exclusive);
      }
      return;
    case T_CreatePublicationStmt:
      return publication(model, as<CreatePublicationStmt>(node)->pubobjects);
    case T_AlterPublicationStmt:
      return publication(model, as<AlterPublicationStmt>(node)->pubobjects);
    default:
      return;
  }
}

}  // namespace
}  // namespace locks

void compute_effects(const Statement& statement, const EffectsContext& context, Effects& effects) {
  effects.clear();
  locks::dispatch({context, effects}, statement.node);
}

}  // namespace pglatch
