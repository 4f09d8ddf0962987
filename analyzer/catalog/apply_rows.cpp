// Statements that write rows, which make a new table one with something to lose.
#include "analyzer/catalog/apply_families.h"

namespace pglatch::applying {
namespace {

// Rows of a partitioned table are in its partitions. A relation that nobody knows is taken to have rows
// anyway.
void set_rows(const Context& context, const RangeVar* name, bool has_rows) {
  const Relation* target = name == nullptr ? nullptr : context.find(name);
  if (target == nullptr || target->origin == Origin::unknown) return;
  const bool recurse = !has_rows || target->kind == RelationKind::partitioned_table;
  for (const RelationId id : context.tree(target->id, recurse)) {
    if (context.relation(id).has_rows != has_rows) context.catalog.change(id).has_rows = has_rows;
  }
}

void set_rows_written_by(const Context& context, const Node* node) {
  switch (node->type) {
    case T_InsertStmt:
      return set_rows(context, as<InsertStmt>(node)->relation, true);
    case T_MergeStmt:
      return set_rows(context, as<MergeStmt>(node)->relation, true);
    case T_CopyStmt:
      if (as<CopyStmt>(node)->is_from) set_rows(context, as<CopyStmt>(node)->relation, true);
      return;
    case T_RefreshMatViewStmt:
      return set_rows(context, as<RefreshMatViewStmt>(node)->relation, !as<RefreshMatViewStmt>(node)->skipData);
    case T_TruncateStmt:
      for (const RangeVar* name : each<RangeVar>(as<TruncateStmt>(node)->relations)) set_rows(context, name, false);
      return;
    default:
      return;
  }
}

const WithClause* with_clause(const Node* node) {
  switch (node->type) {
    case T_SelectStmt:
      return as<SelectStmt>(node)->withClause;
    case T_InsertStmt:
      return as<InsertStmt>(node)->withClause;
    case T_UpdateStmt:
      return as<UpdateStmt>(node)->withClause;
    case T_DeleteStmt:
      return as<DeleteStmt>(node)->withClause;
    case T_MergeStmt:
      return as<MergeStmt>(node)->withClause;
    default:
      return nullptr;
  }
}

}  // namespace

void write_rows(const Context& context, const Node* statement) {
  set_rows_written_by(context, statement);
  // Only the top level's WITH can hold statements that write.
  const WithClause* with = with_clause(statement);
  if (with == nullptr) return;
  for (const CommonTableExpr* expression : each<CommonTableExpr>(with->ctes)) {
    if (expression->ctequery != nullptr) set_rows_written_by(context, expression->ctequery);
  }
}

}  // namespace pglatch::applying
