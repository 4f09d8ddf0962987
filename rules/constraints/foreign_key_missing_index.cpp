#include <fmt/core.h>

#include <algorithm>
#include <map>

#include "analyzer/base/concat.h"
#include "analyzer/parse/identifier.h"
#include "rules/support/column_list.h"
#include "rules/support/foreign_key.h"
#include "rules/support/source_text.h"

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

struct Key {
  TableName table;
  std::string name;  // empty where nobody gave it one
  std::vector<std::string> columns;
};

bool is_checked(const TableConstraint& constraint) {
  return constraint.kind == ConstraintKind::foreign_key && constraint.enforced;
}

// The key is still there, not one under another name that took its place, and nothing finds its rows. Nor did anything
// since the table had lost this many indexes: the statement that took the last of them is the one to speak of.
bool lacks_index(const Catalog& catalog, const Key& key, std::size_t lost_before) {
  const Relation* table = key.table.find(catalog);
  if (table == nullptr) return false;
  const auto& constraints = table->constraints;
  const bool is_there = std::any_of(constraints.begin(), constraints.end(), [&](const TableConstraint& constraint) {
    return is_checked(constraint) && constraint.columns == key.columns &&
           (key.name.empty() || constraint.name == key.name);
  });
  const auto& lost = *table->dropped_indexes;
  const bool had_one = lost_before < lost.size() &&
                       std::any_of(lost.begin() + static_cast<std::ptrdiff_t>(lost_before), lost.end(),
                                   [&](const IndexDetails& index) { return finds_rows(index, key.columns); });
  return is_there && !had_one && !has_index_on(catalog, *table, key.columns);
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
  const TableName made = table_of(key, table);
  const std::size_t lost = made.id == kNoRelation ? 0 : table->dropped_indexes->size();
  finding.holds_at_end = [made = Key{made, std::string(text(key.constraint.conname)), key.columns},
                          lost](const Catalog& catalog) { return lacks_index(catalog, made, lost); };
  reporter.report(std::move(finding));
}

// Of a table that nobody has seen the indexes are not known, but those of columns that were added since.
bool knows_indexes(const Relation& table, const std::vector<std::string>& columns) {
  return table.columns_known || std::all_of(columns.begin(), columns.end(), [&](const std::string& name) {
           const Column* column = table.column(name);
           return column != nullptr && column->script != 0;
         });
}

// What DROP INDEX takes of one table.
void look_at(const StatementContext& context, const Relation& table, const std::vector<const Relation*>& dropped,
             const Rule& rule, Reporter& reporter) {
  if (table.temporary || context.table_size(table.id).is_small()) return;
  for (const TableConstraint& key : table.constraints) {
    const bool is_lost = is_checked(key) && knows_indexes(table, key.columns) &&
                         std::any_of(dropped.begin(), dropped.end(),
                                     [&](const Relation* index) { return finds_rows(*index->index, key.columns); });
    if (!is_lost) continue;
    const std::string referenced = context.name(key.referenced);
    const std::string columns = column_list(key.columns);
    Finding finding = make_finding(context, rule, leading_words(context, {"drop", "index", "concurrently"}), table.id);
    finding.relations.push_back(referenced);
    finding.message = concat(
        {"Without this index each DELETE in ", referenced, " reads the whole of ", display_name(table),
         ". It is the last one on (", columns,
         "), by which the rows of a foreign key are found; UPDATEs of the referenced key and joins need it too."});
    finding.help =
        concat({"Unless rows of ", referenced, " are never deleted, keep an index that begins with (", columns,
                "). That no query of the application's uses it says nothing: the server's own do."});
    finding.holds_at_end = [made = Key{{table.id, {}, {}}, key.name, key.columns},
                            lost = table.dropped_indexes->size() + dropped.size()](const Catalog& catalog) {
      return lacks_index(catalog, made, lost);
    };
    reporter.report(std::move(finding));
  }
}

void look_at(const StatementContext& context, const DropStmt& drop, const Rule& rule, Reporter& reporter) {
  if (drop.removeType != OBJECT_INDEX || context.effects.fails) return;
  std::map<RelationId, std::vector<const Relation*>> by_table;
  for (const Node* object : each(drop.objects)) {
    const Relation* index = context.catalog.find(name_of(as<List>(object)), context.session.search_path());
    if (index != nullptr && index->is_index()) by_table[index->index->table].push_back(index);
  }
  for (const auto& [table, dropped] : by_table) {
    const Relation* found = context.catalog.find(table);
    if (found != nullptr) look_at(context, *found, dropped, rule, reporter);
  }
}

void check(const StatementContext& context, const Rule& rule, Reporter& reporter) {
  if (const auto* drop = as<DropStmt>(context.statement.node)) return look_at(context, *drop, rule, reporter);
  each_new_foreign_key(context, [&](const NewForeignKey& key) { look_at(key, rule, reporter); });
}

constexpr NodeTag kNodes[] = {T_CreateStmt, T_AlterTableStmt, T_DropStmt};

}  // namespace

extern const Rule kForeignKeyMissingIndex;
const Rule kForeignKeyMissingIndex{
    "foreign-key-missing-index",
    "constraints",
    Severity::info,
    "Without an index on the referencing columns, each delete in the referenced table scans the other one.",
    kNodes,
    check};

}  // namespace pglatch
