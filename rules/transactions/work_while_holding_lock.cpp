#include <fmt/core.h>

#include <algorithm>

#include "rules/support/impact.h"
#include "rules/support/lock_queue.h"

namespace pglatch {
namespace {

// Queries and DML are backfill-in-ddl-transaction's.
bool is_schema_change(NodeTag tag) {
  switch (tag) {
    case T_SelectStmt:
    case T_InsertStmt:
    case T_UpdateStmt:
    case T_DeleteStmt:
    case T_MergeStmt:
    case T_CopyStmt:
    case T_CreateTableAsStmt:
    case T_ExecuteStmt:
    case T_ExplainStmt:
    case T_DoStmt:
    case T_CallStmt:
      return false;
    default:
      return true;
  }
}

std::string_view verb(WorkKind kind) {
  switch (kind) {
    case WorkKind::rewrite:
      return "rewritten";
    case WorkKind::index_build:
      return "indexed";
    case WorkKind::scan:
    case WorkKind::validate_fk:
      return "read through";
    case WorkKind::row_write:
    case WorkKind::truncate:
      break;
  }
  return {};
}

// validate-while-holding-lock speaks of VALIDATE CONSTRAINT on a table that is locked itself.
bool is_validation(const StatementContext& context, std::size_t work, const std::vector<EarlierLock>& held) {
  const auto* alter = as<AlterTableStmt>(context.statement.node);
  if (alter == nullptr) return false;
  const auto commands = each<AlterTableCmd>(alter->cmds);
  const std::uint32_t index = context.effects.work_by[work];
  if (index >= commands.size() || commands[index]->subtype != AT_ValidateConstraint) return false;
  return std::any_of(held.begin(), held.end(),
                     [&](const EarlierLock& lock) { return lock.relation == context.effects.work[work].relation; });
}

// The locks that keep others out of more than the statement does by itself.
std::vector<EarlierLock> locks_that_add(const StatementContext& context) {
  auto locks = earlier_locks(context);
  locks.erase(
      std::remove_if(locks.begin(), locks.end(),
                     [&](const EarlierLock& lock) { return context.effects.mode_on(lock.relation) >= lock.mode; }),
      locks.end());
  return locks;
}

// The worst that is done: rewriting before indexing before reading.
struct Worst {
  WorkKind kind = WorkKind::scan;
  std::vector<RelationId> relations;  // of that kind
};

Worst worst_of(const StatementContext& context, const std::vector<EarlierLock>& held) {
  Worst worst;
  const auto rank = [](WorkKind kind) { return kind == WorkKind::rewrite ? 0 : kind == WorkKind::index_build ? 1 : 2; };
  for (std::size_t i = 0; i < context.effects.work.size(); ++i) {
    const Work& work = context.effects.work[i];
    if (verb(work.kind).empty() || work.conditional || !context.takes_time(work)) continue;
    if (is_validation(context, i, held)) continue;
    if (!worst.relations.empty() && rank(work.kind) > rank(worst.kind)) continue;
    if (rank(work.kind) < rank(worst.kind)) worst.relations.clear();
    if (worst.relations.empty()) worst.kind = work.kind;
    if (std::find(worst.relations.begin(), worst.relations.end(), work.relation) == worst.relations.end()) {
      worst.relations.push_back(work.relation);
    }
  }
  return worst;
}

void check(const StatementContext& context, const Rule& rule, Reporter& reporter) {
  if (context.effects.work.empty() || context.held.empty() || !is_schema_change(context.statement.tag())) return;
  const auto held = locks_that_add(context);
  if (held.empty()) return;
  const Worst worst = worst_of(context, held);
  if (worst.relations.empty()) return;

  const EarlierLock& lock = strongest_of(held);
  const bool same = worst.relations.size() == 1 && worst.relations.front() == lock.relation;
  Finding finding = make_finding(context, rule, command_range(context), kNoRelation, worst.relations);
  finding.message = fmt::format(
      "{} stays locked against {} while {} {} {}. The transaction holds the {} lock since an earlier statement, and "
      "gives "
      "it back when it ends.",
      lock.name, blocks(lock.mode), same ? "it" : name_list(context, worst.relations),
      worst.relations.size() == 1 ? "is" : "are", verb(worst.kind), sql_name(lock.mode));
  finding.help =
      "Do the long work before anything is locked, or in a transaction (a migration) of its own, in the form that lets "
      "others go on: CONCURRENTLY, or NOT VALID and VALIDATE.";
  finding.related.push_back(taken_here(context, lock));
  finding.once_a_script = true;
  reporter.report(std::move(finding));
}

}  // namespace

extern const Rule kWorkWhileHoldingLock;
const Rule kWorkWhileHoldingLock{
    "work-while-holding-lock",
    "transactions",
    Severity::error,
    "Rows are read, rewritten or indexed in a transaction that already holds a lock which blocks others.",
    kEveryStatement,
    check};

}  // namespace pglatch
