#include <fmt/core.h>

#include <algorithm>

#include "rules/support/impact.h"
#include "rules/support/lock_queue.h"

namespace pglatch {
namespace {

const RangeVar* target_of(const Node* node) {
  switch (node->type) {
    case T_UpdateStmt:
      return as<UpdateStmt>(node)->relation;
    case T_DeleteStmt:
      return as<DeleteStmt>(node)->relation;
    case T_MergeStmt:
      return as<MergeStmt>(node)->relation;
    default:
      return nullptr;
  }
}

// What becomes of the target, or where there is none, of what is read.
std::string_view verb(NodeTag tag) {
  switch (tag) {
    case T_UpdateStmt:
      return "updated";
    case T_DeleteStmt:
      return "deleted from";
    case T_MergeStmt:
      return "merged into";
    case T_InsertStmt:
    case T_CreateTableAsStmt:
      return "copied";
    default:
      return "read";
  }
}

// The live relations all of whose rows may be looked at: those with an index on what WHERE says are not.
std::vector<RelationId> read_through(const StatementContext& context) {
  std::vector<RelationId> relations;
  for (const Work& work : context.effects.work) {
    if (work.kind != WorkKind::scan || work.conditional || !context.takes_time(work)) continue;
    if (std::find(relations.begin(), relations.end(), work.relation) == relations.end()) {
      relations.push_back(work.relation);
    }
  }
  return relations;
}

// The target, where all of its rows may be looked at: what the statement only reads beside it is not worth a word.
struct Worked {
  std::vector<RelationId> relations;
  std::string_view verb;
};

Worked worked_on(const StatementContext& context) {
  Worked worked{read_through(context), verb(context.statement.tag())};
  const Relation* target = find_relation(context, target_of(context.statement.node));
  if (target == nullptr) return worked;
  std::vector<RelationId> changed;
  for (const RelationId relation : worked.relations) {
    if (unit_of(context.catalog, relation) == unit_of(context.catalog, target->id)) changed.push_back(relation);
  }
  if (changed.empty()) {
    worked.verb = "read";
  } else {
    worked.relations = std::move(changed);
  }
  return worked;
}

// LIMIT reads no more than it says. In VALUES stands what somebody wrote: a query there looks up the number of a role
// or of a page.
bool is_limited(const Node* node) {
  const auto* select = as<SelectStmt>(node);
  if (const auto* insert = as<InsertStmt>(node)) select = as<SelectStmt>(insert->selectStmt);
  return select != nullptr && (select->limitCount != nullptr || select->valuesLists != nullptr);
}

void check(const StatementContext& context, const Rule& rule, Reporter& reporter) {
  if (context.effects.work.empty() || context.held.empty() || context.code != nullptr) return;
  const auto [relations, done] = worked_on(context);
  if (relations.empty() || is_limited(context.statement.node)) return;
  const auto held = earlier_locks(context);
  if (held.empty()) return;

  const EarlierLock& lock = strongest_of(held);
  const bool same = relations.size() == 1 && relations.front() == lock.relation;
  Finding finding = make_finding(context, rule, command_range(context), kNoRelation, relations);
  finding.message = fmt::format(
      "{} stays locked against {} while {} {} {} row by row. The transaction holds the {} lock since an earlier "
      "statement, and "
      "gives it back when it ends.",
      lock.name, blocks(lock.mode), same ? "it" : name_list(context, relations), relations.size() == 1 ? "is" : "are",
      done, sql_name(lock.mode));
  finding.help =
      "Commit the schema change first. Then change the rows in a migration of its own, in batches that are each "
      "committed, so that nobody waits for more than a moment.";
  finding.related.push_back(taken_here(context, lock));
  finding.once_a_script = true;
  reporter.report(std::move(finding));
}

constexpr NodeTag kNodes[] = {T_UpdateStmt, T_DeleteStmt, T_InsertStmt,       T_MergeStmt,
                              T_CopyStmt,   T_SelectStmt, T_CreateTableAsStmt};

}  // namespace

extern const Rule kBackfillInDdlTransaction;
const Rule kBackfillInDdlTransaction{
    "backfill-in-ddl-transaction",
    "transactions",
    Severity::error,
    "Many rows are read or written in the transaction that holds a schema change's lock.",
    kNodes,
    check};

}  // namespace pglatch
