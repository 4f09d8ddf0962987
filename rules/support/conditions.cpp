#include "rules/support/conditions.h"

#include "analyzer/catalog/proof.h"

namespace pglatch {
namespace {

// Deeper conditions are not looked into.
constexpr int kMaxDepth = 50;

struct Question {
  bool (*all_null)(const Node* column, const void* state);
  const void* state;
};

bool is_boolean(const Node* node, bool value) {
  const auto* constant = as<A_Const>(node);
  return constant != nullptr && !constant->isnull && constant->val.node.type == T_Boolean &&
         constant->val.boolval.boolval == value;
}

// Both sides are the same constant.
bool is_same_constant(const A_Expr& expression) {
  if (expression.kind != AEXPR_OP || name_of(expression.name).name != "=") return false;
  Constant left;
  Constant right;
  return constant_of(expression.lexpr, left) && constant_of(expression.rexpr, right) && !left.null && !right.null &&
         left.text == right.text;
}

bool passes(const Node* where, const Question& question, int depth) {
  if (where == nullptr) return true;
  if (depth == kMaxDepth) return false;
  if (is_boolean(where, true)) return true;
  if (const auto* expression = as<A_Expr>(where)) return is_same_constant(*expression);
  if (const auto* test = as<NullTest>(where)) {
    return question.all_null != nullptr && test->nulltesttype == IS_NULL &&
           question.all_null(reinterpret_cast<const Node*>(test->arg), question.state);
  }
  const auto* several = as<BoolExpr>(where);
  if (several == nullptr) return false;
  if (several->boolop == NOT_EXPR) return is_boolean(each(several->args)[0], false);
  for (const Node* argument : each(several->args)) {
    const bool all = passes(argument, question, depth + 1);
    if (all != (several->boolop == AND_EXPR)) return all;
  }
  return several->boolop == AND_EXPR;
}

}  // namespace

bool passes_all(const Node* where, bool (*all_null)(const Node* column, const void* state), const void* state) {
  return passes(where, {all_null, state}, 0);
}

}  // namespace pglatch
