// Rules and row-level security policies: rewriteDefine.c and policy.c take AccessExclusiveLock on the table;
// what their expressions name is locked as in any query that is analysed.
#include <fmt/format.h>

#include <algorithm>

#include "analyzer/locks/model.h"

namespace pglatch::locks {
namespace {

bool has_expression(const Relation& relation, ExpressionKind kind, std::string_view name) {
  return std::any_of(relation.expressions.begin(), relation.expressions.end(),
                     [&](const DependentExpression& one) { return one.kind == kind && one.name == name; });
}

bool all_known(const Model& model, const Relation& relation) {
  return model.catalog().complete && relation.origin != Origin::unknown;
}

}  // namespace

void create_rule(const Model& model, const RuleStmt& statement) {
  const RelationId table = model.resolve(statement.relation);
  const std::string_view name = text(statement.rulename);
  const Relation& relation = model.relation(table);
  if (!statement.replace && has_expression(relation, ExpressionKind::rule, name)) {
    return model.effects.fail(fmt::format("rule \"{}\" for relation \"{}\" already exists", name, relation.name));
  }
  model.lock(table, LockMode::access_exclusive);
  if (statement.whereClause != nullptr) model.name_query(statement.whereClause);
  for (const Node* action : each(statement.actions)) model.name_query(action);
}

void create_policy(const Model& model, const CreatePolicyStmt& statement) {
  const RelationId table = model.resolve(statement.table);
  const std::string_view name = text(statement.policy_name);
  const Relation& relation = model.relation(table);
  if (has_expression(relation, ExpressionKind::policy, name)) {
    return model.effects.fail(fmt::format("policy \"{}\" for table \"{}\" already exists", name, relation.name));
  }
  model.lock(table, LockMode::access_exclusive);
  if (statement.qual != nullptr) model.name_query(statement.qual);
  if (statement.with_check != nullptr) model.name_query(statement.with_check);
}

void alter_policy(const Model& model, const AlterPolicyStmt& statement) {
  const RelationId table = model.resolve(statement.table);
  const std::string_view name = text(statement.policy_name);
  const Relation& relation = model.relation(table);
  if (all_known(model, relation) && !has_expression(relation, ExpressionKind::policy, name)) {
    return model.effects.fail(fmt::format("policy \"{}\" for table \"{}\" does not exist", name, relation.name));
  }
  model.lock(table, LockMode::access_exclusive);
  if (statement.qual != nullptr) model.name_query(statement.qual);
  if (statement.with_check != nullptr) model.name_query(statement.with_check);
}

// RenameRewriteRule() in rewriteDefine.c, rename_policy() in policy.c.
void rename_rule_or_policy(const Model& model, const RenameStmt& statement) {
  const bool is_rule = statement.renameType == OBJECT_RULE;
  const ExpressionKind kind = is_rule ? ExpressionKind::rule : ExpressionKind::policy;
  const RelationId table = model.resolve(statement.relation);
  const Relation& relation = model.relation(table);
  const auto refuse = [&](std::string_view name, std::string_view what) {
    model.effects.fail(fmt::format("{} \"{}\" for {} \"{}\" {}", is_rule ? "rule" : "policy", name,
                                   is_rule ? "relation" : "table", relation.name, what));
  };
  const std::string_view from = text(statement.subname);
  const std::string_view to = text(statement.newname);
  if (all_known(model, relation) && !has_expression(relation, kind, from)) return refuse(from, "does not exist");
  if (has_expression(relation, kind, to)) return refuse(to, "already exists");
  model.lock(table, LockMode::access_exclusive);
}

}  // namespace pglatch::locks
