#include <fmt/core.h>

#include "analyzer/parse/identifier.h"
#include "rules/support/impact.h"
#include "rules/support/source_text.h"

namespace pglatch {
namespace {

// The letters of AlterDomainStmt::subtype, as the grammar sets them.
constexpr char kSetNotNull = 'O';
constexpr char kAddConstraint = 'C';
constexpr char kValidate = 'V';

// What a domain of which nothing is known has to look at: all of its tables, whichever those are.
bool may_validate(const AlterDomainStmt& stmt) {
  const auto* constraint = as<Constraint>(stmt.def);
  return stmt.subtype == kSetNotNull || stmt.subtype == kValidate ||
         (stmt.subtype == kAddConstraint && constraint != nullptr && !constraint->skip_validation);
}

bool is_unknown(const StatementContext& context, NameView domain) {
  const TypeObject* type = context.catalog.find_type(domain, context.session.search_path());
  return !context.catalog.complete && (type == nullptr || type->origin == Origin::unknown);
}

const char* action(const AlterDomainStmt& stmt) {
  if (stmt.subtype == kSetNotNull) return "Making";
  return stmt.subtype == kValidate ? "Validating a constraint of" : "Adding a constraint to";
}

const char* help_for(const AlterDomainStmt& stmt) {
  const auto* constraint = as<Constraint>(stmt.def);
  const bool not_null = constraint != nullptr && constraint->contype == CONSTR_NOTNULL;
  if (stmt.subtype == kSetNotNull || not_null) {
    return "Make the columns NOT NULL instead, table by table and the safe way: `pglatch rules set-not-null-scan`.";
  }
  if (stmt.subtype == kValidate) {
    return "Leave it NOT VALID, which new values obey anyway. Where old rows have to be checked, add the same CHECK to "
           "each table NOT VALID, and validate that one: it lets writes go on.";
  }
  return "Add it NOT VALID, which looks at no table and still holds for new values. To check the old rows, add the "
         "same CHECK to each table NOT VALID, and validate that one: unlike the domain's it lets writes go on.";
}

void check(const StatementContext& context, const Rule& rule, Reporter& reporter) {
  const auto& stmt = *as<AlterDomainStmt>(context.statement.node);
  if (context.effects.refused()) return;
  const auto hit = blocked_during(context, WorkKind::scan);
  const NameView name = name_of(stmt.typeName);
  if (hit.empty() && (!may_validate(stmt) || !is_unknown(context, name))) return;

  const std::string domain = quote_qualified(name.schema, name.name);
  const LockMode mode = hit.empty() ? LockMode::share : context.effects.mode_on(hit.front());
  Finding finding = make_finding(context, rule, leading_words(context, {"alter", "domain"}), kNoRelation, hit);
  finding.message = fmt::format(
      "{} domain {}{} blocks {} on {} while every row is checked. All of these tables stay locked until the "
      "transaction ends, in {} mode; VALIDATE is no weaker here than it is for tables.",
      action(stmt), domain, stmt.subtype == kSetNotNull ? " NOT NULL" : "", blocks(mode),
      hit.empty() ? "every table that uses it" : name_list(context, hit), sql_name(mode));
  finding.help = help_for(stmt);
  reporter.report(std::move(finding));
}

constexpr NodeTag kNodes[] = {T_AlterDomainStmt};

}  // namespace

extern const Rule kDomainAddConstraint;
const Rule kDomainAddConstraint{
    "domain-add-constraint",
    "constraints",
    Severity::error,
    "A constraint of a domain is checked in every table that uses it while writes are blocked.",
    kNodes,
    check};

}  // namespace pglatch
