#include "analyzer/catalog/expression_type.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace pglatch {
namespace {

constexpr int kMaxDepth = 100;

struct Result {
  std::string_view name;
  std::string_view type;
};

// Built-in functions all of whose variants give one type.
constexpr auto kFunctions = std::to_array<Result>({{"bool_and", "bool"},
                                                   {"bool_or", "bool"},
                                                   {"char_length", "int4"},
                                                   {"clock_timestamp", "timestamptz"},
                                                   {"concat", "text"},
                                                   {"concat_ws", "text"},
                                                   {"count", "int8"},
                                                   {"dense_rank", "int8"},
                                                   {"every", "bool"},
                                                   {"format", "text"},
                                                   {"gen_random_uuid", "uuid"},
                                                   {"json_agg", "json"},
                                                   {"json_build_array", "json"},
                                                   {"json_build_object", "json"},
                                                   {"jsonb_agg", "jsonb"},
                                                   {"jsonb_build_array", "jsonb"},
                                                   {"jsonb_build_object", "jsonb"},
                                                   {"md5", "text"},
                                                   {"nextval", "int8"},
                                                   {"now", "timestamptz"},
                                                   {"rank", "int8"},
                                                   {"replace", "text"},
                                                   {"row_number", "int8"},
                                                   {"to_char", "text"},
                                                   {"to_json", "json"},
                                                   {"to_jsonb", "jsonb"},
                                                   {"to_timestamp", "timestamptz"}});

constexpr auto kComparisons =
    std::to_array<std::string_view>({"=", "<>", "!=", "<", ">", "<=", ">=", "~", "!~", "~*", "!~*", "@>", "<@", "&&"});

TypeRef builtin(std::string_view name) {
  TypeRef type;
  type.name = name;
  return type;
}

bool is_any(std::string_view name, std::initializer_list<std::string_view> names) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// sum() and avg() do with integers that they may outgrow.
TypeRef type_of_sum(const TypeRef& summand, bool average) {
  if (!summand.schema.empty() || summand.array) return {};
  if (is_any(summand.name, {"int2", "int4"})) return builtin(average ? "numeric" : "int8");
  if (is_any(summand.name, {"int8", "numeric"})) return builtin("numeric");
  if (summand.name == "float8" || (summand.name == "float4" && average)) return builtin("float8");
  return is_any(summand.name, {"float4", "interval", "money"}) ? builtin(summand.name) : TypeRef();
}

class Typer {
 public:
  explicit Typer(const std::function<TypeRef(const ColumnRef&)>& type_of) : type_of_(type_of) {}

  // `type` is without a name where the expression has none yet: a string or NULL takes that of its surroundings.
  TypeRef type(const Node* node, int depth) const {
    if (node == nullptr || depth > kMaxDepth) return {};
    switch (node->type) {
      case T_ColumnRef:
        return type_of_(*as<ColumnRef>(node));
      case T_TypeCast:
        return type_ref(as<TypeCast>(node)->typeName);
      case T_A_Const:
        return constant(*as<A_Const>(node));
      case T_A_Expr:
        return operation(*as<A_Expr>(node), depth);
      case T_BoolExpr:
      case T_NullTest:
      case T_BooleanTest:
        return builtin("bool");
      case T_SubLink: {
        const SubLinkType kind = as<SubLink>(node)->subLinkType;
        return kind == EXISTS_SUBLINK || kind == ANY_SUBLINK || kind == ALL_SUBLINK ? builtin("bool") : TypeRef();
      }
      case T_CoalesceExpr:
        return common(as<CoalesceExpr>(node)->args, depth);
      case T_MinMaxExpr:
        return common(reinterpret_cast<const MinMaxExpr*>(node)->args, depth);
      case T_FuncCall:
        return call(*as<FuncCall>(node), depth);
      case T_SQLValueFunction:
        return value_function(*as<SQLValueFunction>(node));
      default:
        return {};
    }
  }

 private:
  static TypeRef constant(const A_Const& node) {
    if (node.isnull) return {};
    if (node.val.node.type == T_Integer) return builtin("int4");
    if (node.val.node.type == T_Boolean) return builtin("bool");
    // Without a point it is an integer that int4 does not hold.
    const bool is_numeric =
        node.val.node.type == T_Float && text(node.val.fval.fval).find_first_of(".eE") != std::string_view::npos;
    return is_numeric ? builtin("numeric") : TypeRef();
  }

  static bool is_untyped(const Node* node) {
    const auto* value = as<A_Const>(node);
    return value != nullptr && (value->isnull || value->val.node.type == T_String);
  }

  TypeRef operation(const A_Expr& node, int depth) const {
    if (node.kind == AEXPR_NULLIF) return type(node.lexpr, depth + 1);
    if (node.kind != AEXPR_OP) return builtin("bool");
    const std::string_view name = name_of(node.name).name;
    if (std::find(kComparisons.begin(), kComparisons.end(), name) != kComparisons.end()) return builtin("bool");
    const TypeRef left = type(node.lexpr, depth + 1);
    const TypeRef right = type(node.rexpr, depth + 1);
    const bool are_same =
        left.name == right.name && left.schema.empty() && right.schema.empty() && !left.array && !right.array;
    if (name == "||") {
      const bool is_text = is_any(left.name, {"text", "varchar"}) || is_any(right.name, {"text", "varchar"});
      return is_text && !left.array && !right.array ? builtin("text") : TypeRef();
    }
    const bool is_number = is_any(left.name, {"int2", "int4", "int8", "numeric", "float8"});
    return are_same && is_number && is_any(name, {"+", "-", "*", "/"}) ? builtin(left.name) : TypeRef();
  }

  TypeRef common(const List* arguments, int depth) const {
    TypeRef result;
    for (const Node* argument : each(arguments)) {
      if (is_untyped(argument)) continue;
      const TypeRef one = type(argument, depth + 1);
      if (one.name.empty() || (!result.name.empty() && one != result)) return {};
      result = one;
    }
    return result;
  }

  TypeRef call(const FuncCall& node, int depth) const {
    const NameView name = name_of(node.funcname);
    if (!name.schema.empty() && name.schema != "pg_catalog") return {};
    for (const Result& known : kFunctions) {
      if (known.name == name.name) return builtin(known.type);
    }
    if (each(node.args).empty()) return {};
    TypeRef argument = type(each(node.args)[0], depth + 1);
    if (name.name == "sum" || name.name == "avg") return type_of_sum(argument, name.name == "avg");
    if (is_any(name.name, {"max", "min"})) {
      argument.modifiers.clear();
      if (argument.schema.empty() && !argument.array && argument.name == "varchar") argument.name = "text";
      return argument;
    }
    return {};
  }

  static TypeRef value_function(const SQLValueFunction& node) {
    switch (node.op) {
      case SVFOP_CURRENT_DATE:
        return builtin("date");
      case SVFOP_CURRENT_TIMESTAMP:
        return builtin("timestamptz");
      case SVFOP_LOCALTIMESTAMP:
        return builtin("timestamp");
      default:
        return {};
    }
  }

  const std::function<TypeRef(const ColumnRef&)>& type_of_;
};

}  // namespace

TypeRef expression_type(const Node* expression, const std::function<TypeRef(const ColumnRef&)>& type_of) {
  const auto* constant = as<A_Const>(expression);
  // With nothing around it that would give it another type.
  if (constant != nullptr && (constant->isnull || constant->val.node.type == T_String)) return builtin("text");
  return Typer(type_of).type(expression, 0);
}

}  // namespace pglatch
