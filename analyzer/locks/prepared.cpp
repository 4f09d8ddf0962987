// Queries that are planned at one time and run at another: EXPLAIN, PREPARE, cursors. What EXECUTE and EXPLAIN ANALYZE
// run is code of theirs (embedded_code.h).
#include <algorithm>
#include <string>

#include "analyzer/locks/model.h"

namespace pglatch::locks {
namespace {

// Planning and starting a query takes all of its locks.
void plan(const Model& model, const Node* node) {
  if (const auto* execute = as<ExecuteStmt>(node)) {
    const auto found = model.catalog().prepared.find(text(execute->name));
    if (found == model.catalog().prepared.end()) return;
    const ParsedScript parsed = parse(found->second);
    for (const Statement& statement : parsed.statements) query(model, statement.node, QueryStage::planned);
  } else if (const auto* cursor = as<DeclareCursorStmt>(node)) {
    query(model, cursor->query, QueryStage::planned);
  } else if (const auto* table = as<CreateTableAsStmt>(node)) {
    query(model, table->query, QueryStage::planned);
  } else {
    query(model, node, QueryStage::planned);
  }
}

// Of those that planning adds: indexes, what is below a table, and the rows on the other side of foreign keys.
bool comes_with_planning(const TakenLock& lock) {
  switch (lock.reason) {
    case LockReason::index:
    case LockReason::partition:
    case LockReason::default_partition:
    case LockReason::inherited:
    case LockReason::referenced:
    case LockReason::referencing:
      return true;
    case LockReason::target:
    case LockReason::parent:
    case LockReason::dependent:
      return false;
  }
  return false;
}

}  // namespace

// With ANALYZE the query runs.
void explain(const Model& model, const ExplainStmt& statement) {
  if (!runs_query(statement)) plan(model, statement.query);
}

// prepare.c: the query is analysed and rewritten, so that tables under views are locked, and not planned yet.
void prepare(const Model& model, const PrepareStmt& statement) {
  plan(model, statement.query);
  std::erase_if(model.effects.locks, comes_with_planning);
}

void declare_cursor(const Model& model, const DeclareCursorStmt& statement) { plan(model, statement.query); }

// The rows are read when they are fetched, as many as that takes. The locks are there since DECLARE.
void fetch(const Model& model, const FetchStmt& statement) {
  const auto found = model.catalog().cursors.find(text(statement.portalname));
  if (found == model.catalog().cursors.end()) return;
  const ParsedScript parsed = parse(found->second);
  Effects of_query;
  for (const Statement& one : parsed.statements) query({model.context, of_query}, one.node);
  model.effects.conditional = statement.howMany != FETCH_ALL;
  for (const Work& work : of_query.work) model.effects.add_work(work.relation, work.kind);
  model.effects.conditional = false;
}

}  // namespace pglatch::locks
