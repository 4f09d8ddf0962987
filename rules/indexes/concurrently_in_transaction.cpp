#include <fmt/core.h>

#include "rules/support/impact.h"
#include "rules/support/source_text.h"

namespace pglatch {
namespace {

// The option list of REINDEX (CONCURRENTLY false) decides by value; PostgreSQL's defGetBoolean.
bool is_on(const DefElem& option) {
  if (option.arg == nullptr) return true;
  if (const auto* number = as<Integer>(option.arg)) return number->ival != 0;
  const std::string_view value = string_value(option.arg);
  return value == "true" || value == "on";
}

bool is_concurrent(const ReindexStmt& stmt) {
  bool concurrent = false;
  for (const DefElem* option : each<DefElem>(stmt.params)) {
    if (text(option->defname) == "concurrently") concurrent = is_on(*option);
  }
  return concurrent;
}

bool detaches_concurrently(const AlterTableStmt& stmt) {
  for (const AlterTableCmd* command : each<AlterTableCmd>(stmt.cmds)) {
    const auto* partition = as<PartitionCmd>(command->def);
    if (command->subtype == AT_DetachPartition && partition != nullptr && partition->concurrent) return true;
  }
  return false;
}

// What the statement is called where it uses CONCURRENTLY; empty where it does not.
std::string_view concurrent_command(const Node* node) {
  if (const auto* index = as<IndexStmt>(node)) return index->concurrent ? "CREATE INDEX CONCURRENTLY" : "";
  if (const auto* drop = as<DropStmt>(node)) return drop->concurrent ? "DROP INDEX CONCURRENTLY" : "";
  if (const auto* reindex = as<ReindexStmt>(node)) return is_concurrent(*reindex) ? "REINDEX CONCURRENTLY" : "";
  if (const auto* alter = as<AlterTableStmt>(node)) {
    return detaches_concurrently(*alter) ? "DETACH PARTITION CONCURRENTLY" : "";
  }
  return {};
}

struct Cause {
  std::string why;
  std::string_view help;
};

Cause cause_of(const StatementContext& context) {
  if (context.code != nullptr && context.session.in_transaction() != InTransaction::yes) {
    return {"A DO block or function is a part of a statement, and so of its transaction.",
            "Write the statement itself, not in code, outside of a transaction."};
  }
  if (context.session.in_explicit_transaction()) {
    return {"The script opened the transaction itself.",
            "Move the statement out of the transaction: before BEGIN or after COMMIT."};
  }
  const Script& script = context.script;
  if (context.session.mode() == ExecutionMode::single_message && script.is_quoted) {
    return {fmt::format("What stands in the quotes is one message of {} statements, which the server runs as one "
                        "transaction.",
                        context.statements),
            "Send the statement by itself, without any other."};
  }
  if (script.stands_alone && context.session.mode() == ExecutionMode::transaction) {
    return {"psql runs it in a transaction (--single-transaction).",
            "Run the statement by itself, without --single-transaction."};
  }
  if (context.session.mode() == ExecutionMode::single_message) {
    return {fmt::format("The file is sent as one message of {} statements, which the server runs as one transaction.",
                        context.statements),
            "Put the statement into a migration of its own, without any other."};
  }
  return {"The migration is run in a transaction.",
          "Put the statement into a migration of its own, marked to run without a transaction."};
}

void check(const StatementContext& context, const Rule& rule, Reporter& reporter) {
  const bool in_function = context.code != nullptr && context.code->in_function;
  if (context.session.in_transaction() != InTransaction::yes && !in_function) return;
  const std::string_view command = concurrent_command(context.statement.node);
  if (command.empty()) return;

  const ByteRange statement = context.statement.range;
  const auto keyword = find_words(context.sql, statement, {"concurrently"});
  Finding finding = make_finding(context, rule, keyword.value_or(statement), kNoRelation);
  Cause cause = cause_of(context);
  finding.message = fmt::format(
      "{} fails, because it cannot run inside a transaction block. {} It needs transactions of its own, to wait for "
      "those of others in between.",
      command, cause.why);
  finding.help = cause.help;
  reporter.report(std::move(finding));
}

constexpr NodeTag kNodes[] = {T_IndexStmt, T_DropStmt, T_ReindexStmt, T_AlterTableStmt};

}  // namespace

extern const Rule kConcurrentlyInTransaction;
const Rule kConcurrentlyInTransaction{"concurrently-in-transaction",
                                      "indexes",
                                      Severity::error,
                                      "A statement with CONCURRENTLY fails inside a transaction block.",
                                      kNodes,
                                      check};

}  // namespace pglatch
