#include <fmt/core.h>

#include "analyzer/catalog/volatility.h"
#include "analyzer/parse/identifier.h"
#include "analyzer/parse/type_name.h"
#include "rules/support/alter_table.h"

namespace pglatch {
namespace {

constexpr int kFirstWithStoredDefaults = 11;

const Constraint* column_constraint(const ColumnDef& column, ConstrType type) {
  for (const Constraint* constraint : each<Constraint>(column.constraints)) {
    if (constraint->contype == type) return constraint;
  }
  return nullptr;
}

// Where the value of each old row comes from, in words; empty where no default is to blame for the
// rewrite (a stored generated column, a domain with constraints).
std::string_view source_of_values(const StatementContext& context, const ColumnDef& column) {
  const SearchPath& path = context.session.search_path();
  if (const Constraint* given = column_constraint(column, CONSTR_DEFAULT)) {
    if (context.pg_version < kFirstWithStoredDefaults) return "a default";
    return is_volatile(given->raw_expr, context.catalog, path) ? "a volatile default" : std::string_view();
  }
  if (column_constraint(column, CONSTR_IDENTITY) != nullptr) return "an identity";
  if (column_constraint(column, CONSTR_GENERATED) != nullptr) return {};
  const TypeRef type = type_ref(column.typeName);
  if (type.serial) return "a serial default";
  const TypeObject* domain = context.catalog.find_type({type.schema, type.name}, path);
  return domain != nullptr && domain->volatile_default ? "the volatile default of its domain" : std::string_view();
}

std::string help_for(const Subcommand& subcommand, const ColumnDef& column) {
  const std::string table = subcommand.table();
  const std::string name = quote_identifier_sql(column.colname);
  const Constraint* given = column_constraint(column, CONSTR_DEFAULT);
  if (given == nullptr) {
    return fmt::format(
        "Add a plain nullable column, let ALTER TABLE {} ALTER COLUMN {} SET DEFAULT nextval(…) number the new rows, "
        "fill the old ones in batches, and make it NOT NULL the safe way.",
        table, name);
  }
  return fmt::format(
      "Add the column without a default, then give new rows theirs by ALTER TABLE {} ALTER COLUMN {} SET DEFAULT …; "
      "and "
      "fill the old rows in batches.",
      table, name);
}

void look_at(const Subcommand& subcommand, const Rule& rule, Reporter& reporter) {
  const auto* column = as<ColumnDef>(subcommand.command.def);
  if (subcommand.command.subtype != AT_AddColumn || column == nullptr) return;
  const StatementContext& context = subcommand.context;
  const auto hit = subcommand.blocked_during(WorkKind::rewrite);
  if (hit.empty()) return;
  const std::string_view source = source_of_values(context, *column);
  if (source.empty()) return;

  Finding finding = make_finding(context, rule, subcommand.range(), subcommand.target.id, hit);
  finding.message = fmt::format(
      "Adding column {} with {} {} while everything is rewritten. {}", quote_identifier_sql(column->colname), source,
      blocking(context, subcommand.target.id, hit), lock_sentence(strongest_lock(context, subcommand.target.id, hit)));
  finding.message += context.pg_version < kFirstWithStoredDefaults
                         ? " Before PostgreSQL 11, any default but NULL is written into every row."
                         : " The value differs from row to row, so each row and each index is written anew.";
  finding.help = help_for(subcommand, *column);
  reporter.report(std::move(finding));
}

void check(const StatementContext& context, const Rule& rule, Reporter& reporter) {
  each_subcommand(context, [&](const Subcommand& subcommand) { look_at(subcommand, rule, reporter); });
}

constexpr NodeTag kNodes[] = {T_AlterTableStmt};

}  // namespace

extern const Rule kAddColumnVolatileDefault;
const Rule kAddColumnVolatileDefault{
    "add-column-volatile-default",
    "columns",
    Severity::error,
    "Adding a column with a volatile default rewrites the table while reads and writes "
    "are blocked.",
    kNodes,
    check};

}  // namespace pglatch
