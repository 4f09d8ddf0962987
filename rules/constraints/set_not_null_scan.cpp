#include <fmt/core.h>

#include <algorithm>

#include "analyzer/base/concat.h"
#include "analyzer/parse/identifier.h"
#include "rules/support/alter_table.h"

namespace pglatch {
namespace {

constexpr int kFirstThatUsesChecks = 12;
constexpr int kFirstWithNotValidNotNull = 18;

// The column that the subcommand makes NOT NULL; empty where it does not.
std::string_view column_of(const AlterTableCmd& command) {
  if (command.subtype == AT_SetNotNull) return text(command.name);
  if (command.subtype != AT_AddConstraint) return {};
  const Constraint* constraint = added_constraint(command, CONSTR_NOTNULL);
  return constraint == nullptr || each(constraint->keys).empty() ? std::string_view()
                                                                 : string_value(each(constraint->keys)[0]);
}

bool says_not_null(const TableConstraint& constraint, std::string_view column) {
  if (constraint.kind == ConstraintKind::not_null) {
    return std::find(constraint.columns.begin(), constraint.columns.end(), column) != constraint.columns.end();
  }
  return std::any_of(constraint.proof.begin(), constraint.proof.end(), [&](const Conjunct& conjunct) {
    return conjunct.kind == Conjunct::Kind::is_not_null && conjunct.column == column;
  });
}

// The subcommand of the same ALTER TABLE that spoils the proof: it drops the CHECK, or validates it
// only in the course of this statement. ALTER TABLE drops first and verifies all in one last pass.
struct Spoiler {
  std::uint32_t index;
  bool drops;
};

std::optional<Spoiler> spoiler_of(const Subcommand& subcommand, std::string_view column) {
  std::uint32_t index = 0;
  for (const AlterTableCmd* command : each<AlterTableCmd>(subcommand.statement.cmds)) {
    const std::uint32_t at = index++;
    const bool drops = command->subtype == AT_DropConstraint;
    if (!drops && command->subtype != AT_ValidateConstraint) continue;
    const TableConstraint* constraint = subcommand.target.constraint(text(command->name));
    if (constraint != nullptr && constraint->validated == drops && says_not_null(*constraint, column)) {
      return Spoiler{at, drops};
    }
  }
  return std::nullopt;
}

// The name of the constraint that the safe form adds.
std::string constraint_for(const Subcommand& subcommand, std::string_view column) {
  const std::string name = fmt::format("{}_{}_not_null", subcommand.target.name, column);
  return name.size() > kMaxIdentifierBytes ? "…" : quote_identifier_sql(name);
}

std::string help_for(const Subcommand& subcommand, std::string_view column) {
  const std::string table = subcommand.table();
  const std::string name = constraint_for(subcommand, column);
  const std::string quoted = quote_identifier_sql(column);
  if (subcommand.context.pg_version >= kFirstWithNotValidNotNull) {
    return fmt::format(
        "Add it NOT VALID, then check the old rows in a transaction of its own, while writes go on: ALTER TABLE {0} "
        "ADD "
        "CONSTRAINT {1} NOT NULL {2} NOT VALID; ALTER TABLE {0} VALIDATE CONSTRAINT {1};",
        table, name, quoted);
  }
  const std::string check = fmt::format(
      "ALTER TABLE {0} ADD CONSTRAINT {1} CHECK ({2} IS NOT NULL) NOT VALID; ALTER TABLE {0} VALIDATE CONSTRAINT {1};",
      table, name, quoted);
  if (subcommand.context.pg_version < kFirstThatUsesChecks) {
    return fmt::format("Before PostgreSQL 12 nothing spares the scan: have a CHECK instead and keep it: {}", check);
  }
  return fmt::format(
      "Prove it first, each statement in a transaction of its own: {} SET NOT NULL then reads nothing, and the CHECK "
      "can be dropped in a later statement.",
      check);
}

void look_at(const Subcommand& subcommand, const Rule& rule, Reporter& reporter) {
  const std::string_view column = column_of(subcommand.command);
  if (column.empty()) return;
  const auto hit = subcommand.blocked_during(WorkKind::scan);
  if (hit.empty()) return;

  const StatementContext& context = subcommand.context;
  Finding finding = make_finding(context, rule, subcommand.range(), subcommand.target.id, hit);
  finding.message = concat({"Making column ", quote_identifier_sql(column), " NOT NULL ",
                            blocking(context, subcommand.target.id, hit), " while every row is checked. ",
                            lock_sentence(strongest_lock(context, subcommand.target.id, hit))});
  finding.help = help_for(subcommand, column);
  const auto spoiler = spoiler_of(subcommand, column);
  if (spoiler && context.pg_version >= kFirstThatUsesChecks) {
    const char* what = spoiler->drops ? "dropped" : "validated";
    finding.help = fmt::format(
        "Put SET NOT NULL in a statement of its own: the CHECK that proves it is {} in this same ALTER TABLE, and so "
        "does not count.",
        what);
    finding.related.push_back(
        {first_line(context.sql, subcommand_ranges(context, subcommand.statement)[spoiler->index]),
         fmt::format("the proof is {} here", what)});
  }
  reporter.report(std::move(finding));
}

void check(const StatementContext& context, const Rule& rule, Reporter& reporter) {
  each_subcommand(context, {AT_SetNotNull, AT_AddConstraint},
                  [&](const Subcommand& subcommand) { look_at(subcommand, rule, reporter); });
}

constexpr NodeTag kNodes[] = {T_AlterTableStmt};

}  // namespace

extern const Rule kSetNotNullScan;
const Rule kSetNotNullScan{"set-not-null-scan",
                           "constraints",
                           Severity::error,
                           "SET NOT NULL blocks reads and writes while every row is checked, unless a validated CHECK "
                           "proves it.",
                           kNodes,
                           check};

}  // namespace pglatch
