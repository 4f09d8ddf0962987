#include <fmt/core.h>

#include "analyzer/parse/identifier.h"
#include "rules/support/new_column.h"

namespace pglatch {
namespace {

constexpr int kFirstWithVirtual = 18;

struct Generation {
  std::string_view column;  // empty where the subcommand generates nothing
  bool is_new = false;
};

Generation generation_of(const Subcommand& subcommand) {
  if (subcommand.command.subtype == AT_SetExpression) return {text(subcommand.command.name), false};
  const auto* column = as<ColumnDef>(subcommand.command.def);
  if (subcommand.command.subtype != AT_AddColumn || column == nullptr || !is_stored_generated(subcommand)) return {};
  return {text(column->colname), true};
}

// ADD COLUMN … VIRTUAL where that fits a line.
std::string help_for_new(const Subcommand& subcommand) {
  std::string help;
  if (subcommand.context.pg_version >= kFirstWithVirtual) {
    const auto stored = find_words(subcommand.context.sql, subcommand.range(), {"stored"});
    std::optional<std::string> statement;
    if (stored && subcommand.is_only_one()) {
      const Edit edit{*stored, "VIRTUAL"};
      statement = edited_statement(subcommand.context, {&edit, 1});
    }
    help = fmt::format("Make it VIRTUAL, so that it is computed when it is read, if it needs no index: {} Else: ",
                       statement.value_or("ADD COLUMN … GENERATED ALWAYS AS (…) VIRTUAL."));
  }
  help += help.empty() ? "Add" : "add";
  return help + " a plain nullable column, let a trigger compute it for new rows, and fill the old ones in batches.";
}

void look_at(const Subcommand& subcommand, const Rule& rule, Reporter& reporter) {
  const Generation generation = generation_of(subcommand);
  if (generation.column.empty()) return;
  const StatementContext& context = subcommand.context;
  const RelationId target = subcommand.target.id;
  const auto hit = subcommand.blocked_during(WorkKind::rewrite);
  if (hit.empty()) return;

  Finding finding = make_finding(context, rule, subcommand.range(), target, hit);
  finding.message = fmt::format("{} column {} {} while everything is rewritten. {} ",
                                generation.is_new ? "Adding stored generated" : "Changing the expression of",
                                quote_identifier_sql(generation.column), blocking(context, target, hit),
                                lock_sentence(strongest_lock(context, target, hit)));
  finding.message += "The value is computed for each row, so each row and each index is written anew.";
  finding.help = generation.is_new ? help_for_new(subcommand)
                                   : "Add a plain column of another name, let a trigger compute it for new rows, fill "
                                     "the old ones in batches, and swap the names in one short transaction.";
  reporter.report(std::move(finding));
}

void check(const StatementContext& context, const Rule& rule, Reporter& reporter) {
  each_subcommand(context, {AT_AddColumn, AT_SetExpression},
                  [&](const Subcommand& subcommand) { look_at(subcommand, rule, reporter); });
}

constexpr NodeTag kNodes[] = {T_AlterTableStmt};

}  // namespace

extern const Rule kAddColumnStoredGenerated;
const Rule kAddColumnStoredGenerated{"add-column-stored-generated",
                                     "columns",
                                     Severity::error,
                                     "A stored generated column rewrites the table while reads and writes are blocked.",
                                     kNodes,
                                     check};

}  // namespace pglatch
