#include <fmt/core.h>

#include "analyzer/base/concat.h"
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

  Finding finding = make_finding(context, rule, command_range(context), kNoRelation);
  finding.once_a_script = true;
  // In code it may be this very place that was spoken of: the words tell.
  if (context.code == nullptr && reporter.only_counts(rule)) return reporter.report(std::move(finding));

  const LockWords words = lock_words(context, locks);
  finding.relations.push_back(context.name(words.relations.front()));
  const TimeoutTrace trace = trace_timeout(context, &Settings::statement_timeout_ms);
  const Statement* cause = timeout > 0 ? trace.set : trace.switched_off;
  if (timeout > 0) {
    finding.message = fmt::format(
        "This may block {} on {} for {}. The statement_timeout is longer than the {} that the policy allows.",
        blocks(words.mode), words.names, duration_text(timeout), duration_text(longest));
  } else {
    finding.message =
        concat({"Nothing limits how long this may run while it blocks ", blocks(words.mode), " on ", words.names, ".",
                cause == nullptr ? "" : " The script switches the statement_timeout off.",
                " A statement that takes longer than anybody thought goes on until somebody cancels it."});
  }
  finding.help = concat({"Say SET statement_timeout = '",
                         longest > 0 ? fmt::format("{}ms", longest) : std::string("30s"), "'; before it."});
  if (cause != nullptr) {
    finding.related.push_back({first_line(context.sql, cause->range), "the statement_timeout is set here"});
  }
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
