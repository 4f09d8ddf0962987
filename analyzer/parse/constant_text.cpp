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

struct Known {
  const TextValues& variables;
  bool gaps = false;  // stand for what is not known
};

// Within quotes any text is a part of the name or literal.
std::string without_text_gaps(std::string_view text) {
  return replaced(replaced(text, kTextGap, kNameGap), kLiteralGap, kNameGap);
}

std::string as_name(std::string_view text) { return quote_identifier_sql(without_text_gaps(text)); }

std::string as_literal(std::string_view text) {
  return text == kTextGap ? std::string(kLiteralGap) : quote_literal_sql(without_text_gaps(text));
}

Value evaluate(const Node* node, const Known& known, int depth);

// format() as formatting.c has it: %[position$][-][width]type. A width is not done.
class Formatter {
 public:
  explicit Formatter(const std::vector<Value>& arguments) : arguments_(arguments) {}

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
      const Value& argument = arguments_[next_++];
      if (!argument || !append(format[at], *argument, result)) return {};
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
        result += as_name(*argument);
        return true;
      case 'L':
        result += argument ? as_literal(*argument) : "NULL";
        return true;
      default:
        return false;
    }
  }

  const std::vector<Value>& arguments_;
  std::size_t next_ = 0;
};

Value concatenated(const std::vector<Value>& arguments) {
  std::string all;
  for (const Value& argument : arguments) {
    if (!argument) return {};
    all += argument->value_or(std::string());
  }
  return Value(all);
}

Value call(const FuncCall& function, const Known& known, int depth) {
  const NameView name = name_of(function.funcname);
  if (!name.schema.empty() && name.schema != "pg_catalog") return {};
  if (function.func_variadic || function.agg_filter != nullptr || function.over != nullptr) return {};
  std::vector<Value> arguments;
  for (const Node* argument : each(function.args)) arguments.push_back(evaluate(argument, known, depth + 1));
  if (arguments.empty()) return {};
  if (name.name == "concat") return concatenated(arguments);
  const bool quotes = name.name == "quote_literal" || name.name == "quote_nullable";
  if (!arguments.front() || !*arguments.front()) return {};
  const std::string first = **arguments.front();
  if (name.name == "format") {
    arguments.erase(arguments.begin());
    std::optional<std::string> result = Formatter(arguments)(first);
    return result ? Value(std::move(result)) : Value();
  }
  if (arguments.size() != 1) return {};
  if (name.name == "quote_ident") return Value(as_name(first));
  if (quotes) return Value(as_literal(first));
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

Value variable(const Node& node, const TextValues& variables) {
  std::string name;
  if (const auto* reference = as<ColumnRef>(&node)) {
    if (each(reference->fields).size() == 1) name = string_value(each(reference->fields)[0]);
  } else if (node.type == T_ParamRef) {
    name = fmt::format("${}", reinterpret_cast<const ParamRef&>(node).number);
  }
  const auto found = variables.find(name);
  return found == variables.end() ? Value() : Value(found->second);
}

Value evaluate_known(const Node* node, const Known& known, int depth) {
  if (node == nullptr || depth > kMaxDepth) return {};
  if (const auto* value = as<A_Const>(node)) return constant(*value);
  if (const auto* function = as<FuncCall>(node)) return call(*function, known, depth);
  if (const auto* cast = as<TypeCast>(node)) {
    return is_text_type(cast->typeName) ? evaluate(cast->arg, known, depth + 1) : Value();
  }
  const auto* operation = as<A_Expr>(node);
  if (operation == nullptr) return variable(*node, known.variables);
  if (operation->kind != AEXPR_OP || operation->lexpr == nullptr) return {};
  if (name_of(operation->name).name != "||") return {};
  Value left = evaluate(operation->lexpr, known, depth + 1);
  const Value right = evaluate(operation->rexpr, known, depth + 1);
  if (!left || !right) return {};
  if (!*left || !*right) return Value(std::optional<std::string>());
  **left += **right;
  return left;
}

Value evaluate(const Node* node, const Known& known, int depth) {
  Value value = evaluate_known(node, known, depth);
  return value || !known.gaps ? value : Value(std::string(kTextGap));
}

}  // namespace

std::optional<std::string> constant_text(const Node* expression, const TextValues& variables) {
  Value value = evaluate(expression, {variables}, 0);
  return value ? std::move(*value) : std::nullopt;
}

std::optional<std::string> text_with_gaps(const Node* expression, const TextValues& variables) {
  return *evaluate(expression, {variables, true}, 0);
}

std::string replaced(std::string_view text, std::string_view gap, std::string_view by) {
  std::string result;
  for (std::size_t at = 0;;) {
    const std::size_t found = text.find(gap, at);
    result += text.substr(at, found - at);
    if (found == std::string_view::npos) return result;
    result += by;
    at = found + gap.size();
  }
}

}  // namespace pglatch
