#include "rules/support/expressions.h"

namespace pglatch {
namespace {

struct Walker {
  WalkVisitor visit;
  void* state;

  void operator()(const void* node) const { walk_expression(node, visit, state); }

  // CHECK, DEFAULT, GENERATED … and the WHERE of EXCLUDE.
  void constraint(const Constraint& constraint) const {
    (*this)(constraint.raw_expr);
    (*this)(constraint.where_clause);
  }
  void constraints(const List* list) const {
    for (const Constraint* each_one : each<Constraint>(list)) constraint(*each_one);
  }
  // Of a CREATE TABLE or an ALTER TABLE: a column, a constraint or a new default.
  void definition(const Node* node) const {
    if (node == nullptr) return;
    if (const auto* column = as<ColumnDef>(node)) {
      (*this)(column->raw_default);
      constraints(column->constraints);
    } else if (const auto* table_constraint = as<Constraint>(node)) {
      constraint(*table_constraint);
    }
  }
  void alter_table(const AlterTableStmt& statement) const {
    for (const AlterTableCmd* command : each<AlterTableCmd>(statement.cmds)) {
      if (command->subtype == AT_ColumnDefault) (*this)(command->def);
      definition(command->def);
    }
  }
  void function(const CreateFunctionStmt& statement) const {
    if (const auto* result = as<ReturnStmt>(statement.sql_body)) return (*this)(result->returnval);
    // BEGIN ATOMIC: a list of lists of statements.
    for (const Node* inner : each(as<List>(statement.sql_body))) {
      for (const Node* node : each(as<List>(inner))) {
        const auto* result = as<ReturnStmt>(node);
        (*this)(result == nullptr ? node : result->returnval);
      }
    }
  }
};

}  // namespace

void walk_statement(const Node* statement, WalkVisitor visit, void* state) {
  const Walker walk{visit, state};
  switch (statement->type) {
    case T_SelectStmt:
    case T_InsertStmt:
    case T_UpdateStmt:
    case T_DeleteStmt:
    case T_MergeStmt:
      return walk(statement);
    case T_ViewStmt:
      return walk(as<ViewStmt>(statement)->query);
    case T_CreateTableAsStmt:
      return walk(as<CreateTableAsStmt>(statement)->query);
    case T_CreateStmt:
      for (const Node* element : each(as<CreateStmt>(statement)->tableElts)) walk.definition(element);
      return;
    case T_AlterTableStmt:
      return walk.alter_table(*as<AlterTableStmt>(statement));
    case T_IndexStmt:
      walk(as<IndexStmt>(statement)->indexParams);
      return walk(as<IndexStmt>(statement)->whereClause);
    case T_CreatePolicyStmt:
      walk(as<CreatePolicyStmt>(statement)->qual);
      return walk(as<CreatePolicyStmt>(statement)->with_check);
    case T_CreateTrigStmt:
      return walk(as<CreateTrigStmt>(statement)->whenClause);
    case T_CreateFunctionStmt:
      return walk.function(*as<CreateFunctionStmt>(statement));
    case T_CreateDomainStmt:
      return walk.constraints(as<CreateDomainStmt>(statement)->constraints);
    case T_RuleStmt:
      walk(as<RuleStmt>(statement)->whereClause);
      return walk(as<RuleStmt>(statement)->actions);
    default:
      return;
  }
}

}  // namespace pglatch
