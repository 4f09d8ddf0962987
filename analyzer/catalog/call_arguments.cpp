#include "analyzer/catalog/call_arguments.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "analyzer/base/qualified_name.h"
#include "analyzer/parse/identifier.h"
#include "analyzer/parse/parser.h"

namespace pglatch {
namespace {

constexpr auto kTypes =
    std::to_array<std::string_view>({"text", "varchar", "bpchar", "name", "regclass", "int2", "int4", "int8"});

// As "%s" prints it; regclass with the quotes that its output has.
std::optional<std::string> text_of(const Node* value, const TypeRef& type) {
  if (type.array || !type.schema.empty() || std::find(kTypes.begin(), kTypes.end(), type.name) == kTypes.end()) {
    return {};
  }
  std::optional<std::string> text = constant_text(value);
  if (!text || type.name != "regclass") return text;
  const auto name = parse_qualified_name(*text);
  if (!name) return {};
  return quote_qualified(name->schema, name->name);
}

// The value in the call: by position, by name, or else the parameter's default.
const Node* argument(const FuncCall& call, const FunctionParameter& parameter, std::size_t place) {
  std::size_t at = 0;
  for (const Node* given : each(call.args)) {
    if (given->type == T_NamedArgExpr) {
      const auto* named = reinterpret_cast<const NamedArgExpr*>(given);
      if (text(named->name) == text(parameter.name)) return reinterpret_cast<const Node*>(named->arg);
    } else if (at++ == place) {
      return given;
    }
  }
  return parameter.defexpr;
}

// An argument that is written as an array is for a parameter that is one, and a string constant is not.
bool fits(const Node* given, const FunctionParameter& parameter) {
  const bool is_array = type_ref(parameter.argType).array;
  return given->type == T_A_ArrayExpr ? is_array : given->type != T_A_Const || !is_array;
}

// The call gives as many arguments as the function takes, as far as their types are plain to see.
bool accepts(const FunctionObject& function, const FuncCall& call) {
  const ParsedScript parsed = parse(function.definition);
  const auto* definition =
      parsed.statements.size() == 1 ? as<CreateFunctionStmt>(parsed.statements.front().node) : nullptr;
  if (definition == nullptr) return false;
  std::size_t place = 0;
  std::size_t used = 0;
  for (const FunctionParameter* parameter : each<FunctionParameter>(definition->parameters)) {
    const bool is_output = parameter->mode == FUNC_PARAM_OUT || parameter->mode == FUNC_PARAM_TABLE;
    if (is_output && !definition->is_procedure) continue;
    if (parameter->mode == FUNC_PARAM_VARIADIC) return true;
    const Node* given = argument(call, *parameter, place++);
    if (given == nullptr) return false;
    if (given == parameter->defexpr) continue;
    ++used;
    if (!fits(given, *parameter)) return false;
  }
  return used == static_cast<std::size_t>(each(call.args).size());
}

}  // namespace

TextValues text_arguments(const FunctionObject& function, const FuncCall& call) {
  TextValues values;
  const ParsedScript parsed = parse(function.definition);
  const auto* definition =
      parsed.statements.size() == 1 ? as<CreateFunctionStmt>(parsed.statements.front().node) : nullptr;
  if (definition == nullptr || call.func_variadic) return values;
  std::size_t place = 0;
  for (const FunctionParameter* parameter : each<FunctionParameter>(definition->parameters)) {
    const bool is_output = parameter->mode == FUNC_PARAM_OUT || parameter->mode == FUNC_PARAM_TABLE;
    if (is_output && !definition->is_procedure) continue;
    if (parameter->mode == FUNC_PARAM_VARIADIC) break;
    const Node* given = argument(call, *parameter, place++);
    if (is_output || given == nullptr) continue;
    const std::string name(text(parameter->name));
    auto value = text_of(given, type_ref(parameter->argType));
    if (!value) continue;
    values["$" + std::to_string(place)] = *value;
    if (!name.empty()) values[name] = *std::move(value);
  }
  // Another function of that name is meant.
  if (each(call.args).size() > place) values.clear();
  return values;
}

const FunctionObject* called_function(const FunctionObject& last, const FuncCall& call) {
  if (!last.earlier) return &last;
  for (const FunctionObject* function = &last; function != nullptr; function = function->earlier.get()) {
    if (accepts(*function, call)) return function;
  }
  return &last;
}

}  // namespace pglatch
