#include "analyzer/plan/statement_traits.h"

#include <fmt/format.h>

#include <algorithm>

#include "analyzer/base/ascii.h"
#include "analyzer/parse/walk.h"

namespace pglatch {
namespace {

bool has_option(const List* options, std::string_view name) {
  const auto all = each<DefElem>(options);
  return std::any_of(all.begin(), all.end(), [&](const DefElem* option) {
    const std::string_view value = string_value(option->arg);
    return text(option->defname) == name && value != "false" && value != "off" && value != "0";
  });
}

bool detaches_concurrently(const AlterTableStmt& statement) {
  const auto commands = each<AlterTableCmd>(statement.cmds);
  return std::any_of(commands.begin(), commands.end(), [](const AlterTableCmd* command) {
    const auto* partition = as<PartitionCmd>(command->def);
    return command->subtype == AT_DetachPartition && partition != nullptr && partition->concurrent;
  });
}

bool validates(const AlterTableStmt& statement) {
  const auto commands = each<AlterTableCmd>(statement.cmds);
  return std::any_of(commands.begin(), commands.end(),
                     [](const AlterTableCmd* command) { return command->subtype == AT_ValidateConstraint; });
}

const FuncCall* only_set_config(const SelectStmt& select) {
  if (select.fromClause != nullptr || each(select.targetList).size() != 1) return nullptr;
  const auto* call = as<FuncCall>(each<ResTarget>(select.targetList)[0]->val);
  if (call == nullptr || name_of(call->funcname).name != "set_config" || each(call->args).size() != 3) return nullptr;
  return call;
}

bool is_true(const Node* node) {
  if (const auto* cast = as<TypeCast>(node)) node = cast->arg;
  const auto* constant = as<A_Const>(node);
  return constant != nullptr && constant->val.node.type == T_Boolean && constant->val.boolval.boolval;
}

std::string constant_text(const Node* node) {
  if (const auto* cast = as<TypeCast>(node)) node = cast->arg;
  const auto* constant = as<A_Const>(node);
  if (constant == nullptr || constant->val.node.type != T_String) return {};
  return std::string(text(constant->val.sval.sval));
}

Setting make_setting(std::string name, bool is_local) {
  name = to_lower(name);
  constexpr std::string_view kTimeouts[] = {"lock_timeout", "statement_timeout", "transaction_timeout",
                                            "idle_session_timeout"};
  const bool timeout = std::find(std::begin(kTimeouts), std::end(kTimeouts), name) != std::end(kTimeouts);
  return {std::move(name), is_local, timeout};
}

}  // namespace

bool must_be_alone(const Node* node) noexcept {
  switch (node->type) {
    case T_IndexStmt:
      return as<IndexStmt>(node)->concurrent;
    case T_DropStmt:
      return as<DropStmt>(node)->concurrent;
    case T_ReindexStmt: {
      const auto& reindex = *as<ReindexStmt>(node);
      return has_option(reindex.params, "concurrently") || reindex.kind == REINDEX_OBJECT_SCHEMA ||
             reindex.kind == REINDEX_OBJECT_SYSTEM || reindex.kind == REINDEX_OBJECT_DATABASE;
    }
    case T_AlterTableStmt:
      return detaches_concurrently(*as<AlterTableStmt>(node));
    case T_VacuumStmt:
      return as<VacuumStmt>(node)->is_vacuumcmd;
    case T_ClusterStmt:
      return as<ClusterStmt>(node)->relation == nullptr;
    case T_CreatedbStmt:
    case T_DropdbStmt:
    case T_CreateTableSpaceStmt:
    case T_DropTableSpaceStmt:
    case T_AlterSystemStmt:
    case T_CreateSubscriptionStmt:
    case T_DropSubscriptionStmt:
      return true;
    default:
      return false;
  }
}

bool may_take_long(const Node* node) noexcept {
  switch (node->type) {
    case T_AlterTableStmt:
      return validates(*as<AlterTableStmt>(node));
    case T_VacuumStmt:  // ANALYZE
    case T_CreateTableAsStmt:
    case T_CopyStmt:
    case T_SelectStmt:
      return true;
    case T_InsertStmt: {
      const auto* source = as<SelectStmt>(as<InsertStmt>(node)->selectStmt);
      return source != nullptr && source->valuesLists == nullptr;
    }
    default:
      return changes_rows(node);
  }
}

bool changes_rows(const Node* node) noexcept {
  return node->type == T_UpdateStmt || node->type == T_DeleteStmt || node->type == T_MergeStmt;
}

std::optional<std::string> why_opaque(const Node* node) {
  if (node->type == T_DoStmt) return "What a DO block does cannot be told from outside.";
  if (node->type == T_CallStmt) return "What a procedure does cannot be told from its call.";
  std::string function;
  if (node->type == T_SelectStmt) {
    walk(node, [&](const Node* child) {
      const auto* call = as<FuncCall>(child);
      if (call == nullptr) return Walk::into;
      const NameView name = name_of(call->funcname);
      if (name.schema.empty() || name.schema == "pg_catalog") return Walk::into;
      function = fmt::format("{}.{}", name.schema, name.name);
      return Walk::stop;
    });
  }
  if (function.empty()) return std::nullopt;
  return fmt::format("What the function {}() does cannot be told from its call.", function);
}

bool reads_standard_input(const Node* node) noexcept {
  const auto* copy = as<CopyStmt>(node);
  return copy != nullptr && copy->is_from && copy->filename == nullptr;
}

std::optional<Setting> setting_of(const Node* node) {
  if (const auto* set = as<VariableSetStmt>(node)) {
    if (set->kind == VAR_SET_MULTI) return std::nullopt;
    return make_setting(std::string(text(set->name)), set->is_local);
  }
  if (const auto* select = as<SelectStmt>(node)) {
    const FuncCall* call = only_set_config(*select);
    if (call == nullptr) return std::nullopt;
    return make_setting(constant_text(each(call->args)[0]), is_true(each(call->args)[2]));
  }
  return std::nullopt;
}

}  // namespace pglatch
