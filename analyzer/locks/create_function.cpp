// CREATE FUNCTION: a body in SQL is analysed when the function is made (fmgr_sql_validator() in pg_proc.c), which
// locks what it names. Other languages look into theirs when it runs.
#include <string>

#include "analyzer/catalog/settings.h"
#include "analyzer/locks/model.h"
#include "analyzer/parse/parser.h"

namespace pglatch::locks {
namespace {

struct FunctionOptions {
  std::string_view language;
  const Node* body = nullptr;                    ///< of AS
  const VariableSetStmt* search_path = nullptr;  ///< of SET
};

FunctionOptions options_of(const CreateFunctionStmt& statement) {
  FunctionOptions options;
  for (const DefElem* option : each<DefElem>(statement.options)) {
    const std::string_view name = text(option->defname);
    if (name == "language") options.language = string_value(option->arg);
    if (name == "as") options.body = option->arg;
    const auto* set = name == "set" ? as<VariableSetStmt>(option->arg) : nullptr;
    if (set != nullptr && text(set->name) == "search_path" && set->kind == VAR_SET_VALUE) options.search_path = set;
  }
  return options;
}

// With anyelement and the like nothing can be analysed before a call.
bool is_polymorphic(const CreateFunctionStmt& statement) {
  for (const FunctionParameter* parameter : each<FunctionParameter>(statement.parameters)) {
    if (parameter->argType != nullptr && name_of(parameter->argType->names).name.rfind("any", 0) == 0) return true;
  }
  return false;
}

void analyse(const Model& model, const Node* statement) {
  if (statement == nullptr) return;  // an empty body
  switch (statement->type) {
    case T_SelectStmt:
    case T_InsertStmt:
    case T_UpdateStmt:
    case T_DeleteStmt:
    case T_MergeStmt:
      return query(model, statement, QueryStage::analysed);
    case T_ReturnStmt:
      return query(model, as<ReturnStmt>(statement)->returnval, QueryStage::analysed);
    default:
      return;  // utility statements are analysed when they run
  }
}

// Rewriting puts the queries of views in their places, which locks what these read (AcquireRewriteLocks()).
void expand_views(const Model& model) {
  for (std::size_t i = 0; i < model.effects.locks.size(); ++i) {
    const TakenLock taken = model.effects.locks[i];
    const Relation& relation = model.relation(taken.relation);
    if (relation.kind != RelationKind::view) continue;
    for (const ColumnUse& use : relation.uses) model.lock(use.relation, taken.mode, LockReason::dependent);
  }
}

void analyse_text(const Model& model, const Node* body) {
  const auto* strings = as<List>(body);
  if (strings == nullptr || each(strings).size() != 1) return;
  const std::string sql(string_value(each(strings)[0]));
  const ParsedScript parsed = parse(sql);
  if (!parsed.errors.empty()) return model.effects.fail(parsed.errors.front().message);
  for (const Statement& statement : parsed.statements) analyse(model, statement.node);
}

// BEGIN ATOMIC: a list in a list.
void analyse_list(const Model& model, const List* statements) {
  for (const Node* node : each(statements)) {
    if (const auto* inner = as<List>(node)) {
      for (const Node* statement : each(inner)) analyse(model, statement);
    } else {
      analyse(model, node);
    }
  }
}

}  // namespace

void create_function(const Model& model, const CreateFunctionStmt& statement) {
  const FunctionOptions options = options_of(statement);
  Settings settings;
  Model inside = model;
  if (options.search_path != nullptr) {
    set_from_arguments(settings, "search_path", options.search_path->args);
    inside.search_path = &settings.search_path;
  }
  if (statement.sql_body != nullptr) {
    if (const auto* statements = as<List>(statement.sql_body)) {
      analyse_list(inside, statements);
    } else {
      analyse(inside, statement.sql_body);
    }
  } else if (options.language == "sql" && model.context.session.settings().check_function_bodies &&
             !is_polymorphic(statement)) {
    analyse_text(inside, options.body);
  }
  expand_views(model);
}

}  // namespace pglatch::locks
