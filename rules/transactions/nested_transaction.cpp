#include <fmt/core.h>

#include <algorithm>

#include "rules/support/impact.h"
#include "rules/support/source_text.h"

namespace pglatch {
namespace {

struct Words {
  std::string message;
  const char* help;
};

bool begins(const TransactionStmt& control) {
  return control.kind == TRANS_STMT_BEGIN || control.kind == TRANS_STMT_START;
}

std::optional<Words> words_for_begin(const StatementContext& context) {
  const Session& session = context.session;
  if (session.in_explicit_transaction()) {
    return Words{
        "BEGIN does nothing here but warn: the transaction that an earlier BEGIN opened is still open. "
        "PostgreSQL has no nested transactions: the first COMMIT ends all of it.",
        "Leave this BEGIN and its COMMIT out, or use SAVEPOINT and RELEASE SAVEPOINT."};
  }
  // In a message or pipeline BEGIN makes a block of the implicit transaction, which is what it says.
  if (session.mode() != ExecutionMode::transaction || session.in_transaction() != InTransaction::yes) return {};
  return Words{
      "BEGIN does nothing here but warn, since the migration runs in a transaction already. The COMMIT that "
      "goes with it ends the runner's transaction: what follows, the record of the version too, is no longer "
      "done all or not at all.",
      "Leave BEGIN and COMMIT to the runner, or tell it to run this migration without a transaction."};
}

std::optional<Words> words_for_end(const StatementContext& context, std::string_view command) {
  const Session& session = context.session;
  if (session.in_explicit_transaction()) return {};
  if (session.mode() == ExecutionMode::transaction && session.in_transaction() == InTransaction::yes) {
    return Words{fmt::format("{} ends the transaction that the runner has opened around the migration. What follows, "
                             "the record of the version too, is no longer done all or not at all.",
                             command),
                 "Leave transaction control to the runner, or tell it to run this migration without a transaction."};
  }
  if (session.in_transaction() != InTransaction::no || session.mode() == ExecutionMode::pipeline) return {};
  return Words{fmt::format("{} does nothing here but warn: no transaction is open.", command),
               "Leave it out, or put BEGIN before the statements that belong together."};
}

void check(const StatementContext& context, const Rule& rule, Reporter& reporter) {
  const auto* control = as<TransactionStmt>(context.statement.node);
  if (control == nullptr || context.code != nullptr || context.effects.refused()) return;
  const bool ends = control->kind == TRANS_STMT_COMMIT || control->kind == TRANS_STMT_ROLLBACK;
  std::optional<Words> words;
  if (begins(*control)) words = words_for_begin(context);
  if (ends) words = words_for_end(context, control->kind == TRANS_STMT_COMMIT ? "COMMIT" : "ROLLBACK");
  if (!words) return;

  Finding finding = make_finding(
      context, rule,
      leading_words(context, {"begin", "start", "commit", "end", "rollback", "abort", "transaction", "work"}),
      kNoRelation);
  finding.message = std::move(words->message);
  finding.help = words->help;
  if (begins(*control) && context.session.in_explicit_transaction()) {
    const auto opened = std::find_if(context.preceding.rbegin(), context.preceding.rend(), [](const Statement& before) {
      const auto* other = as<TransactionStmt>(before.node);
      return other != nullptr && begins(*other);
    });
    if (opened != context.preceding.rend()) {
      finding.related.push_back({first_line(context.sql, opened->range), "the transaction is opened here"});
    }
  }
  reporter.report(std::move(finding));
}

constexpr NodeTag kNodes[] = {T_TransactionStmt};

}  // namespace

extern const Rule kNestedTransaction;
const Rule kNestedTransaction{
    "nested-transaction",
    "transactions",
    Severity::warning,
    "BEGIN, COMMIT or ROLLBACK meets another transaction than the one that it is written for.",
    kNodes,
    check};

}  // namespace pglatch
