#include "analyzer/catalog/column_expressions.h"

#include <algorithm>
#include <utility>

#include "analyzer/catalog/builtin_functions.h"
#include "analyzer/catalog/object_names.h"
#include "analyzer/parse/walk.h"

namespace pglatch {
namespace {

constexpr int kMaxCasts = 20;

const Node* without_casts(const Node* expression) noexcept {
  for (int depth = 0; depth < kMaxCasts; ++depth) {
    const auto* cast = as<TypeCast>(expression);
    if (cast == nullptr) break;
    expression = cast->arg;
  }
  return expression;
}

std::string name_with_brackets(const TypeRef& type) {
  if (!type.schema.empty()) return {};
  return type.array ? type.name + "[]" : type.name;
}

// Built-in functions that defaults are made of, by the one type that they give.
std::string_view result_type(std::string_view function) {
  if (function == "nextval") return "int8";
  if (function == "now" || function == "clock_timestamp" || function == "statement_timestamp" ||
      function == "transaction_timestamp") {
    return "timestamptz";
  }
  if (function == "gen_random_uuid" || function == "uuidv4" || function == "uuidv7") return "uuid";
  return {};
}

std::string_view type_of_value_function(const SQLValueFunction& function) {
  switch (function.op) {
    case SVFOP_CURRENT_DATE:
      return "date";
    case SVFOP_CURRENT_TIMESTAMP:
    case SVFOP_CURRENT_TIMESTAMP_N:
      return "timestamptz";
    case SVFOP_LOCALTIMESTAMP:
    case SVFOP_LOCALTIMESTAMP_N:
      return "timestamp";
    default:
      return {};
  }
}

}  // namespace

std::vector<QualifiedName> sequences_in(const Node* expression) {
  std::vector<QualifiedName> sequences;
  walk(expression, [&](const Node* node) {
    const auto* call = as<FuncCall>(node);
    if (call == nullptr) return Walk::into;
    const std::string_view function = name_of(call->funcname).name;
    if (function != "nextval" && function != "currval" && function != "setval") return Walk::into;
    const auto arguments = each(call->args);
    const auto* literal = arguments.empty() ? nullptr : as<A_Const>(without_casts(arguments[0]));
    if (literal != nullptr && !literal->isnull && literal->val.node.type == T_String) {
      if (auto name = parse_qualified_name(text(literal->val.sval.sval))) sequences.push_back(std::move(*name));
    }
    return Walk::into;
  });
  return sequences;
}

bool is_null_constant(const Node* expression) noexcept {
  const auto* constant = as<A_Const>(without_casts(expression));
  return constant != nullptr && constant->isnull;
}

std::string default_type(const Node* expression, const TypeRef& column_type) {
  if (const auto* cast = as<TypeCast>(expression)) return name_with_brackets(type_ref(cast->typeName));
  if (const auto* call = as<FuncCall>(expression)) {
    const NameView name = name_of(call->funcname);
    return std::string(name.schema.empty() ? result_type(name.name) : std::string_view());
  }
  if (const auto* function = as<SQLValueFunction>(expression)) return std::string(type_of_value_function(*function));
  const auto* constant = as<A_Const>(expression);
  if (constant == nullptr || constant->isnull) return {};
  switch (constant->val.node.type) {
    case T_Integer:
      return "int4";
    case T_Boolean:
      return "bool";
    case T_Float:  // too big for an integer, or with a point: int8 or numeric
      return text(constant->val.fval.fval).find_first_of(".eE") == std::string_view::npos ? std::string() : "numeric";
    case T_String:  // of no type until it gets the column's
      return name_with_brackets(column_type);
    default:
      return {};
  }
}

namespace applying {
namespace {

void forget(Relation& table, std::string_view column, ExpressionKind kind) {
  auto& all = table.expressions;
  const auto is_it = [&](const DependentExpression& one) { return one.kind == kind && one.name == column; };
  all.erase(std::remove_if(all.begin(), all.end(), is_it), all.end());
}

void add_function(const Context& context, const FuncCall& call, std::vector<std::string>& functions) {
  const NameView name = name_of(call.funcname);
  const bool qualified = !name.schema.empty() && name.schema != "pg_catalog";
  if (!qualified && builtin_volatility(name.name) != BuiltinVolatility::unknown) return;
  std::string schema(name.schema);
  if (schema.empty()) schema = context.catalog.schema_of_function(name, context.path);
  std::string full = schema.empty() ? std::string(name.name) : schema + '.' + std::string(name.name);
  if (!contains(functions, full)) functions.push_back(std::move(full));
}

}  // namespace

void set_column_expression(const Context& context, Relation& table, std::string_view column, ExpressionKind kind,
                           const Node* expression) {
  if (!table.expressions.empty()) forget(table, column, kind);
  if (kind == ExpressionKind::default_value) {
    if (Column* target = table.column(column)) target->default_type = default_type(expression, target->type);
  }
  if (expression == nullptr || expression->type == T_A_Const) return;
  DependentExpression noted;
  walk(expression, [&](const Node* node) {
    if (const auto* call = as<FuncCall>(node)) add_function(context, *call, noted.functions);
    if (const auto* reference = as<ColumnRef>(node)) {
      std::string name(string_value(each(reference->fields).back()));
      if (!name.empty() && !contains(noted.columns, name)) noted.columns.push_back(std::move(name));
    }
    return Walk::into;
  });
  for (const QualifiedName& sequence : sequences_in(expression)) {
    const Relation* found = context.catalog.find({sequence.schema, sequence.name}, context.path);
    if (found != nullptr) noted.relations.push_back(found->id);
  }
  if (noted.columns.empty() && noted.relations.empty() && noted.functions.empty()) return;
  noted.kind = kind;
  noted.name = column;
  table.expressions.push_back(std::move(noted));
}

void set_column_expressions(const Context& context, Relation& table, const ColumnDef& definition) {
  const std::string_view column = text(definition.colname);
  if (definition.raw_default != nullptr) {
    set_column_expression(context, table, column, ExpressionKind::default_value, definition.raw_default);
  }
  for (const Constraint* constraint : each<Constraint>(definition.constraints)) {
    if (constraint->contype == CONSTR_DEFAULT) {
      set_column_expression(context, table, column, ExpressionKind::default_value, constraint->raw_expr);
    } else if (constraint->contype == CONSTR_GENERATED) {
      set_column_expression(context, table, column, ExpressionKind::generated, constraint->raw_expr);
    }
  }
}

void copy_column_expression(const Relation& source, Relation& table, std::string_view column, ExpressionKind kind) {
  for (const DependentExpression& expression : source.expressions) {
    if (expression.kind != kind || expression.name != column) continue;
    table.expressions.push_back(expression);
    return;
  }
}

}  // namespace applying
}  // namespace pglatch
