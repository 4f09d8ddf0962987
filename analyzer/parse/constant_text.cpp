#include "analyzer/parse/constant_text.h"

#include <fmt/format.h>

#include <cstddef>
#include <utility>
#include <vector>

#include "analyzer/parse/identifier.h"

namespace pglatch {
namespace {

constexpr int kMaxDepth = 1000;

// A value, or SQL's NULL as nothing; nothing at all where it is not known.
using Value = std::optional<std::optional<std::string>>;

Value evaluate(const Node* node, int depth);

// format() as formatting.c has it: %[position$][-][width]type. A width is not done.
class Formatter {
 public:
  explicit Formatter(const std::vector<std::optional<std::string>>& arguments) : arguments_(arguments) {}

  [[nodiscard]] std::optional<std::string> operator()(std::string_view format) {
    std::string result;
    for (std::size_t at = 0; at < format.size(); ++at) {
      if (format[at] != '%') {
        result += format[at];
        continue;
      }
      if (++at == format.size()) return {};
      if (format[at] == '%') {
        result += '%';
        continue;
      }
      if (!position(format, at) || at == format.size() || next_ >= arguments_.size()) return {};
      const std::optional<std::string>& argument = arguments_[next_++];
      if (!append(format[at], argument, result)) return {};
    }
    return result;
  }

 private:
  // "2$"; digits without a dollar sign are a width.
  bool position(std::string_view format, std::size_t& at) {
    std::size_t number = 0;
    const std::size_t start = at;
    for (; at < format.size() && format[at] >= '0' && format[at] <= '9' && number < 1000; ++at) {
      number = number * 10 + static_cast<std::size_t>(format[at] - '0');
    }
    if (at == start) return true;
    if (at == format.size() || format[at] != '$' || number == 0) return false;
    ++at;
    next_ = number - 1;
    return true;
  }

  static bool append(char type, const std::optional<std::string>& argument, std::string& result) {
    switch (type) {
      case 's':
        if (argument) result += *argument;
        return true;
      case 'I':
        if (!argument) return false;  // "null values cannot be formatted as an SQL identifier"
        result += quote_identifier_sql(*argument);
        return true;
      case 'L':
        result += argument ? quote_literal_sql(*argument) : "NULL";
        return true;
      default:
        return false;
    }
  }

  const std::vector<std::optional<std::string>>& arguments_;
  std::size_t next_ = 0;
};

Value call(const FuncCall& function, int depth) {
  const NameView name = name_of(function.funcname);
  if (!name.schema.empty() && name.schema != "pg_catalog") return {};
  if (function.func_variadic || function.agg_filter != nullptr || function.over != nullptr) return {};
  std::vector<std::optional<std::string>> arguments;
  for (const Node* argument : each(function.args)) {
    Value value = evaluate(argument, depth + 1);
    if (!value) return {};
    arguments.push_back(std::move(*value));
  }
  if (arguments.empty()) return {};
  if (name.name == "concat") {
    std::string all;
    for (const auto& argument : arguments) all += argument.value_or(std::string());
    return Value(all);
  }
  if (!arguments.front()) return {};
  const std::string& first = *arguments.front();
  if (name.name == "format") {
    const std::string format = first;
    arguments.erase(arguments.begin());
    std::optional<std::string> result = Formatter(arguments)(format);
    return result ? Value(std::move(result)) : Value();
  }
  if (arguments.size() != 1) return {};
  if (name.name == "quote_ident") return Value(quote_identifier_sql(first));
  if (name.name == "quote_literal") return Value(quote_literal_sql(first));
  if (name.name == "quote_nullable") return Value(quote_literal_sql(first));
  return {};
}

bool is_text_type(const TypeName* type) {
  const std::string_view name = name_of(type->names).name;
  return each(type->arrayBounds).empty() && each(type->typmods).empty() &&
         (name == "text" || name == "varchar" || name == "regclass" || name == "name");
}

Value constant(const A_Const& node) {
  if (node.isnull) return Value(std::optional<std::string>());
  switch (node.val.node.type) {
    case T_String:
      return Value(std::string(text(node.val.sval.sval)));
    case T_Integer:
      return Value(fmt::format("{}", node.val.ival.ival));
    case T_Float:
      return Value(std::string(text(node.val.fval.fval)));
    default:
      return {};
  }
}

Value evaluate(const Node* node, int depth) {
  if (depth > kMaxDepth) return {};
  if (const auto* value = as<A_Const>(node)) return constant(*value);
  if (const auto* function = as<FuncCall>(node)) return call(*function, depth);
  if (const auto* cast = as<TypeCast>(node)) {
    return is_text_type(cast->typeName) ? evaluate(cast->arg, depth + 1) : Value();
  }
  const auto* operation = as<A_Expr>(node);
  if (operation == nullptr || operation->kind != AEXPR_OP || operation->lexpr == nullptr) return {};
  if (name_of(operation->name).name != "||") return {};
  Value left = evaluate(operation->lexpr, depth + 1);
  const Value right = evaluate(operation->rexpr, depth + 1);
  if (!left || !right) return {};
  if (!*left || !*right) return Value(std::optional<std::string>());
  **left += **right;
  return left;
}

}  // namespace

std::optional<std::string> constant_text(const Node* expression) {
  Value value = evaluate(expression, 0);
  return value ? std::move(*value) : std::nullopt;
}

}  // namespace pglatch
