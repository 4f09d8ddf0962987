#include "analyzer/catalog/call_arguments.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "analyzer/base/qualified_name.h"
#include "analyzer/parse/identifier.h"
#include "analyzer/parse/parser.h"
#include "analyzer/source/lexer.h"

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

bool is_name(const Token& token, std::string_view body, std::string_view name) {
  return token.is_word(name, body) ||
         (token.kind == TokenKind::quoted_identifier && token.of(body) == "\"" + std::string(name) + "\"");
}

// The body may give the name another meaning: declares or assigns it, or has a query, loop or GET DIAGNOSTICS put
// something into it. Says so rather too often.
bool may_change(std::string_view body, std::string_view name) {
  constexpr auto kBefore = std::to_array<std::string_view>(
      {"declare", "begin", "then", "else", "loop", "into", "strict", "for", "foreach", "diagnostics"});
  Lexer lexer(body);
  bool is_target = true;  // the next token stands where something is declared or assigned
  bool in_list = false;   // INTO a, b
  for (Token token = lexer.next_code(); token.kind != TokenKind::end; token = lexer.next_code()) {
    if (is_target && is_name(token, body, name)) return true;
    const auto is_word = [&](std::string_view word) { return token.is_word(word, body); };
    const bool is_symbol = token.kind == TokenKind::symbol;
    const bool begins = std::any_of(kBefore.begin(), kBefore.end(), is_word);
    in_list = is_word("into") || (in_list && (!is_symbol || token.is(',', body) || token.is('.', body)));
    is_target = begins || token.is(';', body) || token.is('>', body) || (in_list && token.is(',', body));
  }
  return false;
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
    if (!value || (!name.empty() && may_change(function.body, name))) continue;
    values["$" + std::to_string(place)] = *value;
    if (!name.empty()) values[name] = *std::move(value);
  }
  // Another function of that name is meant.
  if (each(call.args).size() > place) values.clear();
  return values;
}

}  // namespace pglatch
