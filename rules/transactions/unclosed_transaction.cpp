#include <fmt/core.h>

#include <algorithm>

#include "rules/support/impact.h"
#include "rules/support/source_text.h"

namespace pglatch {
namespace {

bool begins(const TransactionStmt& control) {
  return control.kind == TRANS_STMT_BEGIN || control.kind == TRANS_STMT_START;
}

bool ends(const TransactionStmt& control) {
  return control.kind == TRANS_STMT_COMMIT || control.kind == TRANS_STMT_ROLLBACK || control.kind == TRANS_STMT_PREPARE;
}

// This statement leaves a transaction of the script's own open, and none after it ends that.
bool stays_open(const StatementContext& context, const TransactionStmt& control) {
  const bool opens = begins(control) ? !context.session.in_explicit_transaction() : ends(control) && control.chain;
  return opens && std::none_of(context.following.begin(), context.following.end(), [](const Statement& statement) {
           const auto* later = as<TransactionStmt>(statement.node);
           return later != nullptr && ends(*later);
         });
}

void check(const StatementContext& context, const Rule& rule, Reporter& reporter) {
  const auto* control = as<TransactionStmt>(context.statement.node);
  if (control == nullptr || context.code != nullptr || context.effects.refused()) return;
  // A runner that opens a transaction of its own commits it.
  if (context.session.mode() == ExecutionMode::transaction || context.script.goes_on || !stays_open(context, *control))
    return;

  Finding finding = make_finding(
      context, rule,
      leading_words(context, {"begin", "start", "commit", "rollback", "transaction", "work", "and", "chain"}),
      kNoRelation);
  finding.message =
      "The transaction that is opened here is never committed. When the session ends it is rolled back: the statements "
      "seem to work and leave nothing behind. Until then it holds its locks.";
  finding.help = "Put COMMIT; at the end of the script.";
  reporter.report(std::move(finding));
}

constexpr NodeTag kNodes[] = {T_TransactionStmt};

}  // namespace

extern const Rule kUnclosedTransaction;
const Rule kUnclosedTransaction{"unclosed-transaction",
                                "transactions",
                                Severity::error,
                                "A transaction is opened and never committed.",
                                kNodes,
                                check};

}  // namespace pglatch
