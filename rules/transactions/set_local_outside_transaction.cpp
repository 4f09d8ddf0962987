#include <fmt/core.h>

#include "rules/support/impact.h"
#include "rules/support/source_text.h"

namespace pglatch {
namespace {

// SET TRANSACTION is for the current transaction too.
bool is_for_transaction(const VariableSetStmt& set) {
  return set.is_local || (set.kind == VAR_SET_MULTI && text(set.name) == "TRANSACTION");
}

void check(const StatementContext& context, const Rule& rule, Reporter& reporter) {
  const auto* set = as<VariableSetStmt>(context.statement.node);
  if (set == nullptr || !is_for_transaction(*set) || context.code != nullptr) return;
  // In a pipeline only the first statement seems to be alone.
  if (context.session.in_transaction() != InTransaction::no || context.session.mode() == ExecutionMode::pipeline)
    return;

  Finding finding = make_finding(context, rule, leading_words(context, {"set", "local", "transaction"}), kNoRelation);
  const bool is_local = set->is_local;
  finding.message = fmt::format(
      "{} has no effect here, outside of a transaction: PostgreSQL only warns. It holds until the transaction ends, "
      "and "
      "here that is the statement itself.",
      is_local ? "SET LOCAL" : "SET TRANSACTION");
  finding.help = is_local
                     ? "Put BEGIN before it and COMMIT after what needs it, or say SET, and RESET at the end of the "
                       "script."
                     : "Put BEGIN before it and COMMIT after what needs it.";
  reporter.report(std::move(finding));
}

constexpr NodeTag kNodes[] = {T_VariableSetStmt};

}  // namespace

extern const Rule kSetLocalOutsideTransaction;
const Rule kSetLocalOutsideTransaction{"set-local-outside-transaction",
                                       "transactions",
                                       Severity::warning,
                                       "SET LOCAL outside of a transaction has no effect.",
                                       kNodes,
                                       check};

}  // namespace pglatch
