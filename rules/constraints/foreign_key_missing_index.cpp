#include <fmt/core.h>

#include <algorithm>

#include "analyzer/base/concat.h"
#include "analyzer/parse/identifier.h"
#include "rules/support/column_list.h"
#include "rules/support/foreign_key.h"

namespace pglatch {
namespace {

// The table, which a CREATE TABLE has only made once the statement is done.
struct TableName {
  RelationId id = kNoRelation;
  std::string schema;
  std::string name;

  [[nodiscard]] const Relation* find(const Catalog& catalog) const {
    return id != kNoRelation ? catalog.find(id) : catalog.find({schema, name}, {});
  }
};

TableName table_of(const NewForeignKey& key, const Relation* table) {
  if (table != nullptr && key.context.statement.tag() == T_AlterTableStmt) return {table->id, {}, {}};
  const NameView name = name_of(&key.table);
  const std::string_view schema =
      name.schema.empty() ? creation_schema(key.context.session.search_path()) : name.schema;
  return {kNoRelation, std::string(schema), std::string(name.name)};
}

// The key is still there, not one under another name that took its place, and nothing finds its rows.
bool lacks_index(const Catalog& catalog, const TableName& table_name, std::string_view name,
                 const std::vector<std::string>& columns) {
  const Relation* table = table_name.find(catalog);
  if (table == nullptr) return false;
  const auto& constraints = table->constraints;
  const bool is_there = std::any_of(constraints.begin(), constraints.end(), [&](const TableConstraint& constraint) {
    return constraint.kind == ConstraintKind::foreign_key && constraint.enforced && constraint.columns == columns &&
           (name.empty() || constraint.name == name);
  });
  return is_there && !has_index_on(catalog, *table, columns);
}

std::string help_for(const NewForeignKey& key, const Relation* table) {
  const bool live =
      table != nullptr && key.context.statement.tag() == T_AlterTableStmt && key.context.is_live(table->id);
  if (live && table->kind == RelationKind::partitioned_table) {
    return "Index each partition by CREATE INDEX CONCURRENTLY and attach them to an index of the parent: `pglatch "
           "rules "
           "create-index-on-partitioned`.";
  }
  return fmt::format("Unless rows of the referenced table are never deleted: CREATE INDEX {}ON {} ({});",
                     live ? "CONCURRENTLY " : "", table_name(key.context, key.table), column_list(key.columns));
}

void look_at(const NewForeignKey& key, const Rule& rule, Reporter& reporter) {
  const StatementContext& context = key.context;
  const Relation* table = find_relation(context, &key.table);
  if (context.statement.tag() == T_AlterTableStmt) {
    // Of a table that nobody has seen the indexes are not known, but those of a column that is new.
    if (table == nullptr || (!table->columns_known && !key.of_new_columns)) return;
    if (context.table_size(table->id).is_small()) return;
  }

  const std::string name = table_name(context, key.table);
  Finding finding = make_finding(context, rule, key.range(), kNoRelation);
  finding.relations = {name, table_name(context, *key.constraint.pktable)};
  finding.message = concat(
      {"Without an index on (", column_list(key.columns), "), each DELETE in ",
       table_name(context, *key.constraint.pktable), " reads the whole of ", name,
       ". PostgreSQL indexes only the referenced side; UPDATEs of its key and joins need the other one as well."});
  finding.help = help_for(key, table);
  finding.holds_at_end = [table_name = table_of(key, table), key_name = std::string(text(key.constraint.conname)),
                          columns = key.columns](const Catalog& catalog) {
    return lacks_index(catalog, table_name, key_name, columns);
  };
  reporter.report(std::move(finding));
}

void check(const StatementContext& context, const Rule& rule, Reporter& reporter) {
  each_new_foreign_key(context, [&](const NewForeignKey& key) { look_at(key, rule, reporter); });
}

}  // namespace

extern const Rule kForeignKeyMissingIndex;
const Rule kForeignKeyMissingIndex{
    "foreign-key-missing-index",
    "constraints",
    Severity::info,
    "Without an index on the referencing columns, each delete in the referenced table scans the other one.",
    kTableDefinitions,
    check};

}  // namespace pglatch
