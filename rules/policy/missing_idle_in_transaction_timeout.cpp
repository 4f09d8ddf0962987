#include <fmt/core.h>

#include "rules/support/impact.h"
#include "rules/support/lock_queue.h"
#include "rules/support/session_setting.h"
#include "rules/support/source_text.h"

namespace pglatch {
namespace {

// Either ends a transaction whose client has gone silent; the second one is PostgreSQL 17's.
constexpr std::string_view kIdle = "idle_in_transaction_session_timeout";
constexpr std::string_view kWhole = "transaction_timeout";

bool is_limited(const StatementContext& context) {
  return sets_before(context, kIdle) || (context.pg_version >= 17 && sets_before(context, kWhole));
}

// The server has all of a script that comes in one message: there is nothing to wait for in between.
bool waits_for_client(const StatementContext& context) {
  const ExecutionMode mode = context.script.mode;
  return context.session.in_transaction() == InTransaction::yes && mode != ExecutionMode::single_message &&
         mode != ExecutionMode::pipeline;
}

void check(const StatementContext& context, const Rule& rule, Reporter& reporter) {
  // Said once: a limit that comes later is good for what comes after it.
  if (context.code != nullptr || context.effects.locks.empty() || reporter.only_counts(rule)) return;
  if (!waits_for_client(context)) return;
  const auto locks = locks_to_wait_for(context);
  if (locks.empty() || is_limited(context)) return;

  const LockWords words = lock_words(context, locks);
  Finding finding = make_finding(context, rule, command_range(context), words.relations.front());
  finding.once_a_script = true;
  finding.message = fmt::format(
      "If the client goes silent before it commits, this goes on to block {} on {}. Nothing ends a transaction that "
      "waits for its client, be it a person at psql or a runner whose network broke.",
      blocks(words.mode), words.names);
  finding.help = fmt::format("Say SET LOCAL {} = '10s'; where the transaction begins{}.", kIdle,
                             context.pg_version >= 17 ? fmt::format(", or limit all of it by {}", kWhole) : "");
  reporter.report(std::move(finding));
}

}  // namespace

extern const Rule kMissingIdleInTransactionTimeout;
const Rule kMissingIdleInTransactionTimeout{"missing-idle-in-transaction-timeout",
                                            "policy",
                                            Severity::warning,
                                            "A transaction that blocks others may wait for its client without a limit.",
                                            kEveryStatement,
                                            check,
                                            true};

}  // namespace pglatch
