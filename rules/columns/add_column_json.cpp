#include <fmt/core.h>

#include "analyzer/parse/identifier.h"
#include "analyzer/parse/type_name.h"
#include "rules/support/alter_table.h"

namespace pglatch {
namespace {

bool is_json(const TypeRef& type) {
  return type.name == "json" && (type.schema.empty() || type.schema == "pg_catalog");
}

// The statement with jsonb in the place of json, where that fits a line.
std::optional<std::string> as_jsonb(const Subcommand& subcommand, const ColumnDef& column) {
  const StatementContext& context = subcommand.context;
  const std::uint32_t start = context.statement.offset(column.typeName->location);
  constexpr std::string_view kJson = "json";
  if (!subcommand.is_only_one() || context.sql.substr(start, kJson.size()) != kJson) return std::nullopt;
  const auto end = start + static_cast<std::uint32_t>(kJson.size());
  const Edit edit{{end, end}, "b"};
  return edited_statement(context, {&edit, 1});
}

void look_at(const Subcommand& subcommand, const Rule& rule, Reporter& reporter) {
  const auto* column = as<ColumnDef>(subcommand.command.def);
  if (column == nullptr || column->typeName == nullptr) return;
  if (!is_json(type_ref(column->typeName))) return;
  const StatementContext& context = subcommand.context;
  const RelationId target = subcommand.target.id;
  if (context.effects.refused() || !context.is_live(target)) return;
  // IF NOT EXISTS finds it.
  if (subcommand.command.missing_ok && subcommand.target.column(text(column->colname)) != nullptr) return;

  Finding finding = make_finding(context, rule, subcommand.range(), target);
  finding.message = fmt::format(
      "json column {} makes SELECT DISTINCT, GROUP BY and UNION over whole rows of {} fail. json has no equality "
      "operator, so running queries that compare rows break as soon as the column is there.",
      quote_identifier_sql(text(column->colname)), context.name(target));
  finding.help = fmt::format("Make it jsonb, which can be compared and indexed: {}",
                             as_jsonb(subcommand, *column).value_or("ADD COLUMN … jsonb."));
  reporter.report(std::move(finding));
}

void check(const StatementContext& context, const Rule& rule, Reporter& reporter) {
  each_command(context, {AT_AddColumn}, [&](const Subcommand& subcommand) { look_at(subcommand, rule, reporter); });
}

constexpr NodeTag kNodes[] = {T_AlterTableStmt};

}  // namespace

extern const Rule kAddColumnJson;
const Rule kAddColumnJson{"add-column-json",
                          "columns",
                          Severity::warning,
                          "A json column breaks queries that compare whole rows, since json has no equality.",
                          kNodes,
                          check};

}  // namespace pglatch
