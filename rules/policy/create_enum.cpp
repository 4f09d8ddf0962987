#include <fmt/core.h>

#include "analyzer/parse/identifier.h"
#include "rules/support/impact.h"
#include "rules/support/source_text.h"

namespace pglatch {
namespace {

void check(const StatementContext& context, const Rule& rule, Reporter& reporter) {
  if (context.effects.refused()) return;
  const NameView name = name_of(as<CreateEnumStmt>(context.statement.node)->typeName);
  Finding finding = make_finding(context, rule, leading_words(context, {"create", "type"}), kNoRelation);
  finding.message = fmt::format(
      "The values of enum {} can be added to and renamed, but never removed or put into another order. To get rid of "
      "one "
      "takes a new type and a rewrite of each table that has it.",
      quote_qualified(name.schema, name.name));
  finding.help = "Have a table of the values and a foreign key to it, or text with a CHECK.";
  reporter.report(std::move(finding));
}

constexpr NodeTag kNodes[] = {T_CreateEnumStmt};

}  // namespace

extern const Rule kCreateEnum;
const Rule kCreateEnum{
    "create-enum", "policy", Severity::info, "Values of an enum can be added but never removed.", kNodes, check, true};

}  // namespace pglatch
