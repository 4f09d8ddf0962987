#include <fmt/core.h>

#include <algorithm>

#include "analyzer/parse/identifier.h"
#include "rules/support/impact.h"
#include "rules/support/source_text.h"
#include "rules/support/timeouts.h"

namespace pglatch {
namespace {

constexpr int kFirstWithWeakRename = 12;

// These have a rule of their own, or are a step of what is recommended.
bool is_told_elsewhere(const Node* node) {
  const auto* alter = as<AlterTableStmt>(node);
  if (alter == nullptr) return false;
  const auto commands = each<AlterTableCmd>(alter->cmds);
  return std::any_of(commands.begin(), commands.end(), [](const AlterTableCmd* command) {
    return command->subtype == AT_AttachPartition || command->subtype == AT_SetTableSpace;
  });
}

// A live index that the statement locks alone; its table, if it is known, stays free.
const Relation* locked_index(const StatementContext& context) {
  for (const TakenLock& lock : context.effects.locks) {
    if (!blocks_reads(lock.mode) || !context.is_live(lock.relation)) continue;
    const Relation* index = context.catalog.find(lock.relation);
    if (index == nullptr || !index->is_index()) continue;
    if (!blocks_writes(context.effects.mode_on(index->index->table))) return index;
  }
  return nullptr;
}

// The statement would take a weaker lock if it said ALTER INDEX.
bool has_weaker_form(const StatementContext& context) {
  const auto* rename = as<RenameStmt>(context.statement.node);
  return rename != nullptr && rename->renameType != OBJECT_INDEX && context.pg_version >= kFirstWithWeakRename;
}

void check(const StatementContext& context, const Rule& rule, Reporter& reporter) {
  if (context.effects.locks.empty() || is_told_elsewhere(context.statement.node)) return;
  const Relation* index = locked_index(context);
  if (index == nullptr) return;
  const bool weaker = has_weaker_form(context);
  // Nothing is left to do better.
  if (!weaker && waits_briefly(context)) return;

  const RelationId table = index->index->table;
  const std::string name = context.name(index->id);
  const std::string where = table == kNoRelation ? "its table" : context.name(table);
  Finding finding = make_finding(context, rule, leading_words(context, {"alter", "index", "table"}), index->id);
  if (table != kNoRelation) finding.relations.push_back(where);
  finding.message = fmt::format(
      "The ACCESS EXCLUSIVE lock on index {} blocks new reads and writes on {} from the moment it is asked for. The "
      "planner locks every index of a table, so each query queues behind it, whether it uses this one or not.",
      name, where);
  finding.help =
      weaker
          ? fmt::format("Rename it as an index, which blocks nobody since PostgreSQL 12: ALTER INDEX {} RENAME TO {};",
                        name, quote_identifier_sql(text(as<RenameStmt>(context.statement.node)->newname)))
          : "Give it a short lock_timeout, and try again where it fails: SET lock_timeout = '2s';";
  reporter.report(std::move(finding));
}

constexpr NodeTag kNodes[] = {T_AlterTableStmt, T_RenameStmt};

}  // namespace

extern const Rule kIndexAccessExclusiveBlocksTable;
const Rule kIndexAccessExclusiveBlocksTable{"index-access-exclusive-blocks-table",
                                            "indexes",
                                            Severity::warning,
                                            "An ACCESS EXCLUSIVE lock on an index stops every new query on its table.",
                                            kNodes,
                                            check};

}  // namespace pglatch
