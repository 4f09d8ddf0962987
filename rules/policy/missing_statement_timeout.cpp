#include <fmt/core.h>

#include "analyzer/base/duration.h"
#include "rules/support/impact.h"
#include "rules/support/lock_queue.h"
#include "rules/support/source_text.h"
#include "rules/support/timeout_trace.h"

namespace pglatch {
namespace {

void check(const StatementContext& context, const Rule& rule, Reporter& reporter) {
  const std::int64_t timeout = context.session.settings().statement_timeout_ms.value_or(0);
  const std::int64_t longest = context.timeouts.max_statement_timeout_ms;
  if (context.effects.locks.empty() || (timeout > 0 && (longest <= 0 || timeout <= longest))) return;
  if (leaves_it_to_code(context)) return;
  const auto locks = locks_to_wait_for(context);
  if (locks.empty()) return;

  const LockWords words = lock_words(context, locks);
  Finding finding = make_finding(context, rule, command_range(context), words.relations.front());
  const bool only_counts = reporter.only_counts(rule);
  const TimeoutTrace trace = only_counts ? TimeoutTrace() : trace_timeout(context, &Settings::statement_timeout_ms);
  const Statement* cause = timeout > 0 ? trace.set : trace.switched_off;
  if (timeout > 0) {
    finding.message = fmt::format(
        "This may block {} on {} for {}. The statement_timeout is longer than the {} that the policy allows.",
        blocks(words.mode), words.names, duration_text(timeout), duration_text(longest));
  } else {
    finding.message = fmt::format(
        "Nothing limits how long this may run while it blocks {} on {}.{} A statement that takes longer than anybody "
        "thought goes on until somebody cancels it.",
        blocks(words.mode), words.names, cause == nullptr ? "" : " The script switches the statement_timeout off.");
  }
  finding.help = fmt::format("Say SET statement_timeout = '{}'; before it.",
                             longest > 0 ? fmt::format("{}ms", longest) : std::string("30s"));
  if (cause != nullptr) {
    finding.related.push_back({first_line(context.sql, cause->range), "the statement_timeout is set here"});
  }
  finding.once_a_script = true;
  reporter.report(std::move(finding));
}

}  // namespace

extern const Rule kMissingStatementTimeout;
const Rule kMissingStatementTimeout{"missing-statement-timeout",
                                    "policy",
                                    Severity::warning,
                                    "A statement that blocks others may run without a limit.",
                                    kEveryStatement,
                                    check,
                                    true};

}  // namespace pglatch
