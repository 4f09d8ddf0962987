#include <fmt/core.h>

#include <algorithm>

#include "analyzer/parse/identifier.h"
#include "rules/support/alter_table.h"
#include "rules/support/column_list.h"
#include "rules/support/foreign_key.h"
#include "rules/support/script_names.h"

namespace pglatch {
namespace {

bool contains(const std::vector<std::string>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// The subcommand adds a primary key or a UNIQUE constraint, or drops a column of the old one, which then is no more.
bool settles(const AlterTableCmd& command, const std::vector<std::string>& columns) {
  if (command.subtype == AT_DropColumn) return contains(columns, text(command.name));
  return added_constraint(command, CONSTR_PRIMARY) != nullptr || added_constraint(command, CONSTR_UNIQUE) != nullptr;
}

bool settles(const AlterTableStmt& stmt, const std::vector<std::string>& columns) {
  const auto commands = each<AlterTableCmd>(stmt.cmds);
  return std::any_of(commands.begin(), commands.end(),
                     [&](const AlterTableCmd* command) { return settles(*command, columns); });
}

// A later statement of the script does, or builds a unique index. Where each commits by itself, duplicates can come in
// between.
bool is_settled_later(const StatementContext& context, const Relation& table, const std::vector<std::string>& columns) {
  if (context.session.in_transaction() == InTransaction::no) return false;
  const auto& after = context.following;
  return std::any_of(after.begin(), after.end(), [&](const Statement& statement) {
    const auto* alter = as<AlterTableStmt>(statement.node);
    const auto* index = as<IndexStmt>(statement.node);
    const bool settled = alter != nullptr ? settles(*alter, columns) : index != nullptr && index->unique;
    const Relation* other =
        settled ? find_relation(context, alter != nullptr ? alter->relation : index->relation) : nullptr;
    return other != nullptr && other->id == table.id;
  });
}

// A unique index on these columns, or on some of them, is there besides that one.
bool is_unique(const Catalog& catalog, const Relation& table, const std::vector<std::string>& columns,
               RelationId besides) {
  return std::any_of(table.indexes.begin(), table.indexes.end(), [&](RelationId id) {
    const IndexDetails& index = *catalog.find(id)->index;
    if (id == besides || !index.unique || !index.valid || index.partial || index.columns.empty()) return false;
    return std::all_of(index.columns.begin(), index.columns.end(),
                       [&](const std::string& column) { return contains(columns, column); });
  });
}

// An earlier statement of the script gave the table a wider key, which takes the place of this one.
bool is_settled_before(const StatementContext& context, const Relation& table, const TableConstraint& key) {
  return std::any_of(table.indexes.begin(), table.indexes.end(), [&](RelationId id) {
    const Relation& index = *context.catalog.find(id);
    if (id == key.index || !index.index->unique || !made_by_script(context, index)) return false;
    return std::all_of(key.columns.begin(), key.columns.end(),
                       [&](const std::string& column) { return contains(index.index->columns, column); });
  });
}

struct Key {
  bool primary = false;
  std::vector<std::string> columns;  // empty where they are not known
};

std::optional<Key> dropped_key(const Subcommand& subcommand) {
  const Relation& table = subcommand.target;
  const std::string_view name = text(subcommand.command.name);
  const TableConstraint* found = table.constraint(name);
  if (found == nullptr) {
    // The name that PostgreSQL gives it where nobody does is as good as known.
    if (table.columns_known || name != table.name + "_pkey") return std::nullopt;
    return Key{true, {}};
  }
  const bool primary = found->kind == ConstraintKind::primary_key;
  if (!primary && found->kind != ConstraintKind::unique) return std::nullopt;
  if (is_unique(subcommand.context.catalog, table, found->columns, found->index)) return std::nullopt;
  if (is_settled_before(subcommand.context, table, *found)) return std::nullopt;
  return Key{primary, found->columns};
}

// When all is done, the table has neither another key nor an index that is as good. Columns that are gone need none.
bool is_missing(const Catalog& catalog, RelationId id, const Key& key) {
  const Relation* table = catalog.find(id);
  if (table == nullptr || (key.primary && table->primary_key() != nullptr)) return false;
  if (key.columns.empty()) return true;
  const bool has_columns = std::all_of(key.columns.begin(), key.columns.end(),
                                       [&](const std::string& column) { return table->column(column) != nullptr; });
  return has_columns && !is_unique(catalog, *table, key.columns, kNoRelation);
}

void look_at(const Subcommand& subcommand, const Rule& rule, Reporter& reporter) {
  const StatementContext& context = subcommand.context;
  if (!context.is_live(subcommand.target.id)) return;
  const auto key = dropped_key(subcommand);
  if (!key || settles(subcommand.statement, key->columns)) return;
  if (is_settled_later(context, subcommand.target, key->columns)) return;

  const std::string name = quote_identifier_sql(text(subcommand.command.name));
  const char* kind = key->primary ? "primary key" : "UNIQUE constraint";
  Finding finding = make_finding(context, rule, subcommand.range(), subcommand.target.id);
  finding.message = fmt::format(
      "Without {} {}, nothing keeps duplicates{} out of {}. ON CONFLICT and foreign keys that rely on it fail{}.", kind,
      name, key->columns.empty() ? "" : fmt::format(" of ({})", column_list(key->columns)), subcommand.table(),
      key->primary ? ", and so do UPDATE and DELETE where the table is published by its primary key" : "");
  finding.help = fmt::format(
      "Build the index of the new key by CREATE UNIQUE INDEX CONCURRENTLY, then change them in one statement: ALTER "
      "TABLE {} DROP CONSTRAINT {}, ADD {} USING INDEX …;",
      subcommand.table(), name, key->primary ? "PRIMARY KEY" : "UNIQUE");
  if (context.session.in_transaction() != InTransaction::no) {
    finding.holds_at_end = [id = subcommand.target.id, key = *key](const Catalog& catalog) {
      return is_missing(catalog, id, key);
    };
  }
  reporter.report(std::move(finding));
}

void check(const StatementContext& context, const Rule& rule, Reporter& reporter) {
  if (context.effects.refused()) return;
  each_command(context, {AT_DropConstraint},
               [&](const Subcommand& subcommand) { look_at(subcommand, rule, reporter); });
}

constexpr NodeTag kNodes[] = {T_AlterTableStmt};

}  // namespace

extern const Rule kDropPrimaryKey;
const Rule kDropPrimaryKey{"drop-primary-key",
                           "constraints",
                           Severity::warning,
                           "Nothing keeps duplicates out once a primary key or UNIQUE constraint is dropped.",
                           kNodes,
                           check};

}  // namespace pglatch
