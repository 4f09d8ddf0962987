#include <fmt/core.h>

#include "rules/support/impact.h"
#include "rules/support/lock_queue.h"
#include "rules/support/session_setting.h"
#include "rules/support/source_text.h"

namespace pglatch {
namespace {

void check(const StatementContext& context, const Rule& rule, Reporter& reporter) {
  // Said once: a name that comes later is good for what comes after it.
  if (context.code != nullptr || context.effects.locks.empty() || reporter.only_counts(rule)) return;
  const auto locks = locks_to_wait_for(context);
  if (locks.empty() || sets_before(context, "application_name")) return;

  const LockWords words = lock_words(context, locks);
  Finding finding = make_finding(context, rule, command_range(context), words.relations.front());
  finding.once_a_script = true;
  finding.message = fmt::format(
      "Whoever looks for what blocks {} on {} finds a session without a name. pg_stat_activity and the server's log "
      "tell the migration from the application by its application_name alone.",
      blocks(words.mode), words.names);
  finding.help = "Say SET application_name = 'migration …'; at the beginning of the script.";
  reporter.report(std::move(finding));
}

}  // namespace

extern const Rule kMissingApplicationName;
const Rule kMissingApplicationName{"missing-application-name",
                                   "policy",
                                   Severity::info,
                                   "A statement that blocks others does not say whose it is.",
                                   kEveryStatement,
                                   check,
                                   true};

}  // namespace pglatch
