#include <fmt/core.h>

#include <algorithm>

#include "analyzer/parse/identifier.h"
#include "rules/support/impact.h"
#include "rules/support/source_text.h"

namespace pglatch {
namespace {

bool was_created(const StatementContext& context, std::string_view database) {
  return std::any_of(context.preceding.begin(), context.preceding.end(), [&](const Statement& statement) {
    const auto* create = as<CreatedbStmt>(statement.node);
    return create != nullptr && text(create->dbname) == database;
  });
}

void drop_database(const StatementContext& context, const DropdbStmt& stmt, const Rule& rule, Reporter& reporter) {
  if (was_created(context, text(stmt.dbname))) return;
  Finding finding =
      make_finding(context, rule, leading_words(context, {"drop", "database", "if", "exists"}), kNoRelation);
  finding.message = fmt::format("DROP DATABASE loses everything in {}, and nothing but a backup brings it back.",
                                quote_identifier_sql(text(stmt.dbname)));
  finding.help = "Leave it to an administrator, by hand: no migration of an application should drop a database.";
  reporter.report(std::move(finding));
}

void drop_tablespace(const StatementContext& context, const DropTableSpaceStmt& stmt, const Rule& rule,
                     Reporter& reporter) {
  Finding finding =
      make_finding(context, rule, leading_words(context, {"drop", "tablespace", "if", "exists"}), kNoRelation);
  finding.severity = Severity::warning;
  finding.message = fmt::format(
      "DROP TABLESPACE {} fails as long as any database of the server has something in it, and breaks what creates "
      "objects there.",
      quote_identifier_sql(text(stmt.tablespacename)));
  finding.help =
      "Tablespaces belong to the server, not to one database: leave it to an administrator, after everything was "
      "moved.";
  reporter.report(std::move(finding));
}

void check(const StatementContext& context, const Rule& rule, Reporter& reporter) {
  if (context.effects.refused()) return;
  if (const auto* database = as<DropdbStmt>(context.statement.node)) {
    drop_database(context, *database, rule, reporter);
  } else if (const auto* tablespace = as<DropTableSpaceStmt>(context.statement.node)) {
    drop_tablespace(context, *tablespace, rule, reporter);
  }
}

constexpr NodeTag kNodes[] = {T_DropdbStmt, T_DropTableSpaceStmt};

}  // namespace

extern const Rule kDropDatabase;
const Rule kDropDatabase{
    "drop-database", "tables", Severity::error, "Dropping a database or a tablespace cannot be undone.", kNodes, check};

}  // namespace pglatch
