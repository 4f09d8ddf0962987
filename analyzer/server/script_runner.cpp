#include "analyzer/server/script_runner.h"

#include <fmt/format.h>

#include <algorithm>

#include "analyzer/parse/identifier.h"
#include "analyzer/parse/parser.h"
#include "analyzer/plan/statement_traits.h"

namespace pglatch {
namespace {

constexpr std::string_view kActiveTransaction = "25001";

// The role that an error misses, or nothing.
std::optional<std::string> missing_role(const SqlError& error) {
  constexpr std::string_view kBefore = "role \"";
  constexpr std::string_view kAfter = "\" does not exist";
  constexpr std::string_view kUndefinedObject = "42704";
  const std::string_view message = error.message;
  if (error.sqlstate != kUndefinedObject || !message.starts_with(kBefore) || !message.ends_with(kAfter)) {
    return std::nullopt;
  }
  return std::string(message.substr(kBefore.size(), message.size() - kBefore.size() - kAfter.size()));
}

bool in_one_transaction(const Script& script, std::size_t statements) {
  switch (script.mode) {
    case ExecutionMode::transaction:
      return true;
    case ExecutionMode::single_message:
    case ExecutionMode::pipeline:
      return statements > 1;
    default:
      return false;
  }
}

class Run {
 public:
  Run(Connection& connection, const Script& script, const RunScriptOptions& options)
      : connection_(connection), script_(script), options_(options), parsed_(parse(script.sql())) {}

  std::optional<ScriptFailure> run() {
    if (!parsed_.errors.empty()) {
      return failure(parsed_.errors.front().range, {"42601", parsed_.errors.front().message, "", ""});
    }
    const bool one = in_one_transaction(script_, parsed_.statements.size());
    for (;;) {
      if (one) connection_.exec("BEGIN");
      auto failed = run_statements();
      if (!failed && connection_.in_transaction()) {
        if (auto error = connection_.try_exec("COMMIT")) failed = failure(parsed_.statements.back().range, *error);
      }
      if (!failed) return std::nullopt;
      connection_.exec("ROLLBACK");
      if (!one || !create_missing_role(failed->error)) return failed;
    }
  }

 private:
  std::optional<ScriptFailure> run_statements() {
    for (const Statement& statement : parsed_.statements) {
      while (auto error = send(statement)) {
        const bool again = !connection_is_inside() && create_missing_role(*error);
        if (!again) return failure(statement.range, *error);
      }
    }
    return std::nullopt;
  }

  bool connection_is_inside() const { return ::PQtransactionStatus(connection_.get()) != PQTRANS_IDLE; }

  std::optional<SqlError> send(const Statement& statement) {
    const std::string sql(script_.sql().substr(statement.range.start, statement.range.end - statement.range.start));
    const bool was_inside = connection_.in_transaction();
    // A DO block or procedure may commit, which it cannot in a transaction of ours.
    const bool alone = !was_inside && (must_be_alone(statement.node) || statement.tag() == T_DoStmt ||
                                       statement.tag() == T_CallStmt || statement.tag() == T_TransactionStmt);
    if (options_.before) options_.before(statement.range, alone);
    const bool wrapped = options_.after && !was_inside && !alone;
    if (wrapped) connection_.exec("BEGIN");
    auto error = connection_.try_exec(sql);
    if (!error && !alone && options_.after && connection_.in_transaction()) options_.after(statement.range);
    if (!wrapped) return error;
    if (!error) return connection_.try_exec("COMMIT");
    connection_.exec("ROLLBACK");
    if (error->sqlstate != kActiveTransaction) return error;
    // REINDEX of a partitioned index, say: only the server knows.
    if (options_.before) options_.before(statement.range, true);
    return connection_.try_exec(sql);
  }

  bool create_missing_role(const SqlError& error) {
    const auto role = options_.create_roles ? missing_role(error) : std::nullopt;
    if (!role) return false;
    connection_.exec("CREATE ROLE " + quote_identifier_sql(*role));
    return true;
  }

  ScriptFailure failure(ByteRange range, const SqlError& error) const {
    return {script_.file->path(), script_.file->lines().line(range.start), error};
  }

  Connection& connection_;
  const Script& script_;
  const RunScriptOptions& options_;
  ParsedScript parsed_;
};

}  // namespace

std::string ScriptFailure::message() const {
  std::string text = fmt::format("{}:{}: {}", path, line, error.message);
  if (!error.detail.empty()) text += fmt::format(" ({})", error.detail);
  return text;
}

std::optional<ScriptFailure> run_script(Connection& connection, const Script& script, const RunScriptOptions& options) {
  return Run(connection, script, options).run();
}

std::optional<std::uint32_t> cluster_wide_line(const Script& script) {
  constexpr NodeTag kClusterWide[] = {
      T_CreateRoleStmt,     T_AlterRoleStmt,     T_AlterRoleSetStmt,     T_DropRoleStmt,     T_GrantRoleStmt,
      T_CreatedbStmt,       T_AlterDatabaseStmt, T_AlterDatabaseSetStmt, T_DropdbStmt,       T_CreateTableSpaceStmt,
      T_DropTableSpaceStmt, T_AlterSystemStmt,   T_DropOwnedStmt,        T_ReassignOwnedStmt};
  const ParsedScript parsed = parse(script.sql());
  for (const Statement& statement : parsed.statements) {
    if (std::find(std::begin(kClusterWide), std::end(kClusterWide), statement.tag()) == std::end(kClusterWide))
      continue;
    return script.file->lines().line(statement.range.start);
  }
  return std::nullopt;
}

}  // namespace pglatch
