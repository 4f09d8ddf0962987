#include "analyzer/parse/walk.h"

#include <algorithm>

namespace pglatch {
namespace {

struct State {
  WalkVisitor visit;
  void* user;
  int depth;
  bool stopped;
};

// The kinds that raw_expression_tree_walker() descends into. It raises an error (a longjmp out of
// C++) on any other, so nothing else may reach it.
bool has_children(NodeTag tag) {
  switch (tag) {
    case T_SubLink:
    case T_CaseExpr:
    case T_RowExpr:
    case T_CoalesceExpr:
    case T_MinMaxExpr:
    case T_XmlExpr:
    case T_NullTest:
    case T_BooleanTest:
    case T_JoinExpr:
    case T_List:
    case T_InsertStmt:
    case T_DeleteStmt:
    case T_UpdateStmt:
    case T_MergeStmt:
    case T_MergeWhenClause:
    case T_SelectStmt:
    case T_A_Expr:
    case T_BoolExpr:
    case T_ColumnRef:
    case T_FuncCall:
    case T_NamedArgExpr:
    case T_A_Indices:
    case T_A_Indirection:
    case T_A_ArrayExpr:
    case T_ResTarget:
    case T_MultiAssignRef:
    case T_TypeCast:
    case T_CollateClause:
    case T_SortBy:
    case T_WindowDef:
    case T_RangeSubselect:
    case T_RangeFunction:
    case T_RangeTableSample:
    case T_RangeTableFunc:
    case T_RangeTableFuncCol:
    case T_IndexElem:
    case T_GroupingSet:
    case T_GroupingFunc:
    case T_LockingClause:
    case T_XmlSerialize:
    case T_WithClause:
    case T_InferClause:
    case T_OnConflictClause:
    case T_CommonTableExpr:
    case T_IntoClause:
      return true;
    default:
      return false;
  }
}

bool step(Node* node, void* state_pointer) {
  if (node == nullptr) return false;
  auto& state = *static_cast<State*>(state_pointer);
  // A List is the grammar's container, not a node of its own.
  if (node->type != T_List) {
    const Walk want = state.visit(node, state.user);
    if (want == Walk::stop) {
      state.stopped = true;
      return true;
    }
    if (want == Walk::over || !has_children(node->type)) return false;
  }
  if (state.depth == kMaxWalkDepth) return false;
  ++state.depth;
  const bool stop = raw_expression_tree_walker_impl(node, step, &state);
  --state.depth;
  return stop;
}

}  // namespace

bool walk_expression(const void* node, WalkVisitor visit, void* state) {
  State walk_state{visit, state, 0, false};
  step(static_cast<Node*>(const_cast<void*>(node)), &walk_state);
  return !walk_state.stopped;
}

}  // namespace pglatch
