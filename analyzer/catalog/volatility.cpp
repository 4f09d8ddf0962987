#include "analyzer/catalog/volatility.h"

#include "analyzer/catalog/builtin_functions.h"
#include "analyzer/parse/parser.h"
#include "analyzer/parse/walk.h"

namespace pglatch {
namespace {

// Functions that call functions that call …: the planner has no bound but the stack; nobody nests this deep.
constexpr int kMaxInlined = 20;

bool is_volatile(const Node* expression, const Catalog& catalog, const SearchPath& path, int depth);

// What a SELECT gives that is one expression and nothing else: what inline_function() in clauses.c takes.
// Null for any other query.
const Node* single_expression(const SelectStmt& select) {
  const bool plain = select.op == SETOP_NONE && select.fromClause == nullptr && select.whereClause == nullptr &&
                     select.groupClause == nullptr && select.havingClause == nullptr &&
                     select.windowClause == nullptr && select.sortClause == nullptr && select.limitCount == nullptr &&
                     select.limitOffset == nullptr && select.withClause == nullptr &&
                     select.distinctClause == nullptr && select.intoClause == nullptr &&
                     select.valuesLists == nullptr && select.lockingClause == nullptr;
  if (!plain || each(select.targetList).size() != 1) return nullptr;
  const auto* target = as<ResTarget>(each(select.targetList)[0]);
  return target == nullptr ? nullptr : target->val;
}

// The expression that a body as SQL comes to: RETURN, or BEGIN ATOMIC, which is a list of lists of statements.
const Node* result_of_sql(const Node* body) {
  if (const auto* given = as<ReturnStmt>(body)) return given->returnval;
  for (int level = 0; level < 2; ++level) {
    const auto* list = as<List>(body);
    body = list != nullptr && each(list).size() == 1 ? each(list)[0] : nullptr;
  }
  const auto* select = as<SelectStmt>(body);
  return select == nullptr ? nullptr : single_expression(*select);
}

bool has_set_clause(const CreateFunctionStmt& function) {
  for (const DefElem* option : each<DefElem>(function.options)) {
    if (text(option->defname) == "set") return true;
  }
  return false;
}

bool has_subquery(const Node* expression) {
  return !walk(expression, [](const Node* node) { return node->type == T_SubLink ? Walk::stop : Walk::into; });
}

// The function is volatile by declaration, but its body is one expression that takes its place, and that
// is not. A function declared stable or immutable never comes here: inlined or not, it is not volatile.
bool inlines_to_stable(const FunctionObject& function, const Catalog& catalog, const SearchPath& path, int depth) {
  const bool inlinable = function.language == "sql" && !function.security_definer && !function.returns_set &&
                         !function.is_procedure && !function.strict && !function.sets_search_path;
  if (!inlinable || depth == kMaxInlined || function.body.empty()) return false;
  const auto is_stable = [&](const Node* expression) {
    return expression != nullptr && !has_subquery(expression) && !is_volatile(expression, catalog, path, depth + 1);
  };
  const ParsedScript definition = parse(function.definition);
  if (!definition.errors.empty() || definition.statements.size() != 1) return false;
  const auto* create = as<CreateFunctionStmt>(definition.statements.front().node);
  if (create == nullptr || has_set_clause(*create)) return false;
  if (function.body_is_sql) return is_stable(result_of_sql(create->sql_body));
  const ParsedScript body = parse(function.body);
  if (!body.errors.empty() || body.statements.size() != 1) return false;
  const auto* select = as<SelectStmt>(body.statements.front().node);
  return select != nullptr && is_stable(single_expression(*select));
}

bool is_volatile(const Node* expression, const Catalog& catalog, const SearchPath& path, int depth) {
  return !walk(expression, [&](const Node* node) {
    const auto* call = as<FuncCall>(node);
    if (call == nullptr) return Walk::into;
    const NameView name = name_of(call->funcname);
    const bool qualified = !name.schema.empty() && name.schema != "pg_catalog";
    const auto builtin = qualified ? BuiltinVolatility::unknown : builtin_volatility(name.name);
    if (builtin == BuiltinVolatility::volatile_) return Walk::stop;
    if (builtin == BuiltinVolatility::stable) return Walk::into;
    const FunctionObject* function = catalog.find_function(name, path);
    const bool stable = function != nullptr && (function->volatility != Volatility::volatile_ ||
                                                inlines_to_stable(*function, catalog, path, depth));
    return stable ? Walk::into : Walk::stop;
  });
}

}  // namespace

bool is_volatile(const Node* expression, const Catalog& catalog, const SearchPath& path) {
  return is_volatile(expression, catalog, path, 0);
}

}  // namespace pglatch
