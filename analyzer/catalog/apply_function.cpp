// CREATE and ALTER FUNCTION and PROCEDURE. The text of a function is kept with it: what a call does is read off that
// (embedded_code.h).
#include <algorithm>
#include <memory>
#include <utility>

#include "analyzer/catalog/apply_families.h"
#include "analyzer/catalog/settings.h"
#include "analyzer/source/lexer.h"

namespace pglatch::applying {
namespace {

// A flag of the grammar's own (STRICT, SECURITY DEFINER) is a Boolean node.
bool flag(const Node* value) {
  const auto* boolean = as<Boolean>(value);
  return boolean != nullptr && boolean->boolval;
}

// SET search_path in the function's definition; FROM CURRENT means the one that CREATE runs under.
void set_search_path(const Context& context, FunctionObject& function, const VariableSetStmt& set) {
  if (set.kind == VAR_RESET_ALL) {
    function.sets_search_path = false;
    return;
  }
  if (text(set.name) != "search_path") return;
  function.sets_search_path = set.kind == VAR_SET_VALUE || set.kind == VAR_SET_CURRENT;
  if (set.kind == VAR_SET_CURRENT) function.search_path = context.path;
  if (set.kind != VAR_SET_VALUE) return;
  Settings settings;
  set_from_arguments(settings, "search_path", set.args);
  function.search_path = std::move(settings.search_path);
}

void set_options(const Context& context, FunctionObject& function, const List* options) {
  for (const DefElem* option : each<DefElem>(options)) {
    const std::string_view name = text(option->defname);
    const std::string_view value = string_value(option->arg);
    if (name == "language") {
      function.language = value;
    } else if (name == "volatility") {
      function.volatility = Volatility::volatile_;
      if (value == "immutable") function.volatility = Volatility::immutable;
      if (value == "stable") function.volatility = Volatility::stable;
    } else if (name == "strict") {
      function.strict = flag(option->arg);
    } else if (name == "security") {
      function.security_definer = flag(option->arg);
    } else if (name == "set") {
      if (const auto* set = as<VariableSetStmt>(option->arg)) set_search_path(context, function, *set);
    } else if (name == "as") {
      // One string is the body; two are a C function's file and symbol.
      const auto strings = each(as<List>(option->arg));
      if (strings.size() == 1) function.body = string_value(strings[0]);
    }
  }
}

// The body that is SQL of the statement itself: from BEGIN ATOMIC or RETURN to the end.
std::string_view sql_body(std::string_view definition) {
  Lexer lexer(definition);
  int depth = 0;
  for (Token token = lexer.next_code(); token.kind != TokenKind::end;) {
    const Token next = lexer.next_code();
    if (token.is('(', definition)) ++depth;
    if (token.is(')', definition)) --depth;
    const bool begins = token.is_word("return", definition) ||
                        (token.is_word("begin", definition) && next.is_word("atomic", definition));
    if (depth == 0 && begins) return definition.substr(token.range.start);
    token = next;
  }
  return {};
}

bool contains_relation(const std::vector<RelationId>& relations, RelationId id) {
  return std::find(relations.begin(), relations.end(), id) != relations.end();
}

// What identifies the function, and what it is made of.
void set_parameters(const Context& context, FunctionObject& function, const CreateFunctionStmt& statement) {
  for (const FunctionParameter* parameter : each<FunctionParameter>(statement.parameters)) {
    const bool output = parameter->mode == FUNC_PARAM_OUT || parameter->mode == FUNC_PARAM_TABLE;
    // A procedure is identified by its output as well.
    auto& types = output && !statement.is_procedure ? function.results : function.arguments;
    types.push_back(type_ref(parameter->argType));
  }
  if (statement.sql_body == nullptr) return;
  for (const ColumnUse& use : uses_of(context, statement.sql_body)) {
    if (!contains_relation(function.relations, use.relation)) function.relations.push_back(use.relation);
  }
}

// The functions of its name that the new one does not replace; so many that no script has more.
std::shared_ptr<const FunctionObject> others(const FunctionObject* same, const FunctionObject& created, int left = 20) {
  if (same == nullptr || left == 0) return nullptr;
  if (same->arguments == created.arguments) return same->earlier;
  auto kept = std::make_shared<FunctionObject>(*same);
  kept->earlier = others(same->earlier.get(), created, left - 1);
  return kept;
}

}  // namespace

void create_function(const Context& context, const CreateFunctionStmt& statement) {
  const NameView name = name_of(statement.funcname);
  FunctionObject function;
  function.is_procedure = statement.is_procedure;
  function.definition = context.statement.range.of(context.sql);
  function.definition_start = context.statement.range.start;
  function.definition_in_script = context.code == nullptr;
  set_options(context, function, statement.options);
  if (statement.sql_body != nullptr) {
    // Needs no LANGUAGE.
    function.language = "sql";
    function.body_is_sql = true;
    function.body = sql_body(function.definition);
  }
  if (statement.returnType != nullptr) {
    function.returns_trigger = name_of(statement.returnType->names).name == "trigger";
    function.returns_set = statement.returnType->setof;
    function.results.push_back(type_ref(statement.returnType));
  }
  set_parameters(context, function, statement);
  const FunctionObject* same = context.catalog.find_function({context.target_schema(name), name.name}, context.path);
  function.overloaded = same != nullptr && (same->overloaded || same->arguments != function.arguments);
  function.earlier = others(same, function);
  context.catalog.put_function(context.target_schema(name), name.name, std::move(function));
}

void alter_function(const Context& context, const AlterFunctionStmt& statement) {
  if (statement.func == nullptr) return;
  const NameView name = name_of(statement.func->objname);
  if (FunctionObject* function = context.catalog.change_function(name, context.path)) {
    set_options(context, *function, statement.actions);
  }
}

}  // namespace pglatch::applying
