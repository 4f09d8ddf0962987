// From the syntax of a condition to the conjuncts that a proof can use.
#include <algorithm>
#include <cstdlib>
#include <limits>

#include "analyzer/catalog/proof.h"
#include "analyzer/parse/walk.h"

namespace pglatch {
namespace {

// Real conditions nest a few levels; what is deeper proves nothing.
constexpr int kMaxConditionDepth = 50;

constexpr std::string_view kComparisons[] = {"<", "<=", "=", ">=", ">", "<>"};

bool is_comparison(std::string_view op) {
  return std::find(std::begin(kComparisons), std::end(kComparisons), op) != std::end(kComparisons);
}

// The operator that holds exactly where `op` does not.
std::string_view negated_operator(std::string_view op) {
  if (op == "<") return ">=";
  if (op == "<=") return ">";
  if (op == "=") return "<>";
  if (op == ">=") return "<";
  if (op == ">") return "<=";
  return "=";
}

// The operator with its sides exchanged.
std::string_view commuted_operator(std::string_view op) {
  if (op == "<") return ">";
  if (op == "<=") return ">=";
  if (op == ">=") return "<=";
  if (op == ">") return "<";
  return op;
}

// The name of a column reference; empty for anything else.
std::string_view column_name(const Node* node) {
  const auto* reference = as<ColumnRef>(node);
  return reference == nullptr ? std::string_view() : string_value(each(reference->fields).back());
}

std::string_view operator_name(const A_Expr* expression) {
  const auto names = each(expression->name);
  if (names.empty()) return {};
  const std::string_view name = string_value(names.back());
  return name == "!=" ? std::string_view("<>") : name;
}

Conjunct make(Conjunct::Kind kind, std::string_view column, std::string_view op = {}) {
  Conjunct conjunct;
  conjunct.kind = kind;
  conjunct.column = column;
  conjunct.op = op;
  return conjunct;
}

// Takes a condition (or its negation) apart into `out`, whose elements AND joins.
class Collector {
 public:
  static void collect(const Node* node, bool negated, int depth, std::vector<Conjunct>& out) {
    if (depth < kMaxConditionDepth) {
      if (const auto* boolean = as<BoolExpr>(node)) return collect_boolean(boolean, negated, depth, out);
      if (const auto* test = as<NullTest>(node); test != nullptr && !column_name(vertex(test)).empty()) {
        const bool is_null = (test->nulltesttype == IS_NULL) != negated;
        out.push_back(make(is_null ? Conjunct::Kind::is_null : Conjunct::Kind::is_not_null, column_name(vertex(test))));
        return;
      }
      if (const auto* expression = as<A_Expr>(node); expression != nullptr && add(expression, negated, out)) return;
    }
    out.emplace_back();
  }

 private:
  static const Node* vertex(const NullTest* test) { return reinterpret_cast<const Node*>(test->arg); }

  static void collect_boolean(const BoolExpr* boolean, bool negated, int depth, std::vector<Conjunct>& out) {
    if (boolean->boolop == NOT_EXPR) return collect(each(boolean->args)[0], !negated, depth + 1, out);
    if ((boolean->boolop == AND_EXPR) != negated) {
      for (const Node* part : each(boolean->args)) collect(part, negated, depth + 1, out);
      return;
    }
    Conjunct any = make(Conjunct::Kind::any_of, {});
    for (const Node* part : each(boolean->args)) {
      std::vector<Conjunct> alternative;
      collect(part, negated, depth + 1, alternative);
      add_alternative(any, std::move(alternative));
    }
    out.push_back(std::move(any));
  }

  // Of several conjuncts each is true wherever the alternative is, so any may stand for it: a
  // comparison, which says most.
  static void add_alternative(Conjunct& any, std::vector<Conjunct> alternative) {
    if (alternative.size() == 1 && alternative.front().kind == Conjunct::Kind::any_of) {
      for (Conjunct& inner : alternative.front().alternatives) any.alternatives.push_back(std::move(inner));
      return;
    }
    const auto usable = std::find_if(alternative.begin(), alternative.end(), [&](const Conjunct& conjunct) {
      return conjunct.kind == Conjunct::Kind::compare || conjunct.kind == Conjunct::Kind::in_list ||
             (alternative.size() == 1 && conjunct.kind != Conjunct::Kind::any_of);
    });
    any.alternatives.push_back(usable == alternative.end() ? Conjunct() : std::move(*usable));
  }

  static bool add(const A_Expr* expression, bool negated, std::vector<Conjunct>& out) {
    switch (expression->kind) {
      case AEXPR_OP:
        return add_comparison(expression, negated, out);
      case AEXPR_IN:
        return add_list(expression, each(as_list(expression->rexpr)), (operator_name(expression) == "=") != negated,
                        out);
      case AEXPR_OP_ANY:
      case AEXPR_OP_ALL: {
        const bool any = expression->kind == AEXPR_OP_ANY;
        const auto* array = as<A_ArrayExpr>(expression->rexpr);
        if (array == nullptr || operator_name(expression) != (any ? "=" : "<>")) return false;
        return add_list(expression, each(array->elements), any != negated, out);
      }
      case AEXPR_BETWEEN:
        return add_between(expression, negated, out);
      case AEXPR_NOT_BETWEEN:
        return add_between(expression, !negated, out);
      default:
        return false;
    }
  }

  static const List* as_list(const Node* node) {
    return node != nullptr && node->type == T_List ? reinterpret_cast<const List*>(node) : nullptr;
  }

  static bool add_comparison(const A_Expr* expression, bool negated, std::vector<Conjunct>& out) {
    std::string_view op = operator_name(expression);
    if (!is_comparison(op)) return false;
    std::string_view column = column_name(expression->lexpr);
    const Node* value = expression->rexpr;
    if (column.empty()) {
      column = column_name(expression->rexpr);
      value = expression->lexpr;
      op = commuted_operator(op);
    }
    Constant constant;
    if (column.empty() || !constant_of(value, constant) || constant.null) return false;
    Conjunct conjunct = make(Conjunct::Kind::compare, column, negated ? negated_operator(op) : op);
    conjunct.constants.push_back(std::move(constant));
    out.push_back(std::move(conjunct));
    return true;
  }

  // column IN (…), or column NOT IN (…), which is as many comparisons that AND joins.
  static bool add_list(const A_Expr* expression, ListView<Node> values, bool in, std::vector<Conjunct>& out) {
    const std::string_view column = column_name(expression->lexpr);
    if (column.empty() || values.empty()) return false;
    Conjunct list = make(Conjunct::Kind::in_list, column);
    for (const Node* value : values) {
      Constant constant;
      if (!constant_of(value, constant) || constant.null) return false;
      list.constants.push_back(std::move(constant));
    }
    if (in) {
      out.push_back(std::move(list));
      return true;
    }
    for (Constant& constant : list.constants) {
      Conjunct conjunct = make(Conjunct::Kind::compare, column, "<>");
      conjunct.constants.push_back(std::move(constant));
      out.push_back(std::move(conjunct));
    }
    return true;
  }

  static bool add_between(const A_Expr* expression, bool negated, std::vector<Conjunct>& out) {
    const std::string_view column = column_name(expression->lexpr);
    const auto bounds = each(as_list(expression->rexpr));
    if (column.empty() || bounds.size() != 2) return false;
    Conjunct low = make(Conjunct::Kind::compare, column, negated ? "<" : ">=");
    Conjunct high = make(Conjunct::Kind::compare, column, negated ? ">" : "<=");
    if (!constant_of(bounds[0], low.constants.emplace_back()) || low.constants.front().null) return false;
    if (!constant_of(bounds[1], high.constants.emplace_back()) || high.constants.front().null) return false;
    if (!negated) {
      out.push_back(std::move(low));
      out.push_back(std::move(high));
      return true;
    }
    Conjunct any = make(Conjunct::Kind::any_of, {});
    any.alternatives.push_back(std::move(low));
    any.alternatives.push_back(std::move(high));
    out.push_back(std::move(any));
    return true;
  }
};

// An integer literal is int4 or, where that is too small, int8 (make_const() in parse_node.c).
std::string_view type_of_number(std::string_view digits) {
  if (digits.find_first_of(".eExXoObB_") != std::string_view::npos) return "numeric";
  constexpr std::size_t kSafeDigits = 18;
  const std::size_t length = digits.size() - (digits.substr(0, 1) == "-" ? 1 : 0);
  return length <= kSafeDigits ? "int8" : "numeric";
}

}  // namespace

std::vector<Conjunct> conjuncts_of(const Node* condition) {
  std::vector<Conjunct> result;
  Collector::collect(condition, false, 0, result);
  return result;
}

bool constant_of(const Node* node, Constant& constant) {
  if (const auto* cast = as<TypeCast>(node)) {
    const TypeRef type = type_ref(cast->typeName);
    // A length or precision would change the value; a cast of a cast is not worth following.
    if (type.array || !type.modifiers.empty() || as<A_Const>(cast->arg) == nullptr) return false;
    if (!constant_of(cast->arg, constant)) return false;
    constant.type = type.schema.empty() ? type.name : type.schema + "." + type.name;
    return true;
  }
  const auto* literal = as<A_Const>(node);
  if (literal == nullptr) return false;
  constant = Constant();
  if (literal->isnull) {
    constant.null = true;
    return true;
  }
  switch (literal->val.node.type) {
    case T_Integer:
      constant.text = std::to_string(literal->val.ival.ival);
      constant.type = "int4";
      return true;
    case T_Float:
      constant.text = text(literal->val.fval.fval);
      constant.type = type_of_number(constant.text);
      return true;
    case T_Boolean:
      constant.text = literal->val.boolval.boolval ? "true" : "false";
      constant.type = "bool";
      return true;
    case T_String:
      constant.text = text(literal->val.sval.sval);
      return true;
    default:
      return false;
  }
}

std::vector<std::string> columns_of(const Node* expression) {
  std::vector<std::string> result;
  walk(expression, [&](const Node* node) {
    const std::string_view name = column_name(node);
    if (!name.empty() && std::find(result.begin(), result.end(), name) == result.end()) result.emplace_back(name);
    return Walk::into;
  });
  return result;
}

}  // namespace pglatch
