#include <fmt/core.h>

#include "analyzer/parse/identifier.h"
#include "analyzer/parse/type_name.h"
#include "rules/support/new_column.h"

namespace pglatch {
namespace {

struct DomainFacts {
  bool not_null = false;
  std::string base;  // as SQL writes it: "text"
};

DomainFacts facts_of(const StatementContext& context, TypeRef type) {
  constexpr int kMaxDomains = 20;
  DomainFacts facts;
  for (int depth = 0; depth < kMaxDomains && !type.array; ++depth) {
    const TypeObject* domain = context.catalog.find_type({type.schema, type.name}, context.session.search_path());
    if (domain == nullptr || domain->kind != TypeKind::domain) break;
    facts.not_null = facts.not_null || domain->not_null;
    type = domain->base;
  }
  facts.base = format_type(type);
  return facts;
}

void look_at(const Subcommand& subcommand, const Rule& rule, Reporter& reporter) {
  const auto* column = as<ColumnDef>(subcommand.command.def);
  if (column == nullptr) return;
  const StatementContext& context = subcommand.context;
  const RelationId target = subcommand.target.id;
  const auto hit = subcommand.blocked_during(WorkKind::rewrite);
  if (hit.empty() || !has_constrained_domain(subcommand, *column)) return;
  // These would rewrite the table with any type.
  if (is_stored_generated(subcommand) || !default_of_each_row(subcommand, *column).empty()) return;

  const TypeRef type = type_ref(column->typeName);
  const DomainFacts domain = facts_of(context, type);
  Finding finding = make_finding(context, rule, subcommand.range(), target, hit);
  finding.message = fmt::format("Adding column {} of domain {} {} while everything is rewritten. {} ",
                                quote_identifier_sql(text(column->colname)), format_type(type),
                                blocking(context, target, hit), lock_sentence(strongest_lock(context, target, hit)));
  finding.message += domain.not_null && !fills_old_rows(subcommand, *column)
                         ? "Each row is tried against the domain's constraints, and the first one fails: the domain "
                           "allows no NULL."
                         : "A domain with constraints is tried on each row that is there, even where the column is "
                           "NULL in all of them.";
  finding.help = fmt::format(
      "Give the column the domain's base type, {}, and a CHECK of its own: ADD COLUMN, then ADD CONSTRAINT … CHECK (…) "
      "NOT VALID, then VALIDATE CONSTRAINT in a transaction of its own.",
      domain.base);
  reporter.report(std::move(finding));
}

void check(const StatementContext& context, const Rule& rule, Reporter& reporter) {
  each_subcommand(context, {AT_AddColumn}, [&](const Subcommand& subcommand) { look_at(subcommand, rule, reporter); });
}

constexpr NodeTag kNodes[] = {T_AlterTableStmt};

}  // namespace

extern const Rule kAddColumnConstrainedDomain;
const Rule kAddColumnConstrainedDomain{
    "add-column-constrained-domain",
    "columns",
    Severity::error,
    "A new column of a domain with constraints rewrites the table while reads and writes are blocked.",
    kNodes,
    check};

}  // namespace pglatch
