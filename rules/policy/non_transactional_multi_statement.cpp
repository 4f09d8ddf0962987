#include <fmt/core.h>

#include "rules/support/impact.h"
#include "rules/support/script_steps.h"

namespace pglatch {
namespace {

void check(const StatementContext& context, const Rule& rule, Reporter& reporter) {
  if (context.session.mode() != ExecutionMode::autocommit || context.code != nullptr) return;
  if (context.session.in_transaction() != InTransaction::no || !leaves_something_behind(context.statement)) return;
  if (!leave_something_behind(context.preceding) && !leave_something_behind(context.following)) return;

  Finding finding = make_finding(context, rule, context.statement.range, kNoRelation);
  finding.once_a_script = true;
  finding.message =
      "This statement is committed by itself, whatever becomes of the rest of the script. If a later one fails, the "
      "migration is half done, and does not start from the beginning again.";
  finding.help =
      "Put each statement that cannot run in a transaction into a file of its own, the others into one that "
      "runs in a transaction.";
  reporter.report(std::move(finding));
}

}  // namespace

extern const Rule kNonTransactionalMultiStatement;
const Rule kNonTransactionalMultiStatement{
    "non-transactional-multi-statement",
    "policy",
    Severity::info,
    "If one of several statements fails outside of a transaction, the earlier ones stay.",
    kEveryStatement,
    check,
    true};

}  // namespace pglatch
