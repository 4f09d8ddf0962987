#include <fmt/core.h>

#include "analyzer/parse/identifier.h"
#include "analyzer/parse/type_name.h"
#include "rules/support/alter_table.h"

namespace pglatch {
namespace {

// " from integer" where the catalog knows what the column is now.
std::string old_type(const Relation& table, std::string_view column) {
  const Column* known = table.column(column);
  return known == nullptr || known->type.name.empty() ? std::string() : " from " + format_type(known->type);
}

void look_at(const Subcommand& subcommand, const Rule& rule, Reporter& reporter) {
  const auto* column = as<ColumnDef>(subcommand.command.def);
  if (subcommand.command.subtype != AT_AlterColumnType || column == nullptr) return;
  const StatementContext& context = subcommand.context;
  const auto hit = subcommand.blocked_during(WorkKind::rewrite);
  if (hit.empty()) return;

  const std::string from = old_type(subcommand.target, text(subcommand.command.name));
  Finding finding = make_finding(context, rule, subcommand.range(), subcommand.target.id, hit);
  finding.message = fmt::format("Changing column {}{} to {} {} while everything is rewritten. {}",
                                quote_identifier_sql(text(subcommand.command.name)), from,
                                format_type(type_ref(column->typeName)), blocking(context, subcommand.target.id, hit),
                                lock_sentence(strongest_lock(context, subcommand.target.id, hit)));
  if (from.empty()) {
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
