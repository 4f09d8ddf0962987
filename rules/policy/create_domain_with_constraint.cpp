#include <fmt/core.h>

#include "analyzer/parse/identifier.h"
#include "rules/support/impact.h"
#include "rules/support/source_text.h"

namespace pglatch {
namespace {

void check(const StatementContext& context, const Rule& rule, Reporter& reporter) {
  const auto& domain = *as<CreateDomainStmt>(context.statement.node);
  for (const Constraint* constraint : each<Constraint>(domain.constraints)) {
    if (constraint->contype != CONSTR_CHECK && constraint->contype != CONSTR_NOTNULL) continue;
    if (context.effects.refused()) return;
    const NameView name = name_of(domain.domainname);
    Finding finding = make_finding(context, rule, leading_words(context, {"create", "domain"}), kNoRelation);
    finding.message = fmt::format(
        "A constraint of domain {} cannot change without a scan of every table that uses the domain. Writes to all of "
        "them wait meanwhile, VALIDATE included; and a column of such a type is added by a rewrite.",
        quote_qualified(name.schema, name.name));
    finding.help = "Use the base type, and give each table a CHECK of its own.";
    return reporter.report(std::move(finding));
  }
}

constexpr NodeTag kNodes[] = {T_CreateDomainStmt};

}  // namespace

extern const Rule kCreateDomainWithConstraint;
const Rule kCreateDomainWithConstraint{
    "create-domain-with-constraint",
    "policy",
    Severity::warning,
    "Constraints of a domain cannot be changed without scanning and locking all tables that use it.",
    kNodes,
    check,
    true};

}  // namespace pglatch
