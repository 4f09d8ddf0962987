#include <fmt/core.h>

#include <algorithm>

#include "analyzer/base/duration.h"
#include "analyzer/locks/options.h"
#include "rules/support/impact.h"
#include "rules/support/source_text.h"

namespace pglatch {
namespace {

// Whoever allows an hour has thought of it: no build should wait that long for other transactions.
constexpr std::int64_t kLong = 3'600'000;

enum class Command : std::uint8_t { none, create, reindex, detach };

Command command_of(const Node* node) {
  if (const auto* index = as<IndexStmt>(node)) return index->concurrent ? Command::create : Command::none;
  if (const auto* reindex = as<ReindexStmt>(node)) {
    return locks::has_option(reindex->params, "concurrently") ? Command::reindex : Command::none;
  }
  const auto* alter = as<AlterTableStmt>(node);
  if (alter == nullptr || alter->cmds == nullptr) return Command::none;
  // The grammar has DETACH PARTITION alone in its statement.
  const AlterTableCmd* first = each<AlterTableCmd>(alter->cmds)[0];
  const auto* partition = first->subtype == AT_DetachPartition ? as<PartitionCmd>(first->def) : nullptr;
  return partition != nullptr && partition->concurrent ? Command::detach : Command::none;
}

std::string_view name_of_command(Command command) {
  if (command == Command::create) return "CREATE INDEX CONCURRENTLY";
  return command == Command::reindex ? "REINDEX CONCURRENTLY" : "DETACH PARTITION CONCURRENTLY";
}

// The timeout that can end the statement too early.
struct Timeout {
  const char* setting = nullptr;  // null: none does
  std::int64_t milliseconds = 0;
};

Timeout short_timeout(const Settings& settings) {
  const std::int64_t lock = settings.lock_timeout_ms.value_or(0);
  const std::int64_t statement = settings.statement_timeout_ms.value_or(0);
  if (lock > 0 && lock < kLong && (statement <= 0 || lock <= statement)) return {"lock_timeout", lock};
  if (statement > 0 && statement < kLong) return {"statement_timeout", statement};
  if (lock > 0 && lock < kLong) return {"lock_timeout", lock};
  return {};
}

// What the statement works on, if others use it; kNoRelation where nothing is done.
RelationId live_target(const StatementContext& context) {
  for (const TakenLock& lock : context.effects.locks) {
    if (lock.held_until == HeldUntil::statement && context.is_live(lock.relation)) return lock.relation;
  }
  return kNoRelation;
}

std::string message_for(Command command, const Timeout& timeout) {
  const std::string value = duration_text(timeout.milliseconds);
  const std::string_view left_behind = command == Command::detach ? "the partition half detached" : "an invalid index";
  const std::string why =
      std::string_view(timeout.setting) == "lock_timeout"
          ? "It waits for every transaction in its way, for a build also those that never touched the table, and each "
            "wait counts."
          : "It counts from start to end, the waiting for other transactions included.";
  return fmt::format("{} is cancelled by {} = {} and then leaves {} behind. {}", name_of_command(command),
                     timeout.setting, value, left_behind, why);
}

std::string help_for(Command command, const Timeout& timeout) {
  if (command == Command::detach) {
    return fmt::format(
        "Turn it off for this statement, which blocks neither reads nor writes while it waits: SET {} = 0; After a "
        "cancelled attempt, ALTER TABLE … DETACH PARTITION … FINALIZE brings it to an end.",
        timeout.setting);
  }
  return fmt::format(
      "Turn it off for this statement, which blocks neither reads nor writes while it waits: SET {0} = 0; and "
      "RESET {0}; afterwards. Drop the invalid index of a cancelled attempt: DROP INDEX CONCURRENTLY IF EXISTS …;",
      timeout.setting);
}

// SET of that setting, the last before the statement; set_config() is not looked for.
const Statement* last_set(const StatementContext& context, std::string_view setting) {
  const auto& before = context.preceding;
  const auto found = std::find_if(before.rbegin(), before.rend(), [&](const Statement& statement) {
    const auto* set = as<VariableSetStmt>(statement.node);
    return set != nullptr && set->kind == VAR_SET_VALUE && text(set->name) == setting;
  });
  return found == before.rend() ? nullptr : &*found;
}

void check(const StatementContext& context, const Rule& rule, Reporter& reporter) {
  const Timeout timeout = short_timeout(context.session.settings());
  if (timeout.setting == nullptr || context.effects.refused()) return;
  const Command command = command_of(context.statement.node);
  if (command == Command::none || context.session.in_transaction() == InTransaction::yes) return;
  // An index that is there already is not built again.
  if (command == Command::create && !context.effects.has_work(WorkKind::index_build)) return;
  const RelationId target = live_target(context);
  if (target == kNoRelation) return;

  const ByteRange keyword =
      find_words(context.sql, context.statement.range, {"concurrently"}).value_or(context.statement.range);
  Finding finding = make_finding(context, rule, keyword, target);
  finding.message = message_for(command, timeout);
  finding.help = help_for(command, timeout);
  if (const Statement* set = context.code == nullptr ? last_set(context, timeout.setting) : nullptr) {
    finding.related.push_back({first_line(context.sql, set->range), fmt::format("{} is set here", timeout.setting)});
  }
  reporter.report(std::move(finding));
}

constexpr NodeTag kNodes[] = {T_IndexStmt, T_ReindexStmt, T_AlterTableStmt};

}  // namespace

extern const Rule kConcurrentIndexWithShortLockTimeout;
const Rule kConcurrentIndexWithShortLockTimeout{
    "concurrent-index-with-short-lock-timeout",
    "indexes",
    Severity::warning,
    "A timeout that cancels a concurrent build leaves an invalid index behind.",
    kNodes,
    check};

}  // namespace pglatch
