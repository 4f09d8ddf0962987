#include <fmt/core.h>

#include <string>

#include "analyzer/parse/identifier.h"
#include "rules/support/impact.h"
#include "rules/support/script_names.h"

namespace pglatch {
namespace {

void check(const StatementContext& context, const Rule& rule, Reporter& reporter) {
  const auto& stmt = *as<RenameStmt>(context.statement.node);
  if (stmt.renameType != OBJECT_SCHEMA || context.effects.refused()) return;
  const ObjectName from{NameSpace::schema, {}, std::string(text(stmt.subname))};
  const ObjectName to{NameSpace::schema, {}, std::string(text(stmt.newname))};
  if (was_given_before(context, from) || was_free_before(context, to)) return;
  if (is_given_later(context, from, Reach::transaction)) return;

  Finding finding = make_finding(context, rule, context.statement.range, kNoRelation);
  finding.message = fmt::format(
      "Renaming schema {} breaks the code that uses its old name. So do the search_path settings of roles, databases "
      "and functions that name it: they do not follow.",
      quote_identifier_sql(from.name));
  finding.help =
      fmt::format("Create {} beside it with views on the tables of {}, move the code over, and only then rename.",
                  quote_identifier_sql(to.name), quote_identifier_sql(from.name));
  settle_in_code(context, from, finding);
  reporter.report(std::move(finding));
}

constexpr NodeTag kNodes[] = {T_RenameStmt};

}  // namespace

extern const Rule kRenameSchema;
const Rule kRenameSchema{
    "rename-schema", "compat", Severity::warning, "Renaming a schema breaks the code that uses its old name.",
    kNodes,          check};

}  // namespace pglatch
