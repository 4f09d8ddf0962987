#include <algorithm>

#include "analyzer/base/concat.h"
#include "rules/support/impact.h"
#include "rules/support/lock_queue.h"
#include "rules/support/source_text.h"
#include "rules/support/timeout_trace.h"

namespace pglatch {
namespace {

// Why no lock_timeout is in effect; nothing where there never was one.
std::string why(const StatementContext& context, const TimeoutTrace& trace, Finding& finding) {
  const auto point_at = [&](const Statement* statement, const char* what) {
    finding.related.push_back({first_line(context.sql, statement->range), what});
  };
  if (trace.switched_off != nullptr) {
    point_at(trace.switched_off, "the lock_timeout is switched off here");
    return " The script switches the lock_timeout off before it.";
  }
  if (trace.ended != nullptr) {
    point_at(trace.ended, "this lock_timeout is no longer in effect");
    return " The lock_timeout that was set before is no longer in effect: it ended with its transaction, or was reset.";
  }
  if (trace.later != nullptr) {
    point_at(trace.later, "the lock_timeout is only set here");
    return " The script sets a lock_timeout only after it.";
  }
  return {};
}

// Said in the place of "nothing limits it" where an earlier script tells otherwise.
void lower(Finding& finding, const LockWords& words) {
  finding.severity = Severity::info;
  finding.message = concat({"Whoever runs this has to limit how long it waits for its ", sql_name(words.mode),
                            " lock on ", words.names, ", with all ", blocks(words.mode), " queued up behind it."});
  finding.message +=
      " An earlier script switches the lock_timeout off and puts one back at its end, so the runner seems to set one.";
  finding.help =
      "If it does, tell pglatch: [timeouts] lock-timeout in pglatch.toml. Else say SET lock_timeout = '2s'; before it.";
}

bool detaches(const AlterTableStmt& statement) {
  const auto commands = each<AlterTableCmd>(statement.cmds);
  return std::any_of(commands.begin(), commands.end(),
                     [](const AlterTableCmd* command) { return command->subtype == AT_DetachPartition; });
}

// Another form of the statement takes a weaker lock, and another rule asks for it: DROP INDEX CONCURRENTLY, DETACH
// PARTITION CONCURRENTLY, ATTACH in the place of PARTITION OF.
bool has_weaker_form(const Node* node) {
  if (const auto* drop = as<DropStmt>(node)) return drop->removeType == OBJECT_INDEX;
  if (const auto* create = as<CreateStmt>(node)) return create->partbound != nullptr;
  const auto* alter = as<AlterTableStmt>(node);
  return alter != nullptr && detaches(*alter);
}

// drop-constraint-foreign-key asks for a lock_timeout too, and says more.
bool drops_foreign_key(const StatementContext& context) {
  if (as<AlterTableStmt>(context.statement.node) == nullptr) return false;
  const auto& locks = context.effects.locks;
  return std::any_of(locks.begin(), locks.end(), [&](const TakenLock& lock) {
    return lock.reason == LockReason::referenced && lock.mode == LockMode::access_exclusive &&
           context.is_live(lock.relation);
  });
}

void check(const StatementContext& context, const Rule& rule, Reporter& reporter) {
  const Effects& effects = context.effects;
  if (effects.locks.empty() || context.session.settings().lock_timeout_ms.value_or(0) > 0) return;
  if (leaves_it_to_code(context) || has_weaker_form(context.statement.node)) return;
  const auto locks = locks_to_wait_for(context);
  if (locks.empty() || is_long(context) || drops_foreign_key(context)) return;

  Finding finding = make_finding(context, rule, command_range(context), kNoRelation);
  finding.once_a_script = true;
  // In code it may be this very place that was spoken of: the words tell.
  if (context.code == nullptr && reporter.only_counts(rule)) return reporter.report(std::move(finding));

  const LockWords words = lock_words(context, locks);
  for (const RelationId relation : words.relations) finding.relations.push_back(context.name(relation));
  finding.message = concat({"Nothing limits how long this waits for its ", sql_name(words.mode), " lock on ",
                            words.names, ", with all ", blocks(words.mode), " queued up behind it."});
  finding.message += why(context, trace_timeout(context, &Settings::lock_timeout_ms), finding);
  finding.help =
      "Say SET lock_timeout = '2s'; before it, and run the migration again when the time is up. If your runner or role "
      "sets one, tell pglatch: [timeouts] lock-timeout in pglatch.toml.";
  const bool unknown = !context.session.settings().lock_timeout_ms.has_value();
  if (unknown && context.session.runner_seems_to_limit_locks()) lower(finding, words);
  reporter.report(std::move(finding));
}

}  // namespace

extern const Rule kMissingLockTimeout;
const Rule kMissingLockTimeout{
    "missing-lock-timeout",
    "transactions",
    Severity::warning,
    "A statement may wait for a strong lock without a limit, and everybody else waits behind it.",
    kEveryStatement,
    check};

}  // namespace pglatch
