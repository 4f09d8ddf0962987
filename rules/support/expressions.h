// The expressions and queries of a statement, whatever its kind: a DELETE's, a CHECK's, a view's, a policy's.
#pragma once

#include <array>

#include "analyzer/parse/walk.h"

namespace pglatch {

/// The statements in which walk_statement() finds something.
inline constexpr std::array<NodeTag, 15> kWithExpressions = {
    T_SelectStmt,       T_InsertStmt,        T_UpdateStmt,         T_DeleteStmt,       T_MergeStmt,
    T_ViewStmt,         T_CreateTableAsStmt, T_CreateStmt,         T_AlterTableStmt,   T_IndexStmt,
    T_CreatePolicyStmt, T_CreateTrigStmt,    T_CreateFunctionStmt, T_CreateDomainStmt, T_RuleStmt};

/// As walk_expression(), for all expressions and queries of a statement. Bodies that are strings are not looked into.
void walk_statement(const Node* statement, WalkVisitor visit, void* state);

/// The same with any callable `Walk(const Node*)`.
template <class Visitor>
void walk_statement(const Node* statement, Visitor&& visitor) {
  walk_statement(
      statement, [](const Node* child, void* state) { return (*static_cast<Visitor*>(state))(child); }, &visitor);
}

}  // namespace pglatch
