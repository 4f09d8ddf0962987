#include <fmt/core.h>

#include "rules/support/impact.h"
#include "rules/support/source_text.h"

namespace pglatch {
namespace {

void check(const StatementContext& context, const Rule& rule, Reporter& reporter) {
  const auto& definition = *as<RuleStmt>(context.statement.node);
  // That is how a view is made.
  if (definition.event == CMD_SELECT || context.effects.refused()) return;
  const Relation* table = find_relation(context, definition.relation);
  if (table == nullptr || table->temporary) return;
  Finding finding = make_finding(context, rule, leading_words(context, {"create", "or", "replace", "rule"}), table->id);
  finding.message = fmt::format(
      "Rule {} rewrites each query on {} before it runs. What its values come from may be computed twice, volatile "
      "functions too; INSERT … ON CONFLICT is refused, and COPY passes the rule by.",
      text(definition.rulename), context.name(table->id));
  finding.help = "Write a trigger; on a view an INSTEAD OF trigger.";
  reporter.report(std::move(finding));
}

constexpr NodeTag kNodes[] = {T_RuleStmt};

}  // namespace

extern const Rule kCreateRule;
const Rule kCreateRule{"create-rule",
                       "policy",
                       Severity::warning,
                       "Rules rewrite queries in ways that surprise; a trigger does what it says.",
                       kNodes,
                       check,
                       true};

}  // namespace pglatch
