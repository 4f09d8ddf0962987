#include <fmt/core.h>

#include <algorithm>

#include "analyzer/parse/identifier.h"
#include "rules/support/alter_table.h"

namespace pglatch {
namespace {

// The lock under which a relation is read: of an earlier statement, or of another subcommand.
struct Cause {
  LockMode mode = LockMode::none;
  std::optional<std::uint32_t> statement;  // its number in the script; nothing: the same ALTER TABLE
};

// The strongest lock that keeps writers out of the relation while the subcommand reads it; `none` where none does.
Cause cause_of(const StatementContext& context, const std::vector<HeldLock>& held, RelationId relation) {
  Cause cause;
  for (const HeldLock& lock : held) {
    if (lock.relation == relation && !lock.conditional && blocks_writes(lock.mode)) cause = {lock.mode, lock.statement};
  }
  const LockMode own = context.effects.mode_on(relation);
  if (blocks_writes(own) && own > cause.mode) cause = {own, std::nullopt};
  return cause;
}

// Another subcommand reads the table as well, and a rule of its own tells of that.
bool is_read_anyway(const Subcommand& subcommand, RelationId relation) {
  const Effects& effects = subcommand.context.effects;
  for (std::size_t i = 0; i < effects.work.size(); ++i) {
    if (effects.work[i].relation == relation && effects.work_by[i] != subcommand.index) return true;
  }
  return false;
}

struct Reading {
  std::vector<RelationId> hit;
  Cause cause;
};

Reading reading_of(const Subcommand& subcommand) {
  const StatementContext& context = subcommand.context;
  const std::vector<HeldLock> held = context.held.list();
  Reading reading;
  for (std::size_t i = 0; i < context.effects.work.size(); ++i) {
    const RelationId relation = context.effects.work[i].relation;
    if (context.effects.work_by[i] != subcommand.index || !context.takes_time(context.effects.work[i])) continue;
    const Cause cause = cause_of(context, held, relation);
    if (cause.mode == LockMode::none || (!cause.statement && is_read_anyway(subcommand, relation))) continue;
    reading.hit.push_back(relation);
    if (cause.mode > reading.cause.mode) reading.cause = cause;
  }
  return reading;
}

void look_at(const Subcommand& subcommand, const Rule& rule, Reporter& reporter) {
  const Reading reading = reading_of(subcommand);
  if (reading.hit.empty()) return;

  const StatementContext& context = subcommand.context;
  const Cause& cause = reading.cause;
  const std::string constraint = quote_identifier_sql(text(subcommand.command.name));
  Finding finding = make_finding(context, rule, subcommand.range(), subcommand.target.id, reading.hit);
  finding.message = fmt::format(
      "Validating {} blocks {} on {} while every row is checked. VALIDATE would let them go on, but {} the {} lock "
      "until it ends.",
      constraint, blocks(cause.mode), name_list(context, reading.hit),
      cause.statement ? "the transaction holds" : "another subcommand of this ALTER TABLE needs", sql_name(cause.mode));
  finding.help = fmt::format(
      "Commit what took the lock first, and validate in a transaction (a migration) of its own: ALTER "
      "TABLE {} VALIDATE CONSTRAINT {};",
      subcommand.table(), constraint);
  if (cause.statement && context.code == nullptr && *cause.statement < context.preceding.size()) {
    const ByteRange before = context.preceding[*cause.statement].range;
    finding.related.push_back(
        {first_line(context.sql, before), fmt::format("the {} lock is taken here", sql_name(cause.mode))});
  }
  reporter.report(std::move(finding));
}

void check(const StatementContext& context, const Rule& rule, Reporter& reporter) {
  each_subcommand(context, {AT_ValidateConstraint},
                  [&](const Subcommand& subcommand) { look_at(subcommand, rule, reporter); });
}

constexpr NodeTag kNodes[] = {T_AlterTableStmt};

}  // namespace

extern const Rule kValidateWhileHoldingLock;
const Rule kValidateWhileHoldingLock{
    "validate-while-holding-lock",
    "constraints",
    Severity::error,
    "VALIDATE CONSTRAINT reads the table while the transaction holds a lock that blocks writes.",
    kNodes,
    check};

}  // namespace pglatch
