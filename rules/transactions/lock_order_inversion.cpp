#include <fmt/core.h>

#include <algorithm>

#include "rules/support/impact.h"
#include "rules/support/table_units.h"

namespace pglatch {
namespace {

void check(const StatementContext& context, const Rule& rule, Reporter& reporter) {
  const auto second = second_table(context);
  if (!second || !second->inverted) return;

  const std::string referenced = context.name(second->table.table);
  const std::string referencing = context.name(second->earlier.unit);
  Finding finding = make_finding(context, rule, command_range(context), second->table.table);
  finding.relations.push_back(referencing);
  finding.message = fmt::format(
      "{} is locked after {}, which references it: the other way round than code that writes a row and then those that "
      "refer to it. Such a transaction and this one deadlock, and one of them is cancelled.",
      referenced, referencing);
  finding.help = fmt::format(
      "Commit between the two, or lock both first, the referenced table before the other: LOCK TABLE {}, {} IN {} "
      "MODE;",
      referenced, referencing, sql_name(std::max(second->table.lock.mode, second->earlier.mode)));
  finding.related.push_back(taken_here(context, second->earlier));
  finding.once_a_script = true;
  reporter.report(std::move(finding));
}

}  // namespace

extern const Rule kLockOrderInversion;
const Rule kLockOrderInversion{
    "lock-order-inversion",
    "transactions",
    Severity::warning,
    "A transaction locks the referencing table before the referenced one, against the order of writers.",
    kEveryStatement,
    check};

}  // namespace pglatch
