#include <fmt/core.h>

#include <algorithm>

#include "rules/support/impact.h"
#include "rules/support/table_units.h"

namespace pglatch {
namespace {

// Foreign keys of a new table to several others.
std::vector<RelationId> referenced_at_once(const StatementContext& context) {
  std::vector<RelationId> tables;
  if (context.statement.tag() != T_CreateStmt) return tables;
  for (const TableUnit& unit : tables_to_wait_for(context)) {
    if (unit.lock.reason == LockReason::referenced) tables.push_back(unit.table);
  }
  return tables;
}

void report(const StatementContext& context, const Rule& rule, Reporter& reporter, const SecondTable& second) {
  Finding finding = make_finding(context, rule, command_range(context), second.table.table);
  finding.message = fmt::format(
      "{} is locked against {} while {} is locked already, and both until the transaction ends. Transactions that use "
      "the two the other way round deadlock with this one, and whoever needs one of them waits for both.",
      context.name(second.table.table), blocks(second.table.lock.mode), second.earlier.name);
  finding.help =
      "Change one table a transaction: commit in between, or make it two migrations. Where both must change at once, "
      "lock them first, in the order in which your code uses them: LOCK TABLE a, b;";
  finding.related.push_back(taken_here(context, second.earlier));
  finding.once_a_script = true;
  reporter.report(std::move(finding));
}

void check(const StatementContext& context, const Rule& rule, Reporter& reporter) {
  if (const auto second = second_table(context)) {
    // lock-order-inversion speaks of those that a foreign key joins.
    if (!second->inverted) report(context, rule, reporter, *second);
    return;
  }
  if (context.code != nullptr || context.effects.locks.size() < 2) return;
  const auto tables = referenced_at_once(context);
  if (tables.size() < 2) return;
  Finding finding = make_finding(context, rule, command_range(context), tables.front());
  for (std::size_t i = 1; i < tables.size(); ++i) finding.relations.push_back(context.name(tables[i]));
  finding.severity = Severity::info;
  finding.message = fmt::format(
      "The foreign keys of this statement block writes on {} at the same time. Transactions that write to them in "
      "another order can deadlock with it.",
      name_list(context, tables));
  finding.help =
      "Create the table without foreign keys and add one a transaction: on a table that is still empty each takes a "
      "moment.";
  finding.once_a_script = true;
  reporter.report(std::move(finding));
}

}  // namespace

extern const Rule kMultipleTablesLockedInOneTransaction;
const Rule kMultipleTablesLockedInOneTransaction{"multiple-tables-locked-in-one-transaction",
                                                 "transactions",
                                                 Severity::warning,
                                                 "One transaction locks several tables, which invites deadlocks.",
                                                 kEveryStatement,
                                                 check};

}  // namespace pglatch
