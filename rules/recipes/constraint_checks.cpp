#include "rules/recipes/constraint_checks.h"

#include <fmt/format.h>

#include <algorithm>

#include "analyzer/parse/identifier.h"

namespace pglatch {
namespace {

std::string regclass(std::string_view name) { return fmt::format("to_regclass({})", quote_literal_sql(name)); }

std::string text_array(const std::vector<std::string>& values) {
  std::string out;
  for (const std::string& value : values) out += (out.empty() ? "" : ", ") + quote_literal_sql(value);
  return fmt::format("ARRAY[{}]::text[]", out);
}

// The names of the columns of a constraint, in its order.
std::string key_names(std::string_view relation, std::string_view key) {
  return fmt::format(
      "ARRAY(SELECT a.attname::text FROM unnest({0}) WITH ORDINALITY u(attnum, n)\n"
      "              JOIN pg_attribute a ON a.attrelid = {1} AND a.attnum = u.attnum ORDER BY u.n)",
      key, relation);
}

std::string constraint_exists(std::string_view table, std::string_view constraint, std::string_view condition) {
  return fmt::format(
      "SELECT EXISTS (\n"
      "  SELECT FROM pg_constraint k\n"
      "  WHERE k.conrelid = {} AND k.conname = {}\n"
      "    AND {})",
      regclass(table), quote_literal_sql(constraint), condition);
}

// The columns of a CHECK as pg_constraint.conkey has them: not the whole row, nor what is not known.
bool has_plain_columns(const AlterTable& alter, const AlterPart& part) {
  return std::all_of(part.columns.begin(), part.columns.end(), [&](const std::string& column) {
    if (alter.table.column(column) != nullptr || part.new_column) return true;
    return !alter.table.columns_known && column != alter.table.name;
  });
}

}  // namespace

std::string check_is_there(const AlterTable& alter, const AlterPart& part) {
  std::string condition = "k.contype = 'c'";
  if (has_plain_columns(alter, part)) {
    std::vector<std::string> columns = part.columns;
    std::sort(columns.begin(), columns.end());
    condition += fmt::format(
        "\n    AND ARRAY(SELECT a.attname::text FROM pg_attribute a WHERE a.attrelid = k.conrelid AND a.attnum = ANY "
        "(k.conkey)\n"
        "              ORDER BY a.attname::text COLLATE \"C\") = {}",
        text_array(columns));
  }
  return constraint_exists(alter.name, part.name, condition);
}

std::string is_foreign_key(const AlterPart& part) {
  const Constraint& node = *part.constraint;
  const auto action = [](char letter) { return letter == 0 ? FKCONSTR_ACTION_NOACTION : letter; };
  const NameView referenced = name_of(node.pktable);
  std::string condition = fmt::format(
      "k.contype = 'f' AND k.confrelid = {}\n"
      "    AND k.confupdtype = '{}' AND k.confdeltype = '{}' AND k.confmatchtype = '{}'\n"
      "    AND k.condeferrable = {} AND k.condeferred = {}\n"
      "    AND {} = {}",
      regclass(quote_qualified(referenced.schema, referenced.name)), action(node.fk_upd_action),
      action(node.fk_del_action), node.fk_matchtype == 0 ? FKCONSTR_MATCH_SIMPLE : node.fk_matchtype, part.deferrable,
      part.initially_deferred, key_names("k.conrelid", "k.conkey"), text_array(part.columns));
  std::vector<std::string> columns;
  for (const Node* column : each(node.pk_attrs)) columns.emplace_back(string_value(column));
  if (!columns.empty()) {
    condition += fmt::format("\n    AND {} = {}", key_names("k.confrelid", "k.confkey"), text_array(columns));
  }
  return condition;
}

std::string foreign_key_is_there(const AlterPart& part, std::string_view table) {
  return constraint_exists(table, part.name, is_foreign_key(part));
}

std::string key_is_there(const AlterPart& part, std::string_view table, std::string_view constraint,
                         std::string_view index) {
  return constraint_exists(
      table, constraint,
      fmt::format("k.contype = '{}' AND k.conindid = {}\n    AND k.condeferrable = {} AND k.condeferred = {}",
                  part.constraint->contype == CONSTR_PRIMARY ? 'p' : 'u', regclass(index), part.deferrable,
                  part.initially_deferred));
}

std::string is_validated(std::string_view table, std::string_view constraint) {
  return constraint_exists(table, constraint, "k.convalidated");
}

std::string nothing_to_validate(std::string_view table, std::string_view constraint) {
  return fmt::format(
      "SELECT NOT EXISTS (\n"
      "  SELECT FROM pg_constraint k WHERE k.conrelid = {} AND k.conname = {} AND NOT k.convalidated)",
      regclass(table), quote_literal_sql(constraint));
}

std::string is_gone(std::string_view table, std::string_view constraint) {
  return fmt::format("SELECT NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conrelid = {} AND k.conname = {})",
                     regclass(table), quote_literal_sql(constraint));
}

std::string is_not_null_condition(std::string_view table, std::string_view column) {
  return fmt::format("EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = {} AND a.attname = {} AND a.attnotnull)",
                     regclass(table), quote_literal_sql(column));
}

std::string is_not_null(std::string_view table, std::string_view column) {
  return "SELECT " + is_not_null_condition(table, column);
}

std::string has_not_null_constraint(std::string_view table, std::string_view column, bool validated) {
  return fmt::format(
      "SELECT EXISTS (\n"
      "  SELECT FROM pg_constraint k JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = ANY (k.conkey)\n"
      "  WHERE k.conrelid = {} AND k.contype = 'n' AND a.attname = {}{})",
      regclass(table), quote_literal_sql(column), validated ? " AND k.convalidated" : "");
}

std::string columns_are_there(std::string_view table, const std::vector<AddedColumn>& columns) {
  std::string out;
  for (const AddedColumn& column : columns) {
    out += fmt::format("{}EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = {} AND a.attname = {}{}{})",
                       out.empty() ? "SELECT " : "\n  AND ", regclass(table), quote_literal_sql(column.name),
                       column.type.empty()
                           ? std::string()
                           : fmt::format(" AND a.atttypid = to_regtype({})", quote_literal_sql(column.type)),
                       column.has_default ? " AND (a.atthasdef OR a.attidentity <> '')" : "");
  }
  return out;
}

std::string validations() {
  return "SELECT a.pid, a.wait_event_type, pg_blocking_pids(a.pid) AS blocked_by, now() - a.query_start AS running,\n"
         "  left(a.query, 80) AS query\n"
         "FROM pg_stat_activity a WHERE a.query ~* 'validate\\s+constraint' AND a.pid <> pg_backend_pid()\n"
         "  AND a.state = 'active'";
}

}  // namespace pglatch
