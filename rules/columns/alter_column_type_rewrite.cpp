#include <fmt/core.h>

#include <string>

#include "analyzer/locks/type_change.h"
#include "analyzer/parse/identifier.h"
#include "analyzer/parse/type_name.h"
#include "rules/support/column_type_change.h"

namespace pglatch {
namespace {

// timestamp and timestamptz have the same bytes where TimeZone is UTC, which PostgreSQL 12 and later make use of
// (timestamptz_timestamp() in src/backend/utils/adt/timestamp.c, ATColumnChangeRequiresRewrite() in tablecmds.c). The
// zone of the server is not known.
bool depends_on_zone(const Subcommand& subcommand, const ColumnDef& definition, const Column* column) {
  const StatementContext& context = subcommand.context;
  if (column == nullptr || definition.raw_default != nullptr || !context.session.settings().time_zone.empty()) {
    return false;
  }
  const auto change = [&](bool utc) {
    return locks::compare_types(column->type, type_ref(definition.typeName), context.catalog,
                                context.session.search_path(), context.pg_version, utc);
  };
  return change(true) != locks::TypeChange::rewrite && change(false) == locks::TypeChange::rewrite;
}

// PostgreSQL's long names of the two types would hide what else there is to say.
std::string change_of_zone(const Subcommand& subcommand, const ColumnDef& definition) {
  return fmt::format("column {} to {}", quote_identifier_sql(text(subcommand.command.name)),
                     type_ref(definition.typeName).name);
}

void look_at(const Subcommand& subcommand, const Rule& rule, Reporter& reporter) {
  const ColumnDef* definition = new_type(subcommand);
  if (definition == nullptr) return;
  const StatementContext& context = subcommand.context;
  const RelationId target = subcommand.target.id;
  const auto hit = subcommand.blocked_during(WorkKind::rewrite);
  if (hit.empty()) return;

  const Column* column = subcommand.target.column(text(subcommand.command.name));
  const bool zone = depends_on_zone(subcommand, *definition, column);
  Finding finding = make_finding(context, rule, subcommand.range(), target, hit);
  finding.message =
      fmt::format("Changing {} {} while everything is rewritten{}. {}",
                  zone ? change_of_zone(subcommand, *definition) : change_of_type(subcommand, *definition),
                  blocking(context, target, hit), zone ? ", unless TimeZone is UTC" : "",
                  lock_sentence(strongest_lock(context, target, hit)));
  if (const auto others = other_sides(subcommand); !others.empty()) {
    finding.message += fmt::format(" A foreign key is checked again, with reads and writes blocked on {} as well.",
                                   name_list(context, others));
    for (const RelationId other : others) finding.relations.push_back(context.name(other));
  }
  if (column == nullptr) {
    finding.message +=
        " What type the column has is not known here; only few changes, such as a longer varchar, rewrite nothing.";
    finding.help =
        "Tell pglatch the present schema with --schema, so that a change without a rewrite is seen as such. ";
  }
  if (zone) {
    finding.help =
        "If the values without a zone are UTC, say SET TimeZone = 'UTC' before it: then nothing is rewritten. Else: ";
  }
  finding.help +=
      "Add a column of the new type, keep it in step by a trigger, fill it in batches, and swap the names in one short "
      "transaction.";
  reporter.report(std::move(finding));
}

void check(const StatementContext& context, const Rule& rule, Reporter& reporter) {
  each_subcommand(context, {AT_AlterColumnType},
                  [&](const Subcommand& subcommand) { look_at(subcommand, rule, reporter); });
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
