#include <fmt/core.h>

#include "rules/support/column_type_change.h"

namespace pglatch {
namespace {

void look_at(const Subcommand& subcommand, const Rule& rule, Reporter& reporter) {
  const ColumnDef* definition = new_type(subcommand);
  if (definition == nullptr) return;
  const StatementContext& context = subcommand.context;
  const RelationId target = subcommand.target.id;
  const auto hit = subcommand.blocked_during(WorkKind::rewrite);
  if (hit.empty()) return;

  Finding finding = make_finding(context, rule, subcommand.range(), target, hit);
  finding.message =
      fmt::format("Changing {} {} while everything is rewritten. {}", change_of_type(subcommand, *definition),
                  blocking(context, target, hit), lock_sentence(strongest_lock(context, target, hit)));
  if (const auto others = other_sides(subcommand); !others.empty()) {
    finding.message += fmt::format(" A foreign key is checked again, with reads and writes blocked on {} as well.",
                                   name_list(context, others));
    for (const RelationId other : others) finding.relations.push_back(context.name(other));
  }
  if (subcommand.target.column(text(subcommand.command.name)) == nullptr) {
    finding.message +=
        " What type the column has is not known here; only few changes, such as a longer varchar, rewrite nothing.";
    finding.help =
        "Tell pglatch the present schema with --schema, so that a change without a rewrite is seen as such. ";
  }
  finding.help +=
      "Add a column of the new type, keep it in step by a trigger, fill it in batches, and swap the names in one short "
      "transaction.";
  reporter.report(std::move(finding));
}

void check(const StatementContext& context, const Rule& rule, Reporter& reporter) {
  each_subcommand(context, [&](const Subcommand& subcommand) { look_at(subcommand, rule, reporter); });
}

constexpr NodeTag kNodes[] = {T_AlterTableStmt};

}  // namespace

extern const Rule kAlterColumnTypeRewrite;
const Rule kAlterColumnTypeRewrite{"alter-column-type-rewrite",
                                   "columns",
                                   Severity::error,
                                   "Changing a column to a type that is stored in another way rewrites the table while "
                                   "reads and writes are blocked.",
                                   kNodes,
                                   check};

}  // namespace pglatch
