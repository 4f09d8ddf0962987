// Statements that write rows, which make a new table one with something to lose.
#include "analyzer/catalog/apply_families.h"

namespace pglatch::applying {
namespace {

// Rows of a partitioned table are in its partitions. A relation that nobody knows is taken to have rows
// anyway.
void add_rows(const Context& context, const RangeVar* name, bool spelled_out) {
  const Relation* target = name == nullptr ? nullptr : context.find(name);
  if (target == nullptr) return;
  for (const RelationId id : context.tree(target->id, target->kind == RelationKind::partitioned_table)) {
    const Relation& relation = context.relation(id);
    const bool has_rows = relation.has_rows || relation.origin != Origin::unknown;
    const bool filled = relation.filled || !spelled_out;
    if (relation.has_rows == has_rows && relation.filled == filled) continue;
    Relation& changed = context.catalog.change(id);
    changed.has_rows = has_rows;
    changed.filled = filled;
  }
}

void take_rows(const Context& context, const RangeVar* name) {
  const Relation* target = name == nullptr ? nullptr : context.find(name);
  if (target == nullptr) return;
  for (const RelationId id : context.tree(target->id, true)) {
    Relation& relation = context.catalog.change(id);
    relation.has_rows = relation.filled = false;
    relation.emptied = context.catalog.script;
  }
}

// DEFAULT VALUES, VALUES, or a SELECT from nothing.
bool is_spelled_out(const Node* source) {
  const auto* select = as<SelectStmt>(source);
  return source == nullptr || (select != nullptr && select->op == SETOP_NONE && select->fromClause == nullptr);
}

void set_rows_written_by(const Context& context, const Node* node) {
  switch (node->type) {
    case T_InsertStmt:
      return add_rows(context, as<InsertStmt>(node)->relation, is_spelled_out(as<InsertStmt>(node)->selectStmt));
    case T_MergeStmt:
      return add_rows(context, as<MergeStmt>(node)->relation, false);
    case T_CopyStmt:
      if (as<CopyStmt>(node)->is_from) add_rows(context, as<CopyStmt>(node)->relation, false);
      return;
    case T_RefreshMatViewStmt: {
      const auto* refresh = as<RefreshMatViewStmt>(node);
      return refresh->skipData ? take_rows(context, refresh->relation) : add_rows(context, refresh->relation, false);
    }
    case T_TruncateStmt:
      for (const RangeVar* name : each<RangeVar>(as<TruncateStmt>(node)->relations)) take_rows(context, name);
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
