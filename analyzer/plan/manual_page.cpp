#include "analyzer/plan/manual_page.h"

#include <fmt/format.h>

#include <algorithm>

#include "analyzer/base/ascii.h"

namespace pglatch {
namespace {

// The kind of object after ALTER or DROP; constraints, columns and the like
// belong to their table.
std::string_view object_word(ObjectType type) noexcept {
  switch (type) {
    case OBJECT_AGGREGATE:
      return "AGGREGATE";
    case OBJECT_COLLATION:
      return "COLLATION";
    case OBJECT_DATABASE:
      return "DATABASE";
    case OBJECT_DOMAIN:
    case OBJECT_DOMCONSTRAINT:
      return "DOMAIN";
    case OBJECT_EXTENSION:
      return "EXTENSION";
    case OBJECT_FOREIGN_TABLE:
      return "FOREIGN TABLE";
    case OBJECT_FUNCTION:
      return "FUNCTION";
    case OBJECT_INDEX:
      return "INDEX";
    case OBJECT_MATVIEW:
      return "MATERIALIZED VIEW";
    case OBJECT_POLICY:
      return "POLICY";
    case OBJECT_PROCEDURE:
      return "PROCEDURE";
    case OBJECT_PUBLICATION:
      return "PUBLICATION";
    case OBJECT_ROUTINE:
      return "ROUTINE";
    case OBJECT_RULE:
      return "RULE";
    case OBJECT_SCHEMA:
      return "SCHEMA";
    case OBJECT_SEQUENCE:
      return "SEQUENCE";
    case OBJECT_STATISTIC_EXT:
      return "STATISTICS";
    case OBJECT_SUBSCRIPTION:
      return "SUBSCRIPTION";
    case OBJECT_TRIGGER:
      return "TRIGGER";
    case OBJECT_TYPE:
    case OBJECT_ATTRIBUTE:
      return "TYPE";
    case OBJECT_VIEW:
      return "VIEW";
    case OBJECT_TABLE:
    case OBJECT_COLUMN:
    case OBJECT_TABCONSTRAINT:
      return "TABLE";
    default:
      return {};
  }
}

std::string command_on(std::string_view verb, ObjectType type) {
  const std::string_view word = object_word(type);
  return word.empty() ? std::string() : fmt::format("{} {}", verb, word);
}

struct Command {
  NodeTag tag;
  std::string_view name;
};

constexpr Command kCommands[] = {
    {T_AlterEnumStmt, "ALTER TYPE"},
    {T_AlterSeqStmt, "ALTER SEQUENCE"},
    {T_CallStmt, "CALL"},
    {T_ClusterStmt, "CLUSTER"},
    {T_CommentStmt, "COMMENT"},
    {T_CopyStmt, "COPY"},
    {T_CreateDomainStmt, "CREATE DOMAIN"},
    {T_CreateEnumStmt, "CREATE TYPE"},
    {T_CreateExtensionStmt, "CREATE EXTENSION"},
    {T_CreateForeignTableStmt, "CREATE FOREIGN TABLE"},
    {T_CreateFunctionStmt, "CREATE FUNCTION"},
    {T_CreatePolicyStmt, "CREATE POLICY"},
    {T_CreateSchemaStmt, "CREATE SCHEMA"},
    {T_CreateSeqStmt, "CREATE SEQUENCE"},
    {T_CreateStatsStmt, "CREATE STATISTICS"},
    {T_CreateStmt, "CREATE TABLE"},
    {T_CreateTrigStmt, "CREATE TRIGGER"},
    {T_DeleteStmt, "DELETE"},
    {T_DoStmt, "DO"},
    {T_GrantStmt, "GRANT"},
    {T_IndexStmt, "CREATE INDEX"},
    {T_InsertStmt, "INSERT"},
    {T_LockStmt, "LOCK"},
    {T_MergeStmt, "MERGE"},
    {T_RefreshMatViewStmt, "REFRESH MATERIALIZED VIEW"},
    {T_ReindexStmt, "REINDEX"},
    {T_RuleStmt, "CREATE RULE"},
    {T_SelectStmt, "SELECT"},
    {T_TruncateStmt, "TRUNCATE"},
    {T_UpdateStmt, "UPDATE"},
    {T_ViewStmt, "CREATE VIEW"},
};

}  // namespace

std::string command_name(const Node* node) {
  if (const auto* alter = as<AlterTableStmt>(node)) return command_on("ALTER", alter->objtype);
  if (const auto* drop = as<DropStmt>(node)) return command_on("DROP", drop->removeType);
  if (const auto* rename = as<RenameStmt>(node)) return command_on("ALTER", rename->renameType);
  if (const auto* move = as<AlterObjectSchemaStmt>(node)) return command_on("ALTER", move->objectType);
  if (const auto* owner = as<AlterOwnerStmt>(node)) return command_on("ALTER", owner->objectType);
  if (const auto* vacuum = as<VacuumStmt>(node)) return vacuum->is_vacuumcmd ? "VACUUM" : "ANALYZE";
  if (const auto* create = as<CreateTableAsStmt>(node)) {
    return create->objtype == OBJECT_MATVIEW ? "CREATE MATERIALIZED VIEW" : "CREATE TABLE AS";
  }
  for (const Command& command : kCommands) {
    if (command.tag == node->type) return std::string(command.name);
  }
  return {};
}

std::string manual_url(std::string_view page, int pg_version) {
  return fmt::format("https://www.postgresql.org/docs/{}/{}.html", pg_version, page);
}

std::string command_url(std::string_view command, int pg_version) {
  std::string page = "sql-" + to_lower(command);
  page.erase(std::remove(page.begin(), page.end(), ' '), page.end());
  return manual_url(page, pg_version);
}

}  // namespace pglatch
