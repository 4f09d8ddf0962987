#include <fmt/core.h>

#include "rules/support/table_definition.h"

namespace pglatch {
namespace {

void report(const StatementContext& context, const Rule& rule, Reporter& reporter, const RangeVar& table,
            const RangeVar& parent, ByteRange range) {
  Finding finding = make_finding(context, rule, range, kNoRelation);
  finding.relations.push_back(table_name(context, table));
  const Relation* known = find_relation(context, &parent);
  finding.message = fmt::format(
      "{} inherits from {}, whose keys and indexes do not hold for it. A primary key or UNIQUE of the parent allows "
      "the "
      "same value in the child, and foreign keys to the parent do not find the child's rows.",
      finding.relations.front(), known == nullptr ? text(parent.relname) : context.name(known->id));
  finding.help = "Partition the parent (PARTITION BY), or have a table of its own with a foreign key.";
  reporter.report(std::move(finding));
}

void check(const StatementContext& context, const Rule& rule, Reporter& reporter) {
  if (const auto* create = as<CreateStmt>(context.statement.node)) {
    if (create->inhRelations == nullptr || create->partbound != nullptr || defines_nothing(context)) return;
    const auto* parent = as<RangeVar>(each(create->inhRelations)[0]);
    const ByteRange statement = context.statement.range;
    return report(context, rule, reporter, *create->relation, *parent,
                  find_words(context.sql, statement, {"inherits"}).value_or(statement));
  }
  const auto* alter = as<AlterTableStmt>(context.statement.node);
  std::size_t index = 0;
  for (const AlterTableCmd* command : each<AlterTableCmd>(alter->cmds)) {
    const std::size_t at = index++;
    const auto* parent = command->subtype == AT_AddInherit ? as<RangeVar>(command->def) : nullptr;
    if (parent == nullptr || defines_nothing(context)) continue;
    report(context, rule, reporter, *alter->relation, *parent, subcommand_ranges(context, *alter)[at]);
  }
}

}  // namespace

extern const Rule kTableInheritance;
const Rule kTableInheritance{"table-inheritance",
                             "policy",
                             Severity::warning,
                             "Constraints and indexes do not span tables that inherit from each other.",
                             kTableDefinitions,
                             check,
                             true};

}  // namespace pglatch
