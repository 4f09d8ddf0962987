// What hangs on a table: triggers, policies, rules.
#include <algorithm>
#include <utility>

#include "analyzer/catalog/apply_families.h"
#include "analyzer/parse/walk.h"

namespace pglatch::applying {
namespace {

void add(std::vector<std::string>& names, std::string_view name) {
  if (!name.empty() && !contains(names, name)) names.emplace_back(name);
}

// Columns of the table itself, other relations, and functions that were created by statements: all that can
// stand in the way of a change. OLD, NEW and EXCLUDED are the table.
void add_mentions(const Context& context, RelationId table, const Node* expression, DependentExpression& noted) {
  if (expression == nullptr) return;
  const std::string& own_name = context.relation(table).name;
  const auto add_relation = [&](const RangeVar* name) {
    const Relation* found = context.find(name);
    if (found == nullptr || found->id == table) return;
    if (std::find(noted.relations.begin(), noted.relations.end(), found->id) == noted.relations.end()) {
      noted.relations.push_back(found->id);
    }
  };
  walk(expression, [&](const Node* node) {
    if (const auto* reference = as<ColumnRef>(node)) {
      const auto fields = each(reference->fields);
      const std::string_view qualifier = fields.size() > 1 ? string_value(fields[fields.size() - 2]) : "";
      const bool own = qualifier.empty() || qualifier == own_name || qualifier == "old" || qualifier == "new";
      const std::string_view column = string_value(fields.back());
      if (own && context.relation(table).column(column) != nullptr) add(noted.columns, column);
    } else if (const auto* call = as<FuncCall>(node)) {
      const NameView name = name_of(call->funcname);
      const std::string schema = context.catalog.schema_of_function(name, context.path);
      if (!schema.empty()) add(noted.functions, schema + '.' + std::string(name.name));
    } else if (const auto* relation = as<RangeVar>(node)) {
      add_relation(relation);
    }
    return Walk::into;
  });
}

void put_expression(const Context& context, RelationId table, DependentExpression noted) {
  auto& all = context.catalog.change(table).expressions;
  const auto same = std::find_if(all.begin(), all.end(), [&](const DependentExpression& one) {
    return one.kind == noted.kind && one.name == noted.name;
  });
  if (same != all.end()) {
    *same = std::move(noted);
  } else {
    all.push_back(std::move(noted));
  }
}

DependentExpression expression_named(ExpressionKind kind, const char* name) {
  DependentExpression noted;
  noted.kind = kind;
  noted.name = text(name);
  return noted;
}

}  // namespace

// Row triggers of a partitioned table are made on its partitions as well (CreateTriggerFiringOn()).
void create_trigger(const Context& context, const CreateTrigStmt& statement) {
  const RelationId table = context.resolve(statement.relation);
  const bool recurse = statement.row && context.relation(table).kind == RelationKind::partitioned_table;
  for (const RelationId id : context.tree(table, recurse))
    add(context.catalog.change(id).triggers, text(statement.trigname));
  DependentExpression noted = expression_named(ExpressionKind::trigger, statement.trigname);
  const NameView function = name_of(statement.funcname);
  const std::string schema = context.catalog.schema_of_function(function, context.path);
  add(noted.functions, (schema.empty() ? std::string(function.schema) : schema) +
                           (schema.empty() && function.schema.empty() ? "" : ".") + std::string(function.name));
  for (const Node* column : each(statement.columns)) add(noted.columns, string_value(column));
  add_mentions(context, table, statement.whenClause, noted);
  if (statement.constrrel != nullptr) noted.relations.push_back(context.resolve(statement.constrrel));
  put_expression(context, table, std::move(noted));
}

void create_policy(const Context& context, const CreatePolicyStmt& statement) {
  const RelationId table = context.resolve(statement.table);
  DependentExpression noted = expression_named(ExpressionKind::policy, statement.policy_name);
  add_mentions(context, table, statement.qual, noted);
  add_mentions(context, table, statement.with_check, noted);
  put_expression(context, table, std::move(noted));
}

// Both expressions may be new or only one: what the other mentions stays.
void alter_policy(const Context& context, const AlterPolicyStmt& statement) {
  const RelationId table = context.resolve(statement.table);
  DependentExpression noted = expression_named(ExpressionKind::policy, statement.policy_name);
  for (const DependentExpression& one : context.relation(table).expressions) {
    if (one.kind == noted.kind && one.name == noted.name) noted = one;
  }
  add_mentions(context, table, statement.qual, noted);
  add_mentions(context, table, statement.with_check, noted);
  put_expression(context, table, std::move(noted));
}

void create_rule(const Context& context, const RuleStmt& statement) {
  const RelationId table = context.resolve(statement.relation);
  DependentExpression noted = expression_named(ExpressionKind::rule, statement.rulename);
  add_mentions(context, table, statement.whereClause, noted);
  for (const Node* action : each(statement.actions)) add_mentions(context, table, action, noted);
  put_expression(context, table, std::move(noted));
}

void rename_expression(const Context& context, RelationId table, ExpressionKind kind, std::string_view from,
                       std::string_view to) {
  for (DependentExpression& one : context.catalog.change(table).expressions) {
    if (one.kind == kind && one.name == from) one.name = to;
  }
}

}  // namespace pglatch::applying
