#include <fmt/core.h>

#include "analyzer/base/duration.h"
#include "rules/support/impact.h"
#include "rules/support/lock_queue.h"
#include "rules/support/source_text.h"
#include "rules/support/timeout_trace.h"

namespace pglatch {
namespace {

void check(const StatementContext& context, const Rule& rule, Reporter& reporter) {
  const std::int64_t timeout = context.session.settings().lock_timeout_ms.value_or(0);
  const std::int64_t longest = context.timeouts.max_lock_timeout_ms;
  if (context.effects.locks.empty() || longest <= 0 || timeout <= longest) return;
  if (leaves_it_to_code(context)) return;
  const auto locks = locks_to_wait_for(context);
  if (locks.empty()) return;

  const LockWords words = lock_words(context, locks);
  Finding finding = make_finding(context, rule, command_range(context), words.relations.front());
  finding.message = fmt::format(
      "All {} on {} can stand still for {} while this waits for its {} lock. The lock_timeout is longer than the {} "
      "that the policy allows.",
      blocks(words.mode), words.names, duration_text(timeout), sql_name(words.mode), duration_text(longest));
  finding.help = fmt::format(
      "Set a shorter one, and run the migration again when the time is up: SET lock_timeout = "
      "'{}';",
      longest >= 2'000 ? "2s" : fmt::format("{}ms", longest));
  const bool only_counts = reporter.only_counts(rule);
  const TimeoutTrace trace = only_counts ? TimeoutTrace() : trace_timeout(context, &Settings::lock_timeout_ms);
  if (trace.set != nullptr) {
    finding.related.push_back({first_line(context.sql, trace.set->range), "the lock_timeout is set here"});
  }
  finding.once_a_script = true;
  reporter.report(std::move(finding));
}

}  // namespace

extern const Rule kLockTimeoutTooLong;
const Rule kLockTimeoutTooLong{
    "lock-timeout-too-long", "transactions",
    Severity::warning,       "A long lock_timeout lets everybody wait behind a waiting lock for that long.",
    kEveryStatement,         check};

}  // namespace pglatch
