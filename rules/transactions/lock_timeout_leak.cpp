#include <fmt/core.h>

#include <algorithm>

#include "rules/support/impact.h"

namespace pglatch {
namespace {

// A change of the setting for the session: SET, RESET, RESET ALL, DISCARD ALL.
bool changes(const Node* node, std::string_view setting) {
  if (const auto* discard = as<DiscardStmt>(node)) return discard->target == DISCARD_ALL;
  const auto* set = as<VariableSetStmt>(node);
  if (set == nullptr || set->is_local) return false;
  return set->kind == VAR_RESET_ALL || text(set->name) == setting;
}

// ROLLBACK takes back what SET did in its transaction.
bool may_undo(const Node* node) {
  const auto* control = as<TransactionStmt>(node);
  return control != nullptr && (control->kind == TRANS_STMT_ROLLBACK || control->kind == TRANS_STMT_ROLLBACK_TO);
}

// pg_dump begins its scripts so; what runs them is made for it.
bool is_dump(const StatementContext& context) {
  const auto says_so = [](const Statement& statement) {
    const auto* set = as<VariableSetStmt>(statement.node);
    return set != nullptr && text(set->name) == "standard_conforming_strings";
  };
  return std::any_of(context.following.begin(), context.following.end(), says_so) ||
         std::any_of(context.preceding.begin(), context.preceding.end(), says_so);
}

void check(const StatementContext& context, const Rule& rule, Reporter& reporter) {
  const auto* set = as<VariableSetStmt>(context.statement.node);
  if (set == nullptr || set->kind != VAR_SET_VALUE || set->is_local || context.code != nullptr) return;
  const std::string_view name = text(set->name);
  const bool is_lock_timeout = name == "lock_timeout";
  if (!is_lock_timeout && name != "statement_timeout") return;
  Settings settings;
  set_from_arguments(settings, name, set->args);
  if ((is_lock_timeout ? settings.lock_timeout_ms : settings.statement_timeout_ms) != 0) return;
  // psql ends the session with the script.
  if (context.script.framework == "psql" || is_dump(context)) return;
  const bool undone = std::any_of(context.following.begin(), context.following.end(), [&](const Statement& statement) {
    return changes(statement.node, name) || may_undo(statement.node);
  });
  if (undone) return;

  Finding finding = make_finding(context, rule, context.statement.range, kNoRelation);
  finding.message = fmt::format(
      "{} stays switched off after this script, for whatever the session runs next. Runners send many migrations over "
      "one connection, and later ones then {} without a limit.",
      name, is_lock_timeout ? "wait for locks" : "run");
  finding.help = context.session.in_transaction() == InTransaction::yes
                     ? fmt::format("Keep it to the transaction: SET LOCAL {} = 0;", name)
                     : fmt::format("Put it back at the end of the script: RESET {};", name);
  reporter.report(std::move(finding));
}

constexpr NodeTag kNodes[] = {T_VariableSetStmt};

}  // namespace

extern const Rule kLockTimeoutLeak;
const Rule kLockTimeoutLeak{"lock-timeout-leak",
                            "transactions",
                            Severity::warning,
                            "A timeout that is switched off for the session stays off for what comes next.",
                            kNodes,
                            check};

}  // namespace pglatch
