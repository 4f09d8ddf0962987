#include <fmt/core.h>

#include "analyzer/parse/identifier.h"
#include "rules/support/new_column.h"

namespace pglatch {
namespace {

constexpr int kFirstWithStoredDefaults = 11;

const Constraint* not_null_of(const AlterTableCmd& command) {
  const Constraint* not_null = added_constraint(command, CONSTR_NOTNULL);
  return not_null != nullptr ? not_null : added_constraint(command, CONSTR_PRIMARY);
}

// An earlier statement of the script takes all rows away.
bool is_emptied_before(const StatementContext& context, RelationId target) {
  const auto names_it = [&](const RangeVar* name) {
    const Relation* named = find_relation(context, name);
    return named != nullptr && named->id == target;
  };
  for (const Statement& statement : context.preceding) {
    if (const auto* deletion = as<DeleteStmt>(statement.node)) {
      if (deletion->whereClause == nullptr && deletion->usingClause == nullptr && names_it(deletion->relation)) {
        return true;
      }
    } else if (const auto* truncation = as<TruncateStmt>(statement.node)) {
      for (const RangeVar* name : each<RangeVar>(truncation->relations)) {
        if (names_it(name)) return true;
      }
    }
  }
  return false;
}

std::string help_for(const StatementContext& context, bool is_key) {
  if (is_key) {
    return "Add the column nullable, give new rows their value by a default, fill the old ones in batches, and make it "
           "the primary key when it is full.";
  }
  std::string help = "Add the column nullable, fill it in batches, and make it NOT NULL by a validated CHECK";
  if (context.pg_version >= kFirstWithStoredDefaults) {
    help +=
        "; or give it a constant DEFAULT, which is stored once and rewrites nothing, and keep that until all running "
        "code knows the column";
  }
  return help + ".";
}

void report_failure(const Subcommand& subcommand, const ColumnDef& column, const Rule& rule, Reporter& reporter) {
  const StatementContext& context = subcommand.context;
  const RelationId target = subcommand.target.id;
  const bool is_key = added_constraint(subcommand.command, CONSTR_NOTNULL) == nullptr;
  Finding finding = make_finding(context, rule, subcommand.range(), target);
  finding.message = fmt::format(
      "Adding {} column {} without a default fails if {} has rows, as each of them would hold NULL. If it has none, "
      "INSERT statements that do not name the column fail from now on.",
      is_key ? "PRIMARY KEY" : "NOT NULL", quote_identifier_sql(text(column.colname)), context.name(target));
  finding.help = help_for(context, is_key);
  reporter.report(std::move(finding));
}

// Its values are in no row, so each one is computed to see that it is not null.
void report_scan(const Subcommand& subcommand, const ColumnDef& column, const Rule& rule, Reporter& reporter) {
  const StatementContext& context = subcommand.context;
  const RelationId target = subcommand.target.id;
  const auto hit = subcommand.blocked_during(WorkKind::scan);
  if (hit.empty()) return;
  Finding finding = make_finding(context, rule, subcommand.range(), target, hit);
  finding.message = fmt::format("Adding virtual column {} as NOT NULL {} while every row is checked. {}",
                                quote_identifier_sql(text(column.colname)), blocking(context, target, hit),
                                lock_sentence(strongest_lock(context, target, hit)));
  finding.help = "Add the column without NOT NULL, which touches no row: a virtual column is computed when it is read.";
  reporter.report(std::move(finding));
}

void look_at(const Subcommand& subcommand, const Rule& rule, Reporter& reporter) {
  const auto* column = as<ColumnDef>(subcommand.command.def);
  if (column == nullptr) return;
  if (not_null_of(subcommand.command) == nullptr) return;
  if (subcommand.command.missing_ok && subcommand.target.column(text(column->colname)) != nullptr) return;
  if (added_constraint(subcommand.command, CONSTR_GENERATED) != nullptr) {
    report_scan(subcommand, *column, rule, reporter);
    return;
  }
  const StatementContext& context = subcommand.context;
  const RelationId target = subcommand.target.id;
  // What the lock model says of the statement: it would be refused if there are rows.
  if (!context.effects.fails || context.effects.refused() || !context.is_live(target)) return;
  if (fills_old_rows(subcommand, *column) || has_constrained_domain(subcommand, *column)) return;
  if (context.table_size(target).rows == 0 || is_emptied_before(context, target)) return;
  report_failure(subcommand, *column, rule, reporter);
}

void check(const StatementContext& context, const Rule& rule, Reporter& reporter) {
  each_command(context, {AT_AddColumn}, [&](const Subcommand& subcommand) { look_at(subcommand, rule, reporter); });
}

constexpr NodeTag kNodes[] = {T_AlterTableStmt};

}  // namespace

extern const Rule kAddColumnNotNullNoDefault;
const Rule kAddColumnNotNullNoDefault{"add-column-not-null-no-default",
                                      "columns",
                                      Severity::error,
                                      "Adding a NOT NULL column without a default fails on a table that has rows.",
                                      kNodes,
                                      check};

}  // namespace pglatch
